import { isDeepStrictEqual } from 'node:util'
import type { AuditDraft } from '../../core/domain/audit.ts'
import type { DomainEvent } from '../../core/domain/event.ts'
import type { Act, Put, Refusal } from '../../core/ports/market.ts'
import type { Sql, Transaction } from './connect.ts'
import { insertEvents } from './insert-events.ts'
import { asTenant } from './tenant.ts'
import { writeAudit } from './write-audit.ts'

/**
 * A transaction that changes the market of a tenant. Those of one tenant wait for each other: what is looked up in one
 * (whose EVSEID this is, who holds a role, what needs a site) is still so when it commits.
 */
export const inMarket = <Result>(
  app: Sql,
  tenant: string,
  work: (tx: Transaction) => Promise<Result>,
): Promise<Result> =>
  asTenant(app, tenant, async (tx) => {
    await tx`select pg_advisory_xact_lock(hashtext('stationmaster.market'), hashtext(${tenant}))`
    return work(tx)
  })

/** Ends a transaction without its effect. */
class Undone extends Error {
  override readonly name = 'Undone'
}

/**
 * Puts all of them in one commit; or none, where one is refused or it `keeps` nothing. Each sees those before it, so that
 * what is refused is what would be.
 */
export const putAll = async <Given, Item>(
  app: Sql,
  tenant: string,
  items: readonly Given[],
  { put, keeps }: { readonly put: (tx: Transaction, item: Given) => Promise<Put<Item>>; readonly keeps: boolean },
): Promise<readonly Put<Item>[]> => {
  const results: Put<Item>[] = []
  try {
    await inMarket(app, tenant, async (tx) => {
      for (const item of items) results.push(await put(tx, item))
      if (!keeps || results.some((result) => 'refused' in result)) throw new Undone()
    })
  } catch (error) {
    if (!(error instanceof Undone)) throw error
  }
  return results
}

export const refusal = (pointer: string, refused: string): Refusal => ({ pointer, refused })

/** Whether what is wanted is what is there already, but for the time at which it became so. */
export const isSame = (wanted: object, there: object | undefined): boolean =>
  there !== undefined && isDeepStrictEqual({ ...wanted, changedAt: 0 }, { ...there, changedAt: 0 })

interface Change {
  readonly tenant: string
  readonly event: Pick<DomainEvent, 'type' | 'subject' | 'data'>
  readonly audit: Pick<AuditDraft, 'action' | 'subject' | 'before' | 'after'>
}

/** Tells those who follow of a change, and keeps who did it. The last thing that its transaction does. */
export const tellOf = async (tx: Transaction, { tenant, event, audit }: Change, { by, at }: Act): Promise<void> => {
  await insertEvents(tx, [{ tenant, at, ...event }])
  const { before, after, ...entry } = audit
  await writeAudit(tx, { tenant, at, actor: by, ...entry, before: shown(before), after: shown(after) })
}

const unshown = new Set(['tenant', 'changedAt', 'tenures', 'siteTenures', 'contact'])

/** What the audit log keeps of a thing: what was put of it, and of no person: the log is never cleared. */
const shown = (thing: unknown): unknown =>
  typeof thing === 'object' && thing !== null
    ? Object.fromEntries(Object.entries(thing).filter(([name]) => !unshown.has(name)))
    : undefined
