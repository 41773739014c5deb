import { compositeSchedule, type CompositeSchedule } from '../../core/charging/composite.ts'
import type { ChargingProfile } from '../../core/charging/profile.ts'
import { type ChargingProfile16, profileFrom16 } from '../../core/ocpp/charging-profile.ts'

const hour = 3_600_000
const hours = Array.from({ length: 24 }, (_, i) => i)
const from = Date.UTC(2026, 10, 24)

/** Profiles of 24 hours as they are on the wire: each level leads for the two hours it is shifted by, then the next one does. */
const wire = (level: number): ChargingProfile16 => ({
  chargingProfileId: level,
  stackLevel: level,
  chargingProfilePurpose: 'TxDefaultProfile',
  chargingProfileKind: 'Recurring',
  recurrencyKind: 'Daily',
  chargingSchedule: {
    duration: 7_200,
    startSchedule: new Date(from + ((level * 29) % 1_440) * 60_000).toISOString(),
    chargingRateUnit: level % 2 === 0 ? 'A' : 'W',
    chargingSchedulePeriod: hours.map((i) => ({
      startPeriod: i * 300,
      limit: level % 2 === 0 ? 6 + ((level * 7 + i * 5) % 26) : 4_000 + ((level * 7 + i * 5) % 26) * 700,
    })),
  },
})

/** So many stacked profiles of 24 periods each. */
export const stackedOnTheWire = (count: number): string =>
  JSON.stringify(Array.from({ length: count }, (_, i) => wire(i)))

export const stackedProfiles = (text: string): readonly ChargingProfile[] =>
  (JSON.parse(text) as readonly ChargingProfile16[]).flatMap((one) => {
    const profile = profileFrom16(one, 0)
    return 'invalid' in profile ? [] : [profile]
  })

/** What they allow at an EVSE over a day. */
export const dayOf = (profiles: readonly ChargingProfile[]): CompositeSchedule =>
  compositeSchedule({
    profiles,
    evse: 1,
    from,
    durationMs: 24 * hour,
    unit: 'A',
    supply: { kind: 'AC', volts: 230, phases: 3 },
  })
