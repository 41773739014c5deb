import { formatInstant } from '../../domain/instant.ts'
import type { Item } from '../../domain/item.ts'
import type { DisplayMessage, DisplayPriority, DisplayState, DisplayText } from '../../domain/display-message.ts'
import { wireComponent } from './variable.ts'

/** Messages on a display in the words of 2.x, and as the mirror keeps them. */

export const wirePriorities: Readonly<Record<DisplayPriority, string>> = {
  alwaysFront: 'AlwaysFront',
  inFront: 'InFront',
  normalCycle: 'NormalCycle',
}
export const wireStates: Readonly<Record<DisplayState, string>> = {
  charging: 'Charging',
  faulted: 'Faulted',
  idle: 'Idle',
  unavailable: 'Unavailable',
  suspended: 'Suspended',
  discharging: 'Discharging',
}
export const priorityOf = (name: string): string => ours(wirePriorities, name)
export const stateOf = (name: string): string => ours(wireStates, name)
const ours = (words: Readonly<Record<string, string>>, name: string): string =>
  Object.entries(words).find(([, wire]) => wire === name)?.[0] ?? name

const wireText = ({ format, language, content }: DisplayText): object => ({
  format,
  ...(language !== undefined && { language }),
  content,
})

type Sent = DisplayMessage & { readonly id: number; readonly transaction: string | undefined }

export const wireMessage = (message: Sent): object => {
  const { id, priority, state, startsAt, endsAt, transaction, display, text, texts = [] } = message
  return {
    id,
    priority: wirePriorities[priority],
    ...(state !== undefined && { state: wireStates[state] }),
    ...(startsAt !== undefined && { startDateTime: formatInstant(startsAt) }),
    ...(endsAt !== undefined && { endDateTime: formatInstant(endsAt) }),
    ...(transaction !== undefined && { transactionId: transaction }),
    ...(display !== undefined && { display: wireComponent(display) }),
    message: wireText(text),
    ...(texts.length > 0 && { messageExtra: texts.map(wireText) }),
  }
}

/** As it is kept until it ends, is cleared, or is replaced. */
export const messageItem = (sent: Sent): Item => {
  const { id, session: _, transaction, ...message } = sent
  return {
    key: String(id),
    body: { id, ...message, ...(transaction !== undefined && { transaction }) },
  }
}
