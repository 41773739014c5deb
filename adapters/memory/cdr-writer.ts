import { type Cdr, type Entry, entryFor, type Pricing, type Release, released } from '../../core/domain/cdr.ts'
import { findingsOf } from '../../core/domain/sanity.ts'
import type { Session } from '../../core/domain/session.ts'
import type { Clock } from '../../core/ports/clock.ts'
import type { Ids } from '../../core/ports/ids.ts'
import type { OutboxJob } from '../../core/ports/outbox.ts'
import { priceOfAccount } from '../../core/pricing/account-usage.ts'
import type { Tariff } from '../../core/pricing/tariff.ts'
import { courseOf } from './charging-course.ts'
import { circumstancesOf } from './circumstances.ts'
import type { MemoryLedger } from './ledger.ts'

interface Parts {
  readonly ledger: MemoryLedger
  readonly clock: Clock
  readonly ids: Ids
  /** Of every session; without one they have no price. */
  readonly tariff?: Tariff
}

/** The effect of a `cdr` job in memory: CDR, credit, and the end of the outbox row at once. */
export const writeCdr = (
  { ledger, clock, ids, tariff }: Parts,
  { id, tenant, kind, key }: OutboxJob,
): Entry | undefined => {
  const session = ledger.sessions.get(key)
  const last = [...ledger.cdrs.values()]
    .filter((cdr) => cdr.session === key)
    .toSorted((a, b) => b.version - a.version)[0]
  const entry =
    session &&
    entryFor(session, last, {
      now: clock.now(),
      uuid: () => ids.uuid(),
      findings: findingsOf(session, circumstancesOf(ledger, session)),
      price: pricing(ledger, session, tariff),
    })
  if (entry !== undefined) {
    const { credit, cdr } = entry
    if (credit !== undefined && last !== undefined)
      ledger.cdrs.set(last.id, { ...last, state: 'credited', credits: [credit.id] })
    ledger.cdrs.set(cdr.id, cdr)
  }
  const row = `${tenant}/${kind}/${key}`
  if (ledger.outboxIds.get(row) === id) ledger.outbox.delete(row)
  return entry
}

/** Issues a CDR that is held; undefined where it is not, or cannot be issued so. */
export const releaseCdr = (ledger: MemoryLedger, id: string, release: Release, tariff?: Tariff): Cdr | undefined => {
  const held = ledger.cdrs.get(id)
  const session = held && ledger.sessions.get(held.session)
  if (held?.state !== 'held' || session === undefined) return undefined
  const cdr = released(held, release, pricing(ledger, session, tariff))
  if (typeof cdr === 'string') return undefined
  ledger.cdrs.set(id, cdr)
  return cdr
}

const pricing =
  (ledger: MemoryLedger, session: Session, tariff: Tariff | undefined): Pricing =>
  (account) => {
    if (tariff === undefined) return undefined
    const { readings } = circumstancesOf(ledger, session)
    const evidence = { zone: 'UTC', readings, states: courseOf(ledger, session) }
    return priceOfAccount(account, session, tariff, evidence)
  }
