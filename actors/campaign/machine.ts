import { assign, setup } from 'xstate'
import {
  type CampaignPlan,
  isFinished,
  isTooLate,
  isTripped,
  judged,
  type Progress,
  roomFor,
} from '../../core/domain/campaign.ts'
import { effect } from '../effect.ts'

export type CampaignEvent =
  /** Its deadline has come: how its targets stand by now. */
  | { readonly type: 'step'; readonly at: number; readonly progress: Progress }
  /** What a person wishes. */
  | { readonly type: 'pause' }
  | { readonly type: 'resume' }
  | { readonly type: 'continue' }
  | { readonly type: 'cancel' }

interface Context {
  readonly plan: CampaignPlan
  readonly reason?: string | undefined
}

type Step = Extract<CampaignEvent, { readonly type: 'step' }>
interface Given {
  readonly context: Context
  readonly event: CampaignEvent
}

/** A guard about a step; of no other event anything is known. */
const ofStep =
  (holds: (plan: CampaignPlan, step: Step) => boolean) =>
  ({ context, event }: Given): boolean =>
    event.type === 'step' && holds(context.plan, event)

const campaign = setup({
  types: { context: {} as Context, events: {} as CampaignEvent, input: {} as Context },
  actions: {
    begin: effect<object>(),
    /** Orders up to so many more, at the campaign's pace. */
    order: effect<{ readonly most: number }>(),
    /** Takes back every order that has not been sent. */
    withdraw: effect<{ readonly because: string }>(),
    end: effect<object>(),
  },
  guards: {
    hasBegun: ofStep(({ startAt }, { at }) => at >= startAt),
    hasBegunWithCanary: ofStep(({ startAt, canary }, { at }) => at >= startAt && canary !== undefined),
    isTooLate: ofStep((plan, { progress, at }) => isTooLate(plan, progress, at)),
    isTripped: ofStep(({ stopRule }, { progress }) => isTripped(stopRule, progress)),
    isCanaryBad: ofStep((plan, { progress }) => judged(plan, progress) === 'bad'),
    isCanarySilent: ofStep((plan, { progress }) => progress.waiting > 0 && judged(plan, progress) === 'silent'),
    isCanaryHeld: ofStep(
      (plan, { progress }) =>
        progress.waiting > 0 && plan.canary?.needsGo === true && judged(plan, progress) === 'good',
    ),
    isCanaryOver: ofStep((plan, { progress }) => judged(plan, progress) !== 'open'),
    isFinished: ofStep((plan, { progress, at }) => isFinished(plan, progress, at)),
    isAtRest: ofStep((_, { progress }) => progress.ordered === 0),
  },
})

const because = (reason: string | undefined) =>
  assign<Context, CampaignEvent, undefined, CampaignEvent, never>({ reason })
const failures = assign<Context, CampaignEvent, undefined, CampaignEvent, never>({
  reason: ({ event }) =>
    event.type === 'step'
      ? `${event.progress.failed} of ${event.progress.succeeded + event.progress.failed} failed`
      : undefined,
})
const orders = (state: 'canary' | 'running') => ({
  type: 'order' as const,
  params: ({ context, event }: Given) => ({
    most: event.type === 'step' ? roomFor(state, context.plan, event.progress, event.at) : 0,
  }),
})
const withdraws = (why: string) => ({ type: 'withdraw' as const, params: { because: why } })
const begins = { type: 'begin' as const, params: {} }
const ends = { type: 'end' as const, params: {} }

const tooLate = {
  guard: 'isTooLate' as const,
  target: 'stopping',
  actions: [because('its time was over'), withdraws('the time of the campaign was over')],
}
const stops = [
  { guard: 'isTripped' as const, target: 'stopping', actions: [failures, withdraws('the campaign was stopped')] },
  tooLate,
]
const cancels = { target: 'cancelling', actions: [because(undefined), withdraws('the campaign was cancelled')] }

const scheduled = campaign.createStateConfig({
  on: {
    step: [
      { guard: 'isTooLate', target: 'stopped', actions: because('its time was over before it began') },
      { guard: 'hasBegunWithCanary', target: 'canary', actions: [begins, orders('canary')] },
      { guard: 'hasBegun', target: 'running', actions: [begins, orders('running')] },
    ],
    cancel: 'cancelled',
  },
})

const canary = campaign.createStateConfig({
  on: {
    step: [
      ...stops,
      { guard: 'isCanaryBad', target: 'stopping', actions: failures },
      { guard: 'isCanarySilent', target: 'awaitingGo', actions: because('no charge point of the canary was reached') },
      { guard: 'isCanaryHeld', target: 'awaitingGo', actions: because('the canary is over') },
      { guard: 'isCanaryOver', target: 'running', actions: orders('running') },
      { actions: orders('canary') },
    ],
    pause: { target: 'canaryPaused', actions: withdraws('the campaign was paused') },
    cancel: cancels,
  },
})

const canaryPaused = campaign.createStateConfig({
  on: { step: stops, resume: 'canary', cancel: cancels },
})

/** The canary is over: what it has shown is for a person to judge. */
const awaitingGo = campaign.createStateConfig({
  on: { step: tooLate, continue: { target: 'running', actions: because(undefined) }, cancel: cancels },
})

const finishes = { guard: 'isFinished' as const, target: 'done' }

const running = campaign.createStateConfig({
  on: {
    step: [...stops, finishes, { actions: orders('running') }],
    pause: { target: 'paused', actions: withdraws('the campaign was paused') },
    cancel: cancels,
  },
})

const paused = campaign.createStateConfig({
  on: { step: [...stops, finishes], resume: 'running', cancel: cancels },
})

/** What was sent goes on until it is over: only then the numbers are final. */
const stopping = campaign.createStateConfig({ on: { step: { guard: 'isAtRest', target: 'stopped' } } })
const cancelling = campaign.createStateConfig({ on: { step: { guard: 'isAtRest', target: 'cancelled' } } })

/** One order for many charge points, from its plan to the last outcome. */
export const campaignMachine = campaign.createMachine({
  id: 'campaign',
  context: ({ input }) => input,
  initial: 'scheduled',
  states: {
    scheduled,
    canary,
    canaryPaused,
    awaitingGo,
    running,
    paused,
    stopping,
    cancelling,
    stopped: { type: 'final', entry: ends },
    done: { type: 'final', entry: ends },
    cancelled: { type: 'final', entry: ends },
  },
})
