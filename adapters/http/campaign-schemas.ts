import { z } from '@hono/zod-openapi'
import { campaignStates, expectedEnd, targetStates } from '../../core/domain/campaign.ts'
import { commandOutcomes } from '../../core/domain/command.ts'
import { formatInstant } from '../../core/domain/instant.ts'
import type { CampaignTarget, CampaignView } from '../../core/ports/store.ts'
import { orderBody } from './order-body.ts'
import { instant } from './schemas.ts'

/** Campaigns as the API takes and shows them. */

const timeOfDay = z
  .string()
  .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day, 00:00 to 23:59')
  .openapi({ example: '22:00' })
const text = z.string().min(1).max(255)

const window = z
  .strictObject({ from: timeOfDay, to: timeOfDay })
  .describe('orders go out only between these hours, UTC')
const stopRule = z.strictObject({
  failureShare: z.number().min(0).max(1).describe('stops when at least so much of those that were reached has failed'),
  atLeast: z.number().int().min(1).max(1_000_000).default(10).describe('not before so many were reached and are over'),
})
const canary = z
  .strictObject({
    share: z.number().gt(0).max(1).optional(),
    count: z.number().int().min(1).max(1_000_000).optional(),
    needsGo: z.boolean().default(false).describe('waits for POST …/continue before the rest begins'),
  })
  .describe(
    'the first few, by share or count: all of them must be over and within the stop rule before the rest begins',
  )

export const campaignBody = z
  .strictObject({
    name: z.string().trim().min(1).max(100),
    order: orderBody,
    targets: z
      .strictObject({
        identities: z.array(text).min(1).max(100_000).optional().describe('in this order'),
        filter: z
          .strictObject({
            vendor: text.optional(),
            model: text.optional(),
            firmware: text.optional(),
            online: z.boolean().optional(),
          })
          .optional(),
        all: z.literal(true).optional(),
      })
      .describe('one of the three; charge points as they are now, those of a filter in an order of no meaning'),
    ratePerS: z.number().min(0.01).max(1_000).describe('orders a second, never more'),
    jitter: z
      .number()
      .min(0)
      .max(1)
      .default(0.5)
      .describe('how much of the time between two orders each may come late'),
    canary: canary.optional(),
    stopRule,
    retryOffline: z
      .boolean()
      .default(false)
      .describe('those not reached are ordered again once connected, until endAt'),
    startAt: instant.optional().describe('now, where it is not given'),
    endAt: instant.optional().describe('nothing is ordered from then on; with retryOffline a day after the start'),
    window: window.optional(),
  })
  .openapi('CampaignPlan')

const count = z.number().int()
const progressSchema = z
  .object({
    targets: count,
    waiting: count.describe('not ordered yet'),
    ordered: count.describe('ordered, and not over yet'),
    succeeded: count,
    failed: count,
    notReached: count.describe('never sent to the charge point: no failure'),
    byOutcome: z.partialRecord(z.enum(commandOutcomes), count),
    ratePerS: z.number().describe('orders a second that went out in the last ten seconds'),
    startedAt: instant.nullable(),
    expectedEnd: instant.nullable().describe('when the last will have been ordered, at this pace'),
  })
  .openapi('CampaignProgress')

export const campaignSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    state: z.enum(campaignStates),
    reason: z.string().nullable().describe('why it stopped, or what it waits for'),
    order: z.looseObject({ type: z.string(), deadlineS: z.number() }),
    ratePerS: z.number(),
    jitter: z.number(),
    canary: z.object({ share: z.number().nullable(), count: z.number().nullable(), needsGo: z.boolean() }).nullable(),
    stopRule: z.object({ failureShare: z.number(), atLeast: count }),
    retryOffline: z.boolean(),
    startAt: instant,
    endAt: instant.nullable(),
    window: z.object({ from: timeOfDay, to: timeOfDay }).nullable(),
    createdAt: instant,
    endedAt: instant.nullable(),
    progress: progressSchema,
  })
  .openapi('Campaign')

const when = (ms: number | undefined): string | null => (ms === undefined ? null : formatInstant(Math.round(ms)))
const clockTime = (minutes: number): string =>
  [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0')).join(':')

export const campaignOf = (campaign: CampaignView, at: number): z.infer<typeof campaignSchema> => {
  const { plan, progress } = campaign
  const { targets, waiting, ordered, succeeded, failed, notReached, byOutcome } = progress
  return {
    id: campaign.id,
    name: campaign.name,
    state: campaign.state,
    reason: campaign.reason ?? null,
    order: { ...plan.order, deadlineS: plan.deadlineMs / 1_000 },
    ratePerS: plan.ratePerS,
    jitter: plan.jitter,
    canary:
      plan.canary === undefined ? null : { share: null, count: null, ...plan.canary.of, needsGo: plan.canary.needsGo },
    stopRule: plan.stopRule,
    retryOffline: plan.retryOffline,
    startAt: formatInstant(plan.startAt),
    endAt: when(plan.endAt),
    window: plan.window === undefined ? null : { from: clockTime(plan.window.from), to: clockTime(plan.window.to) },
    createdAt: formatInstant(campaign.createdAt),
    endedAt: when(campaign.endedAt),
    progress: {
      targets,
      waiting,
      ordered,
      succeeded,
      failed,
      notReached,
      byOutcome,
      ratePerS: campaign.measuredPerS,
      startedAt: when(campaign.startedAt),
      expectedEnd: when(expectedEnd(campaign, progress, at)),
    },
  }
}

export const targetSchema = z
  .object({
    chargePoint: z.string(),
    state: z.enum(targetStates),
    outcome: z.enum(commandOutcomes).nullable(),
    command: z.string().nullable().describe('the last order it was given'),
    orders: count.describe('how often it was ordered; more than once only where the ones before never reached it'),
    orderedAt: instant.nullable(),
  })
  .openapi('CampaignTarget')

export const targetOf = (target: CampaignTarget): z.infer<typeof targetSchema> => ({
  chargePoint: target.chargePoint,
  state: target.state,
  outcome: target.outcome ?? null,
  command: target.command ?? null,
  orders: target.orders,
  orderedAt: when(target.orderedAt),
})
