import type { GetDisplayMessagesResponse } from 'typed-ocpp/dist/ocpp21/types.js'
import { type Action, order, two } from '../dialect.ts'
import { wirePriorities, wireStates } from './display-message.ts'

/** GetDisplayMessages — what is to be shown: all of it, or some. 2.0.1 part 2 O03, O04. The effect is the report. */
export const GetDisplayMessages: Action = two(
  order('getDisplayMessages', {
    action: 'GetDisplayMessages',
    tell: ({ ids, priority, state }, { number }) => ({
      payload: {
        requestId: number,
        ...(ids !== undefined && { id: ids }),
        ...(priority !== undefined && { priority: wirePriorities[priority] }),
        ...(state !== undefined && { state: wireStates[state] }),
      },
      expects: {
        type: 'report',
        report: 'displayMessages',
        request: number,
        ...(isAll({ ids, priority, state }) && { isWhole: true as const }),
      },
    }),
    told: ({ status }: GetDisplayMessagesResponse, wanted) =>
      status === 'Accepted'
        ? { accepted: true }
        : {
            accepted: true,
            note: 'there is no such message',
            isAll: true,
            ...(isAll(wanted) && { learnt: [{ type: 'items.cleared', kind: 'displayMessage' }] }),
          },
  }),
)

const isAll = (wanted: { readonly ids?: unknown; readonly priority?: unknown; readonly state?: unknown }): boolean =>
  wanted.ids === undefined && wanted.priority === undefined && wanted.state === undefined
