import type { ConnectorStatus } from './connector.ts'
import type { EventBook } from './event-book.ts'
import type { ChargingState } from './session-event.ts'
import type { Session } from './session.ts'

/**
 * Whether a vehicle was charging, or which of the two had stopped it, over time: what is billed as parking follows from
 * it. 2.x tells it with the events of a session; of 1.6 it is the statuses of the connector, whoever charges there.
 */
export interface CourseEntry {
  /** The station's clock; it is so from then on. */
  readonly at: number
  readonly state: ChargingState
  /** Of two at the same time the higher one is the later: the event's number, or when we heard of it. */
  readonly seq?: number
}

/** A fault, and a connector that is taken out of use, end what the vehicle wished for. */
const states: Readonly<Record<Exclude<ConnectorStatus, 'unknown'>, ChargingState>> = {
  available: 'idle',
  preparing: 'connected',
  charging: 'charging',
  suspendedByVehicle: 'suspendedByVehicle',
  suspendedByStation: 'suspendedByStation',
  finishing: 'connected',
  reserved: 'idle',
  unavailable: 'idle',
  faulted: 'suspendedByStation',
}

export const chargingStateOf = (status: Exclude<ConnectorStatus, 'unknown'>): ChargingState => states[status]

/** Statuses of a connector with a session on it: into one of them, and out of it, is worth keeping. */
export const busyStatuses = [
  'charging',
  'suspendedByVehicle',
  'suspendedByStation',
] as const satisfies ConnectorStatus[]

/** Whether a numbered event tells a new state: the same again, with nothing missing between the two, tells none. */
export const isNewState = ({ charging, runs }: EventBook, seq: number, state: ChargingState): boolean => {
  const [told = seq, last] = charging ?? []
  const isNext = seq > told && runs.some(([from, to]) => from <= told && to === seq - 1)
  return last !== state || !isNext
}

/** A status is told a little before its start where a station counts whole seconds; what is older is of another session. */
const leadMs = 60_000

export interface CourseSpan {
  readonly from: number
  readonly until: number
}

/** The time whose statuses are those of a session of 1.6. */
export const spanOf = ({ startedAt = 0, endedAt = startedAt }: Session): CourseSpan => ({
  from: startedAt - leadMs,
  until: endedAt,
})

/** The course of a session out of what was kept, each state once: in the order of its events, or of its station's clock. */
export const courseIn = (session: Session, kept: readonly CourseEntry[]): readonly CourseEntry[] => {
  const bySeq = (a: CourseEntry, b: CourseEntry): number => (a.seq ?? 0) - (b.seq ?? 0)
  const ordered =
    session.events === undefined
      ? kept.toSorted((a, b) => a.at - b.at || bySeq(a, b))
      : kept.toSorted((a, b) => bySeq(a, b) || a.at - b.at)
  return ordered.filter(({ state }, i) => state !== ordered[i - 1]?.state)
}
