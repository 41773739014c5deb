import type { Transaction } from './connect.ts'

/**
 * A job leaves the outbox in the commit of its effect (INV-44), as the last thing there: whoever leaves the same job anew
 * has what it is about locked first (the deadline of a lane, the charge point), and the two would wait for each other.
 */
export const takeJob = (tx: Transaction, { id }: { readonly id: number }): PromiseLike<unknown> =>
  tx`delete from outbox where id = ${id}`
