import type { DocumentKind } from '../domain/document.ts'
import { type Decimal, millionths } from '../domain/decimal.ts'
import type { MilliWattHours } from '../domain/units.ts'
import type { Taxed } from '../pricing/priced.ts'
import { type Account, partyAccount } from './account.ts'
import { coinOf, coinsOf, hundred, inCoins, percentOf, perKwh, textOf } from './money.ts'
import type { ResaleContract, SiteContract } from './terms.ts'
import type { Posting, Purpose } from './voucher.ts'

/** A document of the books, as far as it matters who gets what of it. Amounts are those of its account, also of a credit. */
export interface SplitInput extends Taxed {
  /** A credit takes back what its account has given, whole. */
  readonly kind: DocumentKind
  /** ISO 4217 */
  readonly currency: string
  readonly energyMwh: MilliWattHours
  /** The party in the market that owes it; absent: whoever charged without a contract has paid, or owes it himself. */
  readonly emp?: string
}

/** What was agreed for the place of a session on the day on which it began. */
export interface Terms {
  readonly site?: SiteContract
  readonly resale?: ResaleContract
}

/** The account of everybody who charges without a contract. */
export const adHoc = 'adHoc'

/**
 * Who owes and who gets what of a session: its EMP owes all of it; the state gets the tax; the site's owner gets its share
 * of what is left, so much for each kWh, and the electricity that it has bought; the reseller gets its share; the rest is
 * the operator's. Each is rounded once to the smallest unit of its currency, and what rounding leaves is the operator's: no
 * cent is lost and none is made. Shares are rounded one on top of the other, so that two halves of one cent are one cent:
 * together they are never more than there is. A document that moves nothing has no postings.
 *
 * Prices of a contract in another currency than the document's are posted in their own: amounts are not converted.
 */
export const splitOf = (document: SplitInput, { site, resale }: Terms): readonly Posting[] => {
  const { kind, currency, emp } = document
  const [gross, tax] = [coinsOf(currency, document.gross), coinsOf(currency, document.tax)]
  const shares = sharesOf({ currency, net: gross - tax }, { site, resale })
  const payer = emp === undefined ? partyAccount('driver', adHoc, currency) : partyAccount('emp', emp, currency)
  const moves = [
    { account: payer, parts: gross, purpose: 'charging' as const },
    { account: { kind: 'tax', currency } as const, parts: -tax, purpose: 'tax' as const },
    ...(site === undefined ? [] : ownersMoves(site, { document, share: shares.site })),
    ...(resale === undefined ? [] : resellersMoves(resale, { currency, share: shares.resale })),
  ]
  return kind === 'credit' ? balanced(moves.map(takenBack)) : balanced(moves)
}

/** What is moved, in parts, before the operator's side of it. */
export interface Move {
  readonly account: Account
  readonly parts: bigint
  readonly purpose: Purpose
  readonly contract?: string
}

const takenBack = (move: Move): Move => ({ ...move, parts: -move.parts })

const sharesOf = (
  { currency, net }: { readonly currency: string; readonly net: bigint },
  { site, resale }: { readonly site: SiteContract | undefined; readonly resale: ResaleContract | undefined },
): { readonly site: bigint; readonly resale: bigint } => {
  const coin = coinOf(currency)
  const first = least(millionths(site?.sharePercent ?? '0'), hundred)
  const both = least(first + millionths(resale?.sharePercent ?? '0'), hundred)
  const given = inCoins(coin, net * first, hundred)
  return { site: given, resale: inCoins(coin, net * both, hundred) - given }
}

const least = (one: bigint, other: bigint): bigint => (one < other ? one : other)

interface Owed {
  readonly currency: string
  readonly parts: bigint
  readonly purpose: Purpose
}

const ownersMoves = (
  contract: SiteContract,
  { document, share }: { readonly document: SplitInput; readonly share: bigint },
): readonly Move[] => {
  const energy = (price: Decimal | undefined): bigint =>
    price === undefined ? 0n : inCoins(coinOf(contract.currency), perKwh(price, document.energyMwh))
  const owed: readonly Owed[] = [
    { currency: document.currency, parts: share, purpose: 'share' },
    { currency: contract.currency, parts: energy(contract.perKwh), purpose: 'share' },
    { currency: contract.currency, parts: energy(contract.electricityPerKwh), purpose: 'electricity' },
  ]
  return given(owed, { ...contract, to: (currency) => partyAccount('siteOwner', contract.owner, currency) })
}

const resellersMoves = (
  contract: ResaleContract,
  { currency, share }: { readonly currency: string; readonly share: bigint },
): readonly Move[] =>
  given([{ currency, parts: share, purpose: 'resale' }], {
    ...contract,
    to: (own) => partyAccount('reseller', contract.seller, own),
  })

interface Recipient {
  readonly id: string
  readonly vat?: Decimal
  readonly to: (currency: string) => Account
}

/** What a party is given, with the tax that it must pay on it, which the tenant has back from the state. */
const given = (owed: readonly Owed[], { id: contract, vat, to }: Recipient): readonly Move[] => {
  const due = owed.filter(({ parts }) => parts !== 0n)
  const gifts = due.map(({ currency, parts, purpose }) => ({ account: to(currency), parts: -parts, purpose, contract }))
  if (vat === undefined) return gifts
  const currencies = [...new Set(due.map(({ currency }) => currency))]
  return [
    ...gifts,
    ...currencies.flatMap((currency): readonly Move[] => {
      const net = due.reduce((sum, one) => (one.currency === currency ? sum + one.parts : sum), 0n)
      const tax = percentOf(coinOf(currency), net, vat)
      return [
        { account: to(currency), parts: -tax, purpose: 'tax', contract },
        { account: { kind: 'tax', currency }, parts: tax, purpose: 'tax', contract },
      ]
    }),
  ]
}

/**
 * With the operator's side of them, in each currency, which is for what the first of that currency is for unless it is
 * said; what moves nothing is left out.
 */
export const balanced = (moves: readonly Move[], own?: Purpose): readonly Posting[] => {
  const rest = new Map<string, Move>()
  for (const { account, parts, purpose, contract } of moves) {
    const { currency } = account
    const before = rest.get(currency) ?? {
      account: { kind: 'operator', currency },
      parts: 0n,
      purpose: own ?? purpose,
      ...(contract !== undefined && { contract }),
    }
    rest.set(currency, { ...before, parts: before.parts - parts })
  }
  return [...moves, ...rest.values()]
    .filter(({ parts }) => parts !== 0n)
    .map(({ parts, account, ...move }) => ({ account, amount: textOf(account.currency, parts), ...move }))
}
