import {
  allowance,
  type Case,
  caseOf,
  type Circumstances,
  energyByPower,
  energyByRises,
  isBeyondSamples,
  inKwh,
  inWords,
  limits,
} from './evidence.ts'
import { formatInstant } from './instant.ts'
import { firstMwhOf, lastMwhOf, type Register, type Session } from './session.ts'
import type { MilliWattHours } from './units.ts'

/** What can be wrong with a session that is about to be billed; nobody is billed for one before a person has looked. */
export const sessionRules = [
  'unitConfusion',
  'zeroBaseline',
  'registerFell',
  'impossiblePower',
  'stopBeforeStart',
  'gap',
  'clockSkew',
  'duplicate',
] as const
/** And of its account: a price whose parts are not its total, or not of this session. */
export const rules = [...sessionRules, 'priceDoesNotAddUp'] as const
export type Rule = (typeof rules)[number]

/** What it should say instead, as far as it can be worked out. Times in ms since 1970 UTC. */
export interface Correction {
  readonly energyMwh?: MilliWattHours
  readonly startedAt?: number
  readonly endedAt?: number
  /** How it was computed, in a sentence. */
  readonly how: string
}

export interface Finding {
  readonly rule: Rule
  /** What was seen, in a sentence for the operator. */
  readonly detail: string
  readonly proposal?: Correction
}

/** Everything that is wrong with a session that is over, in the order of `sessionRules`; empty for nearly all. */
export const findingsOf = (session: Session, circumstances: Circumstances): readonly Finding[] => {
  const of = caseOf(session, circumstances)
  const findings = sessionRules.flatMap((rule) => {
    const seen = judges[rule](of)
    return seen === undefined ? [] : [{ rule, ...seen }]
  })
  // a wrong unit and a wrong start explain whatever else is odd about the registers
  const isExplained = findings.some(({ rule }) => rule === 'unitConfusion' || rule === 'zeroBaseline')
  return isExplained ? findings.filter(({ rule }) => rule !== 'registerFell' && rule !== 'impossiblePower') : findings
}

/** One correction out of several: energy and times each from the first that knows, both times from one. */
export const proposalOf = (findings: readonly Finding[]): Correction | undefined => {
  const proposals = findings.flatMap(({ proposal }) => (proposal === undefined ? [] : [proposal]))
  const ofEnergy = proposals.find(({ energyMwh }) => energyMwh !== undefined)
  const ofTime =
    proposals.find(({ startedAt }) => startedAt !== undefined) ?? proposals.find(({ endedAt }) => endedAt !== undefined)
  if (ofEnergy === undefined && ofTime === undefined) return undefined
  return {
    ...(ofEnergy?.energyMwh !== undefined && { energyMwh: ofEnergy.energyMwh }),
    ...(ofTime?.startedAt !== undefined && { startedAt: ofTime.startedAt }),
    ...(ofTime?.endedAt !== undefined && { endedAt: ofTime.endedAt }),
    how: [...new Set([ofEnergy, ofTime])].flatMap((one) => one?.how ?? []).join('; '),
  }
}

type Seen = Omit<Finding, 'rule'>

/** A start in kWh beside a stop in Wh, or the other way round, or both in kWh: a factor of a thousand (handbook §6-32). */
const unitConfusion = (of: Case): Seen | undefined => {
  const { session, to = 0, lasted, registers, startedAt, endedAt, outletW } = of
  const start = session.meterStartMwh ?? 0
  if (start <= 0 || to <= 0) return undefined
  const can = (mwh: MilliWattHours, ms: number): boolean => mwh >= 0 && mwh <= allowance(outletW, ms)
  const told = `It began at ${inKwh(start)} and ended at ${inKwh(to)}`
  const but = (which: string, energyMwh: MilliWattHours): Seen => ({
    detail: `${told}: ${which} seems to be in kWh`,
    proposal: { energyMwh, how: `${which} read as kWh` },
  })
  if (!can(to - start, lasted)) {
    if (can(to - start * 1_000, lasted)) return but('the register of the start', to - start * 1_000)
    if (can(to * 1_000 - start, lasted)) return but('the register of the stop', to * 1_000 - start)
  }
  const both = (to - start) * 1_000
  const seen = registers.find(
    ({ at, mwh }) => can(mwh - start * 1_000, at - startedAt) && !can(mwh - start, at - startedAt),
  )
  if (seen !== undefined && can(to * 1_000 - seen.mwh, endedAt - seen.at)) return but('its start and stop', both)
  if (seen !== undefined && can(to - start * 1_000, lasted)) return but('the register of the start', to - start * 1_000)
  const byPower = energyByPower(of) ?? 0
  const times = byPower / Math.max(1, to - start)
  return byPower > limits.grain && times > 500 && times < 2_000 ? but('its start and stop', both) : undefined
}

