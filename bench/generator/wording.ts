import type { Protocol } from '../../core/ocpp/version.ts'
import * as messages from './messages.ts'
import * as messagesOfTwo from './messages-of-two.ts'
import type { Kind } from './orders.ts'
import type { Station } from './station.ts'

export type Standing = 'Available' | 'Preparing' | 'Charging'

/** How a generator's station says what it has to say: the actions and payloads of its version. */
export interface Wording {
  readonly actions: Readonly<Record<Kind, string>>
  readonly boot: string
  /** What is reported behind a boot. */
  readonly connectors: readonly number[]
  status(connector: number, is: Standing): string
  start(station: Station, at?: string): string
  /** What the answer to a start has told. */
  begun(station: Station, answer: string): void
  meter(station: Station, at?: string): string
  stop(station: Station, at?: string): string
}

const common = { heartbeat: 'Heartbeat', status: 'StatusNotification', boot: 'BootNotification' } as const

const old: Wording = {
  actions: { ...common, meter: 'MeterValues', start: 'StartTransaction', stop: 'StopTransaction' },
  boot: messages.boot,
  connectors: [0, 1, 2],
  status: messages.status,
  start: ({ register }, at) => messages.start(register, at),
  begun: (station, answer) => (station.transaction = transactionOf(answer, station.index)),
  meter: ({ transaction, register }, at) => messages.meterValues(Number(transaction), register, at),
  stop: ({ transaction, register }, at) => messages.stop(Number(transaction), register, at),
}

/** Where an echo answers there is none. */
const transactionOf = (answer: string, otherwise: number): number => {
  const [, , payload] = JSON.parse(answer) as [number, string, { readonly transactionId?: number }]
  return typeof payload === 'object' && payload.transactionId !== undefined ? payload.transactionId : otherwise
}

const began = Date.now().toString(36)

const eventOf = (station: Station, at: string | undefined): messagesOfTwo.EventOf => ({
  transaction: String(station.transaction),
  seqNo: station.seqNo++,
  register: station.register,
  ...(at !== undefined && { at }),
})

const newer: Wording = {
  actions: { ...common, meter: 'TransactionEvent', start: 'TransactionEvent', stop: 'TransactionEvent' },
  boot: messagesOfTwo.boot,
  connectors: [1, 2],
  status: (connector, is) => messagesOfTwo.status(connector, is === 'Available' ? is : 'Occupied'),
  start(station, at) {
    // unlike any other of this station's, in this run or another
    station.transaction = `${began}-${station.index}-${station.serial}`
    station.seqNo = 0
    return messagesOfTwo.started(eventOf(station, at))
  },
  begun: () => {},
  meter: (station, at) => messagesOfTwo.updated(eventOf(station, at)),
  stop: (station, at) => messagesOfTwo.ended(eventOf(station, at)),
}

export const wordings: Readonly<Record<Protocol, Wording>> = {
  'ocpp1.6': old,
  'ocpp2.0.1': newer,
  'ocpp2.1': newer,
}
