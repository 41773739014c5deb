import {
  type Campaign,
  type CampaignState,
  canarySize,
  finalStates,
  nextLookAt,
  type Progress,
} from '../../core/domain/campaign.ts'
import { layOut, mostJitterMs } from '../../core/domain/pace.ts'
import type { Ids } from '../../core/ports/ids.ts'
import type { Random } from '../../core/ports/random.ts'
import type { CampaignChange } from '../../core/ports/store.ts'
import { Host } from '../host.ts'
import { type CampaignEvent, campaignMachine } from './machine.ts'

/** Chance and names, handed in. */
export interface Outside {
  readonly random: Random
  readonly ids: Ids
}

interface Carried {
  readonly change: CampaignChange
  readonly params: { readonly most: number; readonly because: string }
  readonly outside: Outside
}

const host = new Host(campaignMachine)

/** Who carries out which effect of the machine: each is noted down in the change that will be committed. */
export const campaignCarriers: Readonly<Record<string, (carried: Carried) => CampaignChange>> = {
  begin: ({ change }) => ({ ...change, campaign: { ...change.campaign, startedAt: change.at } }),
  end: ({ change }) => ({ ...change, campaign: { ...change.campaign, endedAt: change.at } }),
  withdraw: ({ change, params }) => ({ ...change, withdraw: params.because }),
  order: ({ change, params, outside: { random, ids } }) => {
    const { campaign, at } = change
    const { plan, tenant, id, state } = campaign
    const { pace, moments } = layOut(campaign.pace, plan.ratePerS, at, params.most)
    const jitterMs = mostJitterMs(plan.ratePerS, plan.jitter)
    return {
      ...change,
      campaign: { ...campaign, pace },
      issue: {
        moments: moments.map((moment) => moment + random.integer(0, jitterMs)),
        among: state === 'canary' ? canarySize(plan, campaign.targets) : campaign.targets,
        again: state === 'running' && plan.retryOffline,
        command: (identity, moment) => ({
          id: ids.uuid(),
          tenant,
          identity,
          order: plan.order,
          state: 'queued',
          waits: false,
          createdAt: at,
          deadline: moment + plan.deadlineMs,
          history: [{ at, state: 'queued', note: `campaign ${id}` }],
        }),
      },
    }
  },
}

/** A deadline or a wish, and nothing more of the machine: what it makes of the campaign. Undefined where it makes no sense. */
export const decide = (
  campaign: Campaign,
  event: CampaignEvent,
  at: number,
  outside: Outside,
): CampaignChange | undefined => {
  const { reason: before, ...known } = campaign
  const asleep = host.resume(campaign.state, { plan: campaign.plan, reason: before })
  const [rest, effects] = host.send(asleep, event)
  if (rest === asleep && event.type !== 'step') return undefined
  const { reason } = rest.context
  const state = rest.value as CampaignState
  let change: CampaignChange = {
    at,
    campaign: { ...known, state, ...(reason !== undefined && { reason }) },
    next: undefined,
  }
  for (const { type, params } of effects)
    change = campaignCarriers[type]?.({ change, params: params as Carried['params'], outside }) ?? change
  return { ...change, next: nextOf(change.campaign, event, at) }
}

const nextOf = (campaign: Campaign, event: CampaignEvent, at: number): number | undefined => {
  if (event.type === 'step') return nextLookAt(campaign, event.progress, at)
  return finalStates.includes(campaign.state) ? undefined : at
}

/** The step of a campaign whose deadline has come. */
export const step = (
  campaign: Campaign,
  progress: Progress,
  at: number,
  outside: Outside,
): CampaignChange | undefined => decide(campaign, { type: 'step', at, progress }, at, outside)
