import type { SetChargingProfileResponse } from 'typed-ocpp/dist/ocpp16/types.js'
import { profileTo16 } from '../charging-profile.ts'
import { accepted, type Action, order, rejected, unsupported } from '../dialect.ts'
import { profileFor } from './profile.ts'

/** SetChargingProfile — limit what a connector (0: the station) may draw. OCPP 1.6 §5.16. It replaces by purpose and level. */
export const SetChargingProfile: Action = {
  'ocpp1.6': [
    order('setChargingProfile', {
      action: 'SetChargingProfile',
      tell: ({ profile }, context) => {
        const wanted = profileFor(profile, context)
        // one without a session would stay behind for the next one (OCPP 1.6 §5.16.1)
        if (wanted.purpose === 'tx' && wanted.transaction === undefined)
          return { unsupported: 'no session is open there for it' }
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
}
