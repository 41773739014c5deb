import {
  type Campaign,
  type CampaignPlan,
  type CampaignState,
  lostAfterMs,
  type Progress,
  progressOf,
} from '../../core/domain/campaign.ts'
import type { CommandOutcome } from '../../core/domain/command.ts'
import type { CampaignView } from '../../core/ports/store.ts'
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
export const campaignColumns = `p.id, p.tenant, p.name, p.plan, p.targets, p.state, p.reason, ms(p.pace_from) as pace_from_ms, p.pace_count,
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

interface CountRow {
  readonly campaign: string
  readonly ordered: boolean
  readonly outcome: CommandOutcome | null
  readonly n: number
  readonly lost: number
  readonly recent: number
}

interface Counted {
  readonly progress: Progress
  /** Orders that went out in the last `recentMs`. */
  readonly recent: number
}

const recentMs = 10_000

/** The outcome of a target's command as soon as that is over; an order that was taken back before it was sent went nowhere. */
export const outcomes = `left join lateral (
    select coalesce(c.outcome, 'notDelivered') as outcome from commands c
    where c.id = t.command and t.outcome is null and c.state in ('done', 'cancelled') limit 1
  ) o on true`

/**
 * Counts the targets of campaigns by what became of their commands. An order is lost that has not left its process long
 * after it should have.
 */
export const countTargets = async (
  tx: Transaction,
  campaigns: readonly string[],
  at: number,
): Promise<ReadonlyMap<string, Counted>> => {
  const rows = await tx<CountRow[]>`
    select t.campaign, t.command is not null as ordered, coalesce(t.outcome, o.outcome) as outcome, count(*)::int as n,
      count(*) filter (where not t.handed_over and t.ordered_at <= at_ms(${at - lostAfterMs}::bigint))::int as lost,
      count(*) filter (where t.ordered_at > at_ms(${at - recentMs}::bigint) and t.ordered_at <= at_ms(${at}::bigint))::int as recent
    from campaign_targets t ${tx.unsafe(outcomes)}
    where t.campaign = any(${[...campaigns]}::uuid[]) group by 1, 2, 3`
  return new Map(campaigns.map((id) => [id, countedOf(rows.filter(({ campaign }) => campaign === id))]))
}

const countedOf = (rows: readonly CountRow[]): Counted => {
  const sum = (of: (row: CountRow) => number): number => rows.reduce((total, row) => total + of(row), 0)
  const inFlight = (row: CountRow): boolean => row.ordered && row.outcome === null
  return {
    progress: progressOf({
      waiting: sum((row) => (row.ordered ? 0 : row.n)),
      ordered: sum((row) => (inFlight(row) ? row.n : 0)),
      lost: sum((row) => (inFlight(row) ? row.lost : 0)),
      byOutcome: Object.fromEntries(rows.flatMap(({ outcome, n }) => (outcome === null ? [] : [[outcome, n]]))),
    }),
    recent: sum((row) => row.recent),
  }
}

/** Campaigns with their progress as it is now. */
export const viewsOf = async (
  tx: Transaction,
  campaigns: readonly Campaign[],
  at: number,
): Promise<readonly CampaignView[]> => {
  if (campaigns.length === 0) return []
  const counted = await countTargets(
    tx,
    campaigns.map(({ id }) => id),
    at,
  )
  return campaigns.map((campaign) => {
    const { progress, recent } = counted.get(campaign.id) ?? countedOf([])
    const sinceMs = Math.min(recentMs, Math.max(1_000, at - (campaign.startedAt ?? at)))
    return { ...campaign, progress, measuredPerS: Math.round((recent * 10_000) / sinceMs) / 10 }
  })
}
