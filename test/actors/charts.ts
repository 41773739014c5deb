import type { AnyStateMachine } from 'xstate'
import { askedCommandMachine } from '../../actors/asked-command/machine.ts'
import { campaignMachine } from '../../actors/campaign/machine.ts'
import { chargePointMachine } from '../../actors/charge-point/machine.ts'
import { commandMachine } from '../../actors/command/machine.ts'
import { connectorMachine } from '../../actors/connector/machine.ts'
import { deliveryMachine } from '../../actors/delivery/machine.ts'
import { pushMachine } from '../../actors/push/machine.ts'
import { roamingCommandMachine } from '../../actors/roaming-command/machine.ts'
import { sessionMachine } from '../../actors/session/machine.ts'
import { settlementMachine } from '../../actors/settlement/machine.ts'
import { type ConnectorStatus, isRegular } from '../../core/domain/connector.ts'

export const machines: Readonly<
  Record<
    string,
    {
      readonly machine: AnyStateMachine
      readonly about: string
      readonly shows?: (from: string, to: string) => boolean
    }
  >
> = {
  'asked-command': {
    machine: askedCommandMachine,
    about:
      'What we want of a charging station of a partner’s. Its result may come before the answer to it, and after its time.',
  },
  campaign: {
    machine: campaignMachine,
    about:
      'One order for many charge points, from its plan to the last outcome. A `step` brings how its targets stand.',
  },
  'charge-point': { machine: chargePointMachine, about: "A charge point's life on one socket." },
  connector: {
    machine: connectorMachine,
    about:
      'The plug as the station reports it. Any status may follow any other (`store`); drawn are the 53 transitions of OCPP 1.6 §4.9 and those from the start, every other one is flagged as irregular.',
    shows: (from, to) => from !== to && isRegular(from as ConnectorStatus, to as ConnectorStatus),
  },
  delivery: {
    machine: deliveryMachine,
    about:
      'One sealed document on its way to one target of the books. `sending` is committed before anything leaves; whoever dies then has left an attempt that is `unclear`.',
  },
  push: {
    machine: pushMachine,
    about:
      'One object of ours on its way to one partner, request by request. What a partner did not take as a change is compared with what it has, and put in place where that differs.',
  },
  'roaming-command': {
    machine: roamingCommandMachine,
    about:
      'What a partner wants of a charging station of ours, until it has been told once what came of it. `sending` is committed before anything leaves; whoever dies then has left one that is told again.',
  },
  session: { machine: sessionMachine, about: 'One charging session.' },
  settlement: {
    machine: settlementMachine,
    about:
      'One month of a tenant on its way to being closed, page by page. From `fees` on nothing else is posted into it; `closed` is for good.',
  },
  command: { machine: commandMachine, about: 'One order on its way through a worker; what it waits for is a row.' },
}

const nameOf = (id: string): string => id.split('.').slice(1).join('.').replaceAll('-', '_')

/** A machine as a Mermaid state chart: states, events, guards and effects, straight from the declaration. */
export const chartOf = (
  machine: AnyStateMachine,
  shows: (from: string, to: string) => boolean = () => true,
): string => {
  const lines = ['stateDiagram-v2']
  const { root } = machine
  const initial = root.initial.target[0]
  if (initial !== undefined) lines.push(`  [*] --> ${nameOf(initial.id)}`)
  const everywhere = new Map<string, string[]>()
  for (const state of Object.values(root.states)) {
    const arrows = new Map<string, string[]>()
    for (const [event, transitions] of state.transitions)
      for (const transition of transitions) {
        const guard = typeof transition.guard === 'string' ? ` [${transition.guard}]` : ''
        const effects = transition.actions
          .map((a) => (typeof a === 'string' ? a : 'type' in a ? String(a.type) : ''))
          .filter((a) => a !== '' && !a.startsWith('xstate.'))
        const label = `${event}${guard}${effects.length > 0 ? ` / ${effects.join(', ')}` : ''}`
        const to = nameOf(transition.target?.[0]?.id ?? state.id)
        arrows.set(to, [...(arrows.get(to) ?? []), label])
      }
    for (const transition of state.always ?? []) {
      const guard = typeof transition.guard === 'string' ? `[${transition.guard}]` : '[else]'
      const to = nameOf(transition.target?.[0]?.id ?? state.id)
      arrows.set(to, [...(arrows.get(to) ?? []), guard])
    }
    for (const [to, labels] of arrows)
      if (shows(nameOf(state.id), to)) lines.push(`  ${nameOf(state.id)} --> ${to}: ${labels.join('<br>')}`)
    if (state.type === 'final') lines.push(`  ${nameOf(state.id)} --> [*]`)
  }
  for (const [event, transitions] of root.transitions)
    for (const transition of transitions) {
      const to = nameOf(transition.target?.[0]?.id ?? '') || 'stays'
      everywhere.set(to, [...(everywhere.get(to) ?? []), event])
    }
  for (const [to, events] of everywhere) lines.push(`  %% in every state: ${events.join(', ')} --> ${to}`)
  return lines.join('\n')
}

/** The charts as they stand in actors/README.md, between the two marks. */
export const chartsText = (): string =>
  Object.entries(machines)
    .map(
      ([name, { machine, about, shows }]) =>
        `### ${name}\n\n${about}\n\n\`\`\`mermaid\n${chartOf(machine, shows)}\n\`\`\``,
    )
    .join('\n\n')
