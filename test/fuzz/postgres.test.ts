import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { postgresCurrentState } from '../../adapters/postgres/current-state.ts'
import { postgresLedger } from '../../adapters/postgres/ledger.ts'
import { postgresStore } from '../../adapters/postgres/store/index.ts'
import { systemIds } from '../../adapters/system.ts'
import { chance } from '../../bench/random.ts'
import type { Command } from '../../core/domain/command.ts'
import { actionsOf } from '../../core/ocpp/router.ts'
import { protocols } from '../../core/ocpp/version.ts'
import { TestClock } from '../support/clock.ts'
import { freshDatabase, testDigest, type TestDatabase } from '../support/database.ts'
import { Tally } from './tally.ts'
import { Talk } from './talk.ts'

describe('hostile stations on PostgreSQL', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await freshDatabase()
    await database.register(3)
  })
  afterAll(() => database.close())

  it('D-2 BI-28: what a station says is refused by us or stored: no statement ever fails over it', async () => {
    const clock = new TestClock()
    const ledger = postgresLedger({ sql: database.ingest, clock, ids: systemIds, digest: testDigest })
    const tally = new Tally(2_000)
    const state = postgresCurrentState(database.ingest)
    for (const [i, protocol] of protocols.entries()) {
      const talk = new Talk(tally, `${protocol} on PostgreSQL`, chance(5), { protocol, ledger })
      const until = [600, 1_200, 2_000][i] ?? 0
      while (tally.frames < until) await talk.burst(Math.min(8, until - tally.frames))
      await talk.end()
      for (const report of talk.reports) await state.write([report])
    }
    const kept = await database.admin<{ action: string }[]>`select distinct action from quarantine`
    const stored = await database.admin<{ kind: string }[]>`select distinct kind from facts order by kind`
    expect(tally.failures).toEqual([])
    // a fact that PostgreSQL would not take stands there under its kind, not under its action
    expect(kept.length).toBeGreaterThan(1)
    expect(
      kept.filter(({ action }) => !protocols.some((protocol) => actionsOf(protocol).asks.includes(action))),
    ).toEqual([])
    expect(stored.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining([
        'session.event',
        'session.sampled',
        'session.started',
        'session.stopped',
        'vendor.message',
      ]),
    )
  })

  it('BI-28: an answer ends its order whatever characters are in its names and values; with U+0000 in a name it could not be filed', async () => {
    const { commands } = postgresStore(database.app, database.ingest)
    const queued: Omit<Command, 'number'> = {
      id: systemIds.uuid(),
      tenant: 'default',
      identity: 'CP-0',
      order: { type: 'getConfig' },
      state: 'queued',
      waits: false,
      createdAt: 0,
      deadline: Date.now() + 60_000,
      history: [],
    }
    await commands.create(queued)
    const answer = { 'a\u0000b': 'c\u0000\ud800d', '\udc00': ['\\u0000', '\u{1f50c}\n"'] }
    const note = 'n\u0000\udfff'
    await commands.step(queued, { at: 1, state: 'done', outcome: 'callError', answer, note })
    expect(await commands.find('default', queued.id)).toMatchObject({
      state: 'done',
      answer: { ab: 'c\ufffdd', '\ufffd': ['\\u0000', '\u{1f50c}\n"'] },
      history: [{ note: 'n\ufffd' }],
    })
  })
})
