import { parseInstant } from '../../domain/instant.ts'
import type { QuirkPack } from './pack.ts'
import { text } from './rewrite.ts'

/** Growatt THOR. */
export const growatt: QuirkPack = {
  name: 'growatt',
  because:
    'It writes local time without a zone. Sessions are kept and flagged whoever does that; a status is refused for it, and is worth more than its time. evcc 10399; lbbrhzn/ocpp 1514, a THOR 22AS',
  of: [{ vendor: 'Growatt' }],
  rewrite: {
    StatusNotification: text('timestamp', (at) => (parseInstant(at)?.zoneless === false ? at : undefined)),
  },
}
