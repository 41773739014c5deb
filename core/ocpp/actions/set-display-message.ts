import type { SetDisplayMessageResponse } from 'typed-ocpp/dist/ocpp21/types.js'
import type { DisplayMessage } from '../../domain/display-message.ts'
import {
  accepted,
  type Action,
  order,
  type OrderContext,
  type OrderOf,
  rejected,
  two,
  unsupported,
} from '../dialect.ts'
import type { Protocol2 } from '../version.ts'
import { messageItem, wireMessage } from './display-message.ts'

const sent = (order: OrderOf<'setDisplayMessage'>, { number, transaction }: OrderContext) => {
  const { type: _, ...message } = order
  return { ...message, id: message.id ?? number, transaction }
}

/** What a version has no words for. */
const tooNew = ({ state, text, texts = [] }: DisplayMessage, protocol: Protocol2): string | undefined => {
  if (protocol === 'ocpp2.1') return undefined
  if (state === 'suspended' || state === 'discharging') return `the state ${state} is known from OCPP 2.1 on`
  if (texts.length > 0) return 'messages in several languages are known from OCPP 2.1 on'
  return text.format === 'QRCODE' ? 'QR codes are known from OCPP 2.1 on' : undefined
}

/** SetDisplayMessage — show something, from now on or at a time, with a session or a state. 2.0.1 part 2 O01, O02, O06. One with the same id is replaced. */
export const SetDisplayMessage: Action = two((protocol) =>
  order('setDisplayMessage', {
    action: 'SetDisplayMessage',
    tell: (message, context) => {
      const fault = tooNew(message, protocol)
      if (fault !== undefined) return { unsupported: fault }
      if (message.session !== undefined && context.transaction === undefined)
        return { unsupported: `session ${message.session} has no transaction on this charge point` }
      return { payload: { message: wireMessage(sent(message, context)) } }
    },
    told: ({ status }: SetDisplayMessageResponse, message, context) => {
      if (status !== 'Accepted') return status.startsWith('NotSupported') ? unsupported(status) : rejected(status)
      const item = messageItem(sent(message, context))
      return accepted(`message ${item.key}`, [{ type: 'items.put', kind: 'displayMessage', items: [item] }])
    },
  }),
)
