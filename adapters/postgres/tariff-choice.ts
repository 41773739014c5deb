import { tokenKey } from '../../core/domain/token.ts'
import { empKey, placeKey } from '../../core/pricing/assignment.ts'
import { type Chosen, chooseTariff, driversKeys, type Offer, placeKeys, type Where } from '../../core/pricing/choice.ts'
import type { Tariff } from '../../core/pricing/tariff.ts'
import type { SessionStart } from '../../core/ports/tariffs.ts'
import type { Transaction } from './connect.ts'
import { contractsOf } from './contract-of.ts'
import { placesOf } from './places.ts'
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

/** A start among others of its tenant. */
export type Start = Omit<SessionStart, 'tenant'>

interface ChosenVersion {
  readonly row: VersionRow
  readonly assignment: string
}

/**
 * The versions of tariffs that price sessions, in the order in which they are asked for: those of their starts, whatever
 * has been changed or removed since. Undefined where no tariff is for one. Runs in the transaction of their tenant.
 */
export const tariffsFor = async (
  tx: Transaction,
  tenant: string,
  starts: readonly Start[],
): Promise<readonly (Tariff | undefined)[]> =>
  (await tariffsChosen(tx, tenant, starts)).map((chosen) => chosen && tariffOf(chosen.row))

/** The version for one session, and by which assignment. */
export const tariffChosen = async (
  tx: Transaction,
  { tenant, ...start }: SessionStart,
): Promise<ChosenVersion | undefined> => (await tariffsChosen(tx, tenant, [start]))[0]

const tariffsChosen = async (
  tx: Transaction,
  tenant: string,
  starts: readonly Start[],
): Promise<readonly (ChosenVersion | undefined)[]> => {
  if (starts.length === 0) return []
  const chosen = await chosenFor(tx, tenant, starts)
  const wanted = new Map(chosen.flatMap((one) => (one === undefined ? [] : [[nameOf(one.tariff, one.version), one]])))
  if (wanted.size === 0) return starts.map(() => undefined)
  const named = [...wanted.values()]
  const rows = await tx<VersionRow[]>`select ${tx.unsafe(versionColumns)}
    from unnest(${named.map(({ tariff }) => tariff)}::text[], ${named.map(({ version }) => version)}::int[]) as w(id, version)
    join tariff_versions v on v.tenant = ${tenant} and v.id = w.id and v.version = w.version`
  const versions = new Map(rows.map((row) => [nameOf(row.id, row.version), row]))
  return chosen.map((one) => {
    const row = one && versions.get(nameOf(one.tariff, one.version))
    return one && row && { row, assignment: one.assignment }
  })
}

const nameOf = (tariff: string, version: number): string => `${version} ${tariff}`

const chosenFor = async (
  tx: Transaction,
  tenant: string,
  starts: readonly Start[],
): Promise<readonly (Chosen | undefined)[]> => {
  const wheres = await wheresOf(tx, tenant, starts)
  const [places, drivers] = [placeKeys, driversKeys].map((keysOf) => [...new Set(wheres.flatMap(keysOf))])
  const latest = starts.reduce((last, { at }) => Math.max(last, at), Number.NEGATIVE_INFINITY)
  const rows = await tx<(AssignmentRow & { readonly versions: readonly VersionInTimeRow[] })[]>`
    select ${tx.unsafe(assignmentColumns)}, v.versions from tariff_assignments a
    cross join lateral (
      select json_agg(json_build_object('version', v.version, 'type', v.content->>'type', 'since_ms', ms(v.since), 'removed_ms', ms(v.removed_at),
        'starts_ms', (v.content->>'startsAt')::bigint, 'ends_ms', (v.content->>'endsAt')::bigint)) as versions
      from tariff_versions v where v.tenant = a.tenant and v.id = a.tariff and v.since <= at_ms(${latest})
    ) v
    where a.tenant = ${tenant} and a.place_key = any(${places ?? []}::text[]) and a.drivers_key = any(${drivers ?? []}::text[])
      and a.since <= at_ms(${latest}) and v.versions is not null`
  const offers = Map.groupBy(
    rows.map((row): Offer => ({ ...assignmentOf(row), versions: row.versions.map(versionInTime) })),
    ({ place }) => placeKey(place),
  )
  return starts.map(({ at }, i) => {
    const where = wheres[i]
    if (where === undefined) return undefined
    const near = placeKeys(where).flatMap((key) => offers.get(key) ?? [])
    return chooseTariff(near, where, at)
  })
}

