import type { ClearDERControlResponse } from 'typed-ocpp/dist/ocpp21/types.js'
import { type Action, order } from '../dialect.ts'
import { derOutcome } from './der-control.ts'

/** ClearDERControl — forget controls: the one with an id, or all defaults, or all that are none, of a type or of any. 2.1 R04. */
export const ClearDERControl: Action = {
  'ocpp2.1': [
    order('clearDerControl', {
      action: 'ClearDERControl',
      tell: ({ isDefault, controlType, id }) => ({
        payload: {
          isDefault,
          ...(controlType !== undefined && { controlType }),
          ...(id !== undefined && { controlId: id }),
        },
      }),
      told: ({ status }: ClearDERControlResponse, _, { keys = [] }) => {
        const learnt = [{ type: 'items.removed', kind: 'derControl', keys }] as const
        const told = derOutcome(status, learnt)
        return status === 'NotFound' ? { ...told, learnt } : told
      },
    }),
  ],
}
