import type {
  DisplayMessageStatusEnumType,
  GetDisplayMessagesRequest,
  MessageInfoType,
} from 'typed-ocpp/dist/ocpp21/types.js'
import type { Station } from './station.ts'

const most = 10
const formats: readonly string[] = ['ASCII', 'UTF8']

/** Messages on the station's display (O): one goes when its time or its transaction is over. */
export class Displays {
  readonly #station: Station
  readonly #shown = new Map<number, MessageInfoType>()

  constructor(station: Station) {
    this.#station = station
  }

  get size(): number {
    return this.#current.length
  }

  show(message: MessageInfoType): DisplayMessageStatusEnumType {
    const { evses } = this.#station
    const { id, transactionId } = message
    if (!formats.includes(message.message.format)) return 'NotSupportedMessageFormat'
    const isOfNone =
      transactionId !== undefined && !evses.some((evse) => evse.transaction?.transactionId === transactionId)
    if (isOfNone) return 'UnknownTransaction'
    if (!this.#shown.has(id) && this.#current.length >= most) return 'Rejected'
    // there is one front only: a newer message takes it (O01.FR.05)
    if (message.priority === 'AlwaysFront')
      for (const other of this.#current) if (other.priority === 'AlwaysFront') this.#shown.delete(other.id)
    this.#shown.set(id, message)
    return 'Accepted'
  }

  matching({
    id: ids = [],
    priority,
    state,
  }: Omit<GetDisplayMessagesRequest, 'requestId'>): readonly MessageInfoType[] {
    return this.#current.filter(
      (one) =>
        (ids.length === 0 || ids.includes(one.id)) &&
        (priority === undefined || one.priority === priority) &&
        (state === undefined || one.state === state),
    )
  }

  clear(id: number): boolean {
    const isThere = this.#current.some((one) => one.id === id)
    this.#shown.delete(id)
    return isThere
  }

  transactionOver(transactionId: string): void {
    for (const one of this.#shown.values()) if (one.transactionId === transactionId) this.#shown.delete(one.id)
  }

  get #current(): readonly MessageInfoType[] {
    const now = this.#station.time.now()
    return [...this.#shown.values()].filter(
      ({ endDateTime }) => endDateTime === undefined || Date.parse(endDateTime) > now,
    )
  }
}
