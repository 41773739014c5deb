import type { NotifyDERStartStopRequest } from 'typed-ocpp/dist/ocpp21/types.js'
import { parseInstant } from '../../domain/instant.ts'
import { clean } from '../../domain/text.ts'
import { type Action, dialect } from '../dialect.ts'
import { nothing } from '../frame.ts'
import { superseded } from './der-control.ts'

/** NotifyDERStartStop — a control has come into force, in place of others, or is in force no longer. 2.1 R04. */
export const NotifyDERStartStop: Action = {
  'ocpp2.1': [
    dialect('told', {
      request: 'NotifyDERStartStopRequest',
      ask: ({ controlId, started, timestamp, supersededIds }: NotifyDERStartStopRequest, { now }) => {
        const id = clean(controlId, 36)
        const at = parseInstant(timestamp)?.ms ?? now
        const others = superseded(supersededIds)
        return {
          type: 'told',
          topic: started ? 'der-control-started' : 'der-control-stopped',
          at,
          data: { id, ...(others.length > 0 && { supersedes: others.map(({ key }) => key) }) },
          learnt: [
            {
              type: 'items.put',
              kind: 'derControl',
              items: [{ key: id, body: { started, [started ? 'startedAt' : 'stoppedAt']: at } }, ...others],
              merge: true,
            },
          ],
        }
      },
      answer: () => nothing,
    }),
  ],
}
