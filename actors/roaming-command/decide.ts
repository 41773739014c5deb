import {
  retellAfter,
  type RoamingCommand,
  type RoamingCommandState,
  sendingMs,
  tellingMs,
} from '../../core/domain/roaming-command.ts'
import { clean } from '../../core/domain/text.ts'
import type { Json } from '../../core/roaming/field.ts'
import { Host } from '../host.ts'
import { type RoamingCommandEvent, roamingCommandMachine } from './machine.ts'

interface Carried {
  readonly command: RoamingCommand
  readonly params: { readonly result?: Json; readonly reason?: string; readonly retryAfterMs?: number }
  readonly at: number
}

const longestReason = 500

const host = new Host(roamingCommandMachine)

/** Who carries out which effect of the machine: each is noted down in what will be committed. */
export const roamingCommandCarriers: Readonly<Record<string, (carried: Carried) => RoamingCommand>> = {
  keep: ({ command, params: { result = {} }, at }) => ({ ...command, result, settledAt: at, attempts: 0, nextAt: at }),
  send: ({ command, at }) => ({ ...command, attempts: command.attempts + 1, nextAt: at + sendingMs }),
  putOff: ({ command, params: { reason = '', retryAfterMs }, at }) => ({
    ...command,
    reason: clean(reason, longestReason),
    nextAt: at + retellAfter(command.attempts, retryAfterMs),
  }),
  giveUp: ({ command, params: { reason = '' } }) => ({ ...command, reason: clean(reason, longestReason) }),
}

/** What an accepted reservation is told with: until it is used, it may be taken back. */
const isKept = ({ type, result }: RoamingCommand): boolean =>
  type === 'RESERVE_NOW' && result?.['result'] === 'ACCEPTED'

/** One event: what it makes of a command. Undefined where it makes no sense in its state. */
export const decide = (before: RoamingCommand, event: RoamingCommandEvent, at: number): RoamingCommand | undefined => {
  const { nextAt: _, reason: __, ...known } = before
  const asleep = host.resume(before.state, {
    isKept: isKept(before),
    isTooLate: at - (before.settledAt ?? at) >= tellingMs,
  })
  const [rest, effects] = host.send(asleep, event)
  if (rest === asleep) return undefined
  let command: RoamingCommand = { ...known, state: rest.value as RoamingCommandState, changedAt: at }
  for (const { type, params } of effects)
    command = roamingCommandCarriers[type]?.({ command, params: params as Carried['params'], at }) ?? command
  return command
}
