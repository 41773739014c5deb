import type { Party, PartyRole } from '../../../core/domain/party.ts'
import { resellerFault } from '../../../core/domain/party.ts'
import type { Act, Given, PartyStore, Refusal } from '../../../core/ports/market.ts'
import type { Sql, Transaction } from '../connect.ts'
import { inMarket, isSame, refusal, tellOf } from '../market.ts'
import { needed, needsOfParty } from '../needed-by.ts'
import { lookAgain } from '../retail-prices.ts'
import { present } from '../rows.ts'
import { asTenant } from '../tenant.ts'
import { keyOfCursor, pageOf } from './paging.ts'

export interface PartyRow {
  readonly tenant: string
  readonly id: string
  readonly role: PartyRole
  readonly name: string
  readonly reseller: string | null
  readonly country_code: string | null
  readonly party_id: string | null
  readonly is_ours: boolean
  readonly legal_name: string | null
  readonly vat_number: string | null
  readonly website: string | null
  readonly language: string | null
  readonly address: string | null
  readonly postal_code: string | null
  readonly city: string | null
  readonly country: string | null
  readonly contact_name: string | null
  readonly contact_email: string | null
  readonly contact_phone: string | null
  readonly changed_ms: number
}

/** What is read of a party. */
export const partyColumns = `tenant, id, role, name, reseller, country_code, party_id, is_ours, legal_name, vat_number, website, language, address,
  postal_code, city, country, contact_name, contact_email, contact_phone, ms(changed_at) as changed_ms`

export const partyOf = (row: PartyRow): Party => {
  const contact = present({ name: row.contact_name, email: row.contact_email, phone: row.contact_phone })
  return {
    tenant: row.tenant,
    id: row.id,
    role: row.role,
    name: row.name,
    ...present({
      reseller: row.reseller,
      legalName: row.legal_name,
      vatNumber: row.vat_number,
      website: row.website,
      language: row.language,
    }),
    ...(row.is_ours && { isOurs: true as const }),
    ...(row.country_code !== null &&
      row.party_id !== null && { code: { country: row.country_code, party: row.party_id } }),
    ...(row.address !== null &&
      row.city !== null &&
      row.country !== null && {
        address: {
          street: row.address,
          city: row.city,
          country: row.country,
          ...present({ postalCode: row.postal_code }),
        },
      }),
    ...(Object.keys(contact).length > 0 && { contact }),
    changedAt: row.changed_ms,
  }
}

export const partyStore = (app: Sql): PartyStore => ({
  put: (party, act) =>
    inMarket(app, party.tenant, async (tx) => {
      const { tenant, id } = party
      const before = await findParty(tx, tenant, id)
      const refused = await faultOf(tx, party, before)
      if (refused !== undefined) return refused
      if (before !== undefined && isSame(party, before)) return { item: before, isNew: false }
      await write(tx, party, act.at)
      const item = { ...party, changedAt: act.at }
      await tell(tx, { tenant, id }, { before, after: item }, act)
      // CDRs of its drivers may have come before it was one of ours
      if (party.isOurs === true) await lookAgain(tx, tenant, act.at)
      return { item, isNew: before === undefined }
    }),

  find: (tenant, id) => asTenant(app, tenant, (tx) => findParty(tx, tenant, id)),

  list: (tenant, { role = null, reseller = null }, page) =>
    asTenant(app, tenant, async (tx) => {
      const [after = ''] = keyOfCursor(page.cursor, 1) ?? []
      const rows = await tx<PartyRow[]>`select ${tx.unsafe(partyColumns)} from parties
        where tenant = ${tenant} and id > ${after} and (${role}::text is null or role = ${role}::text)
          and (${reseller}::text is null or reseller = ${reseller}::text)
        order by id limit ${page.limit + 1}`
      return pageOf(rows, page, ({ id }) => [id], partyOf)
    }),

  remove: (tenant, id, act) =>
    inMarket(app, tenant, async (tx) => {
      const before = await findParty(tx, tenant, id)
      if (before === undefined) return 'missing'
      const inUse = needed(await needsOfParty(tx, before))
      if (inUse !== undefined) return inUse
      await tx`delete from parties where tenant = ${tenant} and id = ${id}`
      await tell(tx, { tenant, id }, { before }, act)
      return 'removed'
    }),
})

