import type { ClearChargingProfileResponse } from 'typed-ocpp/dist/ocpp16/types.js'
import type { ClearChargingProfileResponse as ClearChargingProfileResponse2 } from 'typed-ocpp/dist/ocpp21/types.js'
import { clear, type ClearCriteria, inTheWay } from '../../charging/installed.ts'
import type { ChargingProfile, Purpose } from '../../charging/profile.ts'
import type { MirrorChange } from '../../domain/mirror.ts'
import { purposeFault, purposeTo2 } from '../charging-profile-2.ts'
import { accepted, type Action, order, type OrderContext, rejected, type Told, two, type Wording } from '../dialect.ts'
import { neededProfile, profileFor2 } from './profile.ts'

const purposes: Readonly<Partial<Record<Purpose, string>>> = {
  stationMax: 'ChargePointMaxProfile',
  txDefault: 'TxDefaultProfile',
  tx: 'TxProfile',
}

/**
 * ClearChargingProfile — forget profiles: the one with an id, or all that match. OCPP 1.6 §5.5, errata 3.25, 3.26; 2.x K10.
 * In 2.x it also goes before a profile whose place others have: two of one purpose, level and EVSE must not be (K01.FR.06).
 */
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
      told: ({ status }: ClearChargingProfileResponse, criteria) =>
        status === 'Accepted' ? accepted(undefined, cleared(criteria)) : rejected(noneThere, cleared(criteria)),
    }),
  ],
  ...two(
    (protocol) =>
      order('clearChargingProfile', {
        action: 'ClearChargingProfile',
        tell: ({ id, evse, purpose, stackLevel }) => {
          const fault = purposeFault(purpose, protocol)
          if (fault !== undefined) return { unsupported: fault }
          if (purpose === 'external') return { unsupported: 'limits from outside are not ours to clear' }
          // with an id the rest is not looked at (K10.FR.02)
          if (id !== undefined) return { payload: { chargingProfileId: id } }
          const criteria = {
            ...(evse !== undefined && { evseId: evse }),
            ...(purpose !== undefined && { chargingProfilePurpose: purposeTo2[purpose] }),
            ...(stackLevel !== undefined && { stackLevel }),
          }
          return { payload: Object.keys(criteria).length === 0 ? {} : { chargingProfileCriteria: criteria } }
        },
        told: ({ status }: ClearChargingProfileResponse2, criteria) =>
          status === 'Accepted'
            ? accepted(undefined, cleared(criteria))
            : status === 'Unknown'
              ? rejected(noneThere, cleared(criteria))
              : rejected(status),
      }),
    () =>
      order('setChargingProfile', {
        action: 'ClearChargingProfile',
        tell: ({ profile }, context) => firstClearing(profileFor2(profile, context), context),
        told: (response: ClearChargingProfileResponse2, { profile }, context) =>
          nextSetting(response, profileFor2(profile, context), context),
      }),
    () =>
      order('scheduleCharging', {
        action: 'ClearChargingProfile',
        tell: (_, context) => firstClearing(neededProfile(context), context),
        told: (response: ClearChargingProfileResponse2, _, context) =>
          nextSetting(response, neededProfile(context), context),
      }),
  ),
}

const noneThere = 'the charge point has no such profile'

const cleared = ({ id, evse, purpose, stackLevel }: ClearCriteria): readonly MirrorChange[] => [
  {
    type: 'chargingProfile.cleared',
    criteria: {
      ...(id !== undefined && { id }),
      ...(evse !== undefined && { evse }),
      ...(purpose !== undefined && { purpose }),
      ...(stackLevel !== undefined && { stackLevel }),
    },
  },
]

/** What stands where a profile is to go, under another id. */
const firstInTheWay = (wanted: ChargingProfile | undefined, { charging }: OrderContext): number | undefined =>
  wanted && inTheWay(charging?.profiles ?? [], wanted).find(({ id }) => id !== wanted.id)?.id

const firstClearing = (wanted: ChargingProfile | undefined, context: OrderContext): Wording => {
  const id = firstInTheWay(wanted, context)
  return id === undefined ? { otherwise: true } : { payload: { chargingProfileId: id } }
}

/** Cleared, or never there: then the next one in the way, and at last the profile itself. */
const nextSetting = (
  { status }: ClearChargingProfileResponse2,
  wanted: ChargingProfile | undefined,
  context: OrderContext,
): Told => {
  const id = firstInTheWay(wanted, context)
  const { charging } = context
  if (id === undefined || charging === undefined) return accepted()
  if (status !== 'Accepted' && status !== 'Unknown') return rejected(`profile ${id} is in its way, and stays`)
  return {
    accepted: true,
    note: `profile ${id} has made room`,
    learnt: cleared({ id }),
    again: { charging: { ...charging, profiles: clear(charging.profiles, { id }) } },
  }
}
