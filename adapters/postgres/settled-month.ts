import type { Transaction } from './connect.ts'

/**
 * The last month that a tenant has closed in its general ledger, or is closing, `2026-11`; undefined where there is none: what
 * it is charged by from then on changes no more. Those that are open stay so until this commits.
 */
export const settledMonth = async (tx: Transaction, tenant: string): Promise<string | undefined> => {
  const rows = await tx<{ month: string; state: string }[]>`select month, state from ledger_periods
    where tenant = ${tenant} order by month for share`
  return rows.findLast(({ state }) => state !== 'open')?.month
}
