import type { MeterRow } from './meter.ts'
import type { Energy, Register, Session } from './session.ts'
import { energyOf, firstMwhOf, lastMwhOf } from './session.ts'
import type { MilliWattHours } from './units.ts'

/** What a session is held against before it is billed: more than its own account says, and read only when that is due. */
export interface Circumstances {
  /** In the order of the station's clock; also those whose register was not believed. */
  readonly readings: readonly MeterRow[]
  readonly startReceivedAt?: number
  readonly stopReceivedAt?: number
  /** Sessions of its charge point, on its connector or with its token, that began before it; the newest first. */
  readonly earlier: readonly Session[]
  /** The most that one connector of the charge point can deliver, in W; absent where nobody has said. */
  readonly maxPowerW?: number
}

/** How much of it is read: three days of a reading a minute, and a few weeks of a busy connector. */
export const most = { readings: 5_000, earlier: 20 } as const

const kwh = 1_000_000
const minute = 60_000

export const limits = {
  /** The strongest outlets for cars there are; a charge point that can do more says so (`maxPowerW`). */
  powerW: 400_000,
  /** Some meters count whole kWh: by so much any two registers may be off. */
  grain: kwh,
  /** Samples of power miss peaks, but not half of them: an average of twice the highest is none. */
  timesSampled: 2,
  /** One sample may be of the moment before anything flowed. */
  fewestSamples: 3,
  /** No car charges with less: such samples are of a car that is full, or are kW under the name of W. */
  leastW: 500,
  /** A car draws the most while it is empty: before a first reading not more than so many times the most of later. */
  timesLater: 4,
  /** What may have been missed when a first reading is compared with the ones after it. */
  firstReading: 5 * kwh,
  /** More is not believed of a register that began at zero, unless a reading or an earlier session supports it. */
  unseen: 5 * kwh,
  /** So often must a register have been seen to begin anew, and as often as every so many sessions, to be one that does. */
  fewestFalls: 3,
  fallsEvery: 4,
  /** More than any vehicle takes at once, however long it stays. */
  ofOne: 1_000 * kwh,
  /** Stations report every minute, every quarter of an hour at the least: an hour without a reading is not regular. */
  gapMs: 60 * minute,
  /** Prices change by the quarter of an hour; no message is so long on its way while its station is connected. */
  skewMs: 15 * minute,
  /** A clock that is behind shows only over some time: until then it looks like a queue that is being emptied. */
  skewSeenMs: 10 * minute,
  /** Of the session's length, how much the delays of its messages may differ when nothing but the clock delays them. */
  steady: 0.2,
  /** No station spoke OCPP before: such a time is that of a clock that was never set. */
  firstStations: Date.UTC(2015, 0),
} as const

/** A session laid open: what its account rests on. */
export interface Case {
  readonly session: Session
  readonly circumstances: Circumstances
  readonly energy: Energy
  /** The register at the start and at the end, believable or not. */
  readonly from: MilliWattHours | undefined
  readonly to: MilliWattHours | undefined
  readonly startedAt: number
  readonly endedAt: number
  readonly lasted: number
  /** Of readings whose time is known. */
  readonly registers: readonly Register[]
  /** What its outlet can deliver at the most, in W. */
  readonly outletW: number
  /** The highest power sampled, in W; absent where the samples say nothing. */
  readonly sampledW: number | undefined
}

export const caseOf = (session: Session, circumstances: Circumstances): Case => {
  const { readings, maxPowerW } = circumstances
  const startedAt = session.startedAt ?? 0
  const endedAt = session.endedAt ?? startedAt
  const registers = readings.flatMap(({ at, registerMwh: mwh, isTimeless }) =>
    mwh === undefined || isTimeless === true ? [] : [{ at, mwh }],
  )
  const powers = readings.flatMap(({ powerMw }) => (powerMw === undefined ? [] : [powerMw / 1_000]))
  const highest = powers.reduce((a, b) => Math.max(a, b), 0)
  const sampledW = powers.length >= limits.fewestSamples && highest >= limits.leastW ? highest : undefined
  return {
    session,
    circumstances,
    energy: energyOf(session) ?? { mwh: 0, estimated: true, course: 'regular' },
    from: firstMwhOf(session),
    to: lastMwhOf(session) ?? session.lastRegister?.mwh,
    startedAt,
    endedAt,
    lasted: endedAt - startedAt,
    registers,
    outletW: maxPowerW ?? limits.powerW,
    sampledW,
  }
}

