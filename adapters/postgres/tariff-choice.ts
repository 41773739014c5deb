import type { Place } from '../../core/domain/place.ts'
import {
  chooseTariff,
  driversKeys,
  type Offer,
  placeKeys,
  type Preference,
  type Where,
} from '../../core/pricing/choice.ts'
import type { Tariff } from '../../core/pricing/tariff.ts'
import type { Transaction } from './connect.ts'
import { present } from './rows.ts'
import {
  type AssignmentRow,
  assignmentColumns,
  assignmentOf,
  tariffOf,
  type VersionRow,
  versionColumns,
  versionInTime,
  type VersionInTimeRow,
} from './tariff-rows.ts'

/** A session as it was when it began. */
export interface PricedSession {
  readonly tenant: string
  readonly identity: string
  readonly evse: number
  readonly connector: number
  /** Its start, ms since 1970 UTC. */
  readonly at: number
  readonly token?: string
  readonly contract?: string
  /** The token's group; absent: the one it is registered with now. */
  readonly group?: string
  readonly place?: Pick<Place, 'site' | 'station'>
  readonly preference?: Preference
}

/**
 * The version of a tariff that prices a session: that of its start, whatever has been changed or removed since. Undefined
 * where no tariff is for it. Runs in the transaction of its tenant.
 */
export const tariffFor = async (tx: Transaction, session: PricedSession): Promise<Tariff | undefined> => {
  const chosen = await chosenFor(tx, session)
  if (chosen === undefined) return undefined
  const [row] = await tx<VersionRow[]>`select ${tx.unsafe(versionColumns)} from tariff_versions v
    where v.tenant = ${session.tenant} and v.id = ${chosen.tariff} and v.version = ${chosen.version}`
  return row && tariffOf(row)
}

const chosenFor = async (tx: Transaction, session: PricedSession) => {
  const where = await whereOf(tx, session)
  const rows = await tx<(AssignmentRow & { readonly versions: readonly VersionInTimeRow[] })[]>`
    select ${tx.unsafe(assignmentColumns)}, v.versions from tariff_assignments a
    cross join lateral (
      select json_agg(json_build_object('version', v.version, 'type', v.content->>'type', 'since_ms', ms(v.since), 'removed_ms', ms(v.removed_at),
        'starts_ms', (v.content->>'startsAt')::bigint, 'ends_ms', (v.content->>'endsAt')::bigint)) as versions
      from tariff_versions v where v.tenant = a.tenant and v.id = a.tariff and v.since <= at_ms(${session.at})
    ) v
    where a.tenant = ${session.tenant} and a.place_key = any(${[...placeKeys(where)]}::text[]) and a.drivers_key = any(${[...driversKeys(where)]}::text[])
      and a.since <= at_ms(${session.at}) and v.versions is not null`
  const offers = rows.map((row): Offer => ({ ...assignmentOf(row), versions: row.versions.map(versionInTime) }))
  return chooseTariff(offers, where, session.at)
}

const whereOf = async (tx: Transaction, session: PricedSession): Promise<Where> => {
  const { tenant, identity, evse, connector, token, contract, group, place, preference } = session
  const [known] =
    token === undefined
      ? []
      : await tx<{ issuer: string; group_id: string | null }[]>`select issuer, group_id from tokens
          where tenant = ${tenant} and key = lower(trim(${token})) order by issuer, type limit 1`
  return {
    chargePoint: identity,
    evse,
    connector,
    isAdHoc: contract === undefined && known === undefined,
    ...present({
      station: place?.station ?? null,
      site: place?.site ?? null,
      contract: contract ?? null,
      issuer: known?.issuer ?? null,
      group: group ?? known?.group_id ?? null,
      preference: preference ?? null,
    }),
  }
}
