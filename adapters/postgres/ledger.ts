import type { Fact } from '../../core/domain/fact.ts'
import type { Changes, Receipt, View } from '../../core/domain/changes.ts'
import { needsOf, settle } from '../../core/domain/ledger.ts'
import type { Clock } from '../../core/ports/clock.ts'
import type { Digest } from '../../core/ports/digest.ts'
import type { Ids } from '../../core/ports/ids.ts'
import { type Ledger, LedgerUnavailable, type Verdict } from '../../core/ports/ledger.ts'
import type { Sql, Transaction } from './connect.ts'
import { Days } from './days.ts'
import { codeOf, isCollision, isOutage, Overtaken } from './faults.ts'
import { storeChanges } from './store-changes.ts'
import { meteringOf, storeMetering } from './store-metering.ts'
import { loadView } from './load-view.ts'
import { RememberedSessions } from './remembered-sessions.ts'

interface Parts {
  readonly sql: Sql
  readonly clock: Clock
  readonly ids: Ids
  readonly digest: Digest
}

const tries = 5
const emptyView: View = {
  sessions: [],
  counters: new Map(),
  expectations: [],
  charging: new Map(),
  reserved: new Set(),
  pages: new Map(),
}

/**
 * The ledger on PostgreSQL: load under locks, let core decide, store, commit — two round trips between BEGIN and COMMIT,
 * or one statement for what there is most of, readings of sessions that this worker remembers.
 * A batch that PostgreSQL refuses is done again in one second transaction, halved under savepoints until the guilty
 * fact stands alone in quarantine (D-2).
 */
export const postgresLedger = ({ sql, clock, ids, digest }: Parts): Ledger => {
  const days = new Days(sql)
  const remembered = new RememberedSessions()

  const enter = async (tx: Transaction, facts: readonly Fact[]): Promise<Entered> => {
    const view = await loadView(tx, needsOf(facts), remembered)
    const { changes, receipts } = settle(facts, view, { now: clock.now(), uuid: () => ids.uuid(), digest })
    await days.ensure(tx, daysOf(changes))
    await storeChanges(tx, changes, digest)
    return { changes, receipts }
  }

  /** The batch, or its halves, each under a savepoint; a fact that is refused alone is put aside. */
  const divide = async (tx: Transaction, facts: readonly Fact[], isLast = false): Promise<readonly Verdict[]> => {
    try {
      const { receipts } = await tx.savepoint((inner) => enter(inner, facts))
      return receipts.map((receipt) => ({ stored: true, receipt }))
    } catch (error) {
      const isStubborn = isLast && codeOf(error) === '23505'
      if (isOutage(error) || (isCollision(error) && !isStubborn) || error instanceof Overtaken) throw error
      const [alone, ...more] = facts
      if (alone === undefined) return []
      if (more.length === 0) return [await quarantine(tx, alone, String(error))]
      const middle = Math.ceil(facts.length / 2)
      return [...(await divide(tx, facts.slice(0, middle), isLast)), ...(await divide(tx, facts.slice(middle), isLast))]
    }
  }

  /** Readings of sessions that are all remembered, on days that are all there, need nothing read and no transaction. */
  const meter = async (facts: readonly Fact[]): Promise<Entered | undefined> => {
    if (facts.some((fact) => fact.kind !== 'session.sampled')) return undefined
    const { known, needs } = remembered.recall(needsOf(facts))
    if (needs.transactions.length > 0) return undefined
    const view = { ...emptyView, sessions: known }
    const { changes, receipts } = settle(facts, view, { now: clock.now(), uuid: () => ids.uuid(), digest })
    const metering = meteringOf(changes)
    if (metering === undefined || !days.knows(daysOf(changes))) return undefined
    await storeMetering(sql, metering, digest)
    return { changes, receipts }
  }

  const commitOnce = async (facts: readonly Fact[]): Promise<readonly Verdict[]> => {
    try {
      const { changes, receipts } = (await meter(facts)) ?? (await sql.begin((tx) => enter(tx, facts)))
      // only what is committed may be remembered
      remembered.remember(changes)
      return receipts.map((receipt) => ({ stored: true, receipt }))
    } catch (error) {
      if (isOutage(error) || isCollision(error) || error instanceof Overtaken) throw error
      days.forget()
      remembered.forget(needsOf(facts))
      return sql.begin((tx) => divide(tx, facts))
    }
  }

  return {
    async commit(facts) {
      for (let attempt = 1; ; attempt++) {
        try {
          return await commitOnce(facts)
        } catch (error) {
          days.forget()
          remembered.forget(needsOf(facts))
          if ((isCollision(error) || error instanceof Overtaken) && attempt < tries) continue
          // a row that is in the way every time is no race: who brought it stands alone in the end
          if (codeOf(error) === '23505' && attempt === tries) {
            const verdicts = await sql.begin((tx) => divide(tx, facts, true)).catch(() => undefined)
            if (verdicts !== undefined) return verdicts
          }
          throw new LedgerUnavailable(String(error), { cause: error })
        }
      }
    },
  }
}

interface Entered {
  readonly changes: Changes
  readonly receipts: readonly Receipt[]
}

const daysOf = (changes: Changes): readonly string[] => [
  ...new Set([...changes.facts.map((f) => f.day), ...changes.samples.map((s) => s.session.day)]),
]

const quarantine = async (tx: Transaction, fact: Fact, reason: string): Promise<Verdict> => {
  await tx`insert into quarantine (tenant, identity, received_at, action, reason, wire)
    values (${fact.tenant}, ${fact.identity}, at_ms(${fact.receivedAt}), ${fact.kind}, ${reason.slice(0, 500)}, ${Buffer.from(fact.wire)})`
  return { stored: false, reason }
}
