import type { QuirkPack } from './pack.ts'

/** Autel MaxiCharger AC. */
export const autel: QuirkPack = {
  name: 'autel',
  because:
    'After a remote stop the connector stays in Finishing for as long as the cable is plugged in, and nothing that is started then begins; a reset helps. Home Assistant, lbbrhzn/ocpp 1523 and its list of devices, firmware 1.38.00',
  of: [{ vendor: 'Autel', model: 'MaxiCharger*' }],
  suppress: [
    {
      action: 'RemoteStartTransaction',
      when: (_, status) => status === 'finishing',
      told: 'while it is finishing a MaxiCharger starts nothing: unplug the cable, or reset it first',
    },
  ],
}
