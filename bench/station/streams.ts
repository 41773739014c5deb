import type {
  ConstantStreamDataType,
  PeriodicEventStreamParamsType,
  StreamDataElementType,
} from 'typed-ocpp/dist/ocpp21/types.js'
import type { Station } from './station.ts'

interface Stream {
  readonly id: number
  params: PeriodicEventStreamParamsType
  isOpen: boolean
  readonly waiting: { readonly at: number; readonly value: string }[]
  cancel: (() => void) | undefined
}

const mostWaiting = 100
const defaults = { interval: 10, values: 10 }

/** Streams of values (2.1 N11–N15): what a periodic monitor reads goes out in bundles that nobody answers. */
export class Streams {
  readonly #station: Station
  /** By the monitor they are of, which has one at most. */
  readonly #streams = new Map<number, Stream>()
  #serial = 0

  constructor(station: Station) {
    this.#station = station
  }

  /** Asks the server whether it wants one; where it does not, its values go out as events (N11.FR.05). */
  open(monitor: number, params: PeriodicEventStreamParamsType): void {
    const { mailbox } = this.#station
    const stream: Stream = { id: ++this.#serial, params, isOpen: false, waiting: [], cancel: undefined }
    this.#streams.set(monitor, stream)
    const drop = (): unknown => this.#streams.get(monitor) === stream && this.#streams.delete(monitor)
    // behind the answer to the order
    this.#station.after(0, () =>
      mailbox.post({
        action: 'OpenPeriodicEventStream',
        payload: () => ({ constantStreamData: { id: stream.id, variableMonitoringId: monitor, params } }),
        answered: ({ status }) => {
          stream.isOpen = status === 'Accepted'
          if (!stream.isOpen) drop()
        },
        lost: () => void drop(),
      }),
    )
  }

  close(monitor: number): void {
    const stream = this.#streams.get(monitor)
    if (stream === undefined) return
    stream.cancel?.()
    this.#streams.delete(monitor)
    this.#station.after(0, () => this.#station.tidings.tell('ClosePeriodicEventStream', { id: stream.id }))
  }

  /** A value has been read; false where there is no stream for it. */
  take(monitor: number, value: string): boolean {
    const stream = this.#streams.get(monitor)
    if (stream?.isOpen !== true) return false
    stream.waiting.push({ at: this.#station.time.now(), value })
    if (stream.waiting.length > mostWaiting) stream.waiting.shift()
    const { values = defaults.values, interval = defaults.interval } = stream.params
    if (stream.waiting.length >= values) this.#flush(stream)
    else stream.cancel ??= this.#station.after(interval * 1_000, () => this.#flush(stream))
    return true
  }

  adjust(id: number, params: PeriodicEventStreamParamsType): boolean {
    const stream = [...this.#streams.values()].find((one) => one.id === id)
    if (stream !== undefined) stream.params = params
    return stream !== undefined
  }

  get all(): readonly ConstantStreamDataType[] {
    return [...this.#streams].map(([variableMonitoringId, { id, params }]) => ({ id, variableMonitoringId, params }))
  }

  #flush(stream: Stream): void {
    stream.cancel?.()
    stream.cancel = undefined
    const { isAtWork, dialogue } = this.#station
    const [first] = stream.waiting
    if (!isAtWork || first === undefined) return
    const { values = defaults.values } = stream.params
    const data = stream.waiting
      .splice(0, values)
      .map(({ at, value }): StreamDataElementType => ({ t: (at - first.at) / 1_000, v: value }))
    const basetime = new Date(first.at).toISOString()
    dialogue.send('NotifyPeriodicEventStream', { id: stream.id, pending: stream.waiting.length, basetime, data })
  }
}
