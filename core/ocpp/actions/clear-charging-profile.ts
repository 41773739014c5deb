import type { ClearChargingProfileResponse } from 'typed-ocpp/dist/ocpp16/types.js'
import type { Purpose } from '../../charging/profile.ts'
import { accepted, type Action, order, rejected } from '../dialect.ts'

const purposes: Readonly<Partial<Record<Purpose, string>>> = {
  stationMax: 'ChargePointMaxProfile',
  txDefault: 'TxDefaultProfile',
  tx: 'TxProfile',
}

/** ClearChargingProfile — forget profiles: the one with an id, or all that match. OCPP 1.6 §5.5, errata 3.25, 3.26. */
export const ClearChargingProfile: Action = {
  'ocpp1.6': [
    order('clearChargingProfile', {
      action: 'ClearChargingProfile',
      tell: ({ id, evse, purpose, stackLevel }) => {
        const named = purpose === undefined ? undefined : purposes[purpose]
        if (purpose !== undefined && named === undefined)
          return { unsupported: `OCPP 1.6 has no profiles for ${purpose}` }
        return {
          payload: {
            ...(id !== undefined && { id }),
            ...(evse !== undefined && { connectorId: evse }),
            ...(named !== undefined && { chargingProfilePurpose: named }),
            ...(stackLevel !== undefined && { stackLevel }),
          },
        }
      },
      told: ({ status }: ClearChargingProfileResponse, { id, evse, purpose, stackLevel }) => {
        const criteria = {
          ...(id !== undefined && { id }),
          ...(evse !== undefined && { evse }),
          ...(purpose !== undefined && { purpose }),
          ...(stackLevel !== undefined && { stackLevel }),
        }
        const learnt = [{ type: 'chargingProfile.cleared', criteria }] as const
        return status === 'Accepted'
          ? accepted(undefined, learnt)
          : rejected('the charge point has no such profile', learnt)
      },
    }),
  ],
}
