import type { BootReasonEnumType } from 'typed-ocpp/dist/ocpp21/types.js'
import { pause } from '../charger/pause.ts'
import { end, report } from './charging.ts'
import { type Evse, followAll } from './evse.ts'
import type { Station } from './station.ts'

/** How long a station is away when it starts anew, and how long it waits for its messages to be acknowledged. */
const awayMs = 1_000
const patienceMs = 3_000
const lookMs = 100

/** What becomes of the transactions: they end, or go on when it is back (2.1, ImmediateAndResume). */
export interface Restart {
  readonly reason: BootReasonEnumType
  readonly stopped: 'ImmediateReset' | 'Reboot'
  readonly resumes?: boolean
}

/** It has power: what it says about that beside its boot. */
export const started = ({ security, firmware }: Station): void => security.note('StartupOfTheDevice', firmware.version)

/** Goes away and comes back with a boot; what it was told before it still knows. */
export const reboot = async (station: Station, { reason, stopped, resumes = false }: Restart): Promise<void> => {
  station.isUp = false
  station.security.note('ResetOrReboot', reason)
  if (!resumes) for (const evse of station.evses) end(station, evse, 'ResetCommand', stopped)
  const until = station.time.now() + patienceMs
  do await pause(station, lookMs)
  while (station.mailbox.waiting > 0 && station.time.now() < until)
  station.model.booted()
  station.network.booted()
  station.registration.startAnew(reason)
  station.line.breakOff(awayMs)
  started(station)
  await pause(station, awayMs)
  station.isUp = true
  if (resumes) for (const evse of station.evses) report(station, evse, 'TxResumed', [])
  followAll(station)
}

/** One EVSE starts anew: its transaction ends, the others go on, and there is no boot (B11.FR.08). */
export const rebootEvse = async (station: Station, evse: Evse): Promise<void> => {
  end(station, evse, 'ResetCommand', 'ImmediateReset')
  const wasAvailable = evse.available
  evse.available = false
  followAll(station)
  await pause(station, awayMs)
  evse.available = wasAvailable
  followAll(station)
}
