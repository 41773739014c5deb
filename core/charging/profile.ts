/**
 * A charging profile in no version's words: how much may be drawn, when, and for what purpose (OCPP 1.6 §3.13 and §7.8,
 * 2.x block K; handbook/ocpp.md §3.7). What is drawn is positive, what is given back to the grid negative (2.1 block Q).
 */

/** Whole tenths of a watt or of an ampere: no version writes more than one decimal. */
export type Tenths = number

/** W: all phases together. A: each phase, not their sum. */
export type RateUnit = 'W' | 'A'

export type Phases = 1 | 2 | 3

/** What a vehicle may do beside charging, and who says how much (2.1 block Q). Where nothing is said it only charges. */
export const operationModes = [
  'Idle',
  'ChargingOnly',
  'CentralSetpoint',
  'ExternalSetpoint',
  'ExternalLimits',
  'CentralFrequency',
  'LocalFrequency',
  'LocalLoadBalancing',
] as const
export type OperationMode = (typeof operationModes)[number]

/**
 * What may be drawn (`limit`, from 0 on), what may be given back (`dischargeLimit`, 0 and below), what shall be drawn or
 * given back (`setpoint`), the same of reactive power. With values of L2 and L3 the first one is that of L1 alone (2.1).
 */
export const rateNames = [
  'limit',
  'limitL2',
  'limitL3',
  'dischargeLimit',
  'dischargeLimitL2',
  'dischargeLimitL3',
  'setpoint',
  'setpointL2',
  'setpointL3',
  'setpointReactive',
  'setpointReactiveL2',
  'setpointReactiveL3',
] as const
export type RateName = (typeof rateNames)[number]
export type Rates = { readonly [Name in RateName]?: Tenths }

/** A period of 1.6 and 2.0.1 always has a limit. */
export interface SchedulePeriod extends Rates {
  /** From the start of the schedule, in whole seconds; it lasts until the next one starts. */
  readonly startMs: number
  readonly operationMode?: OperationMode
  /** How many phases the limit is meant for; three where nothing is said. */
  readonly phases?: Phases
  /** Which one, where it is only one. */
  readonly phaseToUse?: Phases
}

export interface Schedule {
  readonly unit: RateUnit
  /** When the first period starts, and from when a recurring schedule repeats; of a dynamic one, when it was last updated. */
  readonly startsAt?: number
  /** Without it the last period lasts for ever. What starts later than this never comes. */
  readonly durationMs?: number
  /** Below it the vehicle charges badly; a hint for whoever shares power out, no limit. */
  readonly minRate?: Tenths
  readonly periods: readonly SchedulePeriod[]
}

export const purposes = ['stationMax', 'txDefault', 'tx', 'external', 'priority', 'localGeneration'] as const
/**
 * `stationMax`: of the whole station, shared by all EVSEs. `txDefault`: of every session, unless `tx` says otherwise for
 * one. `external`: set by others than us. `priority`: instead of both for whom it was asked. `localGeneration`: comes on top.
 */
export type Purpose = (typeof purposes)[number]

/** `daily` and `weekly` repeat every 24 hours and 7 days from `startsAt`, not from midnight or Monday (1.6 errata 3.79). */
export type ProfileKind = 'absolute' | 'daily' | 'weekly' | 'relative' | 'dynamic'

export interface ChargingProfile {
  readonly id: number
  /** 0: the station, or every EVSE of it. */
  readonly evse: number
  readonly purpose: Purpose
  /** Of the same purpose the higher one leads. */
  readonly stackLevel: number
  readonly kind: ProfileKind
  /** ms since 1970 UTC; valid from here on. */
  readonly validFrom?: number
  /** No longer valid from here on. */
  readonly validTo?: number
  /** The id on the wire of the one session that a `tx` profile is for. */
  readonly transaction?: string
  /** Of a dynamic one: how often the station asks for the next values, in seconds; else we send them (2.1 K28). */
  readonly updateEveryS?: number
  /** Nearly always one; up to three are a choice for a vehicle that speaks ISO 15118. */
  readonly schedules: readonly Schedule[]
}

/** Ten gigawatts: no site draws them, and every product with volts and phases stays an exact integer. */
const most: Tenths = 1e11

const isWhole = (value: number, least: number, greatest = Number.MAX_SAFE_INTEGER): boolean =>
  Number.isSafeInteger(value) && value >= least && value <= greatest
const isSeconds = (ms: number): boolean => isWhole(ms, 0) && ms % 1_000 === 0
const isInstant = (ms: number | undefined): boolean => ms === undefined || isWhole(ms, 0, Date.UTC(10_000, 0) - 1)
const isPhase = (phases: number | undefined): boolean => phases === undefined || isWhole(phases, 1, 3)

const limits = ['limit', 'limitL2', 'limitL3'] as const
const discharges = ['dischargeLimit', 'dischargeLimitL2', 'dischargeLimitL3'] as const
const active = ['setpoint', 'setpointL2', 'setpointL3'] as const
const reactive = ['setpointReactive', 'setpointReactiveL2', 'setpointReactiveL3'] as const
const setpoints = [...active, ...reactive]
const gives = [...discharges, ...active]

const all = (period: SchedulePeriod, names: readonly RateName[], least: Tenths, greatest: Tenths): boolean =>
  names.every((name) => isWhole(period[name] ?? 0, least, greatest))
const isOfOtherPhasesOnly = (period: SchedulePeriod): boolean =>
  [limits, discharges, active, reactive].some(
    ([whole, l2, l3]) => period[whole] === undefined && (period[l2] !== undefined || period[l3] !== undefined),
  )
