import type { Transaction } from './connect.ts'

/** What is not there yet cannot be locked: of two who make a thing of this kind and id at once, one waits for the other. */
export const lockName = (tx: Transaction, kind: string, tenant: string, id: string): PromiseLike<unknown> =>
  tx`select pg_advisory_xact_lock(hashtext(${`stationmaster.${kind}`}), hashtext(${`${tenant}/${id}`}))`
