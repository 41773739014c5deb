import type { EventType } from '../../core/domain/event.ts'
import type { AssignedPlace } from '../../core/pricing/assignment.ts'
import type { Transaction } from './connect.ts'
import type { EventRow } from './feed.ts'
import type { Dirtied } from './published-source.ts'
import { registeredStates } from './roaming-dirty.ts'

/** A charge point that is away for no longer may be back at once: until then its EVSEs are as it has told last. */
export const awayGraceMs = 10 * 60_000

export const sitesHear: readonly EventType[] = [
  'site.changed',
  'evse.changed',
  'party.changed',
  'tariff.changed',
  'connector.status',
  'charge-point.booted',
  'charge-point.connected',
  'charge-point.disconnected',
  'charge-point.removed',
]

/** A thing that is on a site; `evse` 0 is the whole charge point. */
interface OfSite {
  readonly tenant: string
  readonly key: string
  readonly evse?: number
  readonly due?: number
}

/** Which sites look otherwise with these events, as far as can be said without looking at them. */
export const sitesDirtied = async (tx: Transaction, events: readonly EventRow[]): Promise<readonly Dirtied[]> => {
  const of = (...types: readonly EventType[]): readonly EventRow[] => events.filter(({ type }) => types.includes(type))
  const stations = of('evse.changed').flatMap(({ tenant, data }) =>
    named(tenant, [data['station'], data['left']]).map((one) => ({ ...one, key: one.key.toLowerCase() })),
  )
  const tariffs = await placesOfTariffs(tx, of('tariff.changed'))
  const plugs = [
    ...of('connector.status').map(plugOf),
    ...of('charge-point.booted', 'charge-point.connected', 'charge-point.removed').map(plugOf),
    // it may be back before anybody has to know
    ...of('charge-point.disconnected').map((event) => ({ ...plugOf(event), due: event.at + awayGraceMs })),
    ...tariffs.plugs,
  ]
  const found = await Promise.all([
    sitesOfStations(tx, [...stations, ...tariffs.stations]),
    sitesOfPlugs(tx, plugs),
    sitesByKey(tx, tariffs.sites),
  ])
  return [
    ...of('site.changed').flatMap(({ tenant, subject, data }) => named(tenant, [subject, data['left']])),
    ...of('party.changed').map(({ tenant }) => ({ tenant, everything: true as const })),
    ...tariffs.everywhere,
    ...found.flat(),
  ]
}

const named = (tenant: string, keys: readonly unknown[]): readonly { tenant: string; key: string }[] =>
  keys.flatMap((key) => (typeof key === 'string' ? [{ tenant, key }] : []))

const plugOf = ({ tenant, subject, data }: EventRow): OfSite => ({
  tenant,
  key: subject.toLowerCase(),
  evse: typeof data['evse'] === 'number' ? data['evse'] : 0,
})

/** Where the tariff was until now counts as where it is from now on. */
const placesOfTariffs = async (tx: Transaction, events: readonly EventRow[]) => {
  const rows =
    events.length === 0
      ? []
      : await tx<{ tenant: string; place: AssignedPlace }[]>`select distinct a.tenant, a.place
          from unnest(${events.map((e) => e.tenant)}::text[], ${events.map((e) => e.subject)}::text[], ${events.map((e) => e.at)}::bigint[]) as w(tenant, tariff, at)
          join tariff_assignments a on a.tenant = w.tenant and a.tariff = w.tariff and (a.ended_at is null or a.ended_at >= at_ms(w.at))`
  const at = <Kind extends AssignedPlace['kind']>(kind: Kind) =>
    rows.flatMap(({ tenant, place }) =>
      place.kind === kind ? [{ tenant, place: place as Extract<AssignedPlace, { readonly kind: Kind }> }] : [],
    )
  return {
    everywhere: at('everywhere').map(({ tenant }) => ({ tenant, everything: true as const })),
    sites: at('site').map(({ tenant, place }) => ({ tenant, key: place.site.toLowerCase() })),
    stations: at('station').map(({ tenant, place }) => ({ tenant, key: place.station.toLowerCase() })),
    plugs: [...at('chargePoint'), ...at('evse'), ...at('connector')].map(({ tenant, place }): OfSite => ({
      tenant,
      key: place.chargePoint.toLowerCase(),
      evse: 'evse' in place ? place.evse : 0,
    })),
  }
}

const sitesByKey = async (tx: Transaction, s: readonly OfSite[]): Promise<readonly Dirtied[]> =>
  s.length === 0
    ? []
    : tx<{ tenant: string; key: string }[]>`select x.tenant, x.id as key
        from (select distinct * from unnest(${s.map((x) => x.tenant)}::text[], ${s.map((x) => x.key)}::text[]) as w(tenant, key)) w
        join sites x on x.tenant = w.tenant and x.key = w.key`

const sitesOfStations = async (tx: Transaction, s: readonly OfSite[]): Promise<readonly Dirtied[]> =>
  s.length === 0
    ? []
    : tx<{ tenant: string; key: string }[]>`select c.tenant, c.site as key
        from (select distinct * from unnest(${s.map((x) => x.tenant)}::text[], ${s.map((x) => x.key)}::text[]) as w(tenant, key)) w
        join charging_stations c on c.tenant = w.tenant and c.key = w.key`

const sitesOfPlugs = async (tx: Transaction, p: readonly OfSite[]): Promise<readonly Dirtied[]> =>
  p.length === 0
    ? []
    : tx<{ tenant: string; key: string; due: number }[]>`select c.tenant, c.site as key, min(w.due)::bigint as due
        from (select distinct * from unnest(${p.map((x) => x.tenant)}::text[], ${p.map((x) => x.key)}::text[], ${p.map((x) => x.evse ?? 0)}::int[], ${p.map((x) => x.due ?? 0)}::bigint[])
          as w(tenant, key, evse, due)) w
        join evse_plugs g on g.tenant = w.tenant and g.key = w.key and (w.evse = 0 or g.evse = w.evse) and g.until_at is null
        join evses e on e.tenant = g.tenant and e.uid = g.uid
        join charging_stations c on c.tenant = e.tenant and c.id = e.station
        group by c.tenant, c.site`

/**
 * Charge points whose worker has died with their sockets: nobody has told that they are gone. Whoever was there a little
 * longer ago than partners are told is known already.
 */
export const sitesUnheard = async (tx: Transaction): Promise<readonly Dirtied[]> => {
  const lost = await tx<
    OfSite[]
  >`select c.tenant, lower(c.identity) as key, ms(c.last_seen) + ${awayGraceMs}::bigint as due
    from connections c left join workers w on w.worker = c.worker
    where c.closed_at is null and c.last_seen > now() - interval '20 minutes' and (w.worker is null or w.seen_at < now() - interval '30 seconds')
      and c.tenant in (select p.tenant from roaming_partners p where p.state = any(${[...registeredStates]}::text[]))`
  return sitesOfPlugs(tx, lost)
}
