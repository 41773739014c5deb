import type { AskedCommand, AskedCommandState } from '../../core/domain/roaming-command.ts'
import { clean } from '../../core/domain/text.ts'
import { Host } from '../host.ts'
import { type AskedCommandEvent, askedCommandMachine } from './machine.ts'

interface Carried {
  readonly command: AskedCommand
  readonly params: { readonly event: AskedCommandEvent }
}

const longestReason = 500

const host = new Host(askedCommandMachine)

/** Who carries out which effect of the machine. */
export const askedCommandCarriers: Readonly<Record<string, (carried: Carried) => AskedCommand>> = {
  note: ({ command, params: { event } }) => ({
    ...command,
    ...('response' in event && event.response !== undefined && { response: clean(event.response, 64) }),
    ...('result' in event && { result: clean(event.result, 64) }),
    ...('reason' in event && event.reason !== undefined && { reason: clean(event.reason, longestReason) }),
    ...('deadline' in event && { deadline: event.deadline }),
  }),
}

/** One event: what it makes of a command. Undefined where it makes no sense in its state. */
export const decideAsked = (before: AskedCommand, event: AskedCommandEvent, at: number): AskedCommand | undefined => {
  const asleep = host.resume(before.state, {})
  const [rest, effects] = host.send(asleep, event)
  if (rest === asleep) return undefined
  let command: AskedCommand = { ...before, state: rest.value as AskedCommandState, changedAt: at }
  for (const { type, params } of effects)
    command = askedCommandCarriers[type]?.({ command, params: params as Carried['params'] }) ?? command
  return command
}
