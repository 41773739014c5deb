import {
  type AuthorizationPolicy,
  type Check,
  type Endpoint,
  noQuirks,
  type OcpiVersion,
  type PartnerRole,
  type Quirks,
  type RegistrationState,
  type RoamingPartner,
  type RoamingProtocol,
} from '../../core/domain/roaming-partner.ts'
import type { OicpSettings } from '../../core/roaming/oicp/settings.ts'
import type { Transaction } from './connect.ts'
import { present } from './rows.ts'

/** Rows of roaming partners, and as the domain knows them. */

export interface PartnerRow {
  readonly tenant: string
  readonly id: string
  readonly name: string | null
  readonly state: RegistrationState
  readonly attempt: string | null
  readonly since_ms: number
  readonly versions_url: string | null
  readonly version: OcpiVersion | null
  readonly token: string | null
  readonly hub: string | null
  readonly endpoints: readonly Endpoint[]
  /** Those that came later are not in rows that were written before. */
  readonly quirks: Partial<Quirks>
  readonly authorization_policy: AuthorizationPolicy | null
  readonly checks: readonly Check[]
  readonly parties: readonly PartyRow[] | null
  readonly registered_ms: number | null
  readonly exchanged_ms: number | null
  readonly changed_ms: number
  readonly protocol: RoamingProtocol
  readonly oicp: OicpSettings | null
}

interface PartyRow {
  readonly role: string
  readonly country: string
  readonly party: string
  readonly name: string
  readonly website: string | null
  readonly client: PartnerRole['client'] | null
}

/** What to select for a `PartnerRow`; `p` is the roaming_partners table. */
export const partnerColumns = `p.tenant, p.id, p.name, p.state, p.attempt, ms(p.since) as since_ms, p.versions_url, p.version, p.token, p.hub,
  p.endpoints, p.quirks, p.authorization_policy, p.checks, ms(p.registered_at) as registered_ms, ms(p.exchanged_at) as exchanged_ms,
  ms(p.changed_at) as changed_ms, p.protocol, p.oicp,
  (select json_agg(json_build_object('role', r.role, 'country', r.country_code, 'party', r.party_id, 'name', r.name, 'website', r.website, 'client', r.client) order by r.place)
    from roaming_parties r where r.tenant = p.tenant and r.partner = p.id) as parties`

export const partnerOf = ({
  tenant,
  id,
  state,
  endpoints,
  quirks,
  checks,
  parties,
  ...row
}: PartnerRow): RoamingPartner => ({
  tenant,
  id,
  state,
  since: row.since_ms,
  roles: (parties ?? []).map(({ role, country, party, name, website, client }) => ({
    role,
    code: { country, party },
    name,
    ...present({ website, client }),
  })),
  endpoints,
  // what came to be known later is as usual where nobody has said
  quirks: { ...noQuirks, ...quirks },
  checks,
  changedAt: row.changed_ms,
  ...(row.protocol !== 'ocpi' && { protocol: row.protocol }),
  ...present({
    oicp: row.oicp,
    name: row.name,
    attempt: row.attempt,
    versionsUrl: row.versions_url,
    version: row.version,
    token: row.token,
    hub: row.hub,
    authorization: row.authorization_policy,
    registeredAt: row.registered_ms,
    exchangedAt: row.exchanged_ms,
  }),
})

const policyText = ({ authorization }: RoamingPartner): string | null =>
  authorization === undefined ? null : JSON.stringify(authorization)

const oicpText = ({ oicp }: RoamingPartner): string | null => (oicp === undefined ? null : JSON.stringify(oicp))

/** Answers false where there is one of this id, in any case. */
export const insertPartner = async (tx: Transaction, p: RoamingPartner): Promise<boolean> => {
  const { count } =
    await tx`insert into roaming_partners (tenant, id, name, state, attempt, since, versions_url, version, token, hub,
      endpoints, quirks, authorization_policy, checks, registered_at, exchanged_at, changed_at, protocol, oicp)
    values (${p.tenant}, ${p.id}, ${p.name ?? null}, ${p.state}, ${p.attempt ?? null}::uuid, at_ms(${p.since}::bigint), ${p.versionsUrl ?? null},
      ${p.version ?? null}, ${p.token ?? null}, ${p.hub ?? null}, ${JSON.stringify(p.endpoints)}::text::jsonb, ${JSON.stringify(p.quirks)}::text::jsonb,
      ${policyText(p)}::text::jsonb, ${JSON.stringify(p.checks)}::text::jsonb, at_ms(${p.registeredAt ?? null}::bigint), at_ms(${p.exchangedAt ?? null}::bigint), at_ms(${p.changedAt}::bigint),
      ${p.protocol ?? 'ocpi'}, ${oicpText(p)}::text::jsonb)
    on conflict do nothing`
  return count > 0
}

export const updatePartner = async (tx: Transaction, p: RoamingPartner): Promise<void> => {
  await tx`update roaming_partners set name = ${p.name ?? null}, state = ${p.state}, attempt = ${p.attempt ?? null}::uuid,
      since = at_ms(${p.since}::bigint), versions_url = ${p.versionsUrl ?? null}, version = ${p.version ?? null}, token = ${p.token ?? null},
      hub = ${p.hub ?? null}, endpoints = ${JSON.stringify(p.endpoints)}::text::jsonb, quirks = ${JSON.stringify(p.quirks)}::text::jsonb, authorization_policy = ${policyText(p)}::text::jsonb,
      checks = ${JSON.stringify(p.checks)}::text::jsonb, registered_at = at_ms(${p.registeredAt ?? null}::bigint),
      exchanged_at = at_ms(${p.exchangedAt ?? null}::bigint),
      changed_at = at_ms(${p.changedAt}::bigint), oicp = ${oicpText(p)}::text::jsonb
    where tenant = ${p.tenant} and id = ${p.id}`
}

export const replaceParties = async (tx: Transaction, { tenant, id, roles }: RoamingPartner): Promise<void> => {
  await tx`delete from roaming_parties where tenant = ${tenant} and partner = ${id}`
  await tx`insert into roaming_parties (tenant, partner, role, country_code, party_id, name, website, client, place)
    select ${tenant}, ${id}, w.role, w.country, w.party, w.name, w.website, w.client::jsonb, w.place
    from unnest(${roles.map(({ role }) => role)}::text[], ${roles.map(({ code }) => code.country)}::text[],
      ${roles.map(({ code }) => code.party)}::text[], ${roles.map(({ name }) => name)}::text[],
      ${roles.map(({ website }) => website ?? null)}::text[],
      ${roles.map(({ client }) => (client === undefined ? null : JSON.stringify(client)))}::text[])
      with ordinality as w(role, country, party, name, website, client, place)`
}
