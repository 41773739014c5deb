import fc from 'fast-check'
import { amountText, unitOf } from '../../core/domain/amount.ts'
import { currencyDigits } from '../../core/pricing/currency.ts'
import { type Account, partyAccount } from '../../core/settlement/account.ts'
import { type Posting, purposes, type Voucher } from '../../core/settlement/voucher.ts'

/** Vouchers for tests. */

export const emp = (currency = 'EUR'): Account => partyAccount('emp', 'DE*8AA', currency)
export const operator = (currency = 'EUR'): Account => ({ kind: 'operator', currency })

export const posting = (account: Account, amount: string, over: Partial<Posting> = {}): Posting => ({
  account,
  amount,
  purpose: 'charging',
  ...over,
})

export const voucher = (key: string, over: Partial<Voucher> = {}): Voucher => ({
  tenant: 'default',
  source: { kind: 'document', key },
  month: '2026-11',
  at: Date.UTC(2026, 10, 24, 12),
  text: `CDR ${key}`,
  postings: [posting(emp(), '12.00'), posting(operator(), '-12.00')],
  ...over,
})

const currencies = ['EUR', 'JPY', 'KWD'] as const

const anyAccount = (currency: string): fc.Arbitrary<Account> =>
  fc.oneof(
    fc.constantFrom<Account>({ kind: 'operator', currency }, { kind: 'tax', currency }),
    fc
      .tuple(fc.constantFrom('emp', 'siteOwner', 'reseller'), fc.constantFrom('a', 'b', 'c', 'd'))
      .map(([kind, party]) => partyAccount(kind as 'emp', party, currency)),
  )

/** Some postings of one currency, and one more that makes them come to nothing. */
const balanced = (currency: string): fc.Arbitrary<readonly Posting[]> =>
  fc
    .tuple(
      fc.array(
        fc.record({
          account: anyAccount(currency),
          units: fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }),
          purpose: fc.constantFrom(...purposes),
        }),
        { minLength: 1, maxLength: 6 },
      ),
      anyAccount(currency),
    )
    .map(([some, last]) => {
      const text = (units: bigint): string =>
        amountText(units * unitOf(currencyDigits(currency)), currencyDigits(currency))
      const rest = some.reduce((sum, { units }) => sum - units, 0n)
      return [
        ...some.map(({ account, units, purpose }) => ({ account, amount: text(units), purpose })),
        { account: last, amount: text(rest), purpose: 'rounding' as const },
      ]
    })

/** Postings in one currency or several, which come to nothing in each of them. */
export const anyPostings: fc.Arbitrary<readonly Posting[]> = fc
  .uniqueArray(fc.constantFrom(...currencies), { minLength: 1, maxLength: 3 })
  .chain((some) => fc.tuple(...some.map(balanced)))
  .map((parts) => parts.flat())
