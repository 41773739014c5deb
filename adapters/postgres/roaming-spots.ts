import type { Outlet } from '../../core/domain/outlet.ts'
import type { PartyCode } from '../../core/domain/party-code.ts'
import type { Spot } from '../../core/roaming/spot.ts'
import type { Transaction } from './connect.ts'
import { present } from './rows.ts'

/** A connector as OCPP names it, and when (ms since 1970 UTC). */
export interface Asked {
  readonly identity: string
  readonly evse: number
  readonly connector: number
  readonly at: number
}

/** Where something is for partners, and who operates it. */
export interface OperatedSpot extends Spot {
  readonly code: PartyCode
  /** The serial number of the meter, as the station has told it. */
  readonly meter?: string
}

interface Row {
  readonly nth: number
  readonly uid: string
  readonly evse_id: string | null
  readonly outlets: readonly (Omit<Outlet, 'maxWatts'> & { readonly maxWatts: number | null })[] | null
  readonly meter: string | null
  readonly country_code: string
  readonly party_id: string
  readonly site: string
  readonly name: string
  readonly address: string
  readonly postal_code: string | null
  readonly city: string
  readonly country: string
  readonly latitude: string
  readonly longitude: string
  readonly zone: string
  readonly published: boolean
  readonly changed_ms: number
}

/**
 * Where connectors were, in the order in which they are asked for; undefined where they stand on no site, or nobody with a
 * code operates it. Whose it is, the site says; else it is the first operator's of the tenant.
 */
export const spotsOf = async (
  tx: Transaction,
  tenant: string,
  asked: readonly Asked[],
): Promise<readonly (OperatedSpot | undefined)[]> => {
  const rows = await tx<Row[]>`select w.nth::int, e.uid, e.evse_id, q.meter_serial as meter, o.country_code, o.party_id,
      (select json_agg(json_build_object('id', x.id, 'number', x.number, 'standard', x.standard, 'format', x.format, 'powerType', x.power_type,
        'maxVolts', x.max_volts, 'maxAmps', x.max_amps, 'maxWatts', x.max_watts) order by x.number)
        from evse_connectors x where x.tenant = e.tenant and x.uid = e.uid) as outlets,
      s.id as site, s.name, s.address, s.postal_code, s.city, s.country, s.latitude, s.longitude, s.zone, s.published, ms(s.changed_at) as changed_ms
    from unnest(${asked.map(({ identity }) => identity)}::text[], ${asked.map(({ evse }) => evse)}::int[], ${asked.map(({ at }) => at)}::bigint[]) with ordinality as w(identity, evse, at, nth)
    cross join lateral (
      select p.uid from evse_plugs p
      where p.tenant = ${tenant} and p.key = lower(w.identity) and p.evse = w.evse and (p.until_at is null or p.until_at > at_ms(w.at))
      order by p.from_at limit 1
    ) p
    join evses e on e.tenant = ${tenant} and e.uid = p.uid
    join charging_stations c on c.tenant = e.tenant and c.id = e.station
    join sites s on s.tenant = c.tenant and s.id = c.site
    left join charge_points q on q.tenant = ${tenant} and q.identity = w.identity
    cross join lateral (
      select o.country_code, o.party_id from parties o
        left join market_roles r on r.tenant = o.tenant and r.party = o.id and r.kind = 'site' and r.subject = s.id and r.role = 'operator'
          and (at_ms(w.at) at time zone s.zone)::date >= r.from_day and (at_ms(w.at) at time zone s.zone)::date < r.until_day
      where o.tenant = ${tenant} and o.role = 'cpo' and o.country_code is not null
      order by r.party is null, o.id limit 1
    ) o`
  const found = new Map(rows.map((row) => [row.nth, row]))
  return asked.map(({ connector }, i) => {
    const row = found.get(i + 1)
    return row && spotOf(row, tenant, connector)
  })
}

const spotOf = (row: Row, tenant: string, connector: number): OperatedSpot => {
  const outlets = (row.outlets ?? []).map(({ maxWatts, ...one }) => ({ ...one, ...present({ maxWatts }) }))
  // a station that does not say which, or numbers otherwise, has but one
  const outlet = outlets.find(({ number }) => number === connector) ?? (outlets.length === 1 ? outlets[0] : undefined)
  return {
    code: { country: row.country_code, party: row.party_id },
    site: {
      tenant,
      id: row.site,
      name: row.name,
      address: {
        street: row.address,
        city: row.city,
        country: row.country,
        ...present({ postalCode: row.postal_code }),
      },
      coordinates: { latitude: row.latitude, longitude: row.longitude },
      zone: row.zone,
      published: row.published,
      changedAt: row.changed_ms,
    },
    evse: { uid: row.uid, ...present({ evseId: row.evse_id }) },
    ...present({ outlet, meter: row.meter }),
  }
}
