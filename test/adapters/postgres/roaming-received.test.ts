import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { receivedObjects } from '../../../adapters/postgres/received-objects.ts'
import { roamingAlarms } from '../../../adapters/postgres/roaming-alarms.ts'
import { roamingChores } from '../../../adapters/postgres/roaming-chores.ts'
import { postgresRoamingLedger } from '../../../adapters/postgres/roaming-ledger.ts'
import { roamingReports } from '../../../adapters/postgres/roaming-reports.ts'
import { resendObjects } from '../../../adapters/postgres/roaming-resend.ts'
import { removeOld } from '../../../adapters/postgres/retention.ts'
import { noProgress } from '../../../core/ports/roaming-chores.ts'
import type { Exchange } from '../../../core/ports/roaming.ts'
import { listed, put, remove } from '../../../core/roaming/told.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import { silence } from '../../support/quiet.ts'
import { locationBody, second } from '../../support/received.ts'

const now = Date.UTC(2026, 10, 27, 12)
const owner = { country: 'DE', party: 'ABC' }
const ref = (id: string) => ({ tenant: 'default', module: 'locations', owner, id }) as const
const of = { tenant: 'default', partner: 'cpo', module: 'locations' } as const

describe('what partners have told us, on PostgreSQL', () => {
  let database: TestDatabase

  beforeAll(async () => {
    database = await freshDatabase()
  })
  afterAll(() => database?.close())
  beforeEach(async () => {
    const { admin } = database
    await admin`truncate roaming_received, roaming_exchanges, roaming_objects, roaming_publishers, roaming_chores, roaming_partners, events cascade`
    await admin`insert into roaming_partners (tenant, id, state, since, endpoints, quirks, checks, registered_at, changed_at)
      values ('default', 'cpo', 'registered', now(), '[]', '{}', '[]', now(), now())`
  })

  const store = () => receivedObjects(database.app)
  const there = async () => (await store().list('default', 'locations', {}, { limit: 100 })).items.map(({ id }) => id)
  const tell = (id: string, crawl?: number, at = now) =>
    store().change(
      ref(id),
      { partner: 'cpo', at, ...(crawl !== undefined && { crawl }) },
      listed({ ...locationBody(id) }),
    )

  it('is there under its id in any case, and gone when it says so', async () => {
    await store().change(ref('LOC1'), { partner: 'cpo', at: now }, put({ ...locationBody('LOC1') }))
    const found = await store().find({ ...ref('loc1'), owner: { country: 'de', party: 'abc' } }, 'cpo')
    await store().change(ref('LOC1'), { partner: 'cpo', at: now }, remove)
    expect([found?.id, found?.lastUpdated, await there()]).toEqual(['LOC1', Date.parse(second(0)), []])
  })

  it('told by many at once is what was newest', async () => {
    await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        store().change(
          ref('LOC1'),
          { partner: 'cpo', at: now },
          put({ ...locationBody('LOC1', { city: `City ${(i * 7) % 20}`, last_updated: second((i * 7) % 20) }) }),
        ),
      ),
    )
    expect((await store().find(ref('LOC1')))?.body['city']).toBe('City 19')
  })

  it('is swept away where a whole crawl has not found it, and nothing was told of it since', async () => {
    for (const id of ['A', 'B', 'C', 'D']) await tell(id)
    await tell('A', 7, now + 2)
    await store().seen(ref('B'), 7)
    await tell('D', undefined, now + 9)
    const removed = await store().sweep(of, { number: 7, began: now + 1 })
    expect([removed, await there(), await store().newest(of)]).toEqual([1, ['A', 'B', 'D'], Date.parse(second(0))])
  })

  it('keeps a verdict, and raises alarms as events', async () => {
    const verdict = { verdict: 'matches', total: { said: '5', computed: '5.00' } }
    await store().change({ ...ref('C1'), module: 'cdrs' }, { partner: 'cpo', at: now, verdict }, put({ id: 'C1' }))
    await roamingAlarms(database.app)({
      ...of,
      module: 'cdrs',
      object: 'C1',
      at: now,
      alarm: 'cdrDiffers',
      detail: 'total_cost is 6',
    })
    const [event] = await database.admin`select type, subject, data from events`
    expect([(await store().find({ ...ref('C1'), module: 'cdrs' }))?.verdict, event]).toMatchObject([
      verdict,
      { type: 'roaming.alarm', subject: 'cpo', data: { alarm: 'cdrDiffers', object: 'C1' } },
    ])
  })

  describe('chores', () => {
    const chores = () => roamingChores(database.app, database.ingest)
    const hold = (by: string, at = now) => ({ by, at, until: at + 1_000 })
    const pulls = { ...of, kind: 'pull' } as const
    const planned = async () => {
      const [partner] = await chores().unplanned()
      if (partner === undefined) throw new Error('nobody to plan for')
      await chores().plan(partner, [{ kind: 'pull', module: 'locations', due: now }])
    }

    it('of a registration are planned once, and anew after the next one', async () => {
      await planned()
      const after = await chores().unplanned()
      await database.admin`update roaming_partners set registered_at = registered_at + interval '1 hour'`
      expect([after, (await chores().unplanned()).length]).toEqual([[], 1])
    })

    it('are held by one, and taken over where he has died: in the middle, not from the beginning', async () => {
      await planned()
      const [first, second] = await Promise.all(['a', 'b'].map((by) => chores().take({ ...hold(by), busy: [] })))
      const chore = first ?? second
      if (chore === undefined) throw new Error('nobody has it')
      const by = first === undefined ? 'b' : 'a'
      await chores().keep(chore, { ...noProgress, items: 4, next: 'page 3' }, hold(by))
      const other = await chores().take({ ...hold('c', now + 2_000), busy: [] })
      const late = await chores().keep(chore, noProgress, hold(by, now + 2_000))
      expect([first === undefined || second === undefined, other?.run, other?.progress.next, late]).toEqual([
        true,
        chore.run,
        'page 3',
        false,
      ])
    })

    it('that end are due again, as another run; one that is asked for meanwhile supersedes them', async () => {
      await planned()
      const chore = await chores().take({ ...hold('a'), busy: [] })
      if (chore === undefined) throw new Error('it is not due')
      const end = {
        state: 'done',
        progress: { ...noProgress, items: 9 },
        due: now + 50,
        wanted: { whole: false, from: 5 },
        attempt: 0,
      } as const
      const ended = await chores().end(chore, end, { by: 'a', at: now + 10 })
      const early = await chores().take({ ...hold('a', now + 20), busy: [] })
      const again = await chores().take({ ...hold('a', now + 60), busy: [] })
      const asked = await chores().want(pulls, { whole: true }, now + 70)
      const superseded = again && (await chores().end(again, end, { by: 'a', at: now + 80 }))
      expect([ended, early, again, asked.state, superseded]).toMatchObject([
        true,
        undefined,
        { wanted: { whole: false, from: 5 }, wholeAt: now, progress: noProgress },
        'waiting',
        false,
      ])
      expect([again?.run === chore.run, again?.run === asked.run]).toEqual([false, false])
    })

    it('of a partner that is busy wait', async () => {
      await planned()
      expect(await chores().take({ ...hold('a'), busy: ['default/cpo'] })).toBeUndefined()
    })
  })

  it('has objects told again by lifting them above what lanes have reached', async () => {
    await database.admin`insert into roaming_publishers (tenant, serial, revision) values ('default', 2, 2)`
    await database.admin`insert into roaming_objects (tenant, module, country_code, party_id, id, serial, revision, last_updated, body, source)
      select 'default', 'tariffs', 'DE', 'ABC', 'T' || n, n, n, now(), '{}', n::text from generate_series(1, 2) n`
    await resendObjects(database.app)([
      { ...ref('t1'), module: 'tariffs' },
      { ...ref('gone'), module: 'tariffs' },
    ])
    const rows = await database.admin`select id, revision::int from roaming_objects order by id`
    const [head] = await database.admin`select revision::int from roaming_publishers`
    expect([rows.map(({ id, revision }) => [id, revision]), head?.['revision']]).toEqual([
      [
        ['T1', 3],
        ['T2', 2],
      ],
      3,
    ])
  })

  describe('the ledger', () => {
    const line = (more: Partial<Exchange>): Exchange => ({
      tenant: 'default',
      partner: 'cpo',
      kind: 'told',
      module: 'locations',
      method: 'PUT',
      at: now - 1_000,
      tookMs: 10,
      attempt: 1,
      bytesOut: 1,
      bytesIn: 1,
      result: 'done',
      ...more,
    })
    const note = async (lines: readonly Exchange[]) => {
      const ledger = postgresRoamingLedger(database.app, silence)
      for (const one of lines) ledger.note(one)
      await ledger.stop()
    }

    it('is read from the newest on, page by page, by partner, result, object and time', async () => {
      await note([
        ...Array.from({ length: 5 }, (_, i) => line({ object: `L${i}`, at: now + i })),
        line({ partner: 'other', object: 'L9', result: 'refused' }),
      ])
      const reports = roamingReports(database.app)
      const first = await reports.exchanges('default', { partner: 'cpo' }, { limit: 3 })
      const rest = await reports.exchanges('default', { partner: 'cpo' }, { limit: 3, cursor: first.next ?? '' })
      const found = await Promise.all(
        [{ object: 'l3' }, { result: 'refused' as const }, { from: now + 3, to: now + 4 }, { module: 'cdrs' }].map(
          async (filter) =>
            (await reports.exchanges('default', filter, { limit: 9 })).items.map(({ object }) => object),
        ),
      )
      expect([[...first.items, ...rest.items].map(({ object }) => object), rest.next, found]).toEqual([
        ['L4', 'L3', 'L2', 'L1', 'L0'],
        null,
        [['L3'], ['L9'], ['L3'], []],
      ])
    })

    it('is summed up in a scorecard', async () => {
      await note([
        ...Array.from({ length: 18 }, (_, i) => line({ tookMs: i + 1 })),
        line({ tookMs: 400, result: 'refused', detail: 'it answered 2001' }),
        line({ kind: 'pull', at: now - 5 * 86_400_000, tookMs: 900 }),
      ])
      await tell('LOC1', undefined, Date.parse(second(0)) - 60_000)
      const card = await roamingReports(database.app).scorecard('default', 'cpo', now)
      expect(card).toEqual({
        modules: [
          {
            module: 'locations',
            days: [
              { days: 1, exchanges: 19, done: 18, p50Ms: 10, p95Ms: 56 },
              { days: 7, exchanges: 20, done: 19, p50Ms: 11, p95Ms: 425 },
              { days: 30, exchanges: 20, done: 19, p50Ms: 11, p95Ms: 425 },
            ],
            lastOut: now - 5 * 86_400_000,
            lastIn: now - 1_000,
            reasons: [{ reason: 'it answered 2001', times: 1 }],
          },
        ],
        lanes: [],
        deliveries: {},
        verdicts: {},
        clockAheadMs: 60_000,
      })
    })

    it('is kept for as long as events are', async () => {
      await note([line({ at: Date.now() - 3 * 86_400_000 }), line({ at: Date.now() })])
      await removeOld(database.ingest, 2)
      const [row] = await database.admin`select count(*)::int as count from roaming_exchanges`
      expect(row?.['count']).toBe(1)
    })
  })
})
