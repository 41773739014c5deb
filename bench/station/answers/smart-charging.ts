import type {
  ClearChargingProfileRequest,
  ClearChargingProfileResponse,
  GetChargingProfilesRequest,
  GetChargingProfilesResponse,
  GetCompositeScheduleRequest,
  GetCompositeScheduleResponse,
  SetChargingProfileRequest,
  SetChargingProfileResponse,
} from 'typed-ocpp/dist/ocpp21/types.js'
import { compositeSchedule, type Part } from '../../charger/composite.ts'
import { underNewLimits } from '../charging.ts'
import { pullLater } from '../dynamic.ts'
import { evseOf } from '../evse.ts'
import { faultOf, type Installed } from '../profiles.ts'
import type { Station } from '../station.ts'
import { type Reply, status } from './reply.ts'

const takesUnit = ({ model }: Station, unit: 'A' | 'W'): boolean =>
  model.list('SmartChargingCtrlr/RateUnit').includes(unit)

/** A profile for a transaction needs that very one (K01.FR.03, K01.FR.33). */
const hasItsTransaction = (station: Station, { evse, profile }: Installed): boolean =>
  profile.chargingProfilePurpose !== 'TxProfile' ||
  (profile.transactionId !== undefined && evseOf(station, evse)?.transaction?.transactionId === profile.transactionId)

/** Block K. */
export const smartCharging = {
  SetChargingProfile(
    station: Station,
    { evseId, chargingProfile }: SetChargingProfileRequest,
  ): Reply<SetChargingProfileResponse> {
    const profile = stamped(station, chargingProfile)
    const installed = { evse: evseId, profile }
    const isFit =
      (evseId === 0 || evseOf(station, evseId) !== undefined) &&
      profile.chargingSchedule.every(({ chargingRateUnit }) => takesUnit(station, chargingRateUnit)) &&
      faultOf(installed) === undefined &&
      hasItsTransaction(station, installed)
    if (!isFit) return status('Rejected')
    let isInstalled = false
    underNewLimits(station, () => (isInstalled = station.profiles.install(evseId, profile)))
    if (!isInstalled) return status('Rejected')
    return status('Accepted', () => pullLater(station, profile.id))
  },

  ClearChargingProfile(station: Station, request: ClearChargingProfileRequest): Reply<ClearChargingProfileResponse> {
    let isFound = false
    underNewLimits(station, () => (isFound = station.profiles.clear(request)))
    return status(isFound ? 'Accepted' : 'Unknown')
  },

  GetChargingProfiles(
    station: Station,
    { requestId, evseId, chargingProfile }: GetChargingProfilesRequest,
  ): Reply<GetChargingProfilesResponse> {
    const found = [...Map.groupBy(station.profiles.matching(chargingProfile, evseId), ({ evse }) => evse)]
    if (found.length === 0) return status('NoProfiles')
    // one message for each EVSE (K09.FR.02)
    return status('Accepted', () => {
      for (const [i, [evse, of]] of found.entries())
        station.tidings.tell('ReportChargingProfiles', {
          requestId,
          chargingLimitSource: 'CSO',
          evseId: evse,
          chargingProfile: of.map(({ profile }) => profile),
          tbc: i < found.length - 1,
        })
    })
  },

  GetCompositeSchedule(
    station: Station,
    { evseId, duration, chargingRateUnit: unit = 'W' }: GetCompositeScheduleRequest,
  ): Reply<GetCompositeScheduleResponse> {
    const evses = station.evses.filter(({ id }) => evseId === 0 || id === evseId)
    if (evses.length === 0 || duration < 0 || !takesUnit(station, unit)) return status('Rejected')
    const from = Math.floor(station.time.now() / 1_000) * 1_000
    const parts = evses.map(({ id, transaction }): Part => ({
      installed: station.profiles.on(id),
      situation: { outlet: station.options.outlet, began: transaction?.startedAt ?? from },
    }))
    const { chargingRateUnit, chargingSchedulePeriod } = compositeSchedule(parts, { from, durationS: duration, unit })
    const scheduleStart = new Date(from).toISOString()
    const schedule = { evseId, duration, scheduleStart, chargingRateUnit, chargingSchedulePeriod }
    return { answer: { status: 'Accepted', schedule } }
  },
}

/** A dynamic one counts from when it came (2.1 K28). */
const stamped = ({ time }: Station, profile: Installed['profile']): Installed['profile'] =>
  profile.chargingProfileKind === 'Dynamic' && profile.dynUpdateTime === undefined
    ? { ...profile, dynUpdateTime: new Date(time.now()).toISOString() }
    : profile
