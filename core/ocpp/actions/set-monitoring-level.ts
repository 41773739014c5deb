import type { SetMonitoringLevelResponse } from 'typed-ocpp/dist/ocpp21/types.js'
import { accepted, type Action, order, rejected, two } from '../dialect.ts'

/** SetMonitoringLevel — how severe an event must be to be told. 2.0.1 part 2 N05. */
export const SetMonitoringLevel: Action = two(
  order('setMonitoringLevel', {
    action: 'SetMonitoringLevel',
    tell: ({ severity }) => ({ payload: { severity } }),
    told: ({ status }: SetMonitoringLevelResponse, { severity }) =>
      status === 'Accepted'
        ? accepted(undefined, [
            { type: 'items.put', kind: 'monitoring', items: [{ key: 'level', body: { severity } }] },
          ])
        : rejected(status),
  }),
)
