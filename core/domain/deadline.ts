/** A moment of the business that must come, whatever crashes before it: a row, swept by any worker (D-6). */
export interface Deadline {
  readonly tenant: string
  readonly kind: DeadlineKind
  /** What it is about; (tenant, kind, key) is unique, and the earliest time counts. */
  readonly key: string
  readonly due: number
  readonly reason: string
}

export const deadlineKinds = [
  'session.infer',
  'session.complete',
  'command.expire',
  'reservation.expire',
  'campaign.step',
  'erp.lane',
  'statement.lane',
  'roaming.lane',
  'roaming.cdrs',
  'sim.lane',
] as const
export type DeadlineKind = (typeof deadlineKinds)[number]

/** Why a session will be closed without a stop; told to whoever reads its CDR. */
export const inferences = {
  nextSession: 'next session',
  connectorAvailable: 'connector available',
  refusedToken: 'refused token',
} as const

/** Why nobody waits any more for the missing events of a session that has ended (INV-22); its CDR tells. */
export const completions = {
  grace: 'nothing more came within the time of grace',
  emptyQueue: 'the charge point has no message of it left',
} as const

const minute = 60_000

/** How long we wait for a stop before we close a session without one (INV-24), in milliseconds. */
export const holds = {
  /** The connector began another session: the stop may still lie in the station's queue. */
  nextSession: 24 * 60 * minute,
  /** The connector is free again, and still is when the time comes: the stop may still lie in the station's queue. */
  connectorAvailable: 24 * 60 * minute,
  /** The token was refused: most stations never send a stop then. */
  refusedToken: 15 * minute,
  /** Events between its start and its end are missing; while its station is away, as long as `missingOffline`. */
  missing: 15 * minute,
  missingOffline: 24 * 60 * minute,
} as const

/** Whether what is missing of a session may still come: its station is away, and has not been for too long (INV-22). */
export const isWaitedFor = (awaySince: number | undefined, now: number): boolean =>
  awaySince !== undefined && now < awaySince + holds.missingOffline

/** Whether a deadline takes the place of one for the same thing: the earlier one counts, and what is certain before what is not. */
export const isBefore = (
  { due, reason }: Pick<Deadline, 'due' | 'reason'>,
  other: Pick<Deadline, 'due' | 'reason'> | undefined,
): boolean =>
  other === undefined ||
  due < other.due ||
  (other.reason === inferences.connectorAvailable && reason !== inferences.connectorAvailable)
