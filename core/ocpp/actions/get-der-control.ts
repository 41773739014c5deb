import type { GetDERControlResponse } from 'typed-ocpp/dist/ocpp21/types.js'
import { type Action, order, type OrderOf } from '../dialect.ts'
import { derOutcome } from './der-control.ts'

/** GetDERControl — have the station report its controls: one, those of a type, or all. 2.1 R04. The effect is the report. */
export const GetDERControl: Action = {
  'ocpp2.1': [
    order('reportDerControls', {
      action: 'GetDERControl',
      tell: (asked, { number }) => {
        const { isDefault, controlType, id } = asked
        return {
          payload: {
            requestId: number,
            ...(isDefault !== undefined && { isDefault }),
            ...(controlType !== undefined && { controlType }),
            ...(id !== undefined && { controlId: id }),
          },
          expects: {
            type: 'report',
            report: 'derControls',
            request: number,
            ...(isOfAll(asked) && { isWhole: true as const }),
          },
        }
      },
      told: ({ status }: GetDERControlResponse, asked) => {
        if (status !== 'NotFound') return derOutcome(status)
        const learnt = isOfAll(asked) ? [{ type: 'items.cleared', kind: 'derControl' } as const] : []
        return { accepted: true, note: 'it has no such controls', learnt, isAll: true }
      },
    }),
  ],
}

const isOfAll = ({ isDefault, controlType, id }: OrderOf<'reportDerControls'>): boolean =>
  [isDefault, controlType, id].every((named) => named === undefined)
