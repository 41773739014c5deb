import fc from 'fast-check'
import { expect, it } from 'vitest'
import { partsOf } from '../../core/domain/amount.ts'
import { accountKey, partyAccount } from '../../core/settlement/account.ts'
import { type Posting, sourceKinds } from '../../core/settlement/voucher.ts'
import { type GeneralLedger, PeriodClosed } from '../../core/ports/general-ledger.ts'
import { anyPostings, emp, operator, posting, voucher } from '../support/vouchers.ts'

/** A general ledger, and a way to close a month of it. */
export interface LedgerUnderTest {
  readonly ledger: GeneralLedger
  /** One that has nothing in its books. */
  tenant(): Promise<string>
  close(tenant: string, month: string): Promise<void>
}

/** What every general ledger must do, whatever it is made of. */
export const generalLedgerContract = (make: () => LedgerUnderTest): void => {
  const balancesOf = async (tenant: string): Promise<Readonly<Record<string, string>>> =>
    Object.fromEntries(
      (await make().ledger.balances(tenant)).map(({ account, amount }) => [accountKey(account), amount]),
    )

  it('posts a source once, whatever it is posted as the second time', async () => {
    const { ledger } = make()
    const tenant = await make().tenant()
    const one = voucher('1', { tenant })
    expect(await ledger.has(tenant, one.source)).toBe(false)
    expect(await ledger.post(tenant, [one, voucher('2', { tenant }), one])).toEqual({ posted: 2, known: 1 })
    const other = [posting(emp(), '99.00'), posting(operator(), '-99.00')]
    expect(await ledger.post(tenant, [{ ...one, postings: other }])).toEqual({ posted: 0, known: 1 })
    expect(await ledger.has(tenant, one.source)).toBe(true)
    expect(await balancesOf(tenant)).toEqual({ 'EUR/operator/': '-24.00', 'EUR/party/emp:DE*8AA': '24.00' })
  })

  it('of the same voucher twice in one post the first one counts', async () => {
    const tenant = await make().tenant()
    const other = [posting(emp(), '99.00'), posting(operator(), '-99.00')]
    await make().ledger.post(tenant, [voucher('1', { tenant }), voucher('1', { tenant, postings: other })])
    expect(await balancesOf(tenant)).toMatchObject({ 'EUR/operator/': '-12.00' })
  })

  it('knows the same key of another kind as something else', async () => {
    const tenant = await make().tenant()
    const all = sourceKinds.map((kind) => voucher('1', { tenant, source: { kind, key: '1' } }))
    expect(await make().ledger.post(tenant, all)).toEqual({ posted: sourceKinds.length, known: 0 })
  })

  const wrong: readonly (readonly [string, readonly Posting[]])[] = [
    ['does not come to nothing', [posting(emp(), '1.00'), posting(operator(), '-0.99')]],
    ['comes to nothing only over two currencies', [posting(emp(), '1.00'), posting(operator('CHF'), '-1.00')]],
    ['has only one posting', [posting(emp(), '0.00')]],
    ['has no postings', []],
    ['has parts of a cent', [posting(emp(), '0.005'), posting(operator(), '-0.005')]],
    ['has parts of a yen', [posting(emp('JPY'), '0.5'), posting(operator('JPY'), '-0.5')]],
    ['has what is no amount', [posting(emp(), 'NaN'), posting(operator(), '0.00')]],
  ]
  it.each(wrong)('refuses a voucher that %s, and all that come with it', async (_, postings) => {
    const tenant = await make().tenant()
    const both = [voucher('1', { tenant }), voucher('2', { tenant, postings })]
    await expect(make().ledger.post(tenant, both)).rejects.toThrow()
    expect(await balancesOf(tenant)).toEqual({})
  })

  it('refuses a voucher of another tenant', async () => {
    const [tenant, other] = [await make().tenant(), await make().tenant()]
    await expect(make().ledger.post(tenant, [voucher('1', { tenant: other })])).rejects.toThrow()
    expect(await balancesOf(other)).toEqual({})
  })

  it('keeps tenants apart', async () => {
    const [tenant, other] = [await make().tenant(), await make().tenant()]
    await make().ledger.post(tenant, [voucher('1', { tenant })])
    expect(await make().ledger.has(other, { kind: 'document', key: '1' })).toBe(false)
    expect(await make().ledger.post(other, [voucher('1', { tenant: other })])).toEqual({ posted: 1, known: 0 })
  })

  it('posts nothing into a closed month, nor into one before it; what is there stays known', async () => {
    const tenant = await make().tenant()
    await make().ledger.post(tenant, [voucher('1', { tenant })])
    await make().close(tenant, '2026-11')
    for (const month of ['2026-11', '2026-10'])
      await expect(make().ledger.post(tenant, [voucher('2', { tenant, month })])).rejects.toThrow(PeriodClosed)
    expect(await make().ledger.post(tenant, [voucher('1', { tenant })])).toEqual({ posted: 0, known: 1 })
    expect(await make().ledger.post(tenant, [voucher('2', { tenant, month: '2026-12' })])).toEqual({
      posted: 1,
      known: 0,
    })
  })

  it('two who post the same at once post it once', async () => {
    const tenant = await make().tenant()
    const some = Array.from({ length: 40 }, (_, i) => voucher(String(i), { tenant }))
    const both = await Promise.all([make().ledger.post(tenant, some), make().ledger.post(tenant, some.toReversed())])
    expect(both.reduce((sum, { posted }) => sum + posted, 0)).toBe(40)
    expect(await balancesOf(tenant)).toMatchObject({ 'EUR/operator/': '-480.00' })
  })

  it('what accounts come to is the sum of their postings, and nothing all together', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyPostings, { minLength: 1, maxLength: 12 }), async (all) => {
        const tenant = await make().tenant()
        await make().ledger.post(
          tenant,
          all.map((postings, i) => voucher(String(i), { tenant, postings })),
        )
        const sums = new Map<string, bigint>()
        for (const { account, amount } of all.flat())
          sums.set(accountKey(account), (sums.get(accountKey(account)) ?? 0n) + partsOf(amount))
        const balances = await make().ledger.balances(tenant)
        expect(new Map(balances.map(({ account, amount }) => [accountKey(account), partsOf(amount)]))).toEqual(sums)
        const left = Map.groupBy(balances, ({ account }) => account.currency)
        for (const [currency, lines] of left)
          expect([currency, lines.reduce((sum, { amount }) => sum + partsOf(amount), 0n)]).toEqual([currency, 0n])
      }),
      { numRuns: 25 },
    )
  })

  it('takes names as they are', async () => {
    const tenant = await make().tenant()
    const account = partyAccount('siteOwner', `Müller’s "Mall", {a} \\ 100 %`, 'EUR')
    await make().ledger.post(tenant, [
      voucher('a,b "c" \\ {d}', { tenant, postings: [posting(account, '1.00'), posting(operator(), '-1.00')] }),
    ])
    expect(await make().ledger.has(tenant, { kind: 'document', key: 'a,b "c" \\ {d}' })).toBe(true)
    expect(await make().ledger.balances(tenant)).toContainEqual({ account, amount: '1.00' })
  })
}
