import type { Terms } from '../../core/settlement/split.ts'
import type { ResaleContract, SiteContract } from '../../core/settlement/terms.ts'
import type { Transaction } from './connect.ts'

/** Where a session was, as its account says, and the day on which it began, by the calendar of its site (`dayIn(zone, at)`). */
export interface TermsPlace {
  readonly site?: string
  readonly station?: string
  /** `2026-11-27` */
  readonly day: string
}

interface Row {
  readonly nth: number
  readonly site: string | null
  readonly resale: string | null
}

/**
 * What was agreed for places, in the order in which they are asked for; each place and day is looked for once. A contract
 * for a station goes before that for its site. The resale contract is that of the CPO that operates the station or its site
 * by tenure; where nobody is named, that of the only CPO that has one.
 */
export const termsOfMany = async (
  tx: Transaction,
  tenant: string,
  places: readonly TermsPlace[],
): Promise<readonly Terms[]> => {
  const asked = new Map(places.map((place) => [keyOf(place), place]))
  const wanted = [...asked.values()]
  if (wanted.length === 0) return []
  const rows = await tx<Row[]>`select w.nth::int, s.key as site, r.key as resale
    from unnest(${wanted.map(({ site }) => site ?? null)}::text[], ${wanted.map(({ station }) => station ?? null)}::text[], ${wanted.map(({ day }) => day)}::text[]::date[])
      with ordinality as w(site, station, day, nth)
    left join lateral (
      select a.key from agreements a
      where a.tenant = ${tenant} and a.kind = 'site' and a.subject in ('station/' || w.station, 'site/' || w.site) and a.from_day <= w.day and w.day < a.until_day
      order by a.subject = 'station/' || w.station desc limit 1
    ) s on true
    left join lateral (
      select m.party from market_roles m
      where m.tenant = ${tenant} and m.role = 'operator' and m.from_day <= w.day and w.day < m.until_day
        and (m.kind = 'station' and m.subject = w.station or m.kind = 'site' and m.subject = w.site)
      order by m.kind = 'station' desc limit 1
    ) o on true
    left join lateral (
      select a.key from agreements a
      where a.tenant = ${tenant} and a.kind = 'resale' and a.subject = 'buyer/' || o.party and a.from_day <= w.day and w.day < a.until_day
        and a.content ->> 'seller' <> 'platform'
      union all
      select min(a.key) from agreements a
      where o.party is null and a.tenant = ${tenant} and a.kind = 'resale' and a.from_day <= w.day and w.day < a.until_day
        and a.content ->> 'seller' <> 'platform'
      having count(*) = 1
    ) r on true`
  const contracts = await contractsOf(tx, tenant, rows)
  const found = new Map(
    rows.map(({ nth, site, resale }): readonly [string, Terms] => [
      keyOf(wanted[nth - 1] ?? { day: '' }),
      {
        ...(site !== null && { site: contracts.get(`site/${site}`) as SiteContract }),
        ...(resale !== null && { resale: contracts.get(`resale/${resale}`) as ResaleContract }),
      },
    ]),
  )
  return places.map((place) => found.get(keyOf(place)) ?? {})
}

/** The same of one place. */
export const termsAt = async (tx: Transaction, tenant: string, place: TermsPlace): Promise<Terms> =>
  (await termsOfMany(tx, tenant, [place]))[0] ?? {}

const keyOf = ({ site, station, day }: TermsPlace): string => `${day}/${site ?? ''}/${station ?? ''}`

const contractsOf = async (
  tx: Transaction,
  tenant: string,
  rows: readonly Row[],
): Promise<ReadonlyMap<string, unknown>> => {
  const keys = (of: 'site' | 'resale'): readonly string[] => [
    ...new Set(rows.map((row) => row[of]).filter((key) => key !== null)),
  ]
  const found = await tx<
    { name: string; content: unknown }[]
  >`select kind || '/' || key as name, content from agreements
    where tenant = ${tenant} and (kind = 'site' and key = any(${keys('site')}::text[]) or kind = 'resale' and key = any(${keys('resale')}::text[]))`
  return new Map(found.map(({ name, content }) => [name, content]))
}
