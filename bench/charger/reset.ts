import { vendorId } from './vendor.ts'
import { end } from './charging.ts'
import type { Charger } from './charger.ts'
import { pause } from './pause.ts'
import type { StopReason } from './session.ts'

/** How long a station is away when it starts anew, and how long a soft reset waits for its messages to be acknowledged. */
const awayMs = 1_000
const patienceMs = 3_000
const lookMs = 100

/** It has power: what it says about that beside its boot. */
export const started = ({ security, tidings, firmware }: Charger): void => {
  security.note('StartupOfTheDevice', firmware.version)
  tidings.tell('DataTransfer', { vendorId, messageId: 'started', data: JSON.stringify({ firmware: firmware.version }) })
}

/** Stops what runs, goes away, and comes back with a boot; what it was told before it still knows. */
export const reboot = async (charger: Charger, reason: StopReason): Promise<void> => {
  charger.isUp = false
  charger.security.note('ResetOrReboot', reason)
  for (const plug of charger.plugs) end(charger, plug, reason)
  // a hard one does not wait for answers (OCPP 1.6 §5.14)
  const until = charger.time.now() + (reason === 'HardReset' ? 0 : patienceMs)
  do await pause(charger, lookMs)
  while (charger.mailbox.waiting > 0 && charger.time.now() < until)
  charger.configuration.booted()
  charger.line.breakOff(awayMs)
  started(charger)
  await pause(charger, awayMs)
  charger.isUp = true
}
