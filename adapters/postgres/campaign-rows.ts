import {
  type Campaign,
  type CampaignPlan,
  type CampaignState,
  finalStates,
  type Progress,
} from '../../core/domain/campaign.ts'
import type { CampaignView } from '../../core/ports/store.ts'
import { type Moved, progressFrom, type Tally, tallied } from './campaign-tally.ts'
import type { Transaction } from './connect.ts'
import { present } from './rows.ts'

export interface CampaignRow {
  readonly id: string
  readonly tenant: string
  readonly name: string
  readonly plan: CampaignPlan
  readonly targets: number
  readonly state: CampaignState
  readonly reason: string | null
  readonly waiting: number
  readonly outcomes: Tally['byOutcome']
  readonly pace_from_ms: number | null
  readonly pace_count: number
  readonly created_ms: number
  readonly started_ms: number | null
  readonly ended_ms: number | null
  readonly told_ms: number | null
  readonly told: Told | null
}

/** What those who follow were told last. */
export type Told = Pick<Progress, 'waiting' | 'ordered' | 'succeeded' | 'failed' | 'notReached'>

/** What to select for a `CampaignRow`; `p` is the campaigns table. */
export const campaignColumns = `p.id, p.tenant, p.name, p.plan, p.targets, p.state, p.reason, p.waiting, p.outcomes, ms(p.pace_from) as pace_from_ms, p.pace_count,
  ms(p.created_at) as created_ms, ms(p.started_at) as started_ms, ms(p.ended_at) as ended_ms, ms(p.told_at) as told_ms, p.told`

export const campaignOf = (row: CampaignRow): Campaign => ({
  id: row.id,
  tenant: row.tenant,
  name: row.name,
  plan: row.plan,
  targets: row.targets,
  state: row.state,
  createdAt: row.created_ms,
  ...present({
    reason: row.reason,
    pace: row.pace_from_ms === null ? null : { from: row.pace_from_ms, count: row.pace_count },
    startedAt: row.started_ms,
    endedAt: row.ended_ms,
  }),
})

export const tallyOf = ({ waiting, outcomes }: CampaignRow): Tally => ({ waiting, byOutcome: outcomes })

/** The outcome of a target's command as soon as that is over; an order that was taken back before it was sent went nowhere. */
export const outcomeNow = `(
    select coalesce(c.outcome, 'notDelivered') as outcome from commands c
    where c.id = t.command and t.outcome is null and c.state in ('done', 'cancelled') limit 1
  )`

const recentMs = 10_000

/** Campaigns with their progress as it is now: what is over since the last look is counted too. */
export const viewsOf = async (
  tx: Transaction,
  rows: readonly CampaignRow[],
  at: number,
): Promise<readonly CampaignView[]> => {
  const live = rows.filter(({ state }) => !finalStates.includes(state)).map(({ id }) => id)
  const [over, recent] = live.length === 0 ? [[], []] : await Promise.all([overOf(tx, live), recentOf(tx, live, at)])
  return rows.map((row) => {
    const campaign = campaignOf(row)
    const tally = tallied(
      tallyOf(row),
      over.filter((moved) => moved.campaign === row.id),
    )
    const sinceMs = Math.min(recentMs, Math.max(1_000, at - (campaign.startedAt ?? at)))
    const orders = recent.find((counted) => counted.campaign === row.id)?.n ?? 0
    return {
      ...campaign,
      progress: progressFrom(campaign.targets, tally),
      measuredPerS: Math.round((orders * 10_000) / sinceMs) / 10,
    }
  })
}

const overOf = (tx: Transaction, live: readonly string[]): PromiseLike<(Moved & { readonly campaign: string })[]> =>
  tx<(Moved & { readonly campaign: string })[]>`
    select t.campaign, o.outcome, count(*)::int as n from campaign_targets t join lateral ${tx.unsafe(outcomeNow)} o on true
    where t.campaign = any(${[...live]}::uuid[]) and t.command is not null and t.outcome is null group by 1, 2`

const recentOf = (
  tx: Transaction,
  live: readonly string[],
  at: number,
): PromiseLike<{ readonly campaign: string; readonly n: number }[]> =>
  tx<{ readonly campaign: string; readonly n: number }[]>`
    select campaign, count(*)::int as n from campaign_targets
    where campaign = any(${[...live]}::uuid[]) and ordered_at > at_ms(${at - recentMs}::bigint) and ordered_at <= at_ms(${at}::bigint) group by 1`
