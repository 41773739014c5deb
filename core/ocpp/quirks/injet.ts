import type { QuirkPack } from './pack.ts'
import { samples } from './rewrite.ts'

/** Injet Sonic. */
export const injet: QuirkPack = {
  name: 'injet',
  because:
    'With one phase it reports the current of the neutral only, where everybody else reports that of L1. Home Assistant, lbbrhzn/ocpp 1311; what it calls itself was not told there',
  of: [{ vendor: 'Injet*' }],
  rewrite: {
    MeterValues: samples('meterValue', (sample, beside) =>
      sample['measurand'] === 'Current.Import' &&
      sample['phase'] === 'N' &&
      beside.every((other) => other === sample || other['measurand'] !== 'Current.Import')
        ? { ...sample, phase: 'L1' }
        : sample,
    ),
  },
}
