import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { generalLedger } from '../../../adapters/postgres/general-ledger.ts'
import type { GeneralLedger } from '../../../core/ports/general-ledger.ts'
import { generalLedgerContract } from '../../contracts/general-ledger.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import { voucher } from '../../support/vouchers.ts'

describe('a general ledger, on PostgreSQL', () => {
  let database: TestDatabase
  let ledger: GeneralLedger
  let tenants = 0
  const newTenant = async (): Promise<string> => {
    const tenant = `t${tenants++}`
    await database.admin`insert into tenants (tenant, name) values (${tenant}, ${tenant})`
    return tenant
  }
  const close = (tenant: string, month: string) =>
    database.admin`insert into ledger_periods (tenant, month, state, digest, closed_at) values (${tenant}, ${month}, 'closed', '', now())
      on conflict (tenant, month) do update set state = 'closed', digest = '', closed_at = now()`

  beforeAll(async () => {
    database = await freshDatabase()
    ledger = generalLedger(database.app)
  })
  afterAll(() => database?.close())

  generalLedgerContract(() => ({
    ledger,
    tenant: newTenant,
    close: async (tenant, month) => void (await close(tenant, month)),
  }))

  it('numbers vouchers and accounts without gaps, however many post at once', async () => {
    const tenant = await newTenant()
    await Promise.all(
      Array.from({ length: 8 }, (_, i) =>
        ledger.post(
          tenant,
          Array.from({ length: 25 }, (_, j) => voucher(`${i}/${j}`, { tenant })),
        ),
      ),
    )
    const [vouchers] = await database.admin<{ count: number; last: number }[]>`
      select count(*)::int as count, max(number)::int as last from ledger_vouchers where tenant = ${tenant}`
    expect(vouchers).toEqual({ count: 200, last: 200 })
    const accounts = await database.admin<{ number: number }[]>`
      select number from ledger_accounts where tenant = ${tenant} order by number`
    expect(accounts.map(({ number }) => number)).toEqual([1, 2])
  })

  describe('refuses by itself, also to its owner, with raw SQL', () => {
    let tenant = ''
    beforeAll(async () => {
      tenant = await newTenant()
      await ledger.post(tenant, [voucher('1', { tenant }), voucher('2', { tenant, month: '2026-12' })])
      await close(tenant, '2026-11')
    })

    interface Line {
      readonly account: number
      readonly amount: string
      readonly month?: string
    }
    const insert = (key: string, lines: readonly Line[], month = '2026-12') =>
      database.admin.unsafe(
        `with v as (
          insert into ledger_vouchers (tenant, number, source_kind, source_key, month, at, text) values ($1, $2::int, 'fee', $3, $4, now(), 'by hand')
        ), p as (select 1)
        insert into ledger_postings (tenant, voucher, line, account, month, amount, purpose)
          ${lines.map((line, i) => `select $1, $2::int, ${i + 1}, ${line.account}, '${line.month ?? month}', ${line.amount}::numeric, 'charging'`).join(' union all ') || 'select $1, $2::int, 1, 1, $4, 0, $3 from p where false'}`,
        [tenant, String(100 + Math.floor(Number(key))), key, month],
      )

    it('takes a voucher that is whole', async () => {
      await insert('1', [
        { account: 1, amount: '5.00' },
        { account: 2, amount: '-5.00' },
      ])
      expect(await ledger.has(tenant, { kind: 'fee', key: '1' })).toBe(true)
    })

    const broken: readonly (readonly [string, readonly Line[], RegExp, string | undefined])[] = [
      [
        'a voucher that does not come to nothing',
        [
          { account: 1, amount: '5.00' },
          { account: 2, amount: '-4.99' },
        ],
        /are not equal/,
        undefined,
      ],
      ['a voucher without postings', [], /fewer than two postings/, undefined],
      ['a voucher with one posting', [{ account: 1, amount: '0' }], /fewer than two postings/, undefined],
      [
        'an account that is not there',
        [
          { account: 1, amount: '5.00' },
          { account: 77, amount: '-5.00' },
        ],
        /account 77, which is not there/,
        undefined,
      ],
      [
        'a posting into another month than its voucher',
        [
          { account: 1, amount: '5.00', month: '2027-01' },
          { account: 2, amount: '-5.00', month: '2027-01' },
        ],
        /do not come with it/,
        undefined,
      ],
      [
        'a voucher in a closed month',
        [
          { account: 1, amount: '5.00' },
          { account: 2, amount: '-5.00' },
        ],
        /period 2026-11 is not open/,
        '2026-11',
      ],
      [
        'a voucher in a month that nobody has opened',
        [
          { account: 1, amount: '5.00' },
          { account: 2, amount: '-5.00' },
        ],
        /period 2027-05 is not open/,
        '2027-05',
      ],
    ]
    it.each(broken)('%s', async (_, lines, message, month) => {
      await expect(insert('7', lines, month)).rejects.toThrow(message)
    })

    it('a balanced pair that is added to a voucher of yesterday', async () => {
      await expect(
        database.admin`insert into ledger_postings (tenant, voucher, line, account, month, amount, purpose)
          select ${tenant}, 2, w.* from (values (3, 1, '2026-12', 1.00, 'charging'), (4, 2, '2026-12', -1.00, 'charging')) as w`,
      ).rejects.toThrow(/do not come with it/)
    })

    it('half a voucher now and the other half later in the same transaction', async () => {
      await expect(
        database.admin.begin(async (tx) => {
          await tx`with v as (
              insert into ledger_vouchers (tenant, number, source_kind, source_key, month, at, text) values (${tenant}, 300, 'fee', 'half', '2026-12', now(), '')
            ) insert into ledger_postings (tenant, voucher, line, account, month, amount, purpose) values (${tenant}, 300, 1, 1, '2026-12', 1, 'charging')`
          await tx`insert into ledger_postings (tenant, voucher, line, account, month, amount, purpose) values (${tenant}, 300, 2, 2, '2026-12', -1, 'charging')`
        }),
      ).rejects.toThrow(/fewer than two|not equal/)
    })

    it.each([
      [`update ledger_postings set amount = amount * 2`],
      [`delete from ledger_postings`],
      [`truncate ledger_postings`],
      [`update ledger_vouchers set month = '2027-01'`],
      [`delete from ledger_vouchers`],
      [`truncate ledger_vouchers cascade`],
      [`update ledger_accounts set currency = 'CHF'`],
      [`delete from ledger_accounts`],
      [`update ledger_periods set state = 'open', digest = null, closed_at = null where state = 'closed'`],
      [`delete from ledger_periods`],
      [`truncate ledger_periods cascade`],
    ])('%s', async (statement) => {
      const before = await database.admin`select * from ledger_postings order by tenant, voucher, line`
      await expect(database.admin.unsafe(statement)).rejects.toThrow(/never changed|only closes/)
      expect(await database.admin`select * from ledger_postings order by tenant, voucher, line`).toEqual(before)
    })

    it('an amount that two who write at once would tear apart', async () => {
      const results = await Promise.allSettled(
        Array.from({ length: 6 }, (_, i) =>
          insert(String(50 + i), [
            { account: 1, amount: '1.00' },
            { account: 2, amount: i % 2 === 0 ? '-1.00' : '-1.01' },
          ]),
        ),
      )
      expect(results.map(({ status }) => status)).toEqual(
        Array.from({ length: 6 }, (_, i) => (i % 2 === 0 ? 'fulfilled' : 'rejected')),
      )
      const [sum] = await database.admin<{ sum: string }[]>`select sum(amount)::text as sum from ledger_postings`
      expect(Number(sum?.sum)).toBe(0)
    })

    it('whose role is not the owner sees and writes only what is its tenant’s', async () => {
      const other = await newTenant()
      const seen = await database.app.begin(async (tx) => {
        await tx`select set_config('sm.tenant', ${other}, true)`
        return tx`select 1 from ledger_postings`
      })
      expect(seen.length).toBe(0)
      await expect(
        database.app.begin(async (tx) => {
          await tx`select set_config('sm.tenant', ${other}, true)`
          await tx`insert into ledger_accounts (tenant, number, kind, currency) values (${tenant}, 9, 'operator', 'CHF')`
        }),
      ).rejects.toThrow(/row-level security/)
      for (const statement of ['update ledger_postings set amount = 0', 'delete from ledger_vouchers'])
        await expect(database.app.unsafe(statement)).rejects.toThrow(/permission denied/)
    })
  })
})
