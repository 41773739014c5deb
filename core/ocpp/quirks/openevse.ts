import type { Payload } from '../frame.ts'
import type { QuirkPack } from './pack.ts'
import { all, number, samples } from './rewrite.ts'

const register = 'Energy.Active.Import.Register'
const wattHours = (kilowattHours: number): number => kilowattHours * 1_000
const inKilowattHours = (sample: Payload): Payload =>
  (sample['measurand'] ?? register) === register && (sample['unit'] ?? 'Wh') === 'Wh'
    ? { ...sample, unit: 'kWh' }
    : sample

/** OpenEVSE WiFi. */
export const openevse: QuirkPack = {
  name: 'openevse',
  because:
    'Every register is in whole kWh and is called Wh, at the start and at the end of a session too. OpenEVSE/openevse_esp32_firmware 703 and its source: from 4.1.9 on, mended in 5.0.0',
  of: [{ vendor: 'OpenEVSE', firmware: 'from 4.1.9 to 4.2.2' }],
  rewrite: {
    StartTransaction: number('meterStart', wattHours),
    MeterValues: samples('meterValue', inKilowattHours),
    StopTransaction: all(number('meterStop', wattHours), samples('transactionData', inKilowattHours)),
  },
}
