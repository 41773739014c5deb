import type { AnyStateMachine } from 'xstate'
import { type ChargePointEvent, chargePointMachine } from '../../actors/charge-point/machine.ts'
import { type CommandEvent, commandMachine } from '../../actors/command/machine.ts'
import { errandCarriers } from '../../actors/command/errand.ts'
import { carriers } from '../../actors/carriers.ts'
import { type ConnectorEvent, connectorMachine } from '../../actors/connector/machine.ts'
import { type SessionEvent, sessionMachine } from '../../actors/session/machine.ts'
import type { ConnectorReport } from '../../core/domain/connector.ts'

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

export const cases = [
  {
    name: 'charge-point',
    machine: chargePointMachine as AnyStateMachine,
    events: chargePointEvents,
    inputs: [{ registration: 'accepted' }, { registration: 'pending' }, { registration: 'rejected' }],
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
    name: 'session',
    machine: sessionMachine as AnyStateMachine,
    events: sessionEvents,
    inputs: [
      { session: 's', connector: 1, authorization: 'Accepted' },
      { session: 's', connector: 1, authorization: 'Invalid' },
    ],
    carriers,
  },
] as const
