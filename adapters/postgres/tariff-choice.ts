import { tokenKey } from '../../core/domain/token.ts'
import { empKey } from '../../core/pricing/assignment.ts'
import { chooseTariff, driversKeys, type Offer, placeKeys, type Where } from '../../core/pricing/choice.ts'
import type { Tariff } from '../../core/pricing/tariff.ts'
import type { SessionStart } from '../../core/ports/tariffs.ts'
import type { Transaction } from './connect.ts'
import { contractOf } from './contract-of.ts'
import { placeOf } from './places.ts'
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

/**
 * The version of a tariff that prices a session: that of its start, whatever has been changed or removed since. Undefined
 * where no tariff is for it. Runs in the transaction of its tenant.
 */
export const tariffFor = async (tx: Transaction, session: SessionStart): Promise<Tariff | undefined> => {
  const chosen = await tariffChosen(tx, session)
  return chosen && tariffOf(chosen.row)
}

/** The same, and by which assignment. */
export const tariffChosen = async (
  tx: Transaction,
  session: SessionStart,
): Promise<{ readonly row: VersionRow; readonly assignment: string } | undefined> => {
  const chosen = await chosenFor(tx, session)
  if (chosen === undefined) return undefined
  const [row] = await tx<VersionRow[]>`select ${tx.unsafe(versionColumns)} from tariff_versions v
    where v.tenant = ${session.tenant} and v.id = ${chosen.tariff} and v.version = ${chosen.version}`
  return row && { row, assignment: chosen.assignment }
}

const chosenFor = async (tx: Transaction, session: SessionStart) => {
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

const whereOf = async (tx: Transaction, session: SessionStart): Promise<Where> => {
  const { tenant, identity, evse, connector, at, token, contract, group, preference } = session
  const [place, known, held] = await Promise.all([
    session.place ?? placeOf(tx, { tenant, identity }, evse, at),
    tokenOf(tx, tenant, token),
    contractOf(tx, tenant, present({ named: contract ?? null, uid: token ?? null }), at),
  ])
  const contracts = [contract, held?.id, held?.evcoId].filter((name) => name !== undefined)
  return {
    chargePoint: identity,
    evse,
    connector,
    contracts,
    emps: await namesOf(tx, tenant, [held?.emp ?? '', known?.issuer ?? '']),
    isAdHoc: contracts.length === 0 && known === undefined,
    ...present({
      station: place.station ?? null,
      site: place.site ?? null,
      group: group ?? known?.group_id ?? null,
      preference: preference ?? null,
    }),
  }
}

const tokenOf = async (tx: Transaction, tenant: string, token: string | undefined) => {
  if (token === undefined) return undefined
  const [row] = await tx<{ issuer: string; group_id: string | null }[]>`select issuer, group_id from tokens
    where tenant = ${tenant} and key = ${tokenKey(token)} order by issuer, type limit 1`
  return row
}

/** An EMP under its name here, and under its code. */
const namesOf = async (tx: Transaction, tenant: string, given: readonly string[]): Promise<readonly string[]> => {
  const emps = given.filter((emp) => emp !== '')
  if (emps.length === 0) return []
  const rows = await tx<{ id: string; code: string | null }[]>`select id, country_code || party_id as code from parties
    where tenant = ${tenant} and role = 'emp' and (key = any(${emps.map((emp) => emp.toLowerCase())}::text[]) or country_code || party_id = any(${emps.map(empKey)}::text[]))`
  return [...emps, ...rows.flatMap(({ id, code }) => (code === null ? [id] : [id, code]))]
}
