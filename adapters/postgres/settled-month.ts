import type { Transaction } from './connect.ts'

/** The last month that a tenant has closed in its general ledger, `2026-11`; undefined where there is none. */
export const settledMonth = async (tx: Transaction, tenant: string): Promise<string | undefined> => {
  const [is] = await tx<{ there: boolean }[]>`select to_regclass('ledger_periods') is not null as there`
  if (is?.there !== true) return undefined
  const [row] = await tx<
    { month: string | null }[]
  >`select max(month)::text as month from ledger_periods where tenant = ${tenant} and state = 'closed'`
  return row?.month ?? undefined
}
