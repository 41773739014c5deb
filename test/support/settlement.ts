import { partsOf } from '../../core/domain/amount.ts'
import { accountKey } from '../../core/settlement/account.ts'
import type { SplitInput } from '../../core/settlement/split.ts'
import type { ResaleContract, RoamingPrice, SiteContract } from '../../core/settlement/terms.ts'
import type { Posting } from '../../core/settlement/voucher.ts'

/** 20 kWh for 10.00 and 19 per cent, of a driver with a contract. */
export const sold = (more: Partial<SplitInput> = {}): SplitInput => ({
  kind: 'cdr',
  net: '10.00',
  tax: '1.90',
  gross: '11.90',
  currency: 'EUR',
  energyMwh: 20_000_000,
  emp: 'b',
  ...more,
})

export const siteContract = (more: Partial<SiteContract> = {}): SiteContract => ({
  id: 'mall-2026',
  owner: 's',
  subject: { kind: 'site', id: 'mall' },
  from: '2026-01-01',
  currency: 'EUR',
  ...more,
})

export const resaleContract = (more: Partial<ResaleContract> = {}): ResaleContract => ({
  id: 'r-a',
  seller: 'r',
  buyer: 'a',
  from: '2026-01-01',
  currency: 'EUR',
  tiers: [],
  ...more,
})

export const roamingPrice = (more: Partial<RoamingPrice> = {}): RoamingPrice => ({
  id: 'plus',
  from: '2026-01-01',
  currency: 'EUR',
  ...more,
})

/** `EUR/party/emp:b charging 11.90`, in the order of the postings. */
export const written = (postings: readonly Posting[]): readonly string[] =>
  postings.map(({ account, purpose, amount }) => `${accountKey(account)} ${purpose} ${amount}`)

/** What each account has, in parts; those that have nothing are left out. */
export const balances = (postings: readonly Posting[]): ReadonlyMap<string, bigint> => {
  const sums = new Map<string, bigint>()
  for (const { account, amount } of postings)
    sums.set(accountKey(account), (sums.get(accountKey(account)) ?? 0n) + partsOf(amount))
  return new Map([...sums].filter(([, sum]) => sum !== 0n).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
