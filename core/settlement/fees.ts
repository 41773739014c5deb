import { partsOf } from '../domain/amount.ts'
import { type Decimal, millionths } from '../domain/decimal.ts'
import type { Amount } from '../pricing/priced.ts'
import { type HolderKind, partyAccount } from './account.ts'
import { coinOf, inCoins, percentOf, textOf } from './money.ts'
import { type Held, heldIn } from './held.ts'
import { balanced } from './split.ts'
import type { PortTerms, ResaleContract, SiteContract } from './terms.ts'
import type { Posting, Purpose } from './voucher.ts'

/** What a month costs beside its sessions: what stands on a statement, and how it was worked out. */
export interface Fee {
  readonly kind: 'perStation' | 'perPort' | 'floor'
  readonly purpose: Extract<Purpose, 'fixedFee' | 'floor'>
  readonly contract: string
  readonly currency: string
  /** Of one station or port; of the floor, all of it; for a whole month. */
  readonly price: Decimal
  /** How many there were. */
  readonly count: number
  /** Days of the month on which the contract held, and how many the month has. */
  readonly days: number
  readonly ofDays: number
  /** Of the floor: what was given of it in other ways, before tax. */
  readonly given?: Amount
  readonly net: Amount
  readonly tax: Amount
}

export interface MonthOfSite {
  /** `2026-11` */
  readonly month: string
  /** That there were in the month. */
  readonly stations: number
  readonly ports: number
  /** What the owner has been given of the month's sessions as share and for kWh, before tax; electricity is none of it. */
  readonly sharedNet: Amount
}

/**
 * What a site's owner gets for a month beside its sessions. A contract that begins or ends within the month counts by its
 * days: an owner follows another on one day, and what both get together is what one would have got, to the last cent; whole
 * months would pay that month twice. So is the floor. What is lacking to the floor is what the owner has not got as share,
 * for kWh, or as fixed fees; where a month took back more than it gave, that is lacking too.
 */
export const monthlyFees = (
  contract: SiteContract,
  { month, stations, ports, sharedNet }: MonthOfSite,
): readonly Fee[] => {
  const held = heldIn(contract, month)
  if (held.from === held.until) return []
  const { currency, perStation, perPort, floor } = contract
  const of = (kind: Fee['kind'], price: Decimal | undefined, count: number): Draft | undefined =>
    price === undefined ? undefined : { kind, price, count, net: forDays({ currency, price, count, held }) }
  const fixed = [of('perStation', perStation, stations), of('perPort', perPort, ports)].filter(
    (fee) => fee !== undefined,
  )
  const shared = fixed.reduce((sum, { net }) => sum + net, partsOf(sharedNet))
  const least = of('floor', floor, 1)
  const lacking = least && { ...least, net: least.net - shared, given: textOf(currency, shared) }
  return [...fixed, ...(lacking === undefined ? [] : [lacking])]
    .filter(({ net }) => net > 0n)
    .map(({ net, ...fee }) => ({
      ...fee,
      purpose: fee.kind === 'floor' ? 'floor' : 'fixedFee',
      contract: contract.id,
      currency,
      days: held.until - held.from,
      ofDays: held.of,
      net: textOf(currency, net),
      tax: textOf(currency, percentOf(coinOf(currency), net, contract.vat ?? '0')),
    }))
}

type Draft = Pick<Fee, 'kind' | 'price' | 'count' | 'given'> & { readonly net: bigint }

interface Priced {
  readonly currency: string
  readonly price: Decimal
  readonly count: number
  readonly held: Held
}

/** From the first of the month to a day, less the same to another: so parts of a month add up to it. */
const forDays = ({ currency, price, count, held }: Priced): bigint => {
  const until = (day: number): bigint =>
    inCoins(coinOf(currency), millionths(price) * million * BigInt(count * day), BigInt(held.of))
  return until(held.until) - until(held.from)
}

