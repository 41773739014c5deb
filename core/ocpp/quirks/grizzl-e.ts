import type { QuirkPack } from './pack.ts'
import { ofAnswers, withBracketsClosed } from './text.ts'

/** Grizzl-E Smart of United Chargers. */
export const grizzlE: QuirkPack = {
  name: 'grizzl-e',
  because:
    'Its answer to a GetConfiguration of one key lacks the last brackets. Home Assistant, lbbrhzn/ocpp 176 and 442, firmware 05.43 and 05.621; 3.x, which is newer, is in order',
  of: [{ vendor: 'United Chargers', firmware: 'from 5 to 5' }],
  text: ofAnswers(withBracketsClosed),
}