const chargesOnly = ({ operationMode = 'ChargingOnly' }: SchedulePeriod): boolean => operationMode === 'ChargingOnly'

/** Whether a period says more than how much may be drawn: then only 2.1 has words for it. */
export const isPlain = ({ operationMode, ...period }: SchedulePeriod): boolean =>
  operationMode === undefined && rateNames.every((name) => (name === 'limit') === (period[name] !== undefined))

type Rule<Thing> = readonly [isBroken: (thing: Thing) => boolean, sentence: string]

const ofProfiles: readonly Rule<ChargingProfile>[] = [
  [(p) => !Number.isSafeInteger(p.id), 'its id is no whole number'],
  [(p) => !isWhole(p.evse, 0), 'its EVSE is no number from 0 on'],
  [(p) => !isWhole(p.stackLevel, 0), 'its stack level is no number from 0 on'],
  [(p) => p.purpose === 'external', 'limits from outside are set by whoever imposes them, never by us'],
  [(p) => p.purpose === 'stationMax' && p.evse !== 0, 'a limit of the whole station belongs to EVSE 0'],
  [(p) => p.purpose === 'stationMax' && p.kind === 'relative', 'a limit of the whole station has no session to follow'],
  [(p) => p.purpose === 'tx' && p.evse === 0, 'a profile of one session belongs to its EVSE, not to EVSE 0'],
  [(p) => p.purpose !== 'tx' && p.transaction !== undefined, 'only a profile of one session names a session'],
  [(p) => !isInstant(p.validFrom) || !isInstant(p.validTo), 'its validity has an end that is no point in time'],
  [({ validFrom = 0, validTo = Infinity }) => validFrom >= validTo, 'its validity ends before it begins'],
  [(p) => !isWhole(p.schedules.length, 1, 3), 'it has none, or more than three schedules'],
  [(p) => p.purpose !== 'tx' && p.schedules.length > 1, 'only a profile of one session has a choice of schedules'],
  [
    (p) => p.kind === 'dynamic' && (p.schedules.length > 1 || p.schedules.some((s) => s.periods.length > 1)),
    'a dynamic profile has one schedule with one period',
  ],
  [
    (p) => p.updateEveryS !== undefined && (p.kind !== 'dynamic' || !isWhole(p.updateEveryS, 1, 86_400)),
    'only a dynamic profile is updated, every so many seconds',
  ],
  [
    (p) => p.purpose === 'priority' && p.schedules.some((s) => s.durationMs !== undefined),
    'a priority profile lasts until the end of the session and has no duration',
  ],
  [
    (p) => p.kind === 'relative' && p.schedules.some((s) => s.startsAt !== undefined),
    'a relative schedule starts with the session, at no point in time of its own',
  ],
  [
    (p) => p.kind !== 'relative' && p.kind !== 'dynamic' && p.schedules.some((s) => s.startsAt === undefined),
    'its schedule does not say when it starts',
  ],
]

const ofSchedules: readonly Rule<Schedule>[] = [
  [(s) => !isInstant(s.startsAt), 'its schedule starts at no point in time'],
  [(s) => s.durationMs !== undefined && !(isSeconds(s.durationMs) && s.durationMs > 0), 'it lasts no whole seconds'],
  [(s) => s.minRate !== undefined && !isWhole(s.minRate, 0, most), 'its least rate is no number of tenths'],
  [(s) => s.periods[0]?.startMs !== 0, 'its first period does not start at 0'],
  [(s) => s.periods.some((p) => !isSeconds(p.startMs)), 'a period starts at no whole second'],
  [
    (s) => s.periods.some((p, i) => i > 0 && p.startMs <= (s.periods[i - 1]?.startMs ?? 0)),
    'its periods are not in the order of their start',
  ],
  [(s) => s.periods.some((p) => !all(p, limits, 0, most)), 'a limit is no number of tenths from 0 on'],
  [
    (s) => s.periods.some((p) => !all(p, discharges, -most, 0)),
    'a limit of discharging is no number of tenths up to 0',
  ],
  [(s) => s.periods.some((p) => !all(p, setpoints, -most, most)), 'a setpoint is no number of tenths'],
  [
    (s) => s.periods.some((p) => p.operationMode === undefined && rateNames.every((name) => p[name] === undefined)),
    'a period says neither how much nor what for',
  ],
  [(s) => s.periods.some(isOfOtherPhasesOnly), 'a value of L2 or L3 stands without the one of L1'],
  [
    (s) => s.periods.some((p) => chargesOnly(p) && gives.some((name) => (p[name] ?? 0) < 0)),
    'it gives power back, yet its mode is to charge only',
  ],
  [
    (s) =>
      s.periods.some(
        ({ setpoint, limit = Infinity, dischargeLimit = -Infinity }) =>
          setpoint !== undefined && (setpoint > limit || setpoint < dischargeLimit),
      ),
    'its setpoint is beyond its own limits',
  ],
  [(s) => s.periods.some((p) => !isPhase(p.phases) || !isPhase(p.phaseToUse)), 'there are one, two or three phases'],
  [
    (s) => s.periods.some((p) => p.phaseToUse !== undefined && p.phases !== 1),
    'one phase is chosen, yet more are used',
  ],
]

/**
 * What is wrong with a profile that we are about to send, as a sentence, or nothing. What a station can do beyond that
 * (levels, periods, units, switching of phases) is told by its configuration, not here.
 */
export const faultOf = (profile: ChargingProfile): string | undefined =>
  ofProfiles.find(([isBroken]) => isBroken(profile))?.[1] ??
  ofSchedules.find(([isBroken]) => profile.schedules.some(isBroken))?.[1]
