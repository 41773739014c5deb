import type { Sql, Transaction } from './connect.ts'

/** One transaction as one tenant: row-level security shows it that tenant's rows and nothing else (D-14). */
export const asTenant = <Result>(
  app: Sql,
  tenant: string,
  work: (tx: Transaction) => Promise<Result>,
): Promise<Result> =>
  app.begin(async (tx) => {
    await tx`select set_config('sm.tenant', ${tenant}, true)`
    return work(tx)
  }) as Promise<Result>