/** What so many watts deliver in so many milliseconds, and what a meter may be off by. */
export const allowance = (watts: number, ms: number): MilliWattHours =>
  limits.grain + Math.ceil((watts * Math.max(0, ms)) / 3_600)

/** The energy under the samples of power, the outermost ones held to both ends; undefined where they say nothing. */
export const energyByPower = (of: Case): MilliWattHours | undefined => {
  const { startedAt, endedAt, sampledW } = of
  const samples = samplesOf(of)
  const [first, last] = [samples[0], samples.at(-1)]
  if (sampledW === undefined || first === undefined || last === undefined) return undefined
  const held = [{ ...first, at: startedAt }, ...samples, { ...last, at: endedAt }]
  let twice = 0n
  for (const [i, { at, powerMw }] of held.entries()) {
    const next = held[i + 1]
    if (next !== undefined) twice += BigInt(powerMw + next.powerMw) * BigInt(next.at - at)
  }
  return Number(twice / 7_200_000n)
}

/**
 * Energy beyond what the samples of power allow, between the first and the last of them: what its meter showed there, or
 * what is left of all its energy when its outlet gave all it can before and after.
 */
export const isBeyondSamples = (of: Case): boolean => {
  const { energy, startedAt, endedAt, outletW, sampledW } = of
  const samples = samplesOf(of)
  const [first, last] = [samples[0], samples.at(-1)]
  if (sampledW === undefined || first === undefined || last === undefined) return false
  const possible = allowance(sampledW * limits.timesSampled, last.at - first.at)
  const metered = samples.flatMap(({ registerMwh }) => registerMwh ?? [])
  const isAll = metered.length === samples.length
  const outside = allowance(outletW, first.at - startedAt) + allowance(outletW, endedAt - last.at)
  return (isAll ? (metered.at(-1) ?? 0) - (metered[0] ?? 0) : energy.mwh - outside) > possible
}

const samplesOf = ({ circumstances, startedAt, endedAt }: Case) =>
  circumstances.readings.flatMap(({ at, powerMw, registerMwh }) =>
    powerMw !== undefined && powerMw >= 0 && at >= startedAt && at <= endedAt ? [{ at, powerMw, registerMwh }] : [],
  )

/** The energy of a meter that fell: every rise between its registers counts, and after a fall what it shows. */
export const energyByRises = ({ session, registers, from, to, startedAt, endedAt }: Case): MilliWattHours => {
  const highest = Math.max(from ?? 0, session.peakMwh ?? 0, session.lastRegister?.mwh ?? 0, to ?? 0)
  const between = registers.filter(({ at, mwh }) => at >= startedAt && at <= endedAt && mwh <= highest)
  const all = [from, ...between.map(({ mwh }) => mwh), to].filter((mwh) => mwh !== undefined)
  return all.reduce((sum, mwh, i) => {
    const before = all[i - 1] ?? mwh
    return sum + (mwh >= before ? mwh - before : before - mwh <= limits.grain / 10 ? 0 : mwh)
  }, 0)
}

export const inKwh = (mwh: MilliWattHours): string => `${Math.round(mwh / 10_000) / 100} kWh`

/** A length of time as people say it. */
export const inWords = (ms: number): string => {
  const s = Math.round(Math.abs(ms) / 1_000)
  if (s < 120) return `${s} s`
  const min = Math.round(s / 60)
  if (min < 120) return `${min} min`
  const h = Math.floor(min / 60)
  return h < 72 ? `${h} h ${min % 60} min` : `${Math.round(h / 24)} days`
}
