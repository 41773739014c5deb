import type { SetChargingProfileResponse } from 'typed-ocpp/dist/ocpp16/types.js'
import type { SetChargingProfileResponse as SetChargingProfileResponse2 } from 'typed-ocpp/dist/ocpp21/types.js'
import type { ChargingProfile } from '../../charging/profile.ts'
import { profileTo16 } from '../charging-profile.ts'
import { profileTo2 } from '../charging-profile-2.ts'
import { accepted, type Action, order, rejected, type Told, two, unsupported, type Wording } from '../dialect.ts'
import type { Protocol2 } from '../version.ts'
import { neededProfile, profileFor, profileFor2 } from './profile.ts'

/**
 * SetChargingProfile — limit what an EVSE (0: the station) may draw. OCPP 1.6 §5.16: it replaces by purpose and level.
 * 2.x K01, K15: it replaces by id; whatever else is in its way is cleared before (ClearChargingProfile).
 */
export const SetChargingProfile: Action = {
  'ocpp1.6': [
    order('setChargingProfile', {
      action: 'SetChargingProfile',
      tell: ({ profile }, context) => {
        const wanted = profileFor(profile, context)
        if (isOfNoSession(wanted)) return noSession
        const written = profileTo16(wanted)
        return 'unsupported' in written
          ? written
          : { payload: { connectorId: wanted.evse, csChargingProfiles: written.payload } }
      },
      told: ({ status }: SetChargingProfileResponse, { profile }, context) =>
        status === 'Accepted'
          ? accepted(undefined, [{ type: 'chargingProfile.installed', profile: profileFor(profile, context) }])
          : status === 'NotSupported'
            ? unsupported(status)
            : rejected(status),
    }),
  ],
  ...two(
    (protocol) =>
      order('setChargingProfile', {
        action: 'SetChargingProfile',
        tell: ({ profile }, context) => wordsFor(profileFor2(profile, context), protocol),
        told: (response: SetChargingProfileResponse2, { profile }, context) =>
          understood(response, profileFor2(profile, context)),
      }),
    (protocol) =>
      order('scheduleCharging', {
        action: 'SetChargingProfile',
        tell: (_, context) => {
          const wanted = neededProfile(context)
          return wanted === undefined ? noNeeds : wordsFor(wanted, protocol)
        },
        told: (response: SetChargingProfileResponse2, _, context) => {
          const wanted = neededProfile(context)
          return wanted === undefined ? accepted() : understood(response, wanted)
        },
      }),
  ),
}

/** One without a session would stay behind for the next one (OCPP 1.6 §5.16.1, 2.x K01.FR.03). */
const isOfNoSession = ({ purpose, transaction }: ChargingProfile): boolean =>
  purpose === 'tx' && transaction === undefined
const noSession = { unsupported: 'no session is open there for it' } as const
const noNeeds = { unsupported: 'neither the vehicle nor any limit says how much it may draw' } as const

const wordsFor = (wanted: ChargingProfile, protocol: Protocol2): Wording => {
  if (isOfNoSession(wanted)) return noSession
  const written = profileTo2(wanted, protocol)
  return 'unsupported' in written ? written : { payload: { evseId: wanted.evse, chargingProfile: written.payload } }
}

const understood = ({ status, statusInfo }: SetChargingProfileResponse2, profile: ChargingProfile): Told =>
  status === 'Accepted'
    ? accepted(undefined, [{ type: 'chargingProfile.installed', profile, byId: true }])
    : rejected(statusInfo === undefined ? status : `${status}: ${statusInfo.reasonCode}`)
