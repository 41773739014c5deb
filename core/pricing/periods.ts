import type { PricedPiece } from './pick.ts'
import type { PreparedTariff } from './prepared.ts'
import type { ComponentRef, PricedPeriod, Span } from './priced.ts'
import { floored } from './rounding.ts'
import type { Stretch } from './usage.ts'

/** Pieces that follow each other under the same prices, as one. */
export const periodsOf = (
  pieces: readonly PricedPiece[],
  dependsOn: PreparedTariff['dependsOn'],
): readonly PricedPeriod[] => {
  const periods: PricedPeriod[] = []
  for (let next = 0; next < pieces.length;) {
    const first = pieces[next]
    if (first === undefined) break
    const begun = next
    const { stretch, from } = first.piece
    let { until, energyMwh } = first.piece
    for (let more = pieces[++next]; more !== undefined && isContinued(first, more); more = pieces[++next]) {
      until = more.piece.until
      energyMwh += more.piece.energyMwh
    }
    const period = { kind: stretch.kind, from, until, energyMwh, prices: pricesOf(first) }
    periods.push(
      dependsOn.power || dependsOn.current ? { ...period, ...drawn(pieces.slice(begun, next), dependsOn) } : period,
    )
  }
  return periods
}

/** How much was drawn at once. */
const drawn = (
  pieces: readonly PricedPiece[],
  dependsOn: PreparedTariff['dependsOn'],
): Pick<PricedPeriod, 'power' | 'current'> => {
  const power = dependsOn.power ? spanOf(pieces.map(({ piece }) => powerOf(piece.stretch))) : undefined
  const current = dependsOn.current ? spanOf(pieces.map(({ piece }) => piece.stretch.currentMa)) : undefined
  return { ...(power !== undefined && { power }), ...(current !== undefined && { current }) }
}

const spanOf = (values: readonly (number | undefined)[]): Span | undefined => {
  const known = values.filter((value) => value !== undefined)
  return known.length === 0
    ? undefined
    : known.reduce<Span>(({ least, most }, value) => ({ least: Math.min(least, value), most: Math.max(most, value) }), {
        least: Infinity,
        most: -Infinity,
      })
}

/** That which was measured, or what energy and time make it; undefined where there was no time. */
const powerOf = ({ powerMw, energyMwh, from, until }: Stretch): number | undefined => {
  if (powerMw !== undefined || until === from) return powerMw
  return Number(floored(BigInt(energyMwh) * 3_600_000n, BigInt(until - from)))
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
