import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { generalLedger } from '../../../adapters/postgres/general-ledger.ts'
import { PeriodClosed } from '../../../core/ports/general-ledger.ts'
import { SimUnavailable, SimUnclear } from '../../../core/ports/sim.ts'
import type { Voucher } from '../../../core/settlement/voucher.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import { until } from '../../support/server.ts'
import { simStage } from '../../support/sim-stage.ts'

const day = 86_400_000
const minute = 60_000
const one = '8988303000123456789'

describe('SIM cards, on PostgreSQL', () => {
  let database: TestDatabase
  let stage: ReturnType<typeof simStage>
  const posted: Voucher[] = []
  let closed = ''
  let serial = 0

  beforeAll(async () => {
    database = await freshDatabase()
    await database.register(20)
    await database.register(3, 'elsewhere', 5_000)
    const books = generalLedger(database.app)
    stage = simStage(database, {
      async post(tenant, vouchers) {
        if (vouchers.some(({ month }) => month === closed)) throw new PeriodClosed('closed')
        const told = await books.post(tenant, vouchers)
        if (told.posted > 0) posted.push(...vouchers)
        return told
      },
    })
  })
  afterAll(() => database?.close())

  /** A SIM that no other test has. */
  const fresh = (): string => String(8_988_303_000_200_000_000n + BigInt(serial++) * 11n)
  const sim = async (iccid: string, tenant = 'default') => stage.store.sims.find({ tenant, iccid })
  const alarmsOf = async (subject: string) => (await stage.alarms()).filter((alarm) => alarm.includes(` ${subject}: `))

  it('what a charge point boots with is in the inventory, once however often it boots as it was', async () => {
    await stage.boots('CP-0', '89883030001234567894')
    expect(await stage.work()).toBe(1)
    expect(await sim(one)).toMatchObject({ iccid: one, station: 'CP-0', state: 'unknown' })
    await stage.boots('CP-0', '89883030001234567894')
    expect(await stage.work()).toBe(0)
  })

  it('what is no ICCID is kept with why, and makes no SIM', async () => {
    await stage.boots('CP-1', '-71')
    await stage.work()
    expect(await stage.store.sims.facts({ tenant: 'default', identity: 'CP-1' })).toMatchObject({
      sim: { value: { iccid: '-71', fault: expect.stringContaining('it has 2 digits') } },
    })
  })

  it('its provider is found, and all that it knows of it; when that is old it is asked again', async () => {
    const iccid = fresh()
    const has = await stage.provider('finder')
    has.sims.set(iccid, { state: 'active', imei: '35293510000018', imsi: '901405100000018' })
    has.days.set(iccid, [{ day: '2026-11-26', dataMillionths: 2_500_000, sms: 1 }])
    await stage.boots('CP-2', iccid)
    await stage.work()
    expect(await sim(iccid)).toMatchObject({
      provider: 'finder',
      state: 'active',
      imei: '35293510000018',
      station: 'CP-2',
      connectivity: { attachment: 'attached', dataSession: 'open' },
    })
    expect(await stage.store.sims.usage({ tenant: 'default', iccid }, '2026-11')).toEqual([
      { day: '2026-11-26', dataMillionths: 2_500_000, sms: 1 },
      { day: '2026-11-27', dataMillionths: 0, sms: 0 },
    ])
    const asked = has.asked.length
    stage.clock.at += day / 2
    await stage.work()
    expect(has.asked.length).toBe(asked)
    stage.clock.at += day / 2
    await stage.work()
    expect(has.asked.slice(asked).map(([, what]) => what)).toEqual(
      ['sim', 'line', 'usage', 'events'].map((what) => `${what} ${iccid}`),
    )
  })

  it('a SIM that no provider has is told of when all were asked, and once', async () => {
    const iccid = fresh()
    await stage.provider('second')
    await stage.boots('CP-3', iccid)
    await stage.work()
    expect(await alarmsOf('CP-3')).toEqual(['default CP-3: unknown SIM'])
    stage.clock.at += 2 * day
    await stage.work()
    expect(await alarmsOf('CP-3')).toHaveLength(1)
  })

  it('a SIM in another charge point is told of, with where it was; its stays are dated', async () => {
    const iccid = fresh()
    stage.providers.get('finder')?.sims.set(iccid, { state: 'active' })
    await stage.boots('CP-4', iccid)
    await stage.work()
    const moved = (stage.clock.at += day)
    await stage.boots('CP-5', iccid)
    await stage.work()
    expect(await alarmsOf('CP-5')).toEqual(['default CP-5: moved SIM'])
    const [now, before] = await stage.store.sims.stays({ tenant: 'default', iccid })
    expect([now, before]).toEqual([
      { station: 'CP-5', from: moved },
      { station: 'CP-4', from: expect.any(Number), until: moved },
    ])
  })

  it('a SIM that was taken out and is put in again is none that has moved', async () => {
    const [iccid, other] = [fresh(), fresh()]
    for (const it of [iccid, other]) stage.providers.get('finder')?.sims.set(it, { state: 'active' })
    for (const said of [iccid, other, iccid]) {
      await stage.boots('CP-6', said)
      await stage.work()
    }
    expect(await alarmsOf('CP-6')).toEqual([])
    expect([(await sim(iccid))?.station, (await sim(other))?.station]).toEqual(['CP-6', undefined])
  })

  it('a SIM in another modem is told of, unless it was moved to another charge point since', async () => {
    const iccid = fresh()
    const has = stage.providers.get('finder')
    has?.sims.set(iccid, { state: 'active', imei: '35293510000018' })
    await stage.boots('CP-7', iccid)
    await stage.work()
    has?.sims.set(iccid, { state: 'active', imei: '35293510000026' })
    stage.clock.at += 2 * day
    await stage.work()
    stage.clock.at += 2 * day
    await stage.work()
    expect(await alarmsOf('CP-7')).toEqual(['default CP-7: moved SIM'])
    await stage.boots('CP-14', iccid)
    has?.sims.set(iccid, { state: 'active', imei: '35293510000034' })
    await stage.work()
    expect(await sim(iccid)).toMatchObject({ station: 'CP-14', imei: '35293510000034' })
    expect(await alarmsOf('CP-14')).toEqual(['default CP-14: moved SIM'])
  })

  it("a SIM of one tenant in another's charge point is told to both, and neither hears who the other is", async () => {
    const iccid = fresh()
    stage.providers.get('finder')?.sims.set(iccid, { state: 'active' })
    await stage.boots('CP-8', iccid)
    await stage.work()
    await stage.boots('CP-0', iccid, 'elsewhere')
    await stage.work()
    expect(await alarmsOf('CP-8')).toEqual(['default CP-8: SIM of another operator'])
    expect(await stage.alarms('elsewhere')).toEqual(['elsewhere CP-0: SIM of another operator'])
    const rows = await database.admin<{ tenant: string; text: string }[]>`
      select tenant, data::text as text from events where data->>'alarm' = 'SIM of another operator'`
    for (const { tenant, text } of rows) expect(text).not.toContain(tenant === 'elsewhere' ? 'default' : 'elsewhere')
    expect(rows.find((row) => row.tenant === 'default')?.text).not.toContain('CP-0')
    expect(rows.find((row) => row.tenant === 'elsewhere')?.text).not.toContain('CP-8')
  })

  it('its cap is told of once a month', async () => {
    const iccid = fresh()
    const has = await stage.provider('capped', { capMb: '5' })
    has.sims.set(iccid, { state: 'active' })
    const today = new Date(stage.clock.at).toISOString().slice(0, 10)
    has.days.set(iccid, [{ day: today, dataMillionths: 5_000_000, sms: 0 }])
    await stage.boots('CP-9', iccid)
    await stage.work()
    stage.clock.at += 30 * minute
    await stage.command(iccid, 'look', 'CP-9')
    await stage.work()
    expect(await alarmsOf('CP-9')).toEqual(['default CP-9: data cap reached'])
  })

  it('reads in all that a provider has, and asks of each', async () => {
    const has = await stage.provider('importer')
    const iccids = [fresh(), fresh(), fresh()]
    for (const iccid of iccids) has.sims.set(iccid, { state: 'active' })
    await stage.store.simProviders.wantImport({ tenant: 'default', provider: 'importer' }, stage.clock.at)
    await stage.work()
    expect(await stage.store.simProviders.find({ tenant: 'default', provider: 'importer' })).toMatchObject({
      sims: 3,
      import: { state: 'done', sims: 3 },
    })
    const page = await stage.store.sims.list('default', { provider: 'importer', isPlaced: false }, { limit: 2 })
    expect(page.items.map((item) => item.iccid)).toEqual(iccids.slice(0, 2))
    expect(page.next).not.toBeNull()
  })

  it('is never asked more often than its limit, whoever asks', async () => {
    const has = await stage.provider('limited', { perMinute: 30 })
    for (const iccid of [fresh(), fresh(), fresh()]) has.sims.set(iccid, { state: 'active' })
    await stage.store.simProviders.wantImport({ tenant: 'default', provider: 'limited' }, stage.clock.at)
    await stage.work()
    stage.clock.at += 1.1 * day
    await stage.work()
    const times = has.asked.map(([at]) => at)
    expect(times.length).toBeGreaterThan(20)
    expect(Math.min(...times.slice(1).map((at, place) => at - (times[place] ?? 0)))).toBeGreaterThanOrEqual(2_000)
  })

  it('a provider that says 429 is not asked before, and another one is', async () => {
    const [busy, fine] = [await stage.provider('busy'), await stage.provider('fine')]
    const [a, b] = [fresh(), fresh()]
    busy.sims.set(a, { state: 'active' })
    fine.sims.set(b, { state: 'active' })
    for (const id of ['busy', 'fine'])
      await stage.store.simProviders.wantImport({ tenant: 'default', provider: id }, stage.clock.at)
    busy.first = async () => {
      throw new SimUnavailable('it answered 429', 10 * minute)
    }
    const began = stage.clock.at
    await stage.work()
    expect((await sim(b))?.provider).toBe('fine')
    expect(await stage.store.simProviders.find({ tenant: 'default', provider: 'busy' })).toMatchObject({
      faults: 1,
      said: 'it answered 429',
    })
    const before = busy.asked.length
    stage.clock.at = began + 9 * minute
    await stage.work()
    expect(busy.asked.length).toBe(before)
    busy.first = async () => {}
    stage.clock.at = began + 11 * minute
    await stage.work()
    expect((await sim(a))?.provider).toBe('busy')
    expect(await stage.store.simProviders.find({ tenant: 'default', provider: 'busy' })).toMatchObject({ faults: 0 })
  })

  it('a provider that never answers keeps no other one waiting, nor whoever does the jobs', async () => {
    const [hung, well] = [await stage.provider('hung'), await stage.provider('well')]
    const [a, b] = [fresh(), fresh()]
    hung.sims.set(a, { state: 'active' })
    well.sims.set(b, { state: 'active' })
    let answer = (): void => {}
    hung.first = () => new Promise<void>((go) => (answer = go))
    for (const id of ['hung', 'well'])
      await stage.store.simProviders.wantImport({ tenant: 'default', provider: id }, stage.clock.at)
    const jobs = await database.admin<{ id: number; key: string }[]>`
      select id::int, key from outbox where kind = 'sim' and key in ('lane/hung', 'lane/well') order by key`
    const sims = stage.made()
    for (const job of jobs) await sims.work({ ...job, tenant: 'default' })
    await until('the other one', async () => (await sim(b))?.askedAt !== undefined)
    expect(hung.asked.map(([, what]) => what)).toEqual(['list'])
    hung.first = async () => {}
    answer()
    await sims.rest()
    expect((await sim(a))?.provider).toBe('hung')
  })

  it('whoever goes down asks for nothing more, and others go on at once', async () => {
    const has = await stage.provider('left')
    const iccid = fresh()
    has.sims.set(iccid, { state: 'active' })
    await stage.store.simProviders.wantImport({ tenant: 'default', provider: 'left' }, stage.clock.at)
    const sims = stage.made()
    // it is told to go down in the middle of a look
    has.first = async (what) => {
      if (what === 'line') void sims.stop()
    }
    const [job] = await database.admin<{ id: number; key: string }[]>`
      select id::int, key from outbox where kind = 'sim' and key = 'lane/left'`
    await sims.work({ id: job?.id ?? 0, key: job?.key ?? '', tenant: 'default' })
    await sims.rest()
    expect(has.asked.at(-1)?.[1]).toBe(`line ${iccid}`)
    has.first = async () => {}
    stage.clock.at += 1_000
    await stage.work()
    expect((await sim(iccid))?.askedAt).toBeDefined()
    expect(await stage.store.simProviders.find({ tenant: 'default', provider: 'left' })).toMatchObject({ faults: 0 })
  })

  it('what a month has cost is posted once, when its provider has said all of it', async () => {
    const iccid = fresh()
    const has = await stage.provider('costly', { tariff: { currency: 'EUR', perMonth: '1', perMb: '0.10' } })
    has.sims.set(iccid, { state: 'active' })
    stage.clock.at = Date.UTC(2027, 2, 30, 12)
    await stage.boots('CP-10', iccid)
    await stage.work()
    has.days.set(iccid, [
      { day: '2027-03-30', dataMillionths: 1_000_000, sms: 0 },
      // its provider says it late
      { day: '2027-03-31', dataMillionths: 2_500_000, sms: 0 },
    ])
    for (let days = 0; days < 7; days++) {
      stage.clock.at += day
      await stage.work()
    }
    const its = posted.filter(({ source }) => source.key.endsWith(iccid))
    expect(its.map(({ source, month, postings }) => [source, month, postings.map(({ amount }) => amount)])).toEqual([
      [{ kind: 'connectivity', key: `2027-03/${iccid}` }, '2027-03', ['1.35', '-1.35']],
    ])
    expect(await stage.store.sims.costs({ tenant: 'default', iccid })).toMatchObject([
      { month: '2027-03', station: 'CP-10', net: '1.35', dataMillionths: 3_500_000, postedAt: expect.any(Number) },
    ])
  })

  it('whoever dies between the posting and its note has it posted once', async () => {
    const before = posted.length
    await database.admin`update sim_costs set posted_at = null`
    stage.clock.at += 2 * day
    await stage.work()
    const [row] = await database.admin<
      { open: number }[]
    >`select count(*)::int as open from sim_costs where posted_at is null`
    expect([posted.length, row?.open]).toEqual([before, 0])
  })

  it('of a month that is closed what it has cost is posted in this one', async () => {
    const iccid = fresh()
    stage.providers.get('costly')?.sims.set(iccid, { state: 'active' })
    stage.clock.at = Date.UTC(2027, 4, 20)
    await stage.boots('CP-11', iccid)
    await stage.work()
    closed = '2027-05'
    stage.clock.at = Date.UTC(2027, 5, 8)
    await stage.work()
    closed = ''
    const its = posted.filter(({ source }) => source.key.endsWith(iccid))
    expect(its.map(({ source, month }) => [source.key, month])).toEqual([[`2027-05/${iccid}`, '2027-06']])
    // and what is owed to the provider is all that was posted
    const sum = posted.reduce((cents, { postings }) => cents + Math.round(Number(postings[1]?.amount) * 100), 0)
    const balances = await generalLedger(database.app).balances('default')
    expect(balances.find(({ account }) => account.party === 'simProvider:costly')?.amount).toBe((sum / 100).toFixed(2))
  })

  describe('commands', () => {
    let iccid: string
    let has: Awaited<ReturnType<typeof stage.provider>>
    beforeAll(async () => {
      iccid = fresh()
      has = await stage.provider('commanded')
      has.sims.set(iccid, { state: 'active' })
      await stage.boots('CP-12', iccid)
      await stage.work()
    })
    const acts = () =>
      has.asked
        .map(([, what]) => what.split(' ')[0])
        .filter((what) => !['sim', 'line', 'usage', 'events'].includes(what ?? ''))

    it('a wake-up succeeds when the charge point connects', async () => {
      const id = await stage.command(iccid, 'wakeUp', 'CP-12')
      await stage.work()
      expect(await stage.fate(iccid, id)).toEqual(['waiting', undefined])
      await stage.lanes.sweep(stage.clock.at, 10)
      expect(await stage.fate(iccid, id)).toEqual(['waiting', undefined])
      stage.clock.at += 20_000
      await stage.boots('CP-12', iccid, 'default', 2)
      await stage.lanes.sweep(stage.clock.at, 10)
      expect(await stage.fate(iccid, id)).toEqual(['done', 'succeeded'])
    })

    it('a reset fails where the charge point does not come', async () => {
      const id = await stage.command(iccid, 'reset', 'CP-12')
      await stage.work()
      stage.clock.at += 20 * minute
      await stage.lanes.sweep(stage.clock.at, 10)
      expect(await stage.fate(iccid, id)).toEqual(['done', 'failed'])
    })

    it('one whose fate nobody knows is never sent again, and what became of it is looked at', async () => {
      has.verdict = async () => {
        throw new SimUnclear('no answer within 15 s')
      }
      const before = acts().length
      const id = await stage.command(iccid, 'suspend')
      await stage.work()
      has.verdict = async () => ({ accepted: true })
      stage.clock.at += 60 * minute
      await stage.work()
      expect([await stage.fate(iccid, id), acts().slice(before)]).toEqual([['done', 'unclear'], ['suspended']])
      expect(has.asked.at(-1)?.[1]).toBe(`events ${iccid}`)
    })

    it('one that has not left us waits for its provider, and is not sent any more when its time is over', async () => {
      has.first = async () => {
        throw new SimUnavailable('away')
      }
      const id = await stage.command(iccid, 'suspend')
      await stage.work()
      expect(await stage.fate(iccid, id)).toEqual(['queued', undefined])
      stage.clock.at += 3 * minute
      await stage.lanes.sweep(stage.clock.at, 10)
      has.first = async () => {}
      const before = acts().length
      stage.clock.at += 60 * minute
      await stage.work()
      expect([await stage.fate(iccid, id), acts().slice(before)]).toEqual([['done', 'notSent'], []])
    })

    it('F-01: whoever dies while he sends has left it unclear, and it is sent by nobody else', async () => {
      const before = acts().length
      const id = await stage.command(iccid, 'suspend')
      const [job] = await database.admin<
        { id: number; key: string }[]
      >`select id::int, key from outbox where kind = 'sim' and key = 'lane/commanded'`
      const lane = await stage.lanes.enter(
        { id: job?.id ?? 0, tenant: 'default', key: job?.key ?? '' },
        'who dies',
        stage.clock.at,
      )
      if (lane === undefined) throw new Error('nobody has it')
      expect(await stage.lanes.take(lane, stage.clock.at)).toMatchObject({
        type: 'command',
        command: { id, state: 'sent' },
      })
      // others do not touch what is being asked
      await stage.work()
      expect(await stage.fate(iccid, id)).toEqual(['sent', undefined])
      stage.clock.at += 10 * minute
      await stage.work()
      expect([await stage.fate(iccid, id), acts().slice(before)]).toEqual([['done', 'unclear'], []])
    })

    it('two processes that are told of the same provider ask it once', async () => {
      const before = acts().length
      const id = await stage.command(iccid, 'activate')
      const jobs = await database.admin<
        { id: number; key: string }[]
      >`select id::int, key from outbox where kind = 'sim'`
      const two = [stage.made(), stage.made()]
      await Promise.all(two.flatMap((sims) => jobs.map((job) => sims.work({ ...job, tenant: 'default' }))))
      await Promise.all(two.map((sims) => sims.rest()))
      expect([await stage.fate(iccid, id), acts().slice(before)]).toEqual([['done', 'succeeded'], ['active']])
    })
  })

  it('a charge point that falls silent has its SIM looked at once', async () => {
    const iccid = fresh()
    const has = await stage.provider('watchful')
    has.sims.set(iccid, { state: 'active' })
    await stage.boots('CP-13', iccid)
    await stage.work()
    const before = has.asked.length
    await database.admin`update connections set closed_at = ${new Date(stage.clock.at)} where tenant = 'default' and identity = 'CP-13'`
    for (let minutes = 0; minutes < 60; minutes += 5) {
      stage.clock.at += 5 * minute
      await stage.work()
    }
    expect(has.asked.length - before).toBe(4)
  })
})
