import type { AnyStateMachine } from 'xstate'
import { askedCommandCarriers } from '../../actors/asked-command/decide.ts'
import { type AskedCommandEvent, askedCommandMachine } from '../../actors/asked-command/machine.ts'
import { campaignCarriers } from '../../actors/campaign/decide.ts'
import { type CampaignEvent, campaignMachine } from '../../actors/campaign/machine.ts'
import { type ChargePointEvent, chargePointMachine } from '../../actors/charge-point/machine.ts'
import { type CommandEvent, commandMachine } from '../../actors/command/machine.ts'
import { errandCarriers } from '../../actors/command/errand.ts'
import { carriers } from '../../actors/carriers.ts'
import { type ConnectorEvent, connectorMachine } from '../../actors/connector/machine.ts'
import { deliveryCarriers } from '../../actors/delivery/decide.ts'
import { type DeliveryEvent, deliveryMachine } from '../../actors/delivery/machine.ts'
import { type PushEvent, pushMachine } from '../../actors/push/machine.ts'
import { pushCarriers } from '../../actors/push/tell.ts'
import { roamingCommandCarriers } from '../../actors/roaming-command/decide.ts'
import { type RoamingCommandEvent, roamingCommandMachine } from '../../actors/roaming-command/machine.ts'
import { type SessionEvent, sessionMachine } from '../../actors/session/machine.ts'
import { settlementCarriers } from '../../actors/settlement/decide.ts'
import { settlementMachine } from '../../actors/settlement/machine.ts'
import { type CampaignPlan, progressOf } from '../../core/domain/campaign.ts'
import type { ConnectorReport } from '../../core/domain/connector.ts'
import { mostAttempts } from '../../core/domain/delivery.ts'
import { erpGuards } from '../../core/ports/erp.ts'
import type { RunEvent } from '../../core/settlement/run.ts'

/** Every machine with every event it may hear, for the tests that walk through them. */

export const chargePointEvents: Record<ChargePointEvent['type'], readonly ChargePointEvent[]> = {
  boot: [{ type: 'boot', call: 'a' }],
  ask: [{ type: 'ask', call: 'a' }],
  billing: [{ type: 'billing', call: 'a' }],
  triggered: [{ type: 'triggered', call: 'a' }],
  deadline: [{ type: 'deadline', of: 'boot' }],
  registration: [
    { type: 'registration', to: 'accepted' },
    { type: 'registration', to: 'pending' },
    { type: 'registration', to: 'rejected' },
  ],
  silent: [{ type: 'silent' }],
  superseded: [{ type: 'superseded' }],
  dismissed: [{ type: 'dismissed', code: 1012, reason: 'restart' }],
  closed: [{ type: 'closed' }],
}

export const report = (status: ConnectorReport['status']): ConnectorReport => ({
  evse: 1,
  connector: 1,
  status,
  errorCode: 'NoError',
})
const reported = (type: ConnectorReport['status']): readonly ConnectorEvent[] => [
  { type, report: report(type), receivedAt: 0, isFirst: false },
]
const connectorEvents: Record<ConnectorEvent['type'], readonly ConnectorEvent[]> = {
  available: reported('available'),
  preparing: reported('preparing'),
  charging: reported('charging'),
  suspendedByVehicle: reported('suspendedByVehicle'),
  suspendedByStation: reported('suspendedByStation'),
  finishing: reported('finishing'),
  reserved: reported('reserved'),
  unavailable: reported('unavailable'),
  faulted: reported('faulted'),
  adopted: [{ type: 'adopted', session: 's' }],
  held: [{ type: 'held', reservation: 1 }],
  freed: [{ type: 'freed', reservation: 1 }],
  released: [{ type: 'released', session: 's' }],
}

const sessionEvents: Record<SessionEvent['type'], readonly SessionEvent[]> = {
  stopped: [{ type: 'stopped', reason: 'Local' }],
  inferred: [{ type: 'inferred', because: 'next session' }],
}

