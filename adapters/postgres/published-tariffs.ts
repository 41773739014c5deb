import type { PartyCode } from '../../core/domain/party-code.ts'
import { empKey } from '../../core/pricing/assignment.ts'
import { tariffObject } from '../../core/roaming/tariff-object.ts'
import type { Transaction } from './connect.ts'
import { earliest } from './outlet-tariffs.ts'
import type { Draft, PublishedSource, Reading } from './published-source.ts'
import { registeredStates } from './roaming-dirty.ts'
import {
  type AssignmentRow,
  assignmentColumns,
  assignmentOf,
  tariffOf,
  versionColumns,
  type VersionRow,
} from './tariff-rows.ts'

/**
 * Tariffs that drivers of partners may have: the newest version of each, of every CPO where it is assigned. One that is
 * assigned to the drivers of one partner alone is seen by that partner alone. Whoever operates what may change without any
 * word about tariffs.
 */
export const tariffsSource: PublishedSource = {
  module: 'tariffs',
  hears: ['tariff.changed', 'site.changed', 'party.changed', 'roaming-partner.changed'],

  dirtied: async (_, events) =>
    events.map(({ tenant, type, subject }) =>
      type === 'tariff.changed' ? { tenant, key: subject } : { tenant, everything: true as const },
    ),

  async keysAfter(tx, tenant, after, limit) {
    const rows = await tx<{ id: string }[]>`select id from tariffs
      where tenant = ${tenant} and id > ${after} and removed_at is null order by id limit ${limit}`
    return rows.map(({ id }) => id)
  },

  async read(tx, tenant, keys, now) {
    const versions = await tx<VersionRow[]>`select ${tx.unsafe(versionColumns)}
      from tariffs t join tariff_versions v on v.tenant = t.tenant and v.id = t.id and v.version = t.version
      where t.tenant = ${tenant} and t.id = any(${[...keys]}::text[]) and t.removed_at is null`
    const [uses, partners] = await Promise.all([usesOf(tx, tenant, keys, now), partnersOf(tx, tenant)])
    return new Map(versions.map((row) => [row.id, readingOf(row, uses.get(row.id) ?? [], { partners, now })]))
  },
}

/** An assignment to drivers of partners, and who operates what it is for. */
interface Use {
  readonly emp?: string
  readonly from?: number | undefined
  readonly until?: number | undefined
  readonly codes: readonly PartyCode[]
}

type UseRow = AssignmentRow & { readonly codes: readonly PartyCode[] | null; readonly turns_ms: number | null }

/** Operators of a place today: of a station, or of a site where nobody has been named for its station. */
const operators = `select distinct p.country_code as country, p.party_id as party
  from charging_stations c
  join sites s on s.tenant = c.tenant and s.id = c.site
  cross join lateral (select (at_ms(now.ms) at time zone s.zone)::date as day) d
  left join market_roles own on own.tenant = c.tenant and own.kind = 'station' and own.subject = c.id and own.role = 'operator'
    and own.from_day <= d.day and d.day < own.until_day
  left join market_roles whole on whole.tenant = s.tenant and whole.kind = 'site' and whole.subject = s.id and whole.role = 'operator'
    and whole.from_day <= d.day and d.day < whole.until_day
  join parties p on p.tenant = c.tenant and p.id = coalesce(own.party, whole.party) and p.role = 'cpo' and p.country_code is not null
  where c.tenant = a.tenant and (a.place->>'kind' = 'everywhere'
    or a.place->>'kind' = 'site' and s.key = lower(a.place->>'site')
    or a.place->>'kind' = 'station' and c.key = lower(a.place->>'station')
    or a.place ? 'chargePoint' and c.id in (
      select e.station from evse_plugs g join evses e on e.tenant = g.tenant and e.uid = g.uid
      where g.tenant = a.tenant and g.key = lower(a.place->>'chargePoint') and g.until_at is null
        and (a.place->>'kind' = 'chargePoint' or g.evse = (a.place->>'evse')::int)))`