/** What is known of each: in one round trip, or two where EMPs have names of their own. */
const wheresOf = async (tx: Transaction, tenant: string, starts: readonly Start[]): Promise<readonly Where[]> => {
  const [places, tokens, contracts] = await Promise.all([
    starts.every(({ place }) => place !== undefined) ? [] : placesOf(tx, tenant, starts),
    tokensOf(tx, tenant, starts),
    contractsOf(
      tx,
      tenant,
      starts.map(({ contract, token, at }) => ({ at, ...present({ named: contract ?? null, uid: token ?? null }) })),
    ),
  ])
  const known = starts.map(({ token }, i) => {
    const [registered, held] = [token === undefined ? undefined : tokens.get(tokenKey(token)), contracts[i]]
    return { registered, held, emps: [held?.emp ?? '', registered?.issuer ?? ''].filter((emp) => emp !== '') }
  })
  const namesOf = await empNames(tx, tenant, [...new Set(known.flatMap(({ emps }) => emps))])
  return starts.map(({ identity, evse, connector, contract, group, preference, place: given }, i) => {
    const { registered, held, emps } = known[i] ?? { emps: [] }
    const { station, site } = given ?? places[i] ?? {}
    const named = [contract, held?.id, held?.evcoId].filter((name) => name !== undefined)
    return {
      chargePoint: identity,
      evse,
      connector,
      contracts: named,
      emps: namesOf(emps),
      isAdHoc: named.length === 0 && registered === undefined,
      ...present({
        station: station ?? null,
        site: site ?? null,
        group: group ?? registered?.group_id ?? null,
        preference: preference ?? null,
      }),
    }
  })
}

interface TokenRow {
  readonly key: string
  readonly issuer: string
  readonly group_id: string | null
}

const tokensOf = async (
  tx: Transaction,
  tenant: string,
  starts: readonly Start[],
): Promise<ReadonlyMap<string, TokenRow>> => {
  const keys = new Set(starts.flatMap(({ token }) => (token === undefined ? [] : [tokenKey(token)])))
  if (keys.size === 0) return new Map()
  const rows = await tx<TokenRow[]>`select distinct on (key) key, issuer, group_id from tokens
    where tenant = ${tenant} and key = any(${[...keys]}::text[]) order by key, issuer, type`
  return new Map(rows.map((row) => [row.key, row]))
}

/** EMPs under their names here, and under their codes. */
const empNames = async (
  tx: Transaction,
  tenant: string,
  all: readonly string[],
): Promise<(emps: readonly string[]) => readonly string[]> => {
  if (all.length === 0) return () => []
  const rows = await tx<
    { id: string; key: string; code: string | null }[]
  >`select id, key, country_code || party_id as code from parties
    where tenant = ${tenant} and role = 'emp' and (key = any(${all.map((emp) => emp.toLowerCase())}::text[]) or country_code || party_id = any(${all.map(empKey)}::text[]))`
  return (emps) => {
    const [keys, codes] = [emps.map((emp) => emp.toLowerCase()), emps.map(empKey)]
    const its = rows.filter(({ key, code }) => keys.includes(key) || (code !== null && codes.includes(code)))
    return [...emps, ...its.flatMap(({ id, code }) => (code === null ? [id] : [id, code]))]
  }
}
