import type postgres from 'postgres'
import { systemIds } from '../../adapters/system.ts'

/** Accounts as the books have issued them, written straight into a database. */

export interface IssuedAccount {
  /** ISO 8601: when it began. */
  readonly at: string
  readonly contract?: string
  readonly site?: string
  readonly station?: string
  readonly kwh?: number
  /** Currency, net, tax, gross; absent: without a price. */
  readonly costs?: readonly [string, string, string, string]
}

export const issue = async (
  admin: postgres.Sql,
  { at, contract, site, station, kwh = 10, costs }: IssuedAccount,
  { tenant = 'default', id = systemIds.uuid() }: { readonly tenant?: string; readonly id?: string } = {},
): Promise<string> => {
  const session = systemIds.uuid()
  const [currency, net, tax, gross] = costs ?? []
  const priced = costs && { tariff: { id: 't', version: 1, currency }, total: { net, tax, gross } }
  await admin`insert into sessions (id, tenant, identity, day, start_key, evse, connector, state, version)
    values (${session}, ${tenant}, 'CP-0', '2026-11-01', ${systemIds.uuid()}, 1, 1, 'closed', 1)`
  await admin`insert into cdrs (id, tenant, version, session, identity, evse, connector, contract, site, station, started_at, ended_at, energy_mwh, duration_ms, stop_reason, state, priced)
    values (${id}, ${tenant}, 0, ${session}, 'CP-0', 1, 1, ${contract ?? null}, ${site ?? null}, ${station ?? null}, ${at}::timestamptz, ${at}::timestamptz, ${kwh * 1_000_000}, 0, 'Local', 'issued', ${priced ? admin.json(priced as never) : null})`
  return id
}

export const creditOf = async (admin: postgres.Sql, cdr: string, tenant = 'default'): Promise<void> => {
  await admin`insert into credits (id, tenant, cdr, reason, created_at) values (${systemIds.uuid()}, ${tenant}, ${cdr}, 'too much', now())`
}
