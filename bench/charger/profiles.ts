import type { ClearChargingProfileRequest, SetChargingProfileRequest } from 'typed-ocpp/dist/ocpp16/types.js'

export type Profile = SetChargingProfileRequest['csChargingProfiles']

/** A profile where it is installed; connector 0 is the whole station. */
export interface Installed {
  readonly connector: number
  readonly profile: Profile
}

/** What this station can keep and understand; its configuration keys say the same. */
export const profileLimits = { stackLevel: 10, periods: 24, installed: 20 } as const

/** Why a profile cannot be taken as it is, or nothing (OCPP 1.6 §3.13, §7.8–7.14; errata 3.45, 3.65, 3.66). */
export const faultOfProfile = (connector: number, profile: Profile): string | undefined => {
  const { chargingProfilePurpose: purpose, chargingProfileKind: kind, chargingSchedule: schedule, stackLevel } = profile
  const { startSchedule, chargingSchedulePeriod: periods } = schedule
  const starts = periods.map(({ startPeriod }) => startPeriod)
  if (purpose === 'ChargePointMaxProfile' && connector !== 0) return 'the limit of the whole station is for connector 0'
  if (purpose === 'TxProfile' && connector === 0) return 'a session is on a connector'
  if (stackLevel < 0 || stackLevel > profileLimits.stackLevel) return 'no such stack level'
  if (periods.length > profileLimits.periods) return 'too many periods'
  if (starts[0] !== 0) return 'the first period does not start at 0'
  if (starts.some((start, i) => i > 0 && start <= (starts[i - 1] ?? 0))) return 'the periods are not in order'
  if (periods.some(({ limit }) => limit < 0)) return 'a limit is negative'
  if (kind === 'Relative' && purpose === 'ChargePointMaxProfile')
    return 'the whole station has no session to begin with'
  if (kind !== 'Relative' && startSchedule === undefined) return 'it does not say when it starts'
  if (kind === 'Recurring' && profile.recurrencyKind === undefined) return 'it does not say how often it recurs'
  return undefined
}

/** The charging profiles that are installed in a station. */
export class Profiles {
  #installed: readonly Installed[] = []

  /** Takes the place of the one with its id, and of the one of its purpose and level on its connector; false = no room. */
  install(connector: number, profile: Profile): boolean {
    const others = this.#installed.filter(
      (one) => one.profile.chargingProfileId !== profile.chargingProfileId && !isSamePlace(one, { connector, profile }),
    )
    if (others.length >= profileLimits.installed) return false
    this.#installed = [...others, { connector, profile }]
    return true
  }

  /** By its id, whatever else is given; else by all that is given together; everything where nothing is (errata 3.25, 3.26). */
  clear({ id, ...wanted }: ClearChargingProfileRequest): boolean {
    const { connectorId, chargingProfilePurpose: purpose, stackLevel } = wanted
    const isMeant = ({ connector, profile }: Installed): boolean =>
      id === undefined
        ? (connectorId === undefined || connector === connectorId) &&
          (purpose === undefined || profile.chargingProfilePurpose === purpose) &&
          (stackLevel === undefined || profile.stackLevel === stackLevel)
        : profile.chargingProfileId === id
    return this.#remove(isMeant)
  }

  /** The session on a connector is over, and what was for it only. */
  sessionOver(connector: number): void {
    this.#remove((one) => one.connector === connector && one.profile.chargingProfilePurpose === 'TxProfile')
  }

  /** Those that bear on a connector: its own and the whole station's. */
  on(connector: number): readonly Installed[] {
    return this.#installed.filter((one) => one.connector === connector || one.connector === 0)
  }

  #remove(isMeant: (one: Installed) => boolean): boolean {
    const kept = this.#installed.filter((one) => !isMeant(one))
    const isFound = kept.length < this.#installed.length
    this.#installed = kept
    return isFound
  }
}

const isSamePlace = (a: Installed, b: Installed): boolean =>
  a.connector === b.connector &&
  a.profile.chargingProfilePurpose === b.profile.chargingProfilePurpose &&
  a.profile.stackLevel === b.profile.stackLevel
