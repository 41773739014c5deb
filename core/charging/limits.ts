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
export const limitsOf = ({ limit, phases = 3 }: SchedulePeriod, { unit }: Schedule, supply: Supply): Limits => ({
  watts: unit === 'W' ? limit : Infinity,
  amperes: unit === 'A' ? limit : Infinity,
  phases: supply.kind === 'DC' ? 1 : fewer(phases, supply.phases),
})

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
