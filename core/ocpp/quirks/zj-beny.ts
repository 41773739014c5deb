import type { QuirkPack } from './pack.ts'
import { withoutLeadingCommas } from './text.ts'

/** ZJ Beny BCP. */
export const zjBeny: QuirkPack = {
  name: 'zj-beny',
  because:
    'Where it leaves out its first measurand it leaves the comma behind it: sampledValue begins [,{. Home Assistant, lbbrhzn/ocpp 1078; evcc 14804 has its names',
  of: [{ vendor: 'ZJBENY' }],
  text: withoutLeadingCommas,
}
