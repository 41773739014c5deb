import type {
  BootNotificationResponse,
  BootReasonEnumType,
  RegistrationStatusEnumType,
} from 'typed-ocpp/dist/ocpp21/types.js'
import type { Station } from './station.ts'

/** Where the server has told no better time to come again. */
const waitS = 60

/**
 * Where the station stands with the server (B01–B03): until its boot is accepted it says nothing but its boot, and what it
 * is asked for. Once accepted it stays so over any number of connections, and boots again only when it has started anew
 * (B10.FR.10; handbook §1.5).
 */
export class Registration {
  readonly #station: Station
  #status: RegistrationStatusEnumType | undefined
  #reason: BootReasonEnumType = 'PowerUp'
  #cancelBoot: (() => void) | undefined
  #cancelBeat: (() => void) | undefined

  constructor(station: Station) {
    this.#station = station
  }

  get status(): RegistrationStatusEnumType | undefined {
    return this.#status
  }

  get isAccepted(): boolean {
    return this.#status === 'Accepted'
  }

  /** It starts anew: whatever the server has said before does not count. */
  startAnew(reason: BootReasonEnumType): void {
    this.#status = undefined
    this.#reason = reason
    this.#cancelBeat?.()
  }

  /** A connection stands. */
  connected(): void {
    if (!this.isAccepted) return this.boot()
    this.beat()
    this.#station.registered(false)
  }

  boot(reason: BootReasonEnumType = this.#reason): void {
    this.#cancelBoot?.()
    const { mailbox, firmware, options } = this.#station
    const { identity, outlet, iccid } = options
    mailbox.post({
      action: 'BootNotification',
      payload: () => ({
        reason,
        chargingStation: {
          vendorName: 'Stationmaster',
          model: `Simulator ${outlet.name}`.slice(0, 20),
          serialNumber: identity.slice(-25),
          firmwareVersion: firmware.version,
          ...(iccid !== undefined && { modem: { iccid } }),
        },
      }),
      answered: (answer) => this.#answered(answer as Partial<BootNotificationResponse>),
      lost: () => this.#bootLater(waitS),
    })
  }

  /** The socket is gone. */
  lost(): void {
    this.#cancelBeat?.()
    this.#cancelBoot?.()
  }

  heartbeat(): void {
    this.#station.mailbox.post({ action: 'Heartbeat', payload: () => ({}), answered: () => {} })
  }

  /** From now on as often as is configured now. */
  beat(): void {
    this.#cancelBeat?.()
    const everyS = this.#station.model.number('OCPPCommCtrlr/HeartbeatInterval')
    this.#cancelBeat = this.#station.after(everyS * 1_000, () => {
      this.heartbeat()
      this.beat()
    })
  }

  #answered({ status, interval }: Partial<BootNotificationResponse>): void {
    const seconds = typeof interval === 'number' && interval > 0 ? interval : waitS
    const isAgain = this.isAccepted
    this.#status = status
    if (status !== 'Accepted') return this.#bootLater(seconds)
    this.#station.model.set('OCPPCommCtrlr/HeartbeatInterval', String(seconds))
    this.beat()
    if (!isAgain) this.#station.registered(true)
  }

  #bootLater(seconds: number): void {
    if (!this.#station.line.isOpen) return
    this.#cancelBoot?.()
    this.#cancelBoot = this.#station.after(seconds * 1_000, () => this.boot())
  }
}
