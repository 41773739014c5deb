import type { QuirkPack } from './pack.ts'

const lists = ['MeterValuesSampledData', 'MeterValuesAlignedData', 'StopTxnSampledData', 'StopTxnAlignedData']
const known = ['Current.Import', 'Current.Offered', 'Energy.Active.Import.Register', 'Power.Active.Import', 'Voltage']

const names = (value: string): readonly string[] => value.split(',').flatMap((name) => name.trim() || [])

/** ABB Terra AC. */
export const abbTerra: QuirkPack = {
  name: 'abb-terra',
  because:
    'Terra AC wallboxes accept any list of measurands, also of what they cannot measure, and reboot when they are asked for it afterwards; a back office that asks after each boot keeps them booting for ever. Home Assistant, lbbrhzn/ocpp 1275, firmware 1.8.21',
  of: [{ vendor: 'ABB', model: 'CDT_TACW*', firmware: 'to 1.8.21' }],
  suppress: [
    {
      action: 'ChangeConfiguration',
      when: ({ key, value }) =>
        lists.includes(String(key)) && names(String(value)).some((name) => !known.includes(name)),
      told: `a Terra AC of this firmware boots for ever once it is set to measure anything but ${known.join(', ')}`,
    },
  ],
}
