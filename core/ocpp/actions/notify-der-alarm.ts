import type { NotifyDERAlarmRequest } from 'typed-ocpp/dist/ocpp21/types.js'
import { parseInstant } from '../../domain/instant.ts'
import { clean } from '../../domain/text.ts'
import { type Action, dialect } from '../dialect.ts'
import { nothing } from '../frame.ts'

/** NotifyDERAlarm — the grid is not as it should be, and a control acts on it; or it is again. 2.1 R05. */
export const NotifyDERAlarm: Action = {
  'ocpp2.1': [
    dialect('told', {
      request: 'NotifyDERAlarmRequest',
      ask: (request: NotifyDERAlarmRequest, { now }) => {
        const { controlType, gridEventFault, alarmEnded = false, extraInfo } = request
        const at = parseInstant(request.timestamp)?.ms ?? now
        const alarm = {
          controlType,
          ...(gridEventFault !== undefined && { fault: gridEventFault }),
          ...(extraInfo !== undefined && { info: clean(extraInfo, 200) }),
          since: at,
        }
        return {
          type: 'told',
          topic: alarmEnded ? 'der-alarm-ended' : 'der-alarm',
          at,
          data: alarm,
          learnt: [
            alarmEnded
              ? { type: 'items.removed', kind: 'derAlarm', keys: [controlType] }
              : { type: 'items.put', kind: 'derAlarm', items: [{ key: controlType, body: alarm }] },
          ],
        }
      },
      answer: () => nothing,
    }),
  ],
}
