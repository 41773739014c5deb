import type { Transaction } from './connect.ts'

/**
 * The last month that a tenant has closed in its general ledger, or is closing, `2026-11`; undefined where there is none: what
 * it is charged by from then on changes no more.
 */
export const settledMonth = async (tx: Transaction, tenant: string): Promise<string | undefined> => {
  const [row] = await tx<
    { month: string | null }[]
  >`select max(month) as month from ledger_periods where tenant = ${tenant} and state <> 'open'`
  return row?.month ?? undefined
}
