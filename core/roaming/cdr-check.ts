import { timeZone } from '../domain/time-zone.ts'
import { scaled } from '../domain/units.ts'
import { currencyDigits } from '../pricing/currency.ts'
import { price } from '../pricing/price.ts'
import { amountOf, digitsOf, power, unitsOf } from '../pricing/rounding.ts'
import { type Tariff as OurTariff } from '../pricing/tariff.ts'
import type { Stretch, StretchKind } from '../pricing/usage.ts'
import { cdrTotalsOf } from './cdr-totals.ts'
import { creditCdr } from './credit-cdr.ts'
import { stretchesOfCdr } from './cdr-stretches.ts'
import type { Cdr, DecimalText, Price, Tariff } from './model.ts'
import { tariffFrom } from './tariff-from.ts'

/** What we find when we work a partner's CDR out again, from its own tariff and its own periods (mod_cdrs, mod_tariffs). */
export type CdrVerdict =
  | { readonly verdict: 'matches'; readonly total: Figures }
  | { readonly verdict: 'differs'; readonly total: Figures; readonly differences: readonly Difference[] }
  | { readonly verdict: 'uncomputable'; readonly why: readonly string[] }

/** One sum of a CDR: what it says, and what it comes to. */
export interface Figures {
  readonly said: DecimalText
  readonly computed: DecimalText
}

export interface Difference extends Figures {
  /** As the CDR names it; `total_cost (tax)` for the tax in it. */
  readonly field: string
}

/** What a CDR does not say itself. */
export interface CdrGrounds {
  /** Of the location, if that is known: without it no price can depend on the time of day. */
  readonly zone?: string
  /** The CDR that a credit takes back, if we have it. */
  readonly original?: Cdr
}

/**
 * Whether a CDR costs what it says. Its volumes have four decimals and everybody rounds in his own way, so the smallest unit
 * of the currency, and one ten-thousandth of each period's volumes, are no difference.
 */
export const checkedCdr = (cdr: Cdr, { zone, original }: CdrGrounds = {}): CdrVerdict => {
  if (cdr.credit === true) return checkedCredit(cdr, original)
  const tariff = tariffOf(cdr)
  const read = stretchesOfCdr(cdr)
  const why = [...('why' in tariff ? tariff.why : []), ...('why' in read ? read.why : [])]
  if ('why' in tariff || 'why' in read) return { verdict: 'uncomputable', why }
  const known = zone === undefined ? undefined : timeZone(zone)
  if (known === undefined && dependsOnClock(tariff.of))
    return { verdict: 'uncomputable', why: ['its tariff depends on the time of day, and the time zone is not known'] }
  const of = (reservation: StretchKind): CdrVerdict =>
    compared(cdr, tariff.of, {
      zone: known ?? 'UTC',
      stretches: read.stretches.map((one) => (one.kind === 'reserved' ? { ...one, kind: reservation } : one)),
    })
  const first = of('reserved')
  // a CDR does not tell a reservation that was used from one that nobody came for
  if (first.verdict !== 'differs' || !read.stretches.some(({ kind }) => kind === 'reserved')) return first
  const second = of('reservationExpired')
  return second.verdict === 'matches' ? second : first
}

/** The one tariff that it was priced by; one without any is free. */
const tariffOf = ({
  tariffs = [],
  charging_periods,
  currency,
}: Cdr): { readonly of: OurTariff } | { readonly why: readonly string[] } => {
  const named = new Set(charging_periods.flatMap(({ tariff_id: id }) => (id === undefined ? [] : [id.toLowerCase()])))
  if (tariffs.length === 0)
    return named.size === 0 ? { of: free(currency) } : { why: ['it names a tariff, and has none with it'] }
  const used = tariffs.length === 1 ? tariffs : tariffs.filter(({ id }) => named.has(id.toLowerCase()))
  const [one, ...others] = used
  if (one === undefined) return { why: ['none of its periods says which of its tariffs is for it'] }
  if (others.length > 0) return { why: ['it was priced by more than one tariff'] }
  const mapped = tariffFrom(one as Tariff)
  if ('impossible' in mapped) return { why: mapped.impossible.map((fault) => `its tariff: ${fault}`) }
  if (mapped.object.currency !== currency)
    return { why: [`it is in ${currency}, and its tariff in ${mapped.object.currency}`] }
  return { of: mapped.object }
}

const free = (currency: string): OurTariff => ({ id: 'free', version: 1, currency, taxIncluded: 'N/A', elements: [] })

const dependsOnClock = ({ elements }: OurTariff): boolean =>
  elements.some(
    ({ restrictions: { startTime, endTime, startDate, endDate, daysOfWeek } = {} }) =>
      (startTime ?? endTime ?? startDate ?? endDate ?? daysOfWeek) !== undefined,
  )

const compared = (
  cdr: Cdr,
  tariff: OurTariff,
  usage: { readonly zone: string; readonly stretches: readonly Stretch[] },
): CdrVerdict => {
  const computed = cdrTotalsOf(price(tariff, usage))
  const money = power(4 - currencyDigits(cdr.currency))
  const volume = BigInt(cdr.charging_periods.length)
  return verdictOf([
    ...costs(cdr.total_cost, computed.total_cost, money),
    ...differing('total_energy', cdr.total_energy, computed.total_energy, volume),
    ...differing('total_time', cdr.total_time, computed.total_time, volume + wholeSecond),
  ])
}

/** Ten-thousandths of an hour that the seconds of two times can hide. */
const wholeSecond = 6n

const checkedCredit = (cdr: Cdr, original: Cdr | undefined): CdrVerdict => {
  if (original === undefined) return { verdict: 'uncomputable', why: ['the CDR that it takes back is not known here'] }
  const { total_cost: owed } = creditCdr(original, { id: cdr.id, sealedAt: 0 })
  return verdictOf(costs(cdr.total_cost, owed, power(4 - currencyDigits(cdr.currency))))
}

type Compared = Difference & { readonly isApart: boolean }

const verdictOf = (all: readonly Compared[]): CdrVerdict => {
  const [first] = all
  const total = { said: first?.said ?? '0', computed: first?.computed ?? '0' }
  const differences = all.flatMap(({ isApart, ...one }) => (isApart ? [one] : []))
  return differences.length === 0 ? { verdict: 'matches', total } : { verdict: 'differs', total, differences }
}

/** What it costs before tax, and the tax, where the CDR speaks of any. */
const costs = (said: Price, computed: Price, most: bigint): readonly Compared[] => [
  ...differing('total_cost', said.before_taxes, computed.before_taxes, most),
  ...(said.taxes === undefined ? [] : differing('total_cost (tax)', taxOf(said), taxOf(computed), most)),
]

const finest = 6

const taxOf = ({ taxes = [] }: Price): DecimalText =>
  amountOf(
    taxes.reduce((sum, { amount }) => sum + units(amount), 0n),
    finest,
  )

/** `most` are the ten-thousandths that are no difference. */
const differing = (field: string, said: DecimalText, computed: DecimalText, most: bigint): readonly Compared[] => {
  const apart = units(said) - units(computed)
  const isApart = (apart < 0n ? -apart : apart) > most * power(finest - 4)
  return [{ field, said, computed, isApart }]
}

const units = (text: DecimalText): bigint =>
  digitsOf(text) <= finest ? unitsOf(text, finest) : BigInt(scaled(text, finest) ?? 0)
