import type { ChargingProfileType, ReportChargingProfilesRequest } from 'typed-ocpp/dist/ocpp21/types.js'
import { clean } from '../../domain/text.ts'
import { profileFrom2 } from '../charging-profile-2.ts'
import { type Action, dialect, two } from '../dialect.ts'
import { nothing } from '../frame.ts'
import { unnumberedPage } from './report-page.ts'

/**
 * ReportChargingProfiles — what the station holds, in messages of one source and one EVSE each. 2.x K09. They have no
 * numbers; the last one says so.
 */
export const ReportChargingProfiles: Action = two(
  dialect('told', {
    request: 'ReportChargingProfilesRequest',
    ask: ({ requestId, chargingLimitSource, evseId, chargingProfile, tbc }: ReportChargingProfilesRequest) => {
      const source = clean(chargingLimitSource, 20)
      const { page, of } = unnumberedPage('chargingProfiles', requestId, tbc)
      return {
        type: 'told',
        topic: 'charging-profiles',
        data: { request: requestId, source, evse: evseId, profiles: chargingProfile.length },
        learnt: [
          {
            type: 'items.put',
            kind: 'stationProfile',
            items: chargingProfile.map((profile) => ({
              key: `${source}/${evseId}/${profile.id}`,
              body: { source, ...told(profile, evseId) },
            })),
            ...of,
          },
        ],
        ...(page !== undefined && { page }),
      }
    },
    answer: () => nothing,
  }),
)

const told = (profile: ChargingProfileType, evse: number): object => {
  const read = profileFrom2(profile, evse)
  return 'invalid' in read ? { id: profile.id, evse, unread: read.invalid } : read
}
