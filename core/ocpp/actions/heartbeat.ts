import { formatInstant } from '../../domain/instant.ts'
import { type Action, dialect, two } from '../dialect.ts'

const heartbeat = dialect('heartbeat', {
  request: 'HeartbeatRequest',
  ask: () => ({ type: 'heartbeat' }),
  answer: ({ now }) => ({ currentTime: formatInstant(now) }),
})

/** Heartbeat — the station is alive and wants the time. OCPP 1.6 §4.6, 2.0.1 part 2 G02. */
export const Heartbeat: Action = { 'ocpp1.6': [heartbeat], ...two(heartbeat) }
