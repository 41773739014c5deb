import type { Sights } from '../../core/ports/sights.ts'
import { OutOfSight } from '../../core/ports/store.ts'
import type { Sql, Transaction } from './connect.ts'

const limited = new WeakMap<Sql, Sights>()

/**
 * The same connections for those whose sight may be limited: what is done through them is done under the sight of whoever
 * asks. What is shared by all (batches, caches, jobs) goes through the connections themselves, so that one caller's sight
 * never decides what another one is told.
 */
export const underSights = (app: Sql, sights: Sights): Sql => {
  const own = new Proxy(app, {})
  limited.set(own, sights)
  return own
}

/** What is done as one tenant; `isLimited` where whoever asks does not see all of it. */
type Work<Result> = (tx: Transaction, isLimited: boolean) => Promise<Result>

/** One transaction as one tenant: row-level security shows it that tenant's rows, as far as they are seen, and nothing else (D-14). */
export const asTenant = <Result>(app: Sql, tenant: string, work: Work<Result>): Promise<Result> => {
  const sights = limited.get(app)
  const sight = sights === undefined ? 'whole' : sights.now()
  if (sight === undefined) return Promise.reject(new Error('nobody is said to ask: nothing is seen'))
  if (sight !== 'whole') return scoped(app, { tenant, scope: JSON.stringify(sight) }, work)
  return app.begin(async (tx) => {
    await tx`select set_config('sm.tenant', ${tenant}, true)`
    return work(tx, false)
  }) as Promise<Result>
}

const scoped = async <Result>(
  app: Sql,
  { tenant, scope }: { readonly tenant: string; readonly scope: string },
  work: Work<Result>,
): Promise<Result> => {
  try {
    return (await app.begin(async (tx) => {
      await tx`select set_config('sm.tenant', ${tenant}, true), set_config('sm.scope', ${scope}, true)`
      return work(tx, true)
    })) as Result
  } catch (error) {
    // a row that would not be seen, or one that is in the way of something that is not: neither is told from what is not there
    if (error instanceof Error && 'code' in error && /^(?:42501|23\w{3})$/.test(String(error.code)))
      throw new OutOfSight(error)
    throw error
  }
}

const mostNear = 200

/**
 * The charge points of a limited sight, for an index to find what they have: the policies, which hold in any case, would
 * look at all that the tenant has for the little that is theirs. Undefined where they are too many to be worth it, and where
 * what is seen is not seen by where it is.
 */
export const nearby = async (tx: Transaction): Promise<readonly string[] | undefined> => {
  const [row] = await tx<{ identities: readonly string[]; by_contract: boolean }[]>`
    select jsonb_exists(scope_now(), 'emp') as by_contract, array(select i from scope_identities() i limit ${mostNear + 1}) as identities`
  if (row === undefined || row.by_contract || row.identities.length > mostNear) return undefined
  return row.identities
}
