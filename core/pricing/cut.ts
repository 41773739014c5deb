import { clockTimes } from './local-time.ts'
import type { Thresholds } from './prepared.ts'
import type { Stretch, Usage } from './usage.ts'

/** A part of a stretch within which no price of a tariff can change. */
export interface Piece {
  readonly stretch: Stretch
  readonly from: number
  readonly until: number
  readonly energyMwh: number
  /** At its start, of the session so far; or of the reservation before it. */
  readonly soFarMwh: number
  readonly soFarMs: number
}

/** How far a stretch has got: at a time, with an energy since its start. */
interface Point {
  readonly at: number
  readonly energyMwh: number
}

/**
 * A usage in pieces. Energy flows evenly within a stretch, and what has flowed until a moment is counted in whole mWh that
 * have flowed by then: so the pieces add up to the stretch wherever it is cut. Where an amount of energy is reached, the
 * piece ends with exactly that energy, on the first whole second by which it has flowed.
 */
export const piecesOf = ({ zone, stretches }: Usage, thresholds: Thresholds): readonly Piece[] => {
  const pieces: Piece[] = []
  const contexts = {
    session: { from: 0, energyMwh: 0, isBegun: false },
    reservation: { from: 0, energyMwh: 0, isBegun: false },
  }
  for (const stretch of stretches) {
    const context = contexts[isReservation(stretch) ? 'reservation' : 'session']
    const isFirst = !context.isBegun
    if (isFirst) Object.assign(context, { from: stretch.from, isBegun: true })
    let before: Point = { at: stretch.from, energyMwh: 0 }
    for (const point of pointsOf(stretch, zone, thresholds, context)) {
      const isEmpty = point.at === before.at && point.energyMwh === before.energyMwh
      // a session of no length is a session all the same
      if (isEmpty && !(isFirst && stretch.from === stretch.until)) continue
      pieces.push({
        stretch,
        from: before.at,
        until: point.at,
        energyMwh: point.energyMwh - before.energyMwh,
        soFarMwh: context.energyMwh + before.energyMwh,
        soFarMs: before.at - context.from,
      })
      before = point
    }
    context.energyMwh += stretch.energyMwh
  }
  return pieces
}

export const isReservation = ({ kind }: Pick<Stretch, 'kind'>): boolean =>
  kind === 'reserved' || kind === 'reservationExpired'

/** Where it is cut, in order; and its end. */
const pointsOf = (
  stretch: Stretch,
  zone: string,
  thresholds: Thresholds,
  begun: { readonly from: number; readonly energyMwh: number },
): readonly Point[] => {
  const points: Point[] = []
  const energies = energiesIn(stretch, thresholds, begun.energyMwh)
  let next = 0
  const flow = (by: number, latest: number): void => {
    for (let mwh = energies[next]; mwh !== undefined && isReached(mwh, by); mwh = energies[++next])
      points.push(pointOf(stretch, mwh, latest))
  }
  for (const at of timesIn(stretch, zone, thresholds, begun.from)) {
    const energyMwh = flowedBy(stretch, at)
    flow(energyMwh, at)
    points.push({ at, energyMwh })
  }
  flow(stretch.energyMwh, stretch.until)
  points.push({ at: stretch.until, energyMwh: stretch.energyMwh })
  return points
}

const timesIn = (
  { from, until }: Stretch,
  zone: string,
  { timesOfDay, durationsMs }: Thresholds,
  begunAt: number,
): readonly number[] => {
  const clock = timesOfDay === undefined ? [] : clockTimes(zone, from, until, timesOfDay)
  if (durationsMs.length === 0) return clock
  const durations = durationsMs.map((ms) => begunAt + ms).filter((at) => at > from && at < until)
  return [...clock, ...durations].sort((a, b) => a - b)
}

/** Since the start of the stretch, in the order in which they flow: upwards to a threshold, or downwards to below it. */
const energiesIn = ({ energyMwh }: Stretch, { energiesMwh }: Thresholds, before: number): readonly number[] => {
  if (energiesMwh.length === 0 || energyMwh === 0) return []
  return energyMwh > 0
    ? energiesMwh.map((mwh) => mwh - before).filter((mwh) => mwh > 0 && mwh < energyMwh)
    : energiesMwh
        .map((mwh) => mwh - before - 1)
        .filter((mwh) => mwh < 0 && mwh > energyMwh)
        .toReversed()
}

const isReached = (energyMwh: number, by: number): boolean => (energyMwh > 0 ? energyMwh <= by : energyMwh >= by)

/** Whole mWh that have flowed by then. */
const flowedBy = ({ from, until, energyMwh }: Stretch, at: number): number =>
  Number((BigInt(energyMwh) * BigInt(at - from)) / BigInt(until - from))

/** When so many mWh have flowed: the whole second, but not later than what follows. */
const pointOf = ({ from, until, energyMwh: whole }: Stretch, energyMwh: number, latest: number): Point => {
  const [part, all] = energyMwh > 0 ? [energyMwh, whole] : [-energyMwh, -whole]
  const after = (BigInt(part) * BigInt(until - from) + BigInt(all) - 1n) / BigInt(all)
  return { at: Math.min(Math.ceil((from + Number(after)) / 1_000) * 1_000, latest), energyMwh }
}
