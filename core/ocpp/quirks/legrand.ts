import type { QuirkPack } from './pack.ts'
import { text } from './rewrite.ts'

/** Legrand Green'Up. */
export const legrand: QuirkPack = {
  name: 'legrand',
  because: "When faulted its errorCode is Error, which is none of OCPP's. Home Assistant, lbbrhzn/ocpp 1248",
  of: [{ vendor: 'Legrand*' }],
  rewrite: { StatusNotification: text('errorCode', (code) => (code === 'Error' ? 'OtherError' : code)) },
}
