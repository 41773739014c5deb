import type { Account, Measured } from './measured.ts'

/** Registers tremble by a few Wh; whatever falls further began anew. */
const tremble = 100_000

/** How much had flowed by then, in a unit of its own. */
export interface Point {
  readonly at: number
  readonly raw: bigint
}

export interface Span {
  readonly from: number
  readonly until: number
}

/** By its registers, else by its samples of power, else evenly. */
export const flowOf = (
  account: Account,
  span: Span,
  { registers, powers }: Pick<Measured, 'registers' | 'powers'>,
): readonly Point[] => {
  const evenly = [
    { at: span.from, raw: 0n },
    { at: span.until, raw: 1n },
  ]
  const ways = registers.size > 0 ? [byRegisters(account, span, registers), evenly] : [byPower(span, powers), evenly]
  return ways.find((way) => (way.at(-1)?.raw ?? 0n) > 0n) ?? evenly
}

const byRegisters = (account: Account, span: Span, registers: ReadonlyMap<number, number>): readonly Point[] => {
  const told = [...registers].map(([at, mwh]) => ({ at, mwh }))
  const from = account.firstMwh ?? told[0]?.mwh ?? 0
  const to = account.lastMwh ?? reached(from + account.energyMwh, told.at(-1)?.mwh)
  // what lies outside of both ends is a reading gone wrong; where the meter began anew, there is no outside
  const isWithin = (mwh: number): boolean => to === undefined || to < from || (mwh >= from && mwh <= to)
  const between = told.filter(({ at, mwh }) => at > span.from && at < span.until && isWithin(mwh))
  const last = to ?? registers.get(span.until) ?? between.at(-1)?.mwh ?? from
  let [flowed, top] = [0, from]
  return [{ at: span.from, mwh: from }, ...between, { at: span.until, mwh: last }].map(({ at, mwh }) => {
    if (mwh >= top) flowed += mwh - top
    else if (top - mwh > tremble) flowed += mwh
    if (mwh >= top || top - mwh > tremble) top = mwh
    return { at, raw: BigInt(flowed) }
  })
}

/** The register at the end by the energy that is billed; undefined where a reading is beyond it. */
const reached = (byEnergy: number, last: number | undefined): number | undefined =>
  last === undefined || last <= byEnergy ? byEnergy : undefined

/** Each sample counts until the next, the first one from the start on. */
const byPower = (span: Span, powers: ReadonlyMap<number, number>): readonly Point[] => {
  const samples = [...powers].map(([at, mw]) => ({ at, mw: Math.max(0, mw) }))
  const [first] = samples
  if (first === undefined) return []
  const held = [{ at: span.from, mw: first.mw }, ...samples.filter(({ at }) => at > span.from && at < span.until)]
  let raw = 0n
  return [...held, { at: span.until, mw: 0 }].map(({ at }, i) => {
    const before = held[i - 1]
    if (before !== undefined) raw += BigInt(before.mw) * BigInt(at - before.at)
    return { at, raw }
  })
}

/** The last of them that is not later than a time; the times are asked for in order. */
export const lastOf = <One>(all: readonly One[], when: (one: One) => number): ((at: number) => One | undefined) => {
  let next = 0
  return (at) => {
    for (let one = all[next]; one !== undefined && when(one) <= at; one = all[next]) next++
    return all[next - 1]
  }
}

/** How much of the energy had flowed by a time, rounded down once; the times are asked for in order. */
export const shares = (flow: readonly Point[], energy: bigint): ((at: number) => number) => {
  const point = lastOf(
    flow.map((one, i) => ({ ...one, next: flow[i + 1] ?? one })),
    ({ at }) => at,
  )
  const total = flow.at(-1)?.raw ?? 1n
  return (at) => {
    const { at: since = at, raw = 0n, next } = point(at) ?? {}
    const ms = BigInt(Math.max(1, (next?.at ?? at) - since))
    const so = raw * ms + ((next?.raw ?? raw) - raw) * BigInt(at - since)
    return Number((energy * so) / (total * ms))
  }
}
