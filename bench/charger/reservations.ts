import type { ReserveNowRequest, ReserveNowResponse } from 'typed-ocpp/dist/ocpp16/types.js'
import { cardKey } from './local-list.ts'
import type { Time } from './options.ts'

export interface Reservation {
  readonly id: number
  /** 0 = any connector, one of which is kept free. */
  readonly connector: number
  readonly idTag: string
  readonly parentIdTag: string | undefined
}

/** How the connectors are just now, as far as reserving goes. */
export interface Outlook {
  readonly connectors: readonly {
    readonly number: number
    readonly state: 'free' | 'Occupied' | 'Faulted' | 'Unavailable'
  }[]
  readonly takesZero: boolean
}

interface Parts {
  readonly time: Time
  readonly outlook: () => Outlook
  /** A connector has become reserved, or is no longer. */
  readonly changed: (connector: number) => void
  /** One has come to its end that nobody ordered: 2.x has a message for that. */
  readonly ended?: (id: number, how: 'Expired' | 'Removed') => void
}

interface Kept extends Reservation {
  readonly forget: () => void
}

/** Reservations, by the station's own clock (OCPP 1.6 §5.13, §5.2): one ends by use, by its time, or by order. */
export class Reservations {
  readonly #parts: Parts
  readonly #kept = new Map<number, Kept>()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** The one for exactly this connector. */
  on(connector: number): Reservation | undefined {
    return [...this.#kept.values()].find((one) => one.connector === connector)
  }

  reserve(request: ReserveNowRequest): ReserveNowResponse['status'] {
    const { reservationId: id, connectorId: connector, idTag, parentIdTag, expiryDate } = request
    const { time, changed, ended } = this.#parts
    const left = Date.parse(expiryDate) - time.now()
    const status = left > 0 ? this.#judge(id, connector) : 'Rejected'
    if (status !== 'Accepted') return status
    // the same id is the same reservation, changed
    this.#remove(id)
    const forget = time.after(left, () => {
      this.cancel(id)
      ended?.(id, 'Expired')
    })
    this.#kept.set(id, { id, connector, idTag, parentIdTag, forget })
    changed(connector)
    return 'Accepted'
  }

  get(id: number): Reservation | undefined {
    return this.#kept.get(id)
  }

  /** Also its end by time or by use. */
  cancel(id: number): boolean {
    const known = this.#remove(id)
    if (known === undefined) return false
    this.#parts.changed(known.connector)
    return true
  }

  /** The connector cannot be had any more, reserved or not. */
  drop(connector: number): void {
    const known = this.on(connector)
    if (known === undefined) return
    this.#remove(known.id)
    this.#parts.ended?.(known.id, 'Removed')
  }

  /** The reservation with which this card may have the connector, `none` where it needs none, or `others`. */
  claim(connector: number, idTag: string, parentIdTag: string | undefined): Reservation | 'none' | 'others' {
    const own = this.on(connector)
    if (own !== undefined) return isFor(own, idTag, parentIdTag) ? own : 'others'
    const anywhere = [...this.#kept.values()].filter((one) => one.connector === 0)
    const mine = anywhere.find((one) => isFor(one, idTag, parentIdTag))
    if (mine !== undefined) return mine
    return this.#freeBeside(connector) >= anywhere.length ? 'none' : 'others'
  }

  /** Whether it takes the card's group to know whose the connector is. */
  asksForGroup(connector: number): boolean {
    const bearing = [...this.#kept.values()].filter((one) => one.connector === connector || one.connector === 0)
    return bearing.some((one) => one.parentIdTag !== undefined)
  }

  #judge(id: number, connector: number): ReserveNowResponse['status'] {
    const { connectors, takesZero } = this.#parts.outlook()
    if (connector === 0) {
      if (!takesZero) return 'Rejected'
      const others = [...this.#kept.values()].filter((one) => one.connector === 0 && one.id !== id).length
      if (this.#freeBeside(0) > others) return 'Accepted'
      const states = connectors.map(({ state }) => state)
      return (['Faulted', 'Unavailable'] as const).find((state) => states.every((one) => one === state)) ?? 'Occupied'
    }
    const wanted = connectors.find(({ number }) => number === connector)
    if (wanted === undefined) return 'Rejected'
    if (wanted.state !== 'free') return wanted.state
    const other = this.on(connector)
    return other === undefined || other.id === id ? 'Accepted' : 'Occupied'
  }

  /** How many connectors can be had beside one that is about to be taken. */
  #freeBeside(taken: number): number {
    const { connectors } = this.#parts.outlook()
    return connectors.filter(
      ({ number, state }) => number !== taken && state === 'free' && this.on(number) === undefined,
    ).length
  }

  #remove(id: number): Kept | undefined {
    const known = this.#kept.get(id)
    known?.forget()
    this.#kept.delete(id)
    return known
  }
}

const isFor = (one: Reservation, idTag: string, parentIdTag: string | undefined): boolean =>
  cardKey(one.idTag) === cardKey(idTag) ||
  (one.parentIdTag !== undefined && parentIdTag !== undefined && cardKey(one.parentIdTag) === cardKey(parentIdTag))