const commandEvents: Record<CommandEvent['type'], readonly CommandEvent[]> = {
  worded: [{ type: 'worded' }],
  turn: [{ type: 'turn' }],
  recorded: [{ type: 'recorded' }],
  overtaken: [{ type: 'overtaken' }],
  accepted: [
    { type: 'accepted', waits: true },
    { type: 'accepted', waits: false, note: 'n', answer: {} },
  ],
  goesOn: [{ type: 'goesOn' }],
  silent: [
    { type: 'silent', waits: true },
    { type: 'silent', waits: false },
  ],
  ended: [{ type: 'ended', outcome: 'rejected', reason: 'Rejected' }],
}

export const plan: CampaignPlan = {
  order: { type: 'clearCache' },
  deadlineMs: 60_000,
  ratePerS: 20,
  jitter: 0.5,
  stopRule: { failureShare: 0.5, atLeast: 4 },
  retryOffline: false,
  startAt: 1_000,
}
const stepped = (at: number, waiting: number, ordered: number, byOutcome: object): CampaignEvent => ({
  type: 'step',
  at,
  progress: progressOf({ waiting, ordered, lost: 0, byOutcome }),
})
const campaignEvents: Record<CampaignEvent['type'], readonly CampaignEvent[]> = {
  step: [
    stepped(0, 10, 0, {}),
    stepped(1_000, 10, 0, {}),
    stepped(2_000, 8, 2, {}),
    stepped(2_000, 8, 0, { succeeded: 2 }),
    stepped(2_000, 8, 0, { rejected: 1, succeeded: 1 }),
    stepped(2_000, 8, 0, { notDelivered: 2 }),
    stepped(3_000, 4, 2, { succeeded: 2, failed: 2 }),
    stepped(3_000, 4, 0, { succeeded: 2, failed: 2, notDelivered: 2 }),
    stepped(4_000, 0, 0, { succeeded: 9, notDelivered: 1 }),
    stepped(9_000, 1, 1, { succeeded: 8 }),
    stepped(9_000, 0, 0, { succeeded: 9, notDelivered: 1 }),
  ],
  pause: [{ type: 'pause' }],
  resume: [{ type: 'resume' }],
  continue: [{ type: 'continue' }],
  cancel: [{ type: 'cancel' }],
}

export const deliveryEvents: Record<DeliveryEvent['type'], readonly DeliveryEvent[]> = {
  due: [{ type: 'due' }],
  accepted: [{ type: 'accepted', reference: 'RE-1' }],
  refused: [{ type: 'refused', reason: 'the period is closed' }],
  unavailable: [{ type: 'unavailable', reason: 'nobody is there', retryAfterMs: 2_000 }],
  unclear: [{ type: 'unclear', reason: 'no answer in time' }],
  retry: [{ type: 'retry' }],
  arrived: [{ type: 'arrived', reference: 'RE-1' }],
  again: [{ type: 'again' }],
  cancel: [{ type: 'cancel' }],
}

export const pushEvents: Record<PushEvent['type'], readonly PushEvent[]> = {
  done: [{ type: 'done' }],
  refused: [
    { type: 'refused', reason: 'it answered 2001', isUnknown: false },
    { type: 'refused', reason: 'it answered 404', isUnknown: true },
  ],
  failed: [{ type: 'failed', reason: 'it answered 500', isItsOwn: true }],
  same: [{ type: 'same' }],
  other: [{ type: 'other' }],
}

export const roamingCommandEvents: Record<RoamingCommandEvent['type'], readonly RoamingCommandEvent[]> = {
  settled: [
    { type: 'settled', result: { result: 'ACCEPTED' }, isKept: false },
    { type: 'settled', result: { result: 'ACCEPTED' }, isKept: true },
  ],
  turn: [{ type: 'turn' }],
  told: [{ type: 'told' }],
  unheard: [{ type: 'unheard', reason: 'nobody is there' }],
  refused: [{ type: 'refused', reason: 'it knows of no such command' }],
  released: [{ type: 'released' }],
  withdrawn: [{ type: 'withdrawn', result: { result: 'CANCELED_RESERVATION' } }],
}

