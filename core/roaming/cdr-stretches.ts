import { parseInstant } from '../domain/instant.ts'
import { scaled } from '../domain/units.ts'
import type { Stretch, StretchKind } from '../pricing/usage.ts'
import type { Cdr, CdrDimensionType, ChargingPeriod } from './model.ts'

/** What a partner's times may be apart by rounding: two decimals of an hour are 36 s, and many write no more. */
const roundedMs = 36_000

/**
 * The usage that a CDR tells of, period by period (OCPI 2.3.0 mod_cdrs, ChargingPeriod); or why nothing can be computed with
 * it. A period lasts until the next one begins; one with both times in it has charged before it was parked.
 */
export const stretchesOfCdr = (
  cdr: Cdr,
): { readonly stretches: readonly Stretch[] } | { readonly why: readonly string[] } => {
  const why: string[] = []
  const stretches: Stretch[] = []
  const ends = [...cdr.charging_periods.slice(1).map(({ start_date_time: at }) => at), cdr.end_date_time].map(instantOf)
  for (const [i, period] of cdr.charging_periods.entries()) {
    const [from, until] = [instantOf(period.start_date_time), ends[i] ?? Number.NaN]
    const read = until >= from ? parted(period, from, until) : 'it ends before it begins'
    if (typeof read === 'string') why.push(`/charging_periods/${i}: ${read}`)
    else stretches.push(...read)
  }
  return why.length > 0 ? { why } : { stretches }
}

const instantOf = (text: string): number => parseInstant(text)?.ms ?? Number.NaN

const times = [
  ['RESERVATION_TIME', 'reserved'],
  ['TIME', 'charging'],
  ['PARKING_TIME', 'parking'],
] as const satisfies readonly (readonly [CdrDimensionType, StretchKind])[]

const parted = (period: ChargingPeriod, from: number, until: number): readonly Stretch[] | string => {
  const energyMwh = volumeOf(period, 'ENERGY', 6) ?? 0
  const said = times.flatMap(([type, kind]) => {
    const ms = millis(period, type)
    return ms === undefined || ms === 0 ? [] : [{ kind, ms }]
  })
  const [only = { kind: 'charging' as const, ms: until - from }, ...others] = said
  const sum = said.reduce((all, { ms }) => all + ms, 0)
  if (said.length > 0 && Math.abs(sum - (until - from)) > roundedMs)
    return `it lasts ${(until - from) / 1_000} s, and its times are ${sum / 1_000} s`
  const drawn = drawnAt(period)
  if (others.length === 0) return [{ kind: only.kind, from, until, energyMwh, ...drawn }]
  const isMixed = only.kind !== 'charging' || others.length > 1
  if (isMixed) return 'it is reserved and used at once'
  const between = Math.min(from + only.ms, until)
  return [
    { kind: 'charging', from, until: between, energyMwh, ...drawn },
    { kind: 'parking', from: between, until, energyMwh: 0 },
  ]
}

/** Any value between the two that a period names has the same price, for a period ends where the price changes. */
const drawnAt = (period: ChargingPeriod): Pick<Stretch, 'powerMw' | 'currentMa'> => {
  const powerMw = volumeOf(period, 'MIN_POWER', 6) ?? volumeOf(period, 'MAX_POWER', 6)
  const currentMa = volumeOf(period, 'MIN_CURRENT', 3) ?? volumeOf(period, 'MAX_CURRENT', 3)
  return { ...(powerMw !== undefined && { powerMw }), ...(currentMa !== undefined && { currentMa }) }
}

const volumeOf = ({ dimensions }: ChargingPeriod, type: CdrDimensionType, places: number): number | undefined => {
  const found = dimensions.find((one) => one.type === type)
  return found && scaled(found.volume, places)
}

/** Hours in ms, from ten-thousandths of them. */
const millis = (period: ChargingPeriod, type: CdrDimensionType): number | undefined => {
  const hours = volumeOf(period, type, 4)
  return hours === undefined ? undefined : hours * 360
}
