import { holderFault, isOverlap, periodOf, type Tenure, type TenureKind } from '../../../core/domain/tenure.ts'
import type { PartyRole } from '../../../core/domain/party.ts'
import type { Act, Refusal, TenureStore, TenureSubject } from '../../../core/ports/market.ts'
import type { Sql, Transaction } from '../connect.ts'
import { inMarket, isSame, refusal, tellOf } from '../market.ts'
import { asTenant } from '../tenant.ts'
import { tenureColumns, tenureOf, type TenureRow } from '../tenures.ts'

export const tenureStore = (app: Sql): TenureStore => ({
  of: (subject) =>
    asTenant(app, subject.tenant, async (tx) =>
      (await siteOf(tx, subject)) === undefined ? undefined : tenuresOf(tx, subject),
    ),

  put: (subject, tenure, act) =>
    inMarket(app, subject.tenant, async (tx) => {
      const site = await siteOf(tx, subject)
      if (site === undefined) return 'missing'
      const all = (await tenuresOf(tx, subject)).filter(({ role }) => role === tenure.role)
      const before = all.find(({ from }) => from === tenure.from)
      if (before !== undefined && isSame(tenure, before)) return { item: before, isNew: false }
      const others = all.filter((other) => other !== before)
      const refused = await faultOf(tx, subject.tenant, tenure, others)
      if (refused !== undefined) return refused
      const { tenant, kind, id } = subject
      await tx`insert into market_roles (tenant, kind, subject, role, party, from_day, until_day, changed_at)
        values (${tenant}, ${kind}, ${id}, ${tenure.role}, ${tenure.party}, ${tenure.from ?? '-infinity'}::text::date, ${tenure.until ?? 'infinity'}::text::date, at_ms(${act.at}))
        on conflict (tenant, kind, subject, role, from_day) do update set party = excluded.party, until_day = excluded.until_day, changed_at = excluded.changed_at`
      await tell(tx, { subject, site, before, after: tenure }, act)
      return { item: tenure, isNew: before === undefined }
    }),

  remove: (subject, role, from, act) =>
    inMarket(app, subject.tenant, async (tx) => {
      const site = await siteOf(tx, subject)
      const all = await tenuresOf(tx, subject)
      const before = all.find((tenure) => tenure.role === role && tenure.from === from)
      if (site === undefined || before === undefined) return false
      await tx`delete from market_roles where tenant = ${subject.tenant} and kind = ${subject.kind} and subject = ${subject.id}
        and role = ${role} and from_day = ${from ?? '-infinity'}::text::date`
      await tell(tx, { subject, site, before }, act)
      return true
    }),
})

const tables: Readonly<Record<TenureKind, string>> = {
  site: 'select id as site from sites',
  station: 'select site from charging_stations',
}

/** The site that it is of or on; undefined where there is no such thing. */
const siteOf = async (tx: Transaction, { tenant, kind, id }: TenureSubject): Promise<string | undefined> => {
  const [row] = await tx<{ site: string }[]>`${tx.unsafe(tables[kind])} where tenant = ${tenant} and id = ${id}`
  return row?.site
}

const tenuresOf = async (tx: Transaction, { tenant, kind, id }: TenureSubject): Promise<readonly Tenure[]> => {
  const rows = await tx<TenureRow[]>`select ${tx.unsafe(tenureColumns)} from market_roles r
    where r.tenant = ${tenant} and r.kind = ${kind} and r.subject = ${id} order by r.role, r.from_day`
  return rows.map(tenureOf)
}

const faultOf = async (
  tx: Transaction,
  tenant: string,
  tenure: Tenure,
  others: readonly Tenure[],
): Promise<Refusal | undefined> => {
  const [party] = await tx<
    { role: PartyRole }[]
  >`select role from parties where tenant = ${tenant} and id = ${tenure.party}`
  if (party === undefined) return refusal('/party', 'there is no such party')
  const fault = holderFault(tenure.role, party.role)
  if (fault !== undefined) return refusal('/party', fault)
  const other = others.find((one) => isOverlap(one, tenure))
  return (
    other &&
    refusal(
      '/from',
      `${tenure.party} (${periodOf(tenure)}) overlaps ${other.party} (${periodOf(other)}): there is one ${tenure.role} at a time`,
    )
  )
}

const tell = async (
  tx: Transaction,
  change: {
    readonly subject: TenureSubject
    readonly site: string
    readonly before?: Tenure | undefined
    readonly after?: Tenure
  },
  act: Act,
): Promise<void> => {
  const { subject, site, before, after } = change
  const { tenant, kind, id } = subject
  const { role } = after ?? before ?? {}
  // partners are shown who operates and owns a site
  await tx`update sites set changed_at = at_ms(${act.at}), xid = pg_current_xact_id() where tenant = ${tenant} and id = ${site}`
  await tellOf(
    tx,
    {
      tenant,
      event: { type: 'site.changed', subject: site, data: { site, ...(kind === 'station' && { station: id }), role } },
      audit: { action: after === undefined ? 'tenure.removed' : 'tenure.changed', subject: id, before, after },
    },
    act,
  )
}
