import type { QuirkPack } from './pack.ts'
import { list } from './rewrite.ts'

/** Huawei SCharger. */
export const huawei: QuirkPack = {
  name: 'huawei',
  because:
    'Its meterValue is one element and no list of them; its vendor is an empty text in some versions. Home Assistant, lbbrhzn/ocpp 1144; evcc 32170',
  of: [
    { vendor: '', model: 'ACChargePoint' },
    { vendor: 'Huawei', model: 'ACChargePoint' },
  ],
  rewrite: { MeterValues: list('meterValue'), StopTransaction: list('transactionData') },
}
