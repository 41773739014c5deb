import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { receivedObjects } from '../../../adapters/postgres/received-objects.ts'
import { priceRetail } from '../../../adapters/postgres/retail-prices.ts'
import { postgresStore } from '../../../adapters/postgres/store/index.ts'
import { cdrsReceiver } from '../../../adapters/roaming/ocpi/modules/cdrs-receiver.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import { TestClock } from '../../support/clock.ts'
import { alarms, ask, cdrBody, oneOwnToken } from '../../support/received.ts'
import { roamingPrice } from '../../support/settlement.ts'

const act = { by: { key: 'k', label: 'a test' }, at: Date.UTC(2026, 10, 27, 12) }
const owner = { country: 'DE', party: 'ABC' }

describe("what drivers pay for partners' CDRs", () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await freshDatabase()
  })
  afterAll(() => database?.close())
  const store = () => postgresStore(database.app, database.ingest)
  const clock = new TestClock()

  beforeEach(async () => {
    const { admin } = database
    await admin`truncate agreements, retail_prices, roaming_received, outbox, events, roaming_partners, contracts, market_roles, parties cascade`
    await admin`insert into parties (tenant, id, role, name, country_code, party_id, is_ours, created_at, changed_at)
      values ('default', 'b', 'emp', 'B', 'NL', 'EMP', true, now(), now())`
    await admin`insert into roaming_partners (tenant, id, state, since, endpoints, quirks, checks, registered_at, changed_at)
      values ('default', 'cpo', 'registered', now(), '[]', '{}', '[]', now(), now())`
  })

  const posts = async (id: string, more: object = {}): Promise<number> => {
    const module = cdrsReceiver({
      received: receivedObjects(database.app),
      ownTokens: oneOwnToken(),
      clock,
      ...alarms(),
    })
    return (await ask()(module, 'POST', '', cdrBody(id, more))).http
  }
  const jobs = () =>
    database.admin<
      { id: number; tenant: string; key: string }[]
    >`select id, tenant, key from outbox where kind = 'retail' order by id`
  /** Does what is left in the outbox, as whoever does jobs does. */
  const work = async (): Promise<number> => {
    let priced = 0
    for (const { id, tenant } of await jobs())
      priced += await priceRetail({ app: database.app, clock }, { id: Number(id), tenant })
    return priced
  }
  const price = (more: Parameters<typeof roamingPrice>[0] = {}) =>
    store().agreements.roaming.put('default', roamingPrice(more), act)
  const found = (id: string) => store().agreements.retail.find('default', owner, id)
  const states = async () => {
    const { items } = await store().agreements.retail.list('default', {}, { limit: 100 })
    return items.map(({ id, state, reason, retail }) => [id, state, reason ?? retail?.total.gross])
  }

  it('a CDR that comes gets the price that is for it, from what it cost to what is paid', async () => {
    await price({ markupPercent: '10', vat: '19' })
    await posts('CDR-1')
    expect([await states(), await work(), await states(), await jobs()]).toEqual([
      [['CDR-1', 'due', undefined]],
      1,
      [['CDR-1', 'priced', '6.55']],
      [],
    ])
    expect(await found('cdr-1')).toMatchObject({
      emp: 'b',
      day: '2026-11-27',
      partner: 'cpo',
      retail: { price: { id: 'plus' }, cost: { net: '5', tax: '0.95' } },
    })
  })

  it('one that no price is for waits, says why, and is priced once there is one', async () => {
    await price({ currency: 'CHF' })
    await posts('CDR-1')
    await work()
    expect(await states()).toEqual([
      ['CDR-1', 'waiting', 'no roaming price in EUR is for NL-EMP-C00000001-X at cpo on 2026-11-27'],
    ])
    expect(await jobs()).toEqual([])
    await price({ id: 'euro', partner: 'cpo', markupPerSession: '1' })
    expect([await work(), await states()]).toEqual([1, [['CDR-1', 'priced', '6.00']]])
  })

  it('one of an EMP that is none of ours waits until it is', async () => {
    await database.admin`update parties set is_ours = false`
    await price()
    await posts('CDR-1')
    await work()
    expect(await states()).toEqual([['CDR-1', 'waiting', 'no EMP of ours is NL*EMP']])
    await store().parties.put(
      { tenant: 'default', id: 'b', role: 'emp', name: 'B', code: { country: 'NL', party: 'EMP' }, isOurs: true },
      act,
    )
    expect([await work(), await states()]).toEqual([1, [['CDR-1', 'priced', '5.00']]])
  })

  it('a credit takes back what was paid, whatever the price has become, also where it comes first', async () => {
    await price({ markupPerSession: '1', vat: '19' })
    await posts('CREDIT', {
      credit: true,
      credit_reference_id: 'CDR-1',
      total_cost: { before_taxes: -5, taxes: [{ name: 'VAT', amount: -0.95 }] },
    })
    await work()
    expect(await states()).toEqual([['CREDIT', 'waiting', 'the CDR that it takes back, CDR-1, has no price yet']])
    await posts('CDR-1')
    expect(await work()).toBe(2)
    await price({ markupPerSession: '9', vat: '19' })
    await work()
    expect(await states()).toEqual([
      ['CREDIT', 'priced', '-7.14'],
      ['CDR-1', 'priced', '7.14'],
    ])
  })

  it('is done once, by however many at once, and again after a kill between any two pages', async () => {
    await price({ markupPerSession: '1' })
    for (let i = 0; i < 130; i++) await posts(`CDR-${i}`)
    const left = await jobs()
    // killed: the first page is there, and whoever did it does not come back
    await database.admin`create function killed() returns trigger language plpgsql as $$ begin
      if (select count(*) from retail_prices where state = 'priced') > 110 then raise exception 'killed'; end if; return new; end $$`
    await database.admin`create trigger killed before update on retail_prices for each row execute function killed()`
    const [first] = left
    await expect(
      priceRetail({ app: database.app, clock }, { id: Number(first?.id), tenant: 'default' }),
    ).rejects.toThrow('killed')
    await database.admin`drop function killed cascade`
    const half = (await states()).filter(([, state]) => state === 'priced').length
    const rest = (await jobs()).length
    const done = await Promise.all([1, 2, 3].map(() => work()))
    expect([half, rest, done.reduce((a, b) => a + b), await jobs()]).toEqual([100, 30, 30, []])
    expect(new Set((await states()).map(([, state, gross]) => `${state} ${gross}`))).toEqual(new Set(['priced 6.00']))
  }, 30_000)

  it('of one that nobody can make anything of waits, and is in the way of no other', async () => {
    await price()
    const { admin } = database
    await admin`insert into roaming_received (tenant, module, country_code, party_id, id, partner, last_updated, received_at, body)
      values ('default', 'cdrs', 'DE', 'ABC', 'ODD', 'cpo', now(), now(), '{"start_date_time": "2026-11-27T12:00:00Z"}')`
    await posts('CDR-1')
    await work()
    const [odd, good] = await states()
    expect([odd?.slice(0, 2), String(odd?.[2]).startsWith('it cannot be read: '), good]).toEqual([
      ['ODD', 'waiting'],
      true,
      ['CDR-1', 'priced', '5.00'],
    ])
  })

  it('never changes once it is there, and nobody can', async () => {
    await price()
    await posts('CDR-1')
    await work()
    await expect(database.admin`update retail_prices set state = 'due', retail = null`).rejects.toThrow(
      /stays as it is/,
    )
    await expect(database.admin`delete from retail_prices`).rejects.toThrow(/stays as it is/)
    await posts('CDR-1')
    expect([await jobs(), await states()]).toEqual([[], [['CDR-1', 'priced', '5.00']]])
  })

  it.each([
    [{ currency: 'XXX', tariffs: [] }, 'its currency XXX is none that is in use'],
    [{ total_cost: { before_taxes: -5 } }, 'its total is less than nothing, and it is no credit'],
    [{ total_energy: 99_999_999_999 }, 'its energy cannot be read'],
    [{ credit: true, total_cost: { before_taxes: -5 } }, 'it is a credit, and does not say of what'],
  ])('with %j waits for a person', async (more, reason) => {
    await price()
    await posts('CDR-1', more)
    await work()
    expect(await states()).toEqual([['CDR-1', 'waiting', reason]])
  })

  it.each([
    [{ partner: 'nobody' }, '/partner', 'there is no such roaming partner'],
    [{ contract: 'nobody' }, '/contract', 'there is no such contract'],
  ])('a price for %j is refused', async (more, pointer, refused) => {
    expect(await price(more)).toEqual({ pointer, refused })
  })

  it('prices of the same never overlap, however that is spelt', async () => {
    await price({ partner: 'cpo' })
    expect(await price({ id: 'again', partner: 'CPO', from: '2027-01-01' })).toMatchObject({
      refused: 'again (from 2027-01-01 on) overlaps plus (from 2026-01-01 on), which is of the same',
    })
    expect(await price({ id: 'any' })).toMatchObject({ isNew: true })
  })
})
