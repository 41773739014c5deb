import type { QuirkPack } from './pack.ts'
import { text } from './rewrite.ts'

const withoutTail = text('idTag', (tag) => tag.replace(/\p{Cc}+$/u, ''))

/** Ocular LTE Plus. */
export const ocular: QuirkPack = {
  name: 'ocular',
  because:
    'It adds two control characters to an idTag of 20 characters, drops connections that are pinged every 20 s, and starts nothing while it is finishing. Home Assistant, lbbrhzn/ocpp 2030 and 2075, BS-EV07 and BS-EV22',
  of: [{ vendor: 'BS AC EV Charger' }],
  rewrite: { Authorize: withoutTail, StartTransaction: withoutTail, StopTransaction: withoutTail },
  suppress: [
    {
      action: 'RemoteStartTransaction',
      when: (_, status) => status === 'finishing',
      told: 'while it is finishing an Ocular starts nothing until the cable is unplugged',
    },
  ],
  timing: { pingMs: 120_000 },
}
