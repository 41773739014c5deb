import { refKey } from '../core/domain/charge-point.ts'
import type { Ask } from '../core/domain/dialogue.ts'
import type { ConnectorReport } from '../core/domain/connector.ts'
import { InboundLane, OutboundLane } from '../core/ocpp/lane.ts'
import type { AskDialect } from '../core/ocpp/dialect.ts'
import { quirksOf } from '../core/ocpp/quirks.ts'
import type { Quirks } from '../core/ocpp/quirks/pack.ts'
import type { ChargePointRecord } from '../core/ports/credentials.ts'
import type { Connection, Link as LinkPort } from '../core/ports/gateway.ts'
import type { Span } from '../core/ports/telemetry.ts'
import type { AdmittedSeat } from './admission.ts'
import type { Call } from './caller.ts'
import type { chargePointMachine } from './charge-point/machine.ts'
import type { connectorMachine } from './connector/machine.ts'
import type { Rest } from './host.ts'
import type { sessionMachine } from './session/machine.ts'

/** A CALL of the station that has been understood and waits for its machine's word. */
export interface Asked {
  readonly id: string
  readonly action: string
  readonly ask: Ask
  readonly dialect: AskDialect
  readonly text: string
  readonly receivedAt: number
  readonly untidy: string | undefined
  readonly span: Span | undefined
  /** It was a SEND: nobody waits for an answer. */
  readonly isTold?: true
}

/** A CALL over the rate, and when it was heard, in monotonic ms. */
export interface Held {
  readonly text: string
  readonly at: number
}

/** One plug: its actor at rest, and the last report, so that a repeated one wakes nobody. */
export interface Plug {
  rest: Rest<typeof connectorMachine>
  report?: ConnectorReport
}

/** How a socket may end: the charge point closed it, it fell silent, another took its place, or we closed it. */
export type Ending = 'closed' | 'silent' | 'superseded' | 'dismissed'

/** An open socket of a charge point and the actors that live as long as it does (D-4, D-8). */
export class Link implements LinkPort {
  readonly seat: AdmittedSeat
  /** As it is now: it may have been changed since it was let in. */
  record: ChargePointRecord
  /** Of its make, as it named itself when it last booted; most have none. */
  quirks: Quirks | undefined
  readonly connection: Connection
  readonly key: string
  /** Where what happens right now is told to those who watch. */
  readonly liveTopic: string
  readonly inbound = new InboundLane()
  readonly outbound = new OutboundLane<Call>()
  /** CALLs of ours that nobody waits for any more: an answer may still come. */
  readonly overdue = new Map<string, Call>()
  chargePoint: Rest<typeof chargePointMachine> | undefined
  readonly plugs = new Map<number, Plug>()
  /** Open sessions by id. */
  readonly sessions = new Map<string, Rest<typeof sessionMachine>>()
  /** The CALL that its machine is deciding about just now. */
  asked: Asked | undefined
  open = true
  /** A BootNotification has come on this socket. */
  booted = false
  /** Monotonic ms of the last sign of life. */
  heardAt: number
  seenWrittenAt = 0
  pinged = false
  /** It was replaced, and was pinged once more before it is closed. */
  probed = false
  /** When in each ping interval it is looked at: spread evenly, whoever connected when. */
  readonly slot: number
  badFrames = 0
  /** Frames this socket may still send at once; refilled evenly (handbook/reliability.md §6.6). */
  allowance: number
  allowanceAt: number
  held: Held[] | undefined
  /** Its event streams, and how many values of each waited when something was last done about it (2.1). */
  streams: Map<number, number> | undefined
  /** Its number in the trace; 0 = none yet. */
  traceOwner = 0
  /** What has ended it, for the trace. */
  end: Ending | undefined
  /** Pings of the station's in the second that began at `pingsSince`. */
  pings = 0
  pingsSince = 0

  constructor(seat: AdmittedSeat, connection: Connection, now: number, allowance: number) {
    this.seat = seat
    this.record = seat.record
    this.quirks = quirksOf(seat.record)
    this.connection = connection
    this.key = refKey(seat.ref)
    this.liveTopic = topicOf(seat.ref.tenant)
    this.slot = spread(this.key)
    this.heardAt = now
    this.allowance = allowance
    this.allowanceAt = now
  }

  get identity(): string {
    return this.seat.identity
  }
}

const topics = new Map<string, string>()

/** One text for all stations of a tenant: a hundred thousand equal ones would each have a place in memory. */
const topicOf = (tenant: string): string => {
  let topic = topics.get(tenant)
  if (topic === undefined) topics.set(tenant, (topic = `live/${tenant}`))
  return topic
}

const spread = (text: string): number => {
  let hash = 0
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) >>> 0
  return hash
}
