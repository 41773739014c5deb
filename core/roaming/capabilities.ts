import type { Outlet } from '../domain/outlet.ts'
import type { Capability } from './model.ts'

/** What a charging station has told of itself: by the names of its variables (OCPP 2.x) and keys (1.6), in lower case. */
export interface Told {
  /** It has spoken OCPP with us. */
  readonly isConnected: boolean
  readonly settings: ReadonlyMap<string, string>
  /** The number that the EVSE has there. */
  readonly evse: number
}

/** The key of 1.6 that names the parts of OCPP which a station has. */
export const profilesKey = 'supportedfeatureprofiles'

const controllers = ['smartchargingctrlr', 'reservationctrlr'] as const

/** All that is looked at for EVSEs of these numbers. */
export const capabilitySettings = (evses: readonly number[]): readonly string[] => [
  profilesKey,
  ...[...controllers, 'tokenreader', ...evses.map((evse) => `tokenreader:${evse}`)].flatMap((component) => [
    `${component}.available`,
    `${component}.enabled`,
  ]),
]

/**
 * What partners may count on at an EVSE (OCPI 2.3.0 mod_locations, Capability), as far as its station has told: what it
 * has not told is not promised. Every station that speaks OCPP starts and stops for us; one without sockets has nothing to
 * unlock.
 */
export const capabilitiesOf = (
  { isConnected, settings, evse }: Told,
  outlets: readonly Outlet[],
): readonly Capability[] => {
  if (!isConnected) return []
  const profiles = (settings.get(profilesKey) ?? '').split(',').map((name) => name.trim().toLowerCase())
  const has = (...components: readonly string[]): boolean =>
    components.some((component) => isThere(settings, component))
  return [
    ...(profiles.includes('smartcharging') || has('smartchargingctrlr') ? ['CHARGING_PROFILE_CAPABLE' as const] : []),
    'REMOTE_START_STOP_CAPABLE',
    ...(profiles.includes('reservation') || has('reservationctrlr') ? ['RESERVABLE' as const] : []),
    ...(has('tokenreader', `tokenreader:${evse}`) ? ['RFID_READER' as const] : []),
    ...(outlets.some(({ format }) => format === 'SOCKET') ? ['UNLOCK_CAPABLE' as const] : []),
  ]
}

/** A component that is there and not switched off. */
const isThere = (settings: ReadonlyMap<string, string>, component: string): boolean => {
  const [available, enabled] = ['available', 'enabled'].map((name) =>
    settings.get(`${component}.${name}`)?.toLowerCase(),
  )
  return (available ?? enabled) === 'true' && enabled !== 'false'
}