/** A start at zero of a meter that was not at zero: what it has counted in its life would be billed as one session. */
const zeroBaseline = (of: Case): Seen | undefined => {
  const { session, to = 0, registers, startedAt, lasted } = of
  if (session.meterStartMwh !== 0 || (session.beginMwh ?? 0) > 0 || to <= limits.grain) return undefined
  const [first] = registers
  const isEarly = first !== undefined && first.at - startedAt < lasted / 2
  return (first && zeroByReading(of, to, first)) ?? (isEarly ? undefined : zeroByOthers(of, to))
}

const zeroByReading = (
  { startedAt, endedAt, outletW, registers }: Case,
  to: MilliWattHours,
  first: Register,
): Seen | undefined => {
  const before = Math.max(0, first.at - startedAt)
  const possible = allowance(outletW, before)
  // how fast it can have risen before the first reading is seen by how fast it rose after it
  const later = [...registers, { at: endedAt, mwh: to }]
  const paces = later.flatMap(({ at, mwh }, i) => {
    const { at: since, mwh: from } = later[i - 1] ?? { at, mwh }
    return at > since && mwh >= from ? [(mwh - from) / (at - since)] : []
  })
  const pace = paces.reduce((a, b) => Math.max(a, b), 0)
  const alike = paces.length === 0 ? possible : limits.timesLater * pace * before + limits.firstReading
  if (first.mwh <= Math.min(possible, alike)) return undefined
  return {
    detail: `It is said to have begun at 0, but ${inWords(before)} later its meter was at ${inKwh(first.mwh)}`,
    proposal: { energyMwh: Math.max(0, to - first.mwh), how: 'counted from the first reading' },
  }
}

/** Without an early reading only the sessions before can tell: whether the meter goes on, or begins anew with each. */
const zeroByOthers = ({ session, circumstances, startedAt }: Case, to: MilliWattHours): Seen | undefined => {
  const before = circumstances.earlier.filter((s) => s.evse === session.evse && (s.startedAt ?? startedAt) < startedAt)
  const ends = before.flatMap((s) => lastMwhOf(s) ?? s.lastRegister?.mwh ?? []).filter((mwh) => mwh > 0)
  const falls = ends.filter((end, i) => ([to, ...ends][i] ?? end) < end).length
  const [end] = ends
  if (falls >= limits.fewestFalls && falls * limits.fallsEvery >= ends.length) return undefined
  if (end !== undefined && to >= end)
    return {
      detail: `It is said to have begun at 0, but the session before it ended at ${inKwh(end)}, and this one at ${inKwh(to)}`,
      proposal: { energyMwh: to - end, how: 'counted from the end of the session before it' },
    }
  const beganAnew = end !== undefined && before[0]?.meterStartMwh === 0
  if (beganAnew || to <= limits.unseen) return undefined
  return { detail: `It is said to have begun at 0 and ended at ${inKwh(to)}, and no reading supports that` }
}

/** A register that was set back: what it delivered is a guess (INV-51). Running over and trembling are explained, and exact. */
const registerFell = (of: Case): Seen | undefined => {
  const { session, energy, from = 0, to = 0, outletW, lasted } = of
  if (energy.course !== 'reset') return undefined
  const peak = Math.max(from, session.peakMwh ?? 0)
  const rises = energyByRises(of)
  return {
    detail: `Its register fell from ${inKwh(peak)} to ${inKwh(to)}`,
    ...(rises !== energy.mwh &&
      rises <= allowance(outletW, lasted) && {
        proposal: { energyMwh: rises, how: 'every rise between its registers added up' },
      }),
  }
}

/** More than its outlet can deliver, more than its own samples of power allow, or more than any vehicle takes. */
const impossiblePower = (of: Case): Seen | undefined => {
  const { energy, circumstances, from, to, lasted, outletW, sampledW = 0 } = of
  const byPower = energyByPower(of)
  const seen = (detail: string): Seen => ({
    detail,
    ...(byPower !== undefined && { proposal: { energyMwh: byPower, how: 'its samples of power over time' } }),
  })
  if (energy.course === 'implausible')
    return seen(`Its registers cannot be: from ${inKwh(from ?? 0)} to ${inKwh(to ?? 0)} in ${inWords(lasted)}`)
  if (lasted < 0) return undefined
  const much = `${inKwh(energy.mwh)} in ${inWords(lasted)}`
  if (energy.mwh > allowance(outletW, lasted)) return seen(`${much} is more than ${outletW / 1_000} kW can deliver`)
  if (isBeyondSamples(of))
    return seen(`${much} is far more than the ${Math.round(sampledW / 100) / 10} kW that it reported at the most`)
  if (circumstances.maxPowerW === undefined && energy.mwh > limits.ofOne)
    return seen(`${much} is more than any vehicle takes`)
  return undefined
}

