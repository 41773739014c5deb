import type { PricedPiece } from './pick.ts'
import type { ComponentRef, PricedPeriod } from './priced.ts'

/** Pieces that follow each other under the same prices, as one. */
export const periodsOf = (pieces: readonly PricedPiece[]): readonly PricedPeriod[] => {
  const periods: PricedPeriod[] = []
  let before: PricedPiece | undefined
  for (const piece of pieces) {
    const { stretch, from, until, energyMwh } = piece
    const last = periods.at(-1)
    if (last !== undefined && before !== undefined && isContinued(before, piece))
      periods[periods.length - 1] = { ...last, until, energyMwh: last.energyMwh + energyMwh }
    else periods.push({ kind: stretch.kind, from, until, energyMwh, prices: pricesOf(piece) })
    before = piece
  }
  return periods
}

const isContinued = (before: PricedPiece, { stretch, flat, energy, time }: PricedPiece): boolean =>
  flat === undefined && before.stretch.kind === stretch.kind && before.energy === energy && before.time === time

const pricesOf = ({ flat, energy, time }: PricedPiece): readonly ComponentRef[] =>
  [flat, energy, time].flatMap((component) => (component === undefined ? [] : component.ref))