/** Parts of 10^-12 in a millionth. */
const million = 1_000_000n

/** The fees of a contract as they are posted: its owner is owed them, and the operator pays. */
export const postingsOfFees = (
  { id, owner }: Pick<SiteContract, 'id' | 'owner'>,
  fees: readonly Fee[],
): readonly Posting[] =>
  balanced(
    fees.flatMap(({ currency, purpose, net, tax }) => {
      const account = partyAccount('siteOwner', owner, currency)
      return [
        { account, parts: -partsOf(net), purpose, contract: id },
        { account, parts: -partsOf(tax), purpose: 'tax' as const, contract: id },
        { account: { kind: 'tax' as const, currency }, parts: partsOf(tax), purpose: 'tax' as const, contract: id },
      ]
    }),
  )

/** What a number of ports costs in a month. */
export interface PortFee {
  readonly net: Amount
  readonly tax: Amount
  /** That of the tier; absent: there are fewer ports than the first one begins with. */
  readonly perPort?: Decimal
  /** It would have been less. */
  readonly isMinimum?: true
}

/**
 * What is charged for the ports of a month: all of them at the price of the tier that their number falls in. There are no
 * parts of a month here: a port that was connected in a month is a port of that month. The minimum is charged for a month
 * without any port too.
 */
export const portFee = ({ currency, tiers, minimum = '0', vat = '0' }: PortTerms, ports: number): PortFee => {
  const coin = coinOf(currency)
  const tier = tiers.findLast(({ from }) => from <= ports)
  const asked = inCoins(coin, millionths(tier?.perPort ?? '0') * million * BigInt(ports))
  const least = inCoins(coin, millionths(minimum) * million)
  const net = asked < least ? least : asked
  return {
    net: textOf(currency, net),
    tax: textOf(currency, percentOf(coin, net, vat)),
    ...(tier !== undefined && { perPort: tier.perPort }),
    ...(asked < least && { isMinimum: true as const }),
  }
}

/** Whose books they are: the seller's, which is owed, or the buyer's, which owes. */
export type Side = 'seller' | 'buyer'

/** A fee for ports as it is posted. `buyer` is a reseller in the platform's books, and a CPO in a reseller's. */
export const postingsOfPortFee = (
  contract: Pick<ResaleContract, 'id' | 'seller' | 'buyer' | 'currency' | 'vat'>,
  { net, tax }: PortFee,
  { side, other }: { readonly side: Side; readonly other: HolderKind },
): readonly Posting[] => {
  const { id, seller, buyer, currency } = contract
  const account = partyAccount(other, side === 'seller' ? buyer : seller, currency)
  const sign = side === 'seller' ? 1n : -1n
  const [fee, due] = [partsOf(net) * sign, partsOf(tax) * sign]
  return balanced([
    { account, parts: fee, purpose: 'platformFee', contract: id },
    { account, parts: due, purpose: 'tax', contract: id },
    { account: { kind: 'tax', currency }, parts: -due, purpose: 'tax', contract: id },
  ])
}

/** What a CPO's books say that it owes its reseller of its sessions, by purpose; below nothing, as they have it. */
export interface Turnover {
  readonly currency: string
  readonly purpose: Purpose
  readonly amount: Amount
}

/** The same in the reseller's books, where it is had: the state gets its tax, and the reseller all else. */
export const postingsOfTurnover = (
  turnovers: readonly Turnover[],
  { cpo, contract }: { readonly cpo: string; readonly contract?: string },
): readonly Posting[] =>
  balanced(
    turnovers.flatMap(({ currency, purpose, amount }) => {
      const move = { purpose, ...(contract !== undefined && { contract }) }
      const parts = -partsOf(amount)
      return [
        { ...move, account: partyAccount('cpo', cpo, currency), parts },
        ...(purpose === 'tax' ? [{ ...move, account: { kind: 'tax' as const, currency }, parts: -parts }] : []),
      ]
    }),
  )
