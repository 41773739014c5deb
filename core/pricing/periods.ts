import type { PricedPiece } from './pick.ts'
import type { ComponentRef, PricedPeriod } from './priced.ts'

/** Pieces that follow each other under the same prices, as one. */
export const periodsOf = (pieces: readonly PricedPiece[]): readonly PricedPeriod[] => {
  const periods: PricedPeriod[] = []
  for (let next = 0; next < pieces.length;) {
    const first = pieces[next]
    if (first === undefined) break
    const { stretch, from } = first.piece
    let { until, energyMwh } = first.piece
    for (let more = pieces[++next]; more !== undefined && isContinued(first, more); more = pieces[++next]) {
      until = more.piece.until
      energyMwh += more.piece.energyMwh
    }
    periods.push({ kind: stretch.kind, from, until, energyMwh, prices: pricesOf(first) })
  }
  return periods
}

const isContinued = (first: PricedPiece, { piece, flat, energy, time }: PricedPiece): boolean =>
  flat === undefined &&
  piece.stretch.kind === first.piece.stretch.kind &&
  energy === first.energy &&
  time === first.time

const pricesOf = ({ flat, energy, time }: PricedPiece): readonly ComponentRef[] => {
  const prices: ComponentRef[] = []
  for (const component of [flat, energy, time]) if (component !== undefined) prices.push(component.ref)
  return prices
}
