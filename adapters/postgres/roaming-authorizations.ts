import type { ChargePointRef } from '../../core/domain/charge-point.ts'
import { tokenKey } from '../../core/domain/token.ts'
import type { RoamingAuthorizations } from '../../core/ports/roaming-tokens.ts'
import type { Sql } from './connect.ts'
import { ReadThrough } from './read-through.ts'
import { present } from './rows.ts'
import { asTenant } from './tenant.ts'

/** One EVSE of a charge point, as partners know it. */
interface Spot {
  readonly site: string
  readonly uid: string
  readonly evse: number
}

export interface CachedAuthorizations extends RoamingAuthorizations {
  /** Sites or EVSEs have changed. */
  forgetPlaces(): void
}

/** What speaks for a driver at a station; where stations are is in memory after the first look. */
export const roamingAuthorizations = (app: Sql, ingest: Sql): CachedAuthorizations => {
  const places = new ReadThrough<readonly Spot[]>(async (key) => {
    const [tenant = '', identity = ''] = JSON.parse(key) as readonly string[]
    const spots = await spotsOf(app, { tenant, identity })
    return spots.length > 0 ? spots : undefined
  })
  return {
    async atStation({ tenant, identity }, uid, since) {
      const [row] = await ingest<
        { commanded_ms: number | null; allowed_ms: number | null; contract: string | null; is_charging: boolean }[]
      >`select ms(max(a.at) filter (where a.method = 'COMMAND')) as commanded_ms,
          ms(max(a.at) filter (where a.method = 'AUTH_REQUEST')) as allowed_ms,
          (array_agg(a.contract order by a.at desc) filter (where a.contract is not null))[1] as contract,
          exists (select 1 from sessions s where s.tenant = ${tenant} and lower(s.token) = ${tokenKey(uid)} and s.state = 'open'
            and s.identity = ${identity} and s.auth->>'status' = 'Accepted') as is_charging
        from roaming_authorizations a
        where a.tenant = ${tenant} and a.key = ${tokenKey(uid)} and a.at >= at_ms(${since}::bigint)
          and (a.identity = ${identity} or (a.identity is null and a.method = 'COMMAND'))`
      return {
        ...present({
          commandedAt: row?.commanded_ms ?? null,
          allowedAt: row?.allowed_ms ?? null,
          contract: row?.contract ?? null,
        }),
        isCharging: row?.is_charging ?? false,
      }
    },

    async placeOf(ref, evse) {
      const spots = (await places.find(JSON.stringify([ref.tenant, ref.identity]))) ?? []
      const here = evse === undefined ? spots : spots.filter((spot) => spot.evse === evse)
      const [first] = here.length > 0 ? here : spots
      if (first === undefined) return undefined
      // a location is one site
      const uids = here.filter(({ site }) => site === first.site).map(({ uid }) => uid)
      return { location_id: first.site, ...(uids.length > 0 && { evse_uids: uids }) }
    },

    note: ({ ref, partner, reference, at, owner, uid, type, contract }) =>
      asTenant(app, ref.tenant, async (tx) => {
        await tx`insert into roaming_authorizations (tenant, partner, method, authorization_reference, at, identity, country_code, party_id, uid, type, contract)
          values (${ref.tenant}, ${partner}, 'AUTH_REQUEST', ${reference ?? null}, at_ms(${at}::bigint), ${ref.identity}, ${owner.country}, ${owner.party},
            ${uid}, ${type}, ${contract ?? null})`
      }),

    forgetPlaces: () => places.forgetAll(),
  }
}

const spotsOf = (app: Sql, { tenant, identity }: ChargePointRef): Promise<readonly Spot[]> =>
  asTenant(
    app,
    tenant,
    (tx) => tx<Spot[]>`select c.site, e.uid, p.evse from evse_plugs p
      join evses e on e.tenant = p.tenant and e.uid = p.uid and e.state <> 'removed'
      join charging_stations c on c.tenant = e.tenant and c.id = e.station
      where p.tenant = ${tenant} and p.key = lower(${identity}) and p.until_at is null
      order by p.evse, e.uid`,
  )
