import { isReservation, type Piece } from './cut.ts'
import { localTime } from './local-time.ts'
import type { Candidate, PreparedComponent, PreparedTariff } from './prepared.ts'
import type { Moment } from './restrictions.ts'

/** A piece, and what prices it; what nothing does is free. */
export interface PricedPiece {
  readonly piece: Piece
  /** Only where it is billed: once for the session and once for the reservation before it. */
  readonly flat: PreparedComponent | undefined
  readonly energy: PreparedComponent | undefined
  readonly time: PreparedComponent | undefined
}

/**
 * What prices each piece: of each dimension the first component whose restrictions hold when the piece starts
 * (handbook/roaming.md §4.1 rules 1, 4, 9). What is fixed is billed when the first one of it holds, and never again.
 */
export const picked = (
  pieces: readonly Piece[],
  { candidates, thresholds }: PreparedTariff,
  zone: string,
): readonly PricedPiece[] => {
  const isBilled = { session: false, reservation: false }
  const nowhere = { day: 0, ms: 0 }
  return pieces.map((piece) => {
    const { stretch, from, soFarMwh, soFarMs } = piece
    const local = thresholds.timesOfDay === undefined ? nowhere : localTime(zone, from)
    const moment: Moment = { stretch, local, soFarMwh, soFarMs }
    const context = isReservation(stretch) ? 'reservation' : 'session'
    const of = candidates[stretch.kind]
    const flat = isBilled[context] ? undefined : first(of.flat, moment)
    if (flat !== undefined) isBilled[context] = true
    return { piece, flat, energy: first(of.energy, moment), time: first(of.time, moment) }
  })
}

const first = (candidates: readonly Candidate[], moment: Moment): PreparedComponent | undefined => {
  for (const { component, holds } of candidates) if (holds === undefined || holds(moment)) return component
  return undefined
}
