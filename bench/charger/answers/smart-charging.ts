import type {
  ClearChargingProfileRequest,
  ClearChargingProfileResponse,
  GetCompositeScheduleRequest,
  GetCompositeScheduleResponse,
  SetChargingProfileRequest,
  SetChargingProfileResponse,
} from 'typed-ocpp/dist/ocpp16/types.js'
import type { Charger } from '../charger.ts'
import { underNewLimits } from '../charging.ts'
import { compositeSchedule, type Part } from '../composite.ts'
import { plugOf } from '../plug.ts'
import { faultOfProfile, type Profile } from '../profiles.ts'
import { type Reply, status } from './reply.ts'

const words = { A: 'Current', W: 'Power' } as const

const takesUnit = ({ configuration }: Charger, unit: 'A' | 'W'): boolean =>
  configuration.list('ChargingScheduleAllowedChargingRateUnit').includes(words[unit])

/** A profile for a session needs that very session (OCPP 1.6 §5.16.2). */
const hasItsSession = (charger: Charger, connectorId: number, profile: Profile): boolean => {
  if (profile.chargingProfilePurpose !== 'TxProfile') return true
  const session = plugOf(charger, connectorId)?.session
  return (
    session !== undefined && (profile.transactionId === undefined || profile.transactionId === session.transactionId)
  )
}

export const smartCharging = {
  SetChargingProfile(
    charger: Charger,
    { connectorId, csChargingProfiles: profile }: SetChargingProfileRequest,
  ): Reply<SetChargingProfileResponse> {
    const isKnown = connectorId === 0 || plugOf(charger, connectorId) !== undefined
    const isFit =
      isKnown &&
      takesUnit(charger, profile.chargingSchedule.chargingRateUnit) &&
      faultOfProfile(connectorId, profile) === undefined &&
      hasItsSession(charger, connectorId, profile)
    if (!isFit) return status('Rejected')
    let isInstalled = false
    underNewLimits(charger, () => (isInstalled = charger.profiles.install(connectorId, profile)))
    return status(isInstalled ? 'Accepted' : 'Rejected')
  },

  ClearChargingProfile(charger: Charger, request: ClearChargingProfileRequest): Reply<ClearChargingProfileResponse> {
    let isFound = false
    underNewLimits(charger, () => (isFound = charger.profiles.clear(request)))
    return status(isFound ? 'Accepted' : 'Unknown')
  },

  GetCompositeSchedule(
    charger: Charger,
    { connectorId, duration, chargingRateUnit: unit = 'W' }: GetCompositeScheduleRequest,
  ): Reply<GetCompositeScheduleResponse> {
    const plugs = charger.plugs.filter(({ number }) => connectorId === 0 || number === connectorId)
    if (plugs.length === 0 || duration < 0 || !takesUnit(charger, unit)) return status('Rejected')
    const from = Math.floor(charger.time.now() / 1_000) * 1_000
    const parts = plugs.map(({ number, session }): Part => ({
      installed: charger.profiles.on(number),
      situation: { outlet: charger.options.outlet, began: session?.startedAt ?? from },
    }))
    const chargingSchedule = compositeSchedule(parts, { from, durationS: duration, unit })
    const scheduleStart = new Date(from).toISOString()
    return { answer: { status: 'Accepted', connectorId, scheduleStart, chargingSchedule } }
  },
}
