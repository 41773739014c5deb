import type { Phases, RateUnit, SchedulePeriod, Schedule, Tenths } from './profile.ts'

/** What an EVSE charges with. */
export interface Supply {
  readonly kind: 'AC' | 'DC'
  /**
   * Whole volts as they are set for the area, between phase and neutral (230, 110), never as measured (OCPP 1.6 §7.12,
   * 2.x K01.FR.50). Of a DC supply those of its cable: rough, which is why limits of DC are better given in watts.
   */
  readonly volts: number
  /** How many there are; of a DC supply it does not matter. */
  readonly phases: Phases
}

/** What must be kept at one instant; Infinity where there is no such limit. */
export interface Limits {
  readonly watts: Tenths
  readonly amperes: Tenths
  readonly phases: Phases
}

/** A limit in the unit that was asked for, and for how many phases it is meant. */
export interface Rate {
  readonly limit: Tenths
  readonly phases: Phases
}

const fewer = (a: Phases, b: Phases): Phases => (a < b ? a : b)

/**
 * The limits of a period on a supply. Three phases where it names none; where it names more than there are, its limit is
 * taken as it is, for those that are there (1.6 errata 3.34).
 */
export const limitsOf = (period: SchedulePeriod, { unit }: Schedule, supply: Supply): Limits => {
  const most = mostOf(period, unit)
  return {
    watts: unit === 'W' ? most : Infinity,
    amperes: unit === 'A' ? most : Infinity,
    phases: supply.kind === 'DC' ? 1 : fewer(period.phases ?? 3, supply.phases),
  }
}

/**
 * What may be drawn: no more than a setpoint, and nothing where that is to give back (2.1 block Q). Of single phases the
 * watts add up; the lowest amperes hold for each.
 */
const mostOf = ({ limit = Infinity, limitL2, limitL3, ...period }: SchedulePeriod, unit: RateUnit): Tenths => {
  if (period.operationMode === 'Idle') return 0
  const drawn = ofPhases(limit, limitL2, limitL3, unit)
  // a limit below zero is how 2.1 says that a station of others discharges (errata 2.62)
  if (period.setpoint === undefined) return Math.max(0, drawn)
  return Math.max(0, Math.min(drawn, ofPhases(period.setpoint, period.setpointL2, period.setpointL3, unit)))
}

const ofPhases = (l1: Tenths, l2: Tenths | undefined, l3: Tenths | undefined, unit: RateUnit): Tenths =>
  unit === 'W' ? l1 + (l2 ?? 0) + (l3 ?? 0) : Math.min(l1, l2 ?? Infinity, l3 ?? Infinity)

/** All phases together. */
export const inWatts = (amperes: Tenths, phases: Phases, { kind, volts }: Supply): Tenths =>
  Math.floor(amperes * volts * (kind === 'DC' ? 1 : phases))

/** Each phase; what is left below a tenth is not given away, so that nothing is allowed that was not. */
export const inAmperes = (watts: Tenths, phases: Phases, { kind, volts }: Supply): Tenths =>
  Math.floor(watts / (volts * (kind === 'DC' ? 1 : phases)))

/** In one unit. Both are held against each other on the phases that both leave: 10 A a phase are 6.9 kW only on three. */
export const rateOf = ({ watts, amperes, phases }: Limits, unit: RateUnit, supply: Supply): Rate => ({
  limit:
    unit === 'W'
      ? Math.min(watts, inWatts(amperes, phases, supply))
      : Math.min(amperes, inAmperes(watts, phases, supply)),
  phases,
})

/** Both are kept, on as many phases as both leave (2.1 block K §3.8). Undefined is no limit. */
export const least = (a: Limits | undefined, b: Limits | undefined): Limits | undefined =>
  a === undefined || b === undefined
    ? (a ?? b)
    : {
        watts: Math.min(a.watts, b.watts),
        amperes: Math.min(a.amperes, b.amperes),
        phases: fewer(a.phases, b.phases),
      }

/** The lower one, on as many phases as both leave. */
export const lower = (a: Rate | undefined, b: Rate | undefined): Rate | undefined =>
  a === undefined || b === undefined
    ? (a ?? b)
    : { limit: Math.min(a.limit, b.limit), phases: fewer(a.phases, b.phases) }

/** What two EVSEs draw at most: nobody knows which phases each is wired to. Where one has no limit, both together have none. */
export const together = (a: Rate | undefined, b: Rate | undefined): Rate | undefined =>
  a === undefined || b === undefined
    ? undefined
    : { limit: a.limit + b.limit, phases: a.phases > b.phases ? a.phases : b.phases }
