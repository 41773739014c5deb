import type {
  ChargingProfileCriterionType,
  ChargingProfileType,
  ClearChargingProfileRequest,
} from 'typed-ocpp/dist/ocpp21/types.js'
import { faultOfProfile, type Installed as InstalledOfOld, type Profile, profileLimits } from '../charger/profiles.ts'

/** A profile where it is installed; EVSE 0 is the whole station. */
export interface Installed {
  readonly evse: number
  readonly profile: ChargingProfileType
}

const purposes = {
  ChargingStationMaxProfile: 'ChargePointMaxProfile',
  TxDefaultProfile: 'TxDefaultProfile',
  TxProfile: 'TxProfile',
  // while it is in force nothing else is of its transaction (K21)
  PriorityCharging: 'TxProfile',
} as const

/** In the words of 1.6, in which limits are worked out; of several schedules the first is the one that is followed. */
const worded = ({ evse, profile }: Installed): InstalledOfOld | undefined => {
  const { chargingProfilePurpose: purpose, chargingProfileKind: kind, recurrencyKind, validFrom, validTo } = profile
  const [schedule] = profile.chargingSchedule
  if (schedule === undefined || !(purpose in purposes)) return undefined
  const { chargingRateUnit, startSchedule = profile.dynUpdateTime, duration } = schedule
  const said: Profile = {
    chargingProfileId: profile.id,
    stackLevel: profile.stackLevel,
    chargingProfilePurpose: purposes[purpose as keyof typeof purposes],
    chargingProfileKind: kind === 'Dynamic' ? 'Absolute' : kind,
    ...(recurrencyKind !== undefined && { recurrencyKind }),
    ...(validFrom !== undefined && { validFrom }),
    ...(validTo !== undefined && { validTo }),
    chargingSchedule: {
      chargingRateUnit,
      ...(startSchedule !== undefined && { startSchedule }),
      ...(duration !== undefined && { duration }),
      chargingSchedulePeriod: schedule.chargingSchedulePeriod.map(
        ({ startPeriod, limit = Infinity, setpoint = limit, numberPhases }) => ({
          startPeriod,
          limit: Math.min(limit, setpoint),
          ...(numberPhases !== undefined && { numberPhases }),
        }),
      ),
    },
  }
  return { connector: evse, profile: said }
}

/** Why a profile cannot be taken as it is, or nothing (K01; handbook §3.7). */
export const faultOf = (installed: Installed): string | undefined => {
  const said = worded(installed)
  if (said === undefined) return 'this station has no use for such a purpose'
  const { evse, profile } = installed
  if (profile.chargingProfilePurpose === 'PriorityCharging' && evse === 0) return 'a priority is for an EVSE'
  return faultOfProfile(said.connector, said.profile)
}

/** The charging profiles that are installed in a station. */
export class Profiles {
  #installed: readonly Installed[] = []
  /** EVSEs whose transaction has priority just now. */
  readonly #urgent = new Set<number>()

  get size(): number {
    return this.#installed.length
  }

  /** Takes the place of the one with its id; false where another stands in its place (K01.FR.06), or there is no room. */
  install(evse: number, profile: ChargingProfileType): boolean {
    const others = this.#installed.filter((one) => one.profile.id !== profile.id)
    const isTaken = others.some((one) => overlap(one, { evse, profile }))
    if (isTaken || others.length >= profileLimits.installed) return false
    this.#installed = [...others, { evse, profile }]
    return true
  }

  find(id: number): Installed | undefined {
    return this.#installed.find(({ profile }) => profile.id === id)
  }

  /** By its id, whatever else is given; else by all that is given together. */
  clear({ chargingProfileId: id, chargingProfileCriteria: wanted = {} }: ClearChargingProfileRequest): boolean {
    const { evseId, chargingProfilePurpose: purpose, stackLevel } = wanted
    return this.#remove(({ evse, profile }) =>
      id === undefined
        ? (evseId === undefined || evse === evseId) &&
          (purpose === undefined || profile.chargingProfilePurpose === purpose) &&
          (stackLevel === undefined || profile.stackLevel === stackLevel)
        : profile.id === id,
    )
  }

  /** Those that are asked about: by their ids, or by the rest of what is given. */
  matching(wanted: ChargingProfileCriterionType, evseId: number | undefined): readonly Installed[] {
    const { chargingProfileId: ids = [], chargingProfilePurpose: purpose, stackLevel, chargingLimitSource } = wanted
    // everything here was set by the operator
    if (chargingLimitSource !== undefined && !chargingLimitSource.includes('CSO')) return []
    return this.#installed.filter(
      ({ evse, profile }) =>
        (evseId === undefined || evse === evseId) &&
        (ids.length > 0
          ? ids.includes(profile.id)
          : (purpose === undefined || profile.chargingProfilePurpose === purpose) &&
            (stackLevel === undefined || profile.stackLevel === stackLevel)),
    )
  }

  hasPriority(evse: number): boolean {
    return this.#installed.some((one) => one.evse === evse && one.profile.chargingProfilePurpose === 'PriorityCharging')
  }

  prioritise(evse: number, isUrgent: boolean): void {
    if (isUrgent) this.#urgent.add(evse)
    else this.#urgent.delete(evse)
  }

  /** The transaction on an EVSE is over, and what was for it only. */
  transactionOver(evse: number): void {
    this.#urgent.delete(evse)
    this.#remove((one) => one.evse === evse && one.profile.chargingProfilePurpose === 'TxProfile')
  }

  /** Those that bear on an EVSE, its own and the whole station's, as limits are worked out from. */
  on(evse: number): readonly InstalledOfOld[] {
    const isUrgent = this.#urgent.has(evse)
    return this.#installed
      .filter((one) => one.evse === evse || one.evse === 0)
      .filter(({ profile: { chargingProfilePurpose: purpose } }) => {
        if (purpose === 'PriorityCharging') return isUrgent
        return !isUrgent || purpose === 'ChargingStationMaxProfile'
      })
      .flatMap((one) => worded(one) ?? [])
  }

  #remove(isMeant: (one: Installed) => boolean): boolean {
    const kept = this.#installed.filter((one) => !isMeant(one))
    const isFound = kept.length < this.#installed.length
    this.#installed = kept
    return isFound
  }
}

const msOf = (text: string | undefined, otherwise: number): number =>
  text === undefined ? otherwise : Date.parse(text)

/** Of one purpose and level on one EVSE, at the same time (K01.FR.39). */
const overlap = (a: Installed, b: Installed): boolean =>
  a.evse === b.evse &&
  a.profile.chargingProfilePurpose === b.profile.chargingProfilePurpose &&
  a.profile.stackLevel === b.profile.stackLevel &&
  a.profile.transactionId === b.profile.transactionId &&
  msOf(a.profile.validFrom, -Infinity) < msOf(b.profile.validTo, Infinity) &&
  msOf(b.profile.validFrom, -Infinity) < msOf(a.profile.validTo, Infinity)
