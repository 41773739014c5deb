/** Measures and traces, in no vendor's words. Implementation: adapters/otel. */
export interface Telemetry {
  /** Counts something that happened. Labels are few and never a station, token or session. */
  count(name: CounterName, label?: string): void
  /** A counter to keep, for what happens with every message. */
  counter(name: CounterName, label?: string): Counter
  /** Shows a figure that is read whenever somebody looks. */
  gauge(name: GaugeName, read: () => number): void
  /** Records a duration in milliseconds. */
  took(name: DurationName, ms: number, label?: string): void
  /** Starts a span when this trace is sampled; undefined costs nothing. */
  span(name: string, parent?: string): Span | undefined
}

export interface Counter {
  add(): void
}

export interface Span {
  /** W3C trace context, to be stored beside what the span caused. */
  readonly traceparent: string
  set(key: string, value: string | number): void
  end(fault?: string): void
}

export type CounterName =
  | 'ocpp.connect.attempts'
  | 'ocpp.connect.takeovers'
  | 'ocpp.frames.accepted'
  | 'ocpp.frames.committed'
  | 'ocpp.frames.answered'
  | 'ocpp.frames.dropped'
  | 'ocpp.frames.repaired'
  | 'ocpp.frames.untidy'
  | 'ocpp.call.errors'
  | 'ocpp.results.refused'
  | 'ocpp.ingest.duplicates'
  | 'ocpp.quarantine.frames'
  | 'ocpp.commands'
  | 'ocpp.connector.irregular'
  | 'ocpp.trace.dropped'
  | 'cdr.created'
  | 'cdr.credited'
  | 'cdr.held'
  | 'outbox.relayed'
  | 'erp.attempts'
  | 'statement.attempts'
  | 'roaming.cdr.attempts'
  | 'roaming.pushes'
  | 'auth.throttled'
  | 'roaming.published'
  | 'sim.unavailable'
  | 'sim.commands'
export type GaugeName = 'ocpp.connections' | 'ocpp.connect.waiting' | 'ocpp.ingest.pending' | 'eventloop.delay.worst'
export type DurationName =
  | 'ocpp.ingest.commit.duration'
  | 'ocpp.call.duration'
  | 'job.duration'
  | 'erp.attempt.duration'
  | 'statement.attempt.duration'
  | 'roaming.cdr.attempt.duration'
  /** From the presentation of a token of a partner's to what the station may be told. */
  | 'roaming.rta.duration'
  | 'roaming.publish.duration'
  | 'roaming.push.duration'
  | 'sim.ask.duration'
