import { refKey } from '../../core/domain/charge-point.ts'
import { type CourseEntry, courseIn, spanOf } from '../../core/domain/charging-course.ts'
import type { Session } from '../../core/domain/session.ts'
import type { MemoryLedger } from './ledger.ts'

/** The states of charging of a session over time, in memory. */
export const courseOf = (ledger: MemoryLedger, session: Session): readonly CourseEntry[] => {
  const { from, until } = spanOf(session)
  const isItsOwn = session.events !== undefined
  const name = isItsOwn ? session.id : `${refKey(session)}/${session.evse}`
  const kept = [...ledger.course.values()].filter(
    ({ of, at }) => of === name && (isItsOwn || (at >= from && at <= until)),
  )
  return courseIn(
    session,
    kept.map(({ at, state, seq }) => ({ at, state, seq })),
  )
}
