import { unreached, waitingStates } from '../../../core/domain/campaign.ts'
import { BadCursor, type CampaignStore, type CampaignTarget } from '../../../core/ports/store.ts'
import { countLost, issueOrders, noteHandedOver, settleTargets, withdrawOrders } from '../campaign-orders.ts'
import { campaignColumns, campaignOf, type CampaignRow, outcomeNow, tallyOf, viewsOf } from '../campaign-rows.ts'
import { progressFrom, tallied } from '../campaign-tally.ts'
import type { Sql, Transaction } from '../connect.ts'
import { present } from '../rows.ts'
import { asTenant } from '../tenant.ts'
import { chooseTargets, hasMoved, insertCampaign, saveCampaign, setDeadline, tell } from '../write-campaign.ts'
import { isUuid, keyOfCursor, pageOf, uuidOfCursor } from './paging.ts'

const tellEveryMs = 1_000

/** Nobody is chosen: nothing of it may stay. */
class Nobody extends Error {
  override readonly name = 'Nobody'
}

export const campaignStore = (app: Sql, ingest: Sql): CampaignStore => ({
  async create(campaign, choice) {
    try {
      return await asTenant(app, campaign.tenant, async (tx) => {
        const { plan, createdAt } = campaign
        await insertCampaign(tx, campaign)
        const targets = await chooseTargets(tx, campaign, choice)
        if (targets === 0) throw new Nobody()
        const planned = { ...campaign, targets }
        await setDeadline(tx, planned, Math.max(createdAt, plan.startAt))
        const progress = progressFrom(targets, { waiting: targets, byOutcome: {} })
        await tell(tx, planned, progress, createdAt)
        return { ...planned, progress, measuredPerS: 0 }
      })
    } catch (error) {
      if (error instanceof Nobody) return undefined
      throw error
    }
  },

  find: (tenant, id, at) =>
    asTenant(app, tenant, async (tx) => {
      if (!isUuid(id)) return undefined
      const rows = await tx<CampaignRow[]>`select ${tx.unsafe(campaignColumns)} from campaigns p where p.id = ${id}`
      const [view] = await viewsOf(tx, rows, at)
      return view
    }),

  list: (tenant, page, at) =>
    asTenant(app, tenant, async (tx) => {
      const after = uuidOfCursor(page.cursor)
      const rows = await tx<CampaignRow[]>`select ${tx.unsafe(campaignColumns)} from campaigns p
        where ${after}::uuid is null or p.id < ${after}::uuid order by p.id desc limit ${page.limit + 1}`
      const { items, next } = pageOf(
        rows,
        page,
        (row) => [row.id],
        (row) => row,
      )
      return { items: await viewsOf(tx, items, at), next }
    }),

  targets: ({ tenant, id }, { state = null }, page) =>
    asTenant(app, tenant, async (tx) => {
      const after = Number(keyOfCursor(page.cursor, 1)?.[0] ?? -1)
      if (!Number.isSafeInteger(after)) throw new BadCursor('not a cursor of this list')
      const rows = await tx<TargetRow[]>`select * from (
          select t.place, t.identity, t.command, coalesce(t.outcome, o.outcome) as outcome, t.orders, ms(t.ordered_at) as ordered_ms,
            case when t.command is null then 'waiting' when coalesce(t.outcome, o.outcome) is null then 'ordered'
              when coalesce(t.outcome, o.outcome) = 'succeeded' then 'succeeded'
              when coalesce(t.outcome, o.outcome) = any(${[...unreached]}::text[]) then 'notReached' else 'failed' end as state
          from campaign_targets t left join lateral ${tx.unsafe(outcomeNow)} o on true where t.campaign = ${id} and t.place > ${after}::bigint
        ) v where ${state}::text is null or v.state = ${state}::text order by v.place limit ${page.limit + 1}`
      return pageOf(rows, page, (row) => [row.place], targetOf)
    }),

  due: (at, limit) =>
    // one without a deadline was swept by a server that knows nothing of campaigns: it goes on all the same
    ingest<{ readonly tenant: string; readonly id: string }[]>`
      select p.tenant, p.id from campaigns p
        left join deadlines d on d.tenant = p.tenant and d.kind = 'campaign.step' and d.key = p.id::text
      where p.state not in ('stopped', 'done', 'cancelled')
        and (d.due <= at_ms(${at}::bigint) or (d.due is null and p.state <> all(${[...waitingStates]}::text[])))
      order by d.due nulls first limit ${limit}`,

  change: ({ tenant, id }, decide, dueAt) =>
    asTenant(app, tenant, async (tx) => {
      const row = isUuid(id) ? await lockCampaign(tx, id, dueAt) : undefined
      if (row === undefined) return undefined
      const before = campaignOf(row)
      const settled = tallied(tallyOf(row), await settleTargets(tx, id))
      const lost = dueAt === undefined ? 0 : await countLost(tx, id, dueAt)
      const change = decide(before, progressFrom(before.targets, settled, lost))
      if (change === undefined) {
        await saveCampaign(tx, before, settled)
        return undefined
      }
      const { campaign, at, next } = change
      const withdrawn = await withdrawOrders(tx, change)
      const { orders, fresh, again } = await issueOrders(tx, change)
      const tally = tallied({ ...settled, waiting: settled.waiting + withdrawn - fresh }, again, -1)
      await saveCampaign(tx, campaign, tally)
      await setDeadline(tx, campaign, next)
      const progress = progressFrom(campaign.targets, tally)
      const isNews = at - (row.told_ms ?? 0) >= tellEveryMs && hasMoved(row.told, progress)
      if (campaign.state !== before.state || isNews) await tell(tx, campaign, progress, at)
      return { campaign, orders }
    }),

  handedOver: ({ tenant, id }, orders) =>
    asTenant(app, tenant, async (tx) => {
      // whoever writes several targets holds the campaign: else two would wait for each other
      await tx`select 1 from campaigns where id = ${id} for update`
      await noteHandedOver(tx, orders)
    }),

  putOff: ({ tenant, id }, until) =>
    asTenant(app, tenant, async (tx) => {
      await tx`insert into deadlines (tenant, kind, key, due) values (${tenant}, 'campaign.step', ${id}, at_ms(${until}))
        on conflict (tenant, kind, key) do update set due = excluded.due`
    }),
})

/** Locks a campaign; where it must be due, without waiting for whoever looks at it already. */
const lockCampaign = async (
  tx: Transaction,
  id: string,
  dueAt: number | undefined,
): Promise<CampaignRow | undefined> => {
  const [row] = await tx<CampaignRow[]>`select ${tx.unsafe(campaignColumns)} from campaigns p
    where p.id = ${id} for update ${tx.unsafe(dueAt === undefined ? '' : 'skip locked')}`
  if (row === undefined || dueAt === undefined) return row
  const [later] = await tx`select 1 from deadlines
    where tenant = ${row.tenant} and kind = 'campaign.step' and key = ${id} and due > at_ms(${dueAt}::bigint)`
  return later === undefined ? row : undefined
}

interface TargetRow {
  readonly place: number
  readonly identity: string
  readonly command: string | null
  readonly outcome: CampaignTarget['outcome'] | null
  readonly state: CampaignTarget['state']
  readonly orders: number
  readonly ordered_ms: number | null
}

const targetOf = ({ identity, state, orders, command, outcome, ordered_ms: orderedAt }: TargetRow): CampaignTarget => ({
  chargePoint: identity,
  state,
  orders,
  ...present({ command, outcome, orderedAt }),
})
