import type { Charger } from './charger.ts'
import type { FirmwareParts } from './firmware.ts'
import { messageOf } from './firmware-order.ts'
import { close, reopen } from './plug.ts'
import { reboot } from './reset.ts'

/** How a charge point renews its firmware, in the words of OCPP 1.6. */
export const firmwareOf = (charger: Charger): FirmwareParts => ({
  after: (ms, then) => charger.after(ms, then),
  note: (text) => charger.note(text),
  time: charger.time,
  tidings: charger.tidings,
  security: charger.security,
  certificates: charger.certificates,
  isBusy: () => charger.plugs.some(({ session }) => session !== undefined),
  close: () => close(charger),
  reopen: () => reopen(charger),
  reboot: () => reboot(charger, 'Reboot'),
  messageOf,
})
