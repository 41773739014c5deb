import type { BootNotificationResponse } from 'typed-ocpp/dist/ocpp16/types.js'
import type { Charger } from './charger.ts'
import { reportAll } from './plug.ts'

/** Where the server has told no better time to come again. */
const waitS = 60

/**
 * Where the station stands with the server (OCPP 1.6 §4.2): until its boot is accepted it says nothing but its boot, and
 * what it is asked for; pending or rejected it boots again when the answer said so.
 */
export class Registration {
  readonly #charger: Charger
  #status: BootNotificationResponse['status'] | undefined
  #cancelBoot: (() => void) | undefined
  #cancelBeat: (() => void) | undefined

  constructor(charger: Charger) {
    this.#charger = charger
  }

  get status(): BootNotificationResponse['status'] | undefined {
    return this.#status
  }

  get isAccepted(): boolean {
    return this.#status === 'Accepted'
  }

  boot(): void {
    this.#cancelBoot?.()
    const { mailbox, firmware, options } = this.#charger
    const { identity, outlet, iccid } = options
    mailbox.post({
      action: 'BootNotification',
      payload: () => ({
        chargePointVendor: 'Stationmaster',
        chargePointModel: `Simulator ${outlet.name}`.slice(0, 20),
        chargePointSerialNumber: identity.slice(-25),
        firmwareVersion: firmware.version,
        ...(iccid !== undefined && { iccid }),
      }),
      answered: (answer) => this.#answered(answer as Partial<BootNotificationResponse>),
      lost: () => this.#bootLater(waitS),
    })
  }

  /** The socket is gone; the next one begins with a boot. */
  lost(): void {
    this.#status = undefined
    this.#cancelBeat?.()
    this.#cancelBoot?.()
  }

  heartbeat(): void {
    this.#charger.mailbox.post({ action: 'Heartbeat', payload: () => ({}), answered: () => {} })
  }

  /** From now on as often as is configured now. */
  beat(): void {
    this.#cancelBeat?.()
    const everyS = this.#charger.configuration.number('HeartbeatInterval')
    this.#cancelBeat = this.#charger.after(everyS * 1_000, () => {
      this.heartbeat()
      this.beat()
    })
  }

  #answered({ status, interval }: Partial<BootNotificationResponse>): void {
    const seconds = typeof interval === 'number' && interval > 0 ? interval : waitS
    const isAgain = this.isAccepted
    this.#status = status
    if (status !== 'Accepted') return this.#bootLater(seconds)
    const { configuration, mailbox, tidings, firmware } = this.#charger
    configuration.set('HeartbeatInterval', String(seconds))
    this.beat()
    reportAll(this.#charger)
    mailbox.accepted()
    if (isAgain) return
    tidings.flush()
    firmware.accepted()
  }

  #bootLater(seconds: number): void {
    if (!this.#charger.line.isOpen) return
    this.#cancelBoot?.()
    this.#cancelBoot = this.#charger.after(seconds * 1_000, () => this.boot())
  }
}
