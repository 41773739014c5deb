import fc from 'fast-check'
import { expect, it } from 'vitest'
import { partsOf } from '../../../core/domain/amount.ts'
import type { ResaleContract, SiteContract } from '../../../core/settlement/terms.ts'
import { splitOf, type SplitInput, type Terms } from '../../../core/settlement/split.ts'
import { inOrder, type Posting, voucherFault } from '../../../core/settlement/voucher.ts'
import { digitsOf } from '../../../core/pricing/rounding.ts'
import { balances } from '../../support/settlement.ts'

/** A small generator of numbers (xorshift): what it makes follows from its seed alone, and costs next to nothing. */
const numbers = (seed: number) => {
  let state = seed | 1
  const next = (most: number): number => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % (most + 1)
  }
  return next
}
type Next = ReturnType<typeof numbers>

const currencies = [
  { currency: 'JPY', digits: 0 },
  { currency: 'EUR', digits: 2 },
  { currency: 'KWD', digits: 3 },
] as const

const decimal = (next: Next, whole: number): string => `${next(whole)}.${String(next(999_999)).padStart(6, '0')}`
const maybe = <Value>(next: Next, make: () => Value): Value | undefined => (next(2) === 0 ? undefined : make())
const stated = <Fields extends object>(fields: Fields) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    readonly [Key in keyof Fields]: Exclude<Fields[Key], undefined>
  }

/** Who owns, resells and has contracts with drivers: shares of a place are never more than 100 per cent together. */
interface Graph {
  readonly places: readonly Terms[]
  readonly sessions: readonly { readonly document: SplitInput; readonly place: number }[]
}

const termsFrom = (next: Next, i: number, currency: string): Terms => {
  const owners = next(100)
  const site = maybe(
    next,
    () =>
      stated({
        id: `site-${i}`,
        owner: `owner-${next(3)}`,
        subject: { kind: 'site', id: `s-${i}` },
        from: '2026-01-01',
        currency: next(9) === 0 ? 'CHF' : currency,
        sharePercent: maybe(next, () => (owners === 100 ? '100' : decimal(next, owners - 1 < 0 ? 0 : owners - 1))),
        perKwh: maybe(next, () => decimal(next, 0)),
        electricityPerKwh: maybe(next, () => decimal(next, 0)),
        vat: maybe(next, () => decimal(next, 30)),
      }) as SiteContract,
  )
  const resale = maybe(
    next,
    () =>
      stated({
        id: `resale-${i}`,
        seller: `reseller-${next(2)}`,
        buyer: 'cpo',
        from: '2026-01-01',
        currency,
        tiers: [],
        sharePercent: maybe(next, () => String(next(Math.max(0, 99 - owners)))),
        vat: maybe(next, () => decimal(next, 30)),
      }) as ResaleContract,
  )
  return stated({ site, resale }) as Terms
}

const amount = (coins: number, digits: number): string => {
  const text = String(coins).padStart(digits + 1, '0')
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`
}

const graphFrom = (seed: number, sessions: number): Graph => {
  const next = numbers(seed)
  const { currency, digits } = currencies[next(2)] ?? currencies[1]
  const places = Array.from({ length: 1 + next(4) }, (_, i) => termsFrom(next, i, currency))
  return {
    places,
    sessions: Array.from({ length: sessions }, () => {
      const [net, tax] = [next(next(1) === 0 ? 20 : 20_000), next(400)]
      const emp = maybe(next, () => `emp-${next(3)}`)
      return {
        place: next(places.length - 1),
        document: {
          kind: 'cdr',
          net: amount(net, digits),
          tax: amount(tax, digits),
          gross: amount(net + tax, digits),
          currency,
          energyMwh: next(90_000_000),
          ...(emp !== undefined && { emp }),
        },
      }
    }),
  }
}

/** Another order of the same. */
const shuffled = <Item>(items: readonly Item[], seed: number): readonly Item[] => {
  const next = numbers(seed ^ 0x5bd1)
  const all = [...items]
  for (let i = all.length - 1; i > 0; i--) {
    const j = next(i)
    ;[all[i], all[j]] = [all[j] as Item, all[i] as Item]
  }
  return all
}

const withoutEnergy = ({ site, resale }: Terms): Terms => {
  if (site === undefined) return resale === undefined ? {} : { resale }
  const { perKwh: _, electricityPerKwh: _electricity, ...shares } = site
  return { site: shares, ...(resale && { resale }) }
}

const isNegative = (of: string, other: string | undefined): boolean =>
  other === (of.startsWith('-') ? of.slice(1) : `-${of}`)

const digitsIn = (currency: string): number => currencies.find((one) => one.currency === currency)?.digits ?? 2

const sharedOf = (postings: readonly Posting[], currency: string): bigint =>
  postings.reduce(
    (sum, { purpose, amount: of, account }) =>
      (purpose === 'share' || purpose === 'resale') && account.kind === 'party' && account.currency === currency
        ? sum - partsOf(of)
        : sum,
    0n,
  )

const graphs = 1_000
const sessionsOfEach = 100

it(
  'of 100,000 sessions under 1,000 graphs of contracts every cent finds its owner, and none is made',
  { timeout: 60_000 },
  () => {
    let looked = 0
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 0x7fffffff }), (seed) => {
        const graph = graphFrom(seed, sessionsOfEach)
        const all = graph.sessions.map(({ document, place }) => {
          const terms = graph.places[place] ?? {}
          const postings = splitOf(document, terms)
          const taken = splitOf({ ...document, kind: 'credit' }, terms)
          if (postings.length > 0 && voucherFault({ postings }) !== undefined) throw new Error('debits are not credits')
          if (
            !postings.every(({ amount: of }, i) => isNegative(of, taken[i]?.amount)) ||
            taken.length !== postings.length
          )
            throw new Error('a credit is not the negative')
          for (const { amount: of, account } of postings)
            if (digitsOf(of) !== digitsIn(account.currency))
              throw new Error(`${of} is no amount of ${account.currency}`)
          // of shares alone: what is by kWh is owed whatever a session was sold for
          const shared = sharedOf(splitOf(document, withoutEnergy(terms)), document.currency)
          if (shared < 0n || shared > partsOf(document.net)) throw new Error('more is shared than there is')
          looked++
          return postings
        })
        const sums = balances(all.flat())
        const again = shuffled(graph.sessions, seed).flatMap(({ document, place }) =>
          splitOf(document, graph.places[place] ?? {}),
        )
        expect(balances(inOrder(again))).toEqual(sums)
        // and everything that was paid is somebody's
        expect([...sums.values()].reduce((sum, one) => sum + one, 0n)).toBe(0n)
      }),
      { numRuns: graphs },
    )
    expect(looked).toBeGreaterThanOrEqual(graphs * sessionsOfEach)
  },
)
