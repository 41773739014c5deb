import { formatInstant } from '../../../core/domain/instant.ts'
import { pushedModules } from '../../../core/domain/push-lane.ts'
import { isRegistered, type RoamingPartner } from '../../../core/domain/roaming-partner.ts'
import type {
  IssuedToken,
  PartnerAct,
  PartnerChange,
  PartnerRef,
  RoamingPartnerStore,
} from '../../../core/ports/roaming-partners.ts'
import type { Sql, Transaction } from '../connect.ts'
import { insertEvents } from '../insert-events.ts'
import { leaveLanes } from '../leave-lanes.ts'
import { leaveCdrs } from '../roaming-cdr-lanes.ts'
import {
  insertPartner,
  partnerColumns,
  partnerOf,
  type PartnerRow,
  replaceParties,
  updatePartner,
} from '../roaming-rows.ts'
import { asTenant } from '../tenant.ts'
import { writeAudit } from '../write-audit.ts'
import { keyOfCursor, pageOf } from './paging.ts'

/** Under row-level security; `ingest` only finds whose tokens are due. */
export const roamingPartnerStore = (app: Sql, ingest: Sql): RoamingPartnerStore => ({
  create: (partner, act) =>
    asTenant(app, partner.tenant, async (tx) => {
      const isNew = await insertPartner(tx, partner)
      if (isNew) await tell(tx, { after: partner }, act)
      return isNew
    }),

  find: ({ tenant, partner }) =>
    asTenant(app, tenant, async (tx) => {
      const [row] = await tx<PartnerRow[]>`select ${tx.unsafe(partnerColumns)} from roaming_partners p
        where p.tenant = ${tenant} and p.id = ${partner}`
      return row && partnerOf(row)
    }),

  list: (tenant, page) =>
    asTenant(app, tenant, async (tx) => {
      const [after = ''] = keyOfCursor(page.cursor, 1) ?? []
      const rows = await tx<PartnerRow[]>`select ${tx.unsafe(partnerColumns)} from roaming_partners p
        where p.tenant = ${tenant} and p.id > ${after} order by p.id limit ${page.limit + 1}`
      return pageOf(rows, page, ({ id }) => [id], partnerOf)
    }),

  change: (ref, decide, act) =>
    asTenant(app, ref.tenant, async (tx) => {
      const before = await lockPartner(tx, ref)
      if (before === undefined) return 'missing'
      const change = decide(before)
      if (change === undefined) return 'senseless'
      const { partner } = change
      await updatePartner(tx, partner)
      if (partner.roles !== before.roles) await replaceParties(tx, partner)
      if (isRegistered(partner) && (!isRegistered(before) || partner.endpoints !== before.endpoints))
        await leaveLanes(tx, partner.tenant, pushedModules, partner.id)
      if (isRegistered(partner) && !isRegistered(before)) await leaveCdrs(tx, partner.tenant, partner.id)
      await changeTokens(tx, change, act.at)
      // how far a handshake has come is for whoever asks
      if (
        act.by !== undefined ||
        partner.state !== before.state ||
        partner.roles !== before.roles ||
        touchesTokens(change)
      )
        await tell(tx, { before, after: partner }, act)
      return partner
    }),

  remove: (ref, act) =>
    asTenant(app, ref.tenant, async (tx) => {
      const before = await lockPartner(tx, ref)
      if (before === undefined) return false
      await tx`delete from roaming_partners where tenant = ${ref.tenant} and id = ${ref.partner}`
      await tell(tx, { before }, act)
      return true
    }),

  due: async (exchangedBefore, triedBefore) =>
    ingest<PartnerRef[]>`select tenant, id as partner from roaming_partners
      where state in ('registered', 'renewing') and exchanged_at < at_ms(${exchangedBefore}::bigint) and since < at_ms(${triedBefore}::bigint)
      order by exchanged_at limit 1000`,

  hubs: async () =>
    ingest<PartnerRef[]>`select tenant, id as partner from roaming_partners
      where state in ('registered', 'renewing') and hub is not null order by tenant, id`,

  holder: (tenant, hash) =>
    asTenant(app, tenant, async (tx) => {
      const [row] = await tx<(PartnerRow & Omit<IssuedToken, 'hash'>)[]>`
        select ${tx.unsafe(partnerColumns)}, t.use, t.retires from roaming_tokens t
          join roaming_partners p on p.tenant = t.tenant and p.id = t.partner
        where t.tenant = ${tenant} and t.hash = decode(${hash}, 'hex')`
      return row && { partner: partnerOf(row), issued: { hash, use: row.use, retires: row.retires } }
    }),

  shown: (tenant, hash, at) =>
    asTenant(app, tenant, async (tx) => {
      const [shown] = await tx<{ partner: string; serial: string }[]>`update roaming_tokens set retires = false
        where tenant = ${tenant} and hash = decode(${hash}, 'hex') and retires returning partner, serial::text`
      if (shown === undefined) return
      const { partner, serial } = shown
      await tx`delete from roaming_tokens where tenant = ${tenant} and partner = ${partner} and serial < ${serial}::text::bigint`
      await insertEvents(tx, [{ tenant, type: 'roaming-partner.changed', subject: partner, at, data: { partner } }])
    }),
})