export const askedCommandEvents: Record<AskedCommandEvent['type'], readonly AskedCommandEvent[]> = {
  accepted: [{ type: 'accepted', response: 'ACCEPTED', deadline: 30_000 }],
  refused: [{ type: 'refused', response: 'REJECTED', reason: 'the token is of no party of yours' }],
  failed: [{ type: 'failed', reason: 'nobody is there' }],
  unclear: [{ type: 'unclear', reason: 'no answer in time', deadline: 30_000 }],
  result: [{ type: 'result', result: 'ACCEPTED' }],
  withdrawn: [{ type: 'withdrawn', result: 'CANCELED_RESERVATION', reason: 'out of order' }],
  late: [{ type: 'late' }],
}

export const settlementEvents: Record<RunEvent['type'], readonly RunEvent[]> = {
  begun: [{ type: 'begun', documents: 2_000 }],
  posted: [
    { type: 'posted', posted: 1_000, left: true },
    { type: 'posted', posted: 2_000, left: false },
  ],
  charged: [
    { type: 'charged', fees: 100, left: true },
    { type: 'charged', fees: 7, left: false },
  ],
  sealed: [
    { type: 'sealed', sealed: 1_000, vouchers: 2_107, left: true },
    { type: 'sealed', sealed: 107, vouchers: 2_107, left: false },
  ],
}

export const cases = [
  {
    name: 'campaign',
    machine: campaignMachine as AnyStateMachine,
    events: campaignEvents,
    carriers: campaignCarriers,
    inputs: [
      { plan },
      { plan: { ...plan, canary: { of: { count: 2 }, needsGo: true }, retryOffline: true, endAt: 8_000 } },
      { plan: { ...plan, canary: { of: { share: 0.2 }, needsGo: false }, endAt: 8_000 } },
    ],
  },
  {
    name: 'charge-point',
    machine: chargePointMachine as AnyStateMachine,
    events: chargePointEvents,
    inputs: (['accepted', 'pending', 'rejected'] as const).flatMap((registration) => [
      { registration },
      { registration, isStrict: true, isStrange: false },
      { registration, isStrict: true, isStrange: true },
    ]),
    carriers,
  },
  {
    name: 'connector',
    machine: connectorMachine as AnyStateMachine,
    events: connectorEvents,
    inputs: [{}],
    carriers,
  },
  {
    name: 'command',
    machine: commandMachine as AnyStateMachine,
    events: commandEvents,
    inputs: [{}],
    carriers: errandCarriers,
  },
  {
    name: 'delivery',
    machine: deliveryMachine as AnyStateMachine,
    events: deliveryEvents,
    inputs: erpGuards.flatMap((guard) => [
      { guard, attempts: 0, isDoubtful: false },
      { guard, attempts: mostAttempts, isDoubtful: false },
    ]),
    carriers: deliveryCarriers,
  },
  {
    name: 'push',
    machine: pushMachine as AnyStateMachine,
    events: pushEvents,
    inputs: (['PUT', 'PATCH', 'DELETE'] as const).map((method) => ({
      steps: [
        { method, isWhole: false },
        { method, isWhole: true },
      ],
    })),
    carriers: pushCarriers,
  },
  {
    name: 'session',
    machine: sessionMachine as AnyStateMachine,
    events: sessionEvents,
    inputs: [
      { session: 's', connector: 1, authorization: 'Accepted' },
      { session: 's', connector: 1, authorization: 'Invalid' },
    ],
    carriers,
  },
  {
    name: 'settlement',
    machine: settlementMachine as AnyStateMachine,
    events: settlementEvents,
    inputs: [{}],
    carriers: settlementCarriers,
  },
  {
    name: 'asked-command',
    machine: askedCommandMachine as AnyStateMachine,
    events: askedCommandEvents,
    inputs: [{}],
    carriers: askedCommandCarriers,
  },
  {
    name: 'roaming-command',
    machine: roamingCommandMachine as AnyStateMachine,
    events: roamingCommandEvents,
    inputs: [
      { isKept: false, isTooLate: false },
      { isKept: false, isTooLate: true },
    ],
    carriers: roamingCommandCarriers,
  },
] as const
