import type { HistogramData } from '../histogram.ts'

/** What a generator is told, a line of JSON each; it answers each with one line when it is done. */
export type Order =
  /** Every station connects, with so many handshakes under way at once; boots and reports its connectors where it is told to. */
  | { readonly do: 'connect'; readonly inFlight: number; readonly greets: boolean }
  /** So many stations begin a session. */
  | { readonly do: 'charge'; readonly stations: number }
  /** Open loop: so many messages a second, whatever the answers do. */
  | { readonly do: 'open'; readonly perS: Rates; readonly poisson: boolean; readonly spins: boolean }
  /** Closed loop: every charging station has a MeterValues on its way, each answer lets another station speak once. */
  | { readonly do: 'closed' }
  /** Closed loop: so many stations begin and end a session, over and over. */
  | { readonly do: 'pairs'; readonly stations: number }
  /** Nothing more is said; done when everything is answered. */
  | { readonly do: 'quiet' }
  /** All sockets are cut at once; done when all stations are back. */
  | { readonly do: 'cut'; readonly spreadMs: number }
  /** So many stations deliver what they kept while they were offline; done when all of it is acknowledged. */
  | { readonly do: 'flush'; readonly stations: number; readonly events: number }
  /** Ends a window: what happened in it is the answer. */
  | { readonly do: 'window' }

export type Kind = 'heartbeat' | 'status' | 'meter' | 'start' | 'stop' | 'boot'
export type Rates = Partial<Record<'heartbeat' | 'status' | 'meter' | 'turnover', number>>

/** What one generator saw between two `window` orders. Times are µs; those of answers count from when the message was due. */
export interface WindowData {
  readonly ms: number
  readonly answered: number
  readonly errors: number
  /** Of open-loop messages that were sent while their socket still waited for an answer: OCPP does not allow it. */
  readonly pipelined: number
  /** Of open-loop messages that were due when no station was there to send them. */
  readonly dropped: number
  /** CALLs on open sockets that have no answer yet. */
  readonly unanswered: number
  readonly kinds: Partial<Record<Kind, HistogramData>>
  /** Of stations that did not lose their socket in this window. */
  readonly untouched: HistogramData
  /** From when a message was due to when it was sent. */
  readonly lag: HistogramData
  readonly handshake: HistogramData
  /** From losing the socket, or beginning to connect, to the last answer of the greeting. */
  readonly back: HistogramData
  readonly closed: number
  readonly refused: number
  readonly away: number
  readonly cpuS: number
}

/** Told once a second without being asked. */
export interface Progress {
  readonly sockets: number
  readonly answered: number
  /** p99 of the answers of this second, µs. */
  readonly p99: number
}

/** A line to a generator. */
export interface Numbered {
  readonly n: number
  readonly order: Order
}

/** A line of a generator. */
export type Told = { readonly progress: Progress } | { readonly n: number; readonly done: WindowData | null }