const usesOf = async (
  tx: Transaction,
  tenant: string,
  keys: readonly string[],
  now: number,
): Promise<ReadonlyMap<string, readonly Use[]>> => {
  const rows = await tx<
    UseRow[]
  >`select ${tx.unsafe(assignmentColumns)}, (select json_agg(o order by o.country, o.party) from (${tx.unsafe(operators)}) o) as codes
    from tariff_assignments a cross join (select ${now}::bigint as ms) now
    where a.tenant = ${tenant} and a.tariff = any(${[...keys]}::text[]) and a.ended_at is null
      and (a.drivers_key in ('everyone', 'adHoc') or a.drivers->>'kind' = 'emp') and (a.ends_at is null or a.ends_at > at_ms(${now}))`
  const uses = rows.map((row): readonly [string, Use] => {
    const { tariff, drivers, from, until } = assignmentOf(row)
    return [tariff, { ...(drivers.kind === 'emp' && { emp: drivers.emp }), from, until, codes: row.codes ?? [] }]
  })
  return new Map(
    [...Map.groupBy(uses, ([tariff]) => tariff)].map(([tariff, its]) => [tariff, its.map(([, use]) => use)]),
  )
}

/** Partners by the names that their EMPs have in assignments: by their codes, and by the ids of parties of ours with these codes. */
const partnersOf = async (tx: Transaction, tenant: string): Promise<ReadonlyMap<string, string>> => {
  const rows = await tx<{ name: string; partner: string }[]>`
    with theirs as (
      select r.country_code, r.party_id, r.partner from roaming_parties r join roaming_partners p on p.tenant = r.tenant and p.id = r.partner
      where r.tenant = ${tenant} and r.role = 'EMSP' and p.state = any(${[...registeredStates]}::text[])
    )
    select country_code || party_id as name, partner from theirs
    union all select o.id, t.partner from theirs t
      join parties o on o.tenant = ${tenant} and o.role = 'emp' and o.country_code = t.country_code and o.party_id = t.party_id`
  return new Map(rows.map(({ name, partner }) => [empKey(name), partner]))
}

const readingOf = (
  row: VersionRow,
  uses: readonly Use[],
  { partners, now }: { readonly partners: ReadonlyMap<string, string>; readonly now: number },
): Reading => {
  const again = earliest(
    uses.map(({ until }) => until),
    now,
  )
  const owners = new Map(uses.flatMap(({ codes }) => codes).map((code) => [`${code.country}${code.party}`, code]))
  const remarks: string[] = []
  const drafts = [...owners.values()].flatMap((code): readonly Draft[] => {
    const its = uses.filter(({ codes }) =>
      codes.some(({ country, party }) => country === code.country && party === code.party),
    )
    const seenBy = seersOf(its, partners)
    if (seenBy === 'several') remarks.push('it is for the drivers of several EMPs, but not of all: no partner finds it')
    if (seenBy === 'nobody' || seenBy === 'several') return []
    const { object, losses } = tariffObject(tariffOf(row), { code, updatedAt: row.created_ms })
    remarks.push(...losses.map(({ pointer, detail }) => `${pointer}: ${detail}`))
    return [
      { owner: code, id: row.id, body: { ...object }, ...(seenBy !== 'everybody' && { partner: seenBy.partner }) },
    ]
  })
  return { drafts, remarks: [...new Set(remarks)], ...(again !== undefined && { again }) }
}

type Seers = 'everybody' | 'nobody' | 'several' | { readonly partner: string }

/** An object is for all partners, or for one. */
const seersOf = (uses: readonly Use[], partners: ReadonlyMap<string, string>): Seers => {
  if (uses.some(({ emp }) => emp === undefined)) return 'everybody'
  const [partner, ...others] = new Set(uses.flatMap(({ emp = '' }) => partners.get(empKey(emp)) ?? []))
  if (partner === undefined) return 'nobody'
  return others.length > 0 ? 'several' : { partner }
}
