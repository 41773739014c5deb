import type { QuirkPack } from './pack.ts'

/** JIGU WeGood Charger. */
export const jigu: QuirkPack = {
  name: 'jigu',
  because:
    'After a WebSocket close frame it never connects again until somebody sets it up anew; after a broken connection it does at once. Home Assistant, lbbrhzn/ocpp 1975, firmware V1.4; what it calls itself was not told there',
  of: [{ vendor: 'JIGU*' }, { vendor: 'WeGood*' }],
  staysAway: true,
}