const stopBeforeStart = ({ circumstances, registers, startedAt, lasted }: Case): Seen | undefined => {
  if (lasted >= 0) return undefined
  const { startReceivedAt = 0, stopReceivedAt = 0 } = circumstances
  const heard = stopReceivedAt - startReceivedAt
  const last = registers.findLast(({ at }) => at > startedAt)?.at
  const proposal =
    last !== undefined
      ? { endedAt: last, how: 'ended with its last reading' }
      : { endedAt: startedAt + heard, how: 'as long as between the receipt of its start and of its stop' }
  return {
    detail: `It is said to have ended ${inWords(lasted)} before it began`,
    ...((last !== undefined || heard > 0) && { proposal }),
  }
}

/** Energy that no reading has seen: the readings end long before the session, or there are none where others have them. */
const gap = (of: Case): Seen | undefined => {
  const { session, from, to, registers, endedAt } = of
  if (session.stopKey === undefined) return undefined
  const last = registers.findLast(({ at }) => at <= endedAt)
  if (last === undefined) return silence(of)
  const isKnown = lastMwhOf(session) !== undefined
  const unseen = (to ?? last.mwh) - last.mwh
  if (endedAt - last.at <= limits.gapMs || (isKnown && unseen <= limits.grain)) return undefined
  return {
    detail: `Its readings end ${inWords(endedAt - last.at)} before its end, and ${isKnown ? `${inKwh(unseen)} are from then` : 'its stop tells no register'}`,
    proposal: {
      energyMwh: Math.max(0, last.mwh - (from ?? last.mwh)),
      endedAt: last.at,
      how: 'ended with its last reading',
    },
  }
}

const silence = ({ circumstances, energy, from, to, lasted }: Case): Seen | undefined => {
  if (energy.summed === true) return undefined
  if (from === undefined || to === undefined)
    return {
      detail: `No message tells its register at the ${from === undefined ? 'start' : 'end'}: what it delivered is not known`,
    }
  const isUsual = circumstances.earlier.some(({ lastRegister }) => lastRegister !== undefined)
  if (!isUsual || lasted <= limits.gapMs || energy.mwh <= limits.grain) return undefined
  return { detail: `It has no reading in ${inWords(lasted)}, while other sessions of its charge point have` }
}

/** The station's times against ours: from the future, from before there were stations, or late by the same all the time. */
const clockSkew = ({ session, circumstances, startedAt, endedAt, lasted }: Case): Seen | undefined => {
  const { startReceivedAt, stopReceivedAt, readings } = circumstances
  if (startedAt < limits.firstStations && startReceivedAt !== undefined)
    return {
      detail: `Its station's clock was not set: it is said to have begun on ${formatInstant(startedAt)}`,
      proposal: {
        startedAt: startReceivedAt,
        ...(endedAt < limits.firstStations && { endedAt: stopReceivedAt ?? startReceivedAt }),
        how: 'by the times at which its messages were received',
      },
    }
  const delays = [
    ...readings.flatMap(({ at, receivedAt, isTimeless }) => (isTimeless === true ? [] : [receivedAt - at])),
    ...(startReceivedAt === undefined ? [] : [startReceivedAt - startedAt]),
    ...(stopReceivedAt === undefined || session.stopKey === undefined ? [] : [stopReceivedAt - endedAt]),
  ]
  // a clock that was set meanwhile is another matter
  if (delays.length === 0 || lasted < 0) return undefined
  const least = delays.reduce((a, b) => Math.min(a, b))
  const most = delays.reduce((a, b) => Math.max(a, b))
  const isSteady = lasted >= limits.skewSeenMs && most - least < lasted * limits.steady
  if (!(least < -limits.skewMs || (least > limits.skewMs && isSteady))) return undefined
  return {
    detail: `Its station's clock is ${inWords(least)} ${least < 0 ? 'ahead' : 'behind'}`,
    proposal: { startedAt: startedAt + least, endedAt: endedAt + least, how: 'its times moved by that' },
  }
}

/** The same energy in an earlier session: on its connector at the same time, or with its token from register to register. */
const duplicate = ({ session, circumstances, energy, from, to, startedAt, endedAt }: Case): Seen | undefined => {
  if (from === undefined || to === undefined) return undefined
  for (const other of circumstances.earlier) {
    const [first, last] = [firstMwhOf(other), lastMwhOf(other) ?? other.lastRegister?.mwh]
    const until = other.endedAt ?? other.lastRegister?.at ?? other.startedAt ?? 0
    if (first === undefined || last === undefined || until <= startedAt || (other.startedAt ?? 0) > endedAt) continue
    const twice = Math.min(to, last) - Math.max(from, first)
    const isSame = other.evse === session.evse || (first === from && last === to)
    if (!isSame || twice <= limits.grain / 10) continue
    return {
      detail: `Session ${other.id} counts ${inKwh(twice)} of the same registers, on connector ${other.evse}, at the same time`,
      proposal: { energyMwh: Math.max(0, energy.mwh - twice), how: 'without what that session counts' },
    }
  }
  return undefined
}

const judges: Readonly<Record<(typeof sessionRules)[number], (of: Case) => Seen | undefined>> = {
  unitConfusion,
  zeroBaseline,
  registerFell,
  impossiblePower,
  stopBeforeStart,
  gap,
  clockSkew,
  duplicate,
}
