import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startFeed } from '../../../adapters/postgres/feed.ts'
import { insertEvents } from '../../../adapters/postgres/insert-events.ts'
import type { EventType } from '../../../core/domain/event.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import { until } from '../../support/server.ts'

describe('the change feed of a worker', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await freshDatabase()
  })
  afterAll(() => database.close())

  const file = (type: EventType, subject: string) =>
    insertEvents(database.ingest, [{ tenant: 'default', type, subject, at: 1, data: {} }])

  it('hears only the types it asked for, each once and in commit order, and is stirred by all', async () => {
    const heard: string[] = []
    let stirs = 0
    const feed = await startFeed({
      sql: database.ingest,
      everyMs: 10,
      types: ['token.changed'],
      hear: (events) => heard.push(...events.map(({ subject }) => subject)),
      stirred: () => void stirs++,
      lost: () => {},
    })
    await file('connector.status', 'plug')
    await until('a stir', async () => stirs > 0)
    for (let i = 0; i < 30; i++) await file(i % 3 === 0 ? 'connector.status' : 'token.changed', String(i))
    await until('the last one', async () => heard.at(-1) === '29')
    feed.stop()
    expect(heard).toEqual(
      Array.from({ length: 30 }, (_, i) => i)
        .filter((i) => i % 3 > 0)
        .map(String),
    )
  })

  it('does not read the whole table of events to learn that there is nothing new', async () => {
    const scans = async (): Promise<number> => {
      const [row] = await database.admin<{ n: number }[]>`
        select seq_scan::int as n from pg_stat_user_tables where relname = 'events'`
      return row?.n ?? 0
    }
    await database.admin`insert into events (tenant, type, subject, at, data)
      select 'default', 'connector.status', 'plug', now(), '{}' from generate_series(1, 20000)`
    const before = await scans()
    const feed = await startFeed({
      sql: database.ingest,
      everyMs: 10,
      types: ['token.changed'],
      hear: () => {},
      stirred: () => {},
      lost: () => {},
    })
    // a statement is planned anew for its first five times; what a session has scanned is told about once a second
    await new Promise((go) => setTimeout(go, 2_500))
    feed.stop()
    expect((await scans()) - before).toBe(0)
  })

  it('D-17: what commits late is heard all the same', async () => {
    const heard: string[] = []
    const feed = await startFeed({
      sql: database.ingest,
      everyMs: 10,
      types: ['token.changed'],
      hear: (events) => heard.push(...events.map(({ subject }) => subject)),
      stirred: () => {},
      lost: () => {},
    })
    await database.ingest.begin(async (tx) => {
      await insertEvents(tx, [{ tenant: 'default', type: 'token.changed', subject: 'early', at: 1, data: {} }])
      await file('token.changed', 'late')
      await new Promise((go) => setTimeout(go, 100))
      expect(heard).toEqual([])
    })
    await until('both', async () => heard.length === 2)
    feed.stop()
    expect(heard).toEqual(['early', 'late'])
  })
})