/** What belongs to it is written meanwhile: whoever has one of its lanes must not wait for whoever waits for that lane. */
const lockPartner = async (tx: Transaction, { tenant, partner }: PartnerRef): Promise<RoamingPartner | undefined> => {
  const [row] = await tx<PartnerRow[]>`select ${tx.unsafe(partnerColumns)} from roaming_partners p
    where p.tenant = ${tenant} and p.id = ${partner} for no key update of p`
  return row && partnerOf(row)
}

const touchesTokens = ({ issues, arms, drops }: PartnerChange): boolean =>
  issues !== undefined || arms !== undefined || drops !== undefined

const changeTokens = async (
  tx: Transaction,
  { partner: { tenant, id }, issues, arms, drops }: PartnerChange,
  at: number,
): Promise<void> => {
  if (drops === 'all') await tx`delete from roaming_tokens where tenant = ${tenant} and partner = ${id}`
  else if (drops === 'invitations')
    await tx`delete from roaming_tokens where tenant = ${tenant} and partner = ${id} and use = 'invitation'`
  else if (drops !== undefined)
    await tx`delete from roaming_tokens where tenant = ${tenant} and partner = ${id} and hash = decode(${drops.hash}, 'hex')`
  if (arms !== undefined)
    await tx`update roaming_tokens set retires = true where tenant = ${tenant} and partner = ${id} and hash = decode(${arms}, 'hex')`
  if (issues !== undefined)
    await tx`insert into roaming_tokens (tenant, hash, partner, use, retires, issued_at)
      values (${tenant}, decode(${issues.hash}, 'hex'), ${id}, ${issues.use}, ${issues.retires}, at_ms(${at}::bigint))`
}

const tell = async (
  tx: Transaction,
  { before, after }: { readonly before?: RoamingPartner; readonly after?: RoamingPartner },
  { at, by, action = 'roaming-partner.changed' }: PartnerAct,
): Promise<void> => {
  const known = after ?? before
  if (known === undefined) return
  const { tenant, id } = known
  const data = { partner: id, state: after?.state ?? null }
  await insertEvents(tx, [{ tenant, type: 'roaming-partner.changed', subject: id, at, data }])
  if (by === undefined) return
  await writeAudit(tx, {
    tenant,
    at,
    actor: by,
    action,
    subject: id,
    ...(before !== undefined && { before: shown(before) }),
    ...(after !== undefined && { after: shown(after) }),
  })
}

/** As the audit log has it: no token, not even sealed. */
const shown = ({ name, state, versionsUrl, version, quirks, changedAt }: RoamingPartner) => ({
  name,
  state,
  versionsUrl,
  version,
  quirks,
  changedAt: formatInstant(changedAt),
})
