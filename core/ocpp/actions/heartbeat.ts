import { formatInstant } from '../../domain/instant.ts'
import { type Action, dialect } from '../dialect.ts'

/** Heartbeat — the station is alive and wants the time. OCPP 1.6 §4.6. */
export const Heartbeat: Action = {
  'ocpp1.6': [
    dialect('heartbeat', {
      request: 'HeartbeatRequest',
      ask: () => ({ type: 'heartbeat' }),
      answer: ({ now }) => ({ currentTime: formatInstant(now) }),
    }),
  ],
}
