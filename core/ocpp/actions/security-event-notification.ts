import type { SecurityEventNotificationRequest } from 'typed-ocpp/dist/ocpp16/types.js'
import { clean } from '../../domain/text.ts'
import { type Action, dialect, two } from '../dialect.ts'
import { nothing } from '../frame.ts'
import { billingTime } from './billing.ts'

const event = dialect('security', {
  request: 'SecurityEventNotificationRequest',
  leniency: 'texts',
  ask: ({ type, timestamp, techInfo }: SecurityEventNotificationRequest, heard) => {
    const { ms, key } = billingTime(timestamp, heard)
    return {
      type: 'security',
      event: clean(type, 100),
      at: ms,
      atKey: key,
      ...(techInfo !== undefined && { info: clean(techInfo) }),
    }
  },
  answer: () => nothing,
})

/** SecurityEventNotification — something about the station's own safety. Whitepaper §5, 2.0.1 part 2 A04. Any type is kept. */
export const SecurityEventNotification: Action = { 'ocpp1.6': [event], ...two(event) }
