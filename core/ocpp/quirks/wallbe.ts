import type { QuirkPack } from './pack.ts'
import { withoutNul } from './text.ts'

/** Wallbe Pro. */
export const wallbe: QuirkPack = {
  name: 'wallbe',
  because:
    'Where a wallbox without a calibrated meter has nothing to say it writes a NUL, as it is, into its texts. evcc 3685, firmware BE-03.01.29',
  of: [{ vendor: 'wallbe' }],
  text: withoutNul,
}
