import type { QuirkPack } from './pack.ts'
import { withoutEmptyMembers } from './text.ts'

/** AEFA Home OCPP. */
export const aefa: QuirkPack = {
  name: 'aefa',
  because:
    'While it charges, each MeterValues has a transactionId without a value, which is no JSON. Home Assistant, lbbrhzn/ocpp 2032, firmware SW:A1B_2.8',
  of: [{ vendor: 'AEFA' }],
  text: withoutEmptyMembers,
}
