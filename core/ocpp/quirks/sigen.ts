import type { QuirkPack } from './pack.ts'
import { text } from './rewrite.ts'

/** Sigen (Sigenergy) AC chargers. */
export const sigen: QuirkPack = {
  name: 'sigen',
  because:
    'It adds a hyphen to an idTag of 20 characters when it stops. Home Assistant, lbbrhzn/ocpp 1803; what it calls itself was not told there',
  of: [{ vendor: 'Sigen*' }],
  rewrite: {
    StopTransaction: text('idTag', (tag) => (tag.length === 21 && tag.endsWith('-') ? tag.slice(0, -1) : tag)),
  },
}
