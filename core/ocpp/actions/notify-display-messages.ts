import type { NotifyDisplayMessagesRequest } from 'typed-ocpp/dist/ocpp21/types.js'
import { parseInstant } from '../../domain/instant.ts'
import type { Item } from '../../domain/item.ts'
import { clean } from '../../domain/text.ts'
import { type Action, dialect, two } from '../dialect.ts'
import { nothing } from '../frame.ts'
import { priorityOf, stateOf } from './display-message.ts'
import { componentOf } from './variable.ts'

type Shown = NonNullable<NotifyDisplayMessagesRequest['messageInfo']>[number]

const textOf = ({ format, language, content }: Shown['message']): object => ({
  format,
  ...(language !== undefined && { language: clean(language, 8) }),
  content: clean(content, 1_024),
})

const itemOf = (shown: Shown): Item => {
  const startsAt = shown.startDateTime === undefined ? undefined : parseInstant(shown.startDateTime)?.ms
  const endsAt = shown.endDateTime === undefined ? undefined : parseInstant(shown.endDateTime)?.ms
  const { id, priority, state, transactionId, display, message, messageExtra = [] } = shown
  return {
    key: String(id),
    body: {
      id,
      priority: priorityOf(priority),
      ...(state !== undefined && { state: stateOf(state) }),
      ...(startsAt !== undefined && { startsAt }),
      ...(endsAt !== undefined && { endsAt }),
      ...(transactionId !== undefined && { transaction: clean(transactionId) }),
      ...(display !== undefined && { display: componentOf(display) }),
      text: textOf(message),
      ...(messageExtra.length > 0 && { texts: messageExtra.map(textOf) }),
    },
  }
}

/** NotifyDisplayMessages — what the station is to show, in pages without numbers. 2.0.1 part 2 O03. */
export const NotifyDisplayMessages: Action = two(
  dialect('told', {
    request: 'NotifyDisplayMessagesRequest',
    leniency: 'texts',
    ask: ({ requestId, tbc = false, messageInfo = [] }: NotifyDisplayMessagesRequest) => ({
      type: 'told',
      topic: 'displayMessages',
      data: { request: requestId, last: !tbc, messages: messageInfo.length },
      learnt:
        messageInfo.length === 0 ? [] : [{ type: 'items.put', kind: 'displayMessage', items: messageInfo.map(itemOf) }],
      page: { report: 'displayMessages', request: requestId, last: !tbc },
    }),
    answer: () => nothing,
  }),
)
