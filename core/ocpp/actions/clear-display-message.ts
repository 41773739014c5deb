import type { ClearDisplayMessageResponse } from 'typed-ocpp/dist/ocpp21/types.js'
import { accepted, type Action, order, rejected, two } from '../dialect.ts'

/** ClearDisplayMessage — show it no longer. 2.0.1 part 2 O05. One that the station does not know is gone as well. */
export const ClearDisplayMessage: Action = two(
  order('clearDisplayMessage', {
    action: 'ClearDisplayMessage',
    tell: ({ id }) => ({ payload: { id } }),
    told: ({ status }: ClearDisplayMessageResponse, { id }) => {
      const learnt = [{ type: 'items.removed', kind: 'displayMessage', keys: [String(id)] }] as const
      if (status === 'Accepted') return accepted(undefined, learnt)
      return status === 'Unknown' ? rejected('the charge point has no such message', learnt) : rejected(status)
    },
  }),
)
