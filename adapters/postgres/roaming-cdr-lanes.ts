import type { PartyCode } from '../../core/domain/party-code.ts'
import type { Delivery } from '../../core/domain/delivery.ts'
import { isRegistered, type RoamingPartner } from '../../core/domain/roaming-partner.ts'
import type { DeliveryLanes } from '../../core/ports/deliveries.ts'
import type { CdrTarget, RoamingCdr, WriteCdr } from '../../core/ports/roaming-cdrs.ts'
import type { Json } from '../../core/roaming/field.ts'
import type { CdrToken } from '../../core/roaming/model.ts'
import type { Sql, Transaction } from './connect.ts'
import { deliveryLanes, type LaneRows } from './delivery-lanes.ts'
import { markDirty } from './roaming-dirty.ts'
import { partnerColumns, partnerOf, type PartnerRow } from './roaming-rows.ts'
import { present } from './rows.ts'

/** Accounts of one partner that may be on their way at the same time. */
const mostInFlight = 4

/** The lanes in which accounts go to partners. A partner that is not registered gets nothing, and all of it later. */
export const roamingCdrLane: LaneRows<CdrTarget> = {
  of: 'roaming',
  job: 'roaming-cdrs',
  deadline: 'roaming.cdrs',
  deliveries: 'roaming_deliveries',
  attempts: 'roaming_attempts',
  // a credit comes behind its account, and what replaces the account behind the credit
  ready: `not exists (select from roaming_deliveries b where b.tenant = d.tenant and b.target = d.target and b.document = d.after
    and b.state in ('queued', 'sending', 'unclear'))`,

  async lock(tx, { tenant, target }) {
    const [lane] = await tx<{ faults: number; paused_ms: number | null }[]>`
      select faults, ms(paused_until) as paused_ms from roaming_lanes
      where tenant = ${tenant} and partner = ${target} and module = 'cdrs' for no key update`
    const [row] = await tx<PartnerRow[]>`select ${tx.unsafe(partnerColumns)} from roaming_partners p
      where p.tenant = ${tenant} and p.id = ${target}`
    if (lane === undefined || row === undefined) return undefined
    const partner = partnerOf(row)
    return {
      target: { tenant, id: target, mostInFlight, partner },
      lane: { faults: lane.faults, ...present({ pausedUntil: lane.paused_ms }) },
      isOpen: isRegistered(partner),
    }
  },

  async saveLane(tx, { tenant, target }, { faults, pausedUntil = null }) {
    await tx`update roaming_lanes set faults = ${faults}, paused_until = at_ms(${pausedUntil}::bigint)
      where tenant = ${tenant} and partner = ${target} and module = 'cdrs'`
  },
}

export const postgresCdrLanes = (app: Sql, write: WriteCdr): DeliveryLanes<CdrTarget, RoamingCdr> =>
  deliveryLanes(app, {
    ...roamingCdrLane,
    documentOf: (tx, delivery, { partner }) => cdrOfDelivery(tx, { delivery, partner, write }),
  })

/** Accounts that wait for a partner go on: it is registered from this commit on. */
export const leaveCdrs = async (tx: Transaction, tenant: string, partner: string): Promise<void> => {
  const [lane] = await tx`select 1 from roaming_lanes
    where tenant = ${tenant} and partner = ${partner} and module = 'cdrs' for no key update`
  if (lane === undefined) return
  await tx`insert into outbox (tenant, kind, key) values (${tenant}, ${roamingCdrLane.job}, ${partner}) on conflict do nothing`
}

interface Row {
  readonly kind: 'cdr' | 'credit'
  readonly replaces: string | null
  readonly sent: string | null
  readonly version: string | null
  readonly country_code: string | null
  readonly party_id: string | null
  readonly id: string | null
  readonly object: Json | null
  readonly location: Json | null
}

interface Sending {
  readonly delivery: Delivery
  readonly partner: RoamingPartner
  readonly write: WriteCdr
}

const cdrOfDelivery = async (
  tx: Transaction,
  { delivery, partner, write }: Sending,
): Promise<RoamingCdr | undefined> => {
  const { tenant, target, document, attempts: attempt, reference: location } = delivery
  const [row] = await tx<Row[]>`select x.kind, c.replaces, convert_from(d.body, 'UTF8') as sent, d.version,
      o.country_code, o.party_id, o.id, o.body as object, l.body as location
    from roaming_deliveries d join documents x on x.id = d.document join cdrs c on c.id = x.cdr
      left join roaming_objects o on o.tenant = d.tenant and o.module = 'cdrs' and o.source = d.document::text and o.partner = d.target
      left join roaming_objects l on l.tenant = d.tenant and l.module = 'locations' and l.country_code = o.country_code
        and l.party_id = o.party_id and l.key = lower(o.body #>> '{cdr_location,id}')
    where d.tenant = ${tenant} and d.target = ${target} and d.document = ${document}`
  if (row === undefined) return undefined
  const from: PartyCode = { country: row.country_code ?? '', party: row.party_id ?? '' }
  const cdr = { partner, from, to: empOf(row.object), id: row.id ?? document, attempt, ...present({ location }) }
  if (row.object === null) {
    await markDirty(tx, tenant, 'cdrs', [document], 0)
    return { ...cdr, fault: delivery.reason ?? unsaid, losses: [] }
  }
  const held = heldBecause(row, partner)
  if (held !== undefined) return { ...cdr, fault: held, losses: [] }
  if (row.sent !== null && row.version === (partner.version ?? null)) return { ...cdr, text: row.sent, losses: [] }
  const { text, losses } = write(partner, row.object, row.location === null ? {} : { location: row.location })
  if (text === undefined) return { ...cdr, fault: `${unsaid}: ${saidOf(losses)}`, losses }
  await tx`update roaming_deliveries set body = convert_to(${text}, 'UTF8'), version = ${partner.version ?? null}
    where tenant = ${tenant} and target = ${target} and document = ${document}`
  return { ...cdr, text, losses }
}

const unsaid = 'it cannot be said in OCPI'

const saidOf = (losses: RoamingCdr['losses']): string =>
  losses.map(({ pointer, detail }) => `${pointer}: ${detail}`).join('; ')

/** Some partners take no credits: what an account was replaced by would be billed beside it. */
const heldBecause = ({ kind, replaces }: Row, { quirks }: RoamingPartner): string | undefined => {
  if (quirks.creditCdrs) return undefined
  if (kind === 'credit') return 'the partner takes no credit CDRs: it has to be settled with it otherwise'
  return replaces === null ? undefined : 'the partner takes no credit CDRs, and this replaces a CDR that it has'
}

/** For whom it is: the EMP of the token. */
export const empOf = (object: Json | null): PartyCode => {
  const token = object?.['cdr_token'] as CdrToken | undefined
  return { country: token?.country_code ?? '', party: token?.party_id ?? '' }
}
