import type { ConnectorStatus } from '../../domain/connector.ts'
import type { Payload } from '../frame.ts'

/**
 * How stations of one make differ from the specification, and what is done about it (handbook/ocpp.md §9). Only what the
 * tolerance for everybody cannot do is a quirk: most of what stations do wrong is forgiven all of them.
 */
export interface Quirks {
  /** What sessions are flagged with whose messages were repaired. */
  readonly name: string
  /** Makes JSON of a frame that is none. A frame that can be read is never touched. */
  readonly text?: (text: string) => string
  /** What the payload of an action means; one that needs no repair is answered back as it is. */
  readonly rewrite?: Readonly<Record<string, Rewrite>>
  /** What is not sent to such a station, by whomever it was ordered. */
  readonly suppress?: readonly Suppressed[]
  readonly timing?: Timing
  /** It never comes back after a clean close, but does after a broken connection: when this server goes, it is cut off. */
  readonly staysAway?: true
}

/** Pure; it must bear any payload whatever, for nothing has been checked yet. */
export type Rewrite = (payload: Payload) => Payload

export interface Suppressed {
  readonly action: string
  /** Only then; always where absent. `status` is that of the connector it is about, where that is known. */
  readonly when?: (payload: Payload, status: ConnectorStatus | undefined) => boolean
  /** Why, to whoever ordered it. */
  readonly told: string
}

/** Milliseconds; what is absent is as for everybody. */
export interface Timing {
  /** It is pinged no more often than after half of this time of silence, and given up after one and a half. */
  readonly pingMs?: number
  /** So long it is left alone after the end of a CALL of ours, also on its next socket; the next one waits. */
  readonly gapMs?: number
  /** So long it has to answer. */
  readonly callTimeoutMs?: number
}

/** Stations as they name themselves when they boot: in any case, `*` at the end stands for whatever follows. */
export interface Make {
  readonly vendor: string
  readonly model?: string
  /** Both ends included, as far as they are written: `from 5 to 5` is every 5.x. */
  readonly firmware?: `from ${string}` | `to ${string}`
}

export interface QuirkPack extends Quirks {
  /** What they do, and where that was seen. */
  readonly because: string
  readonly of: readonly Make[]
}
