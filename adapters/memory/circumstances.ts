import { refKey } from '../../core/domain/charge-point.ts'
import { type Circumstances, most } from '../../core/domain/evidence.ts'
import { momentOf, type Session } from '../../core/domain/session.ts'
import { meterRow } from '../../core/ocpp/actions/meter-value.ts'
import type { MemoryLedger } from './ledger.ts'

/** What a session that is over is held against, in memory. */
export const circumstancesOf = (ledger: MemoryLedger, session: Session): Circumstances => {
  const facts = [...ledger.facts.values()].filter((filed) => filed.session === session.id).map(({ fact }) => fact)
  const startReceivedAt = facts.find(
    ({ kind, key }) => kind === 'session.started' || key === session.events?.startKey,
  )?.receivedAt
  const stopReceivedAt = facts.find(({ key }) => key === session.stopKey)?.receivedAt
  return {
    readings: [...ledger.samples]
      .filter(([name]) => name.startsWith(`${session.id}/`))
      .map(([name, reading]) => ({ name, at: momentOf(session, reading), reading }))
      .toSorted((a, b) => a.at - b.at || (a.name < b.name ? -1 : 1))
      .slice(0, most.readings)
      .map(({ at, reading }) =>
        meterRow(reading.text, { at, received: reading.receivedAt, register: reading.registerMwh }),
      ),
    earlier: [...ledger.sessions.values()]
      .filter(
        (one) =>
          one.id !== session.id &&
          refKey(one) === refKey(session) &&
          (one.evse === session.evse || (one.token !== undefined && one.token === session.token)) &&
          isBefore(one, session),
      )
      .toSorted((a, b) => (isBefore(a, b) ? 1 : -1))
      .slice(0, most.earlier),
    ...(startReceivedAt !== undefined && { startReceivedAt }),
    ...(stopReceivedAt !== undefined && { stopReceivedAt }),
  }
}

const isBefore = (a: Session, b: Session): boolean =>
  a.startedAt !== undefined &&
  b.startedAt !== undefined &&
  (a.startedAt < b.startedAt || (a.startedAt === b.startedAt && a.id < b.id))
