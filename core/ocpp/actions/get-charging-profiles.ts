import type { GetChargingProfilesResponse } from 'typed-ocpp/dist/ocpp21/types.js'
import { purposeFault, purposeTo2 } from '../charging-profile-2.ts'
import { type Action, order, type OrderOf, rejected, two } from '../dialect.ts'

type Asked = OrderOf<'reportChargingProfiles'>

/** GetChargingProfiles — have the station report the profiles it holds, of whomever. 2.x K09. The effect is the report. */
export const GetChargingProfiles: Action = two((protocol) =>
  order('reportChargingProfiles', {
    action: 'GetChargingProfiles',
    tell: (asked, { number }) => {
      const fault = purposeFault(asked.purpose, protocol) ?? reportFault(asked)
      if (fault !== undefined) return { unsupported: fault }
      const { evse, purpose, stackLevel, ids, sources } = asked
      return {
        payload: {
          requestId: number,
          ...(evse !== undefined && { evseId: evse }),
          chargingProfile: {
            ...(purpose !== undefined && { chargingProfilePurpose: purposeTo2[purpose] }),
            ...(stackLevel !== undefined && { stackLevel }),
            ...(ids !== undefined && { chargingProfileId: ids }),
            ...(sources !== undefined && { chargingLimitSource: sources }),
          },
        },
        expects: {
          type: 'report',
          report: 'chargingProfiles',
          request: number,
          ...(isOfAll(asked) && { isWhole: true as const }),
        },
      }
    },
    told: ({ status }: GetChargingProfilesResponse, asked) => {
      if (status === 'Accepted') return { accepted: true }
      if (status !== 'NoProfiles') return rejected(status)
      const learnt = isOfAll(asked) ? [{ type: 'items.cleared', kind: 'stationProfile' } as const] : []
      return { accepted: true, note: 'it has no such profiles', learnt, isAll: true }
    },
  }),
)

/** Ids stand alone: beside them the station would look at nothing else (K09.FR.03). */
export const reportFault = ({ purpose, stackLevel, ids, sources }: Asked): string | undefined =>
  ids !== undefined && [purpose, stackLevel, sources].some((named) => named !== undefined)
    ? 'profiles are named by their ids or by what they are'
    : undefined

const isOfAll = ({ evse, purpose, stackLevel, ids, sources }: Asked): boolean =>
  [evse, purpose, stackLevel, ids, sources].every((named) => named === undefined)
