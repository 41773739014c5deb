import type { Charger } from './charger/charger.ts'
import type { Chance } from './random.ts'
import type { Api } from './verdict.ts'

interface Parts extends Api {
  readonly chargers: readonly Charger[]
  readonly chance: Chance
  /** A pause between two orders, at most. */
  readonly pauseMs: number
}

type Order = readonly [action: string, payload: object]

const reservedMs = 20_000

/** An order that may be given to a station at any time without anybody losing by it. */
const anyOrder = ({ plugs, options, time }: Charger, chance: Chance): Order => {
  const plug = chance.pick(plugs)
  const connectorId = plug.number
  const idTag = chance.pick(options.tokens)
  const expiryDate = new Date(time.now() + reservedMs).toISOString()
  const profile = {
    chargingProfileId: 1,
    stackLevel: 0,
    chargingProfilePurpose: 'TxDefaultProfile',
    chargingProfileKind: 'Relative',
    chargingSchedule: { chargingRateUnit: 'W', chargingSchedulePeriod: [{ startPeriod: 0, limit: 6_000 }] },
  }
  return chance.pick<Order>([
    ['GetConfiguration', {}],
    ['ChangeConfiguration', { key: 'MeterValueSampleInterval', value: String(chance.integer(2, 6)) }],
    ['TriggerMessage', { requestedMessage: chance.pick(['Heartbeat', 'MeterValues', 'StatusNotification']) }],
    ['GetLocalListVersion', {}],
    ['ClearCache', {}],
    ['DataTransfer', { vendorId: 'org.stationmaster.simulator', messageId: 'echo', data: 'back' }],
    ['ReserveNow', { connectorId, reservationId: connectorId, idTag, expiryDate }],
    ['CancelReservation', { reservationId: connectorId }],
    ['SetChargingProfile', { connectorId, csChargingProfiles: profile }],
    ['ClearChargingProfile', {}],
    ['GetCompositeSchedule', { connectorId, duration: 600 }],
    ['RemoteStartTransaction', { connectorId, idTag }],
    ['RemoteStopTransaction', { transactionId: plug.session?.transactionId ?? 1 }],
    ['UnlockConnector', { connectorId }],
    ['ChangeAvailability', { connectorId, type: chance.isLucky(0.3) ? 'Inoperative' : 'Operative' }],
    ['Reset', { type: chance.pick(['Soft', 'Hard']) }],
  ])
}

/** Answered, or why not: the station is away, or has gone while it was asked. */
const fair: readonly number[] = [200, 409, 504]

/**
 * Gives orders over the API while a fleet is in chaos, so that there is something to answer late and to cross with. A
 * station's own answer that the server takes for none is a problem, and so is an order the server cannot see through.
 */
export class Operator {
  orders = 0
  readonly problems: string[] = []
  readonly #parts: Parts
  #isDone = false

  constructor(parts: Parts) {
    this.#parts = parts
  }

  start(): void {
    const { chance, chargers, pauseMs } = this.#parts
    setTimeout(
      () => {
        if (this.#isDone) return
        void this.#give(chance.pick(chargers))
        this.start()
      },
      chance.integer(1, pauseMs),
    )
  }

  stop(): void {
    this.#isDone = true
  }

  async #give(charger: Charger): Promise<void> {
    const { api, key, chance } = this.#parts
    const [action, payload] = anyOrder(charger, chance)
    const { identity } = charger.options
    this.orders++
    try {
      const response = await fetch(new URL(`/api/v1/charge-points/${identity}/ocpp/${action}`, api), {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify(payload),
      })
      const text = await response.text()
      if (!fair.includes(response.status) || text.includes('"error"'))
        this.problems.push(`${identity}: ${action} came to ${response.status} ${text}`)
    } catch (error) {
      if (!this.#isDone) this.problems.push(`${identity}: ${action} could not be ordered: ${String(error)}`)
    }
  }
}
