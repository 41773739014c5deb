import { accepted, type Action, order } from '../dialect.ts'

/** NotifyWebPaymentStarted — somebody pays for an EVSE on a web page; it lets nobody else begin meanwhile. 2.1 part 2 C25. */
export const NotifyWebPaymentStarted: Action = {
  'ocpp2.1': [
    order('notifyWebPaymentStarted', {
      action: 'NotifyWebPaymentStarted',
      tell: ({ evse, timeoutS }) => ({ payload: { evseId: evse, timeout: timeoutS } }),
      told: () => accepted(),
    }),
  ],
}