const tell = (
  tx: Transaction,
  { tenant, id }: Pick<Party, 'tenant' | 'id'>,
  { before, after }: { readonly before: Party | undefined; readonly after?: Party },
  act: Act,
): Promise<void> =>
  tellOf(
    tx,
    {
      tenant,
      event: { type: 'party.changed', subject: id, data: { party: id, removed: after === undefined } },
      audit: { action: after === undefined ? 'party.removed' : 'party.changed', subject: id, before, after },
    },
    act,
  )

const findParty = async (tx: Transaction, tenant: string, id: string): Promise<Party | undefined> => {
  const [row] = await tx<
    PartyRow[]
  >`select ${tx.unsafe(partyColumns)} from parties where tenant = ${tenant} and id = ${id}`
  return row && partyOf(row)
}

const faultOf = async (
  tx: Transaction,
  party: Given<Party>,
  before: Party | undefined,
): Promise<Refusal | undefined> => {
  const { tenant, id, role, reseller, code } = party
  const [spelt] = await tx<
    { id: string }[]
  >`select id from parties where tenant = ${tenant} and key = lower(${id}) and id <> ${id}`
  if (spelt !== undefined) return refusal('/id', `there is ${spelt.id}, which differs by case alone`)
  const [same] = await tx<
    { id: string }[]
  >`select id from parties where tenant = ${tenant} and role = ${role} and id <> ${id}
    and country_code = ${code?.country ?? null}::text and party_id = ${code?.party ?? null}::text`
  if (same !== undefined) return refusal('/code', `is that of ${same.id}, which has the role ${role} too`)
  if (before !== undefined && before.role !== role) {
    const [need] = await needsOfParty(tx, before)
    if (need !== undefined) return refusal('/role', `cannot change: ${need} needs it as it is`)
  }
  if (reseller === undefined) return undefined
  const above = await findParty(tx, tenant, reseller)
  if (above === undefined) return refusal('/reseller', 'there is no such party')
  const fault = resellerFault(party, above)
  return fault === undefined ? undefined : refusal('/reseller', fault)
}

const write = (tx: Transaction, party: Given<Party>, at: number): PromiseLike<unknown> => {
  const { code, address, contact } = party
  return tx`insert into parties (tenant, id, role, name, reseller, country_code, party_id, is_ours, legal_name, vat_number, website, language,
      address, postal_code, city, country, contact_name, contact_email, contact_phone, created_at, changed_at)
    values (${party.tenant}, ${party.id}, ${party.role}, ${party.name}, ${party.reseller ?? null}, ${code?.country ?? null}, ${code?.party ?? null}, ${party.isOurs ?? false},
      ${party.legalName ?? null}, ${party.vatNumber ?? null}, ${party.website ?? null}, ${party.language ?? null}, ${address?.street ?? null},
      ${address?.postalCode ?? null}, ${address?.city ?? null}, ${address?.country ?? null}, ${contact?.name ?? null}, ${contact?.email ?? null},
      ${contact?.phone ?? null}, at_ms(${at}), at_ms(${at}))
    on conflict (tenant, id) do update set role = excluded.role, name = excluded.name, reseller = excluded.reseller, country_code = excluded.country_code,
      party_id = excluded.party_id, is_ours = excluded.is_ours, legal_name = excluded.legal_name, vat_number = excluded.vat_number, website = excluded.website,
      language = excluded.language, address = excluded.address, postal_code = excluded.postal_code, city = excluded.city, country = excluded.country,
      contact_name = excluded.contact_name, contact_email = excluded.contact_email, contact_phone = excluded.contact_phone,
      changed_at = excluded.changed_at, xid = pg_current_xact_id()`
}
