import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { postgresLedger } from '../../../adapters/postgres/ledger.ts'
import { GroupCommit } from '../../../actors/journal.ts'
import { systemClock, systemIds, systemTimers } from '../../../adapters/system.ts'
import type { Fact } from '../../../core/domain/fact.ts'
import type { Ledger, Verdict } from '../../../core/ports/ledger.ts'
import { LedgerUnavailable } from '../../../core/ports/ledger.ts'
import { freshDatabase, type TestDatabase, testDigest } from '../../support/database.ts'
import { started } from '../../support/facts.ts'
import { until } from '../../support/server.ts'
import { deaf, silence } from '../../support/quiet.ts'

describe('a PostgreSQL in distress', () => {
  let database: TestDatabase
  let ledger: Ledger
  let station = 0
  beforeAll(async () => {
    database = await freshDatabase()
    await database.register(100)
    // what a full disk, a lack of memory or of speed says, said for as long as the row is there
    await database.admin.unsafe(`
      create table distress (code text, seconds real);
      grant select on distress to sm_ingest;
      create function in_distress() returns trigger language plpgsql security definer as $$
      declare d record;
      begin
        for d in select * from distress loop
          if d.seconds is not null then perform pg_sleep(d.seconds); end if;
          if d.code is not null then raise exception 'no room' using errcode = d.code; end if;
        end loop;
        return null;
      end $$;
      create trigger in_distress before insert on facts for each statement execute function in_distress();`)
  })
  afterAll(() => database.close())
  beforeEach(() => {
    ledger = postgresLedger({ sql: database.ingest, clock: systemClock, ids: systemIds, digest: testDigest })
  })
  const journal = () =>
    new GroupCommit({ ledger, clock: systemClock, timers: systemTimers, telemetry: deaf, log: silence })
  const appended = (on: GroupCommit, fact: Fact): { verdict?: Verdict } => {
    const told: { verdict?: Verdict } = {}
    on.append(fact, (verdict) => (told.verdict = verdict))
    return told
  }
  const rows = async (identity: string): Promise<number> =>
    (await database.admin`select 1 from sessions where identity = ${identity}`).length
  const inQuarantine = async (): Promise<number> => (await database.admin`select 1 from quarantine`).length

  it.each([
    ['the disk is full', '53100'],
    ['memory is short', '53200'],
    ['there are too many connections', '53300'],
    ['a row is locked', '55P03'],
    ['it goes down', '57P01'],
  ])(
    'F-07 INV-02 D-2: while %s a fact is held, nobody is told an error, and afterwards it is there',
    async (_, code) => {
      const identity = `CP-${station++}`
      await database.admin`insert into distress (code) values (${code})`
      await expect(ledger.commit([started(identity)])).rejects.toThrow(LedgerUnavailable)
      const told = appended(journal(), started(identity))
      await new Promise((go) => setTimeout(go, 400))
      expect([told.verdict, await rows(identity), await inQuarantine()]).toEqual([undefined, 0, 0])
      await database.admin`delete from distress`
      await until('the fact to be stored', async () => told.verdict?.stored === true)
      expect(await rows(identity)).toBe(1)
    },
  )

  it('F-07: with no connection left for us a fact is held, and stored when there is one again', async () => {
    const identity = `CP-${station++}`
    await database.admin.unsafe('alter role sm_ingest connection limit 0')
    await database.admin`select pg_terminate_backend(pid) from pg_stat_activity where usename = 'sm_ingest'`
    const told = appended(journal(), started(identity))
    await new Promise((go) => setTimeout(go, 1_000))
    expect([told.verdict, await rows(identity)]).toEqual([undefined, 0])
    await database.admin.unsafe('alter role sm_ingest connection limit -1')
    await until('the fact to be stored', async () => told.verdict?.stored === true, 30_000)
    expect(await rows(identity)).toBe(1)
  })

  it('F-07 R-15: when it is slow answers are late and right, and what arrives meanwhile makes few batches', async () => {
    let commits = 0
    const slow: Ledger = {
      commit(facts) {
        commits++
        return ledger.commit(facts)
      },
    }
    await database.admin`insert into distress (seconds) values (0.5)`
    const group = new GroupCommit({
      ledger: slow,
      clock: systemClock,
      timers: systemTimers,
      telemetry: deaf,
      log: silence,
    })
    const told: { verdict?: Verdict }[] = []
    for (let i = 0; i < 40; i++) {
      told.push(appended(group, started(`CP-${station++}`)))
      await new Promise((go) => setTimeout(go, 10))
    }
    expect(told.some(({ verdict }) => verdict !== undefined)).toBe(false)
    await until('all to be stored', async () => told.every(({ verdict }) => verdict?.stored === true), 30_000)
    expect(commits).toBeLessThan(6)
    await database.admin`delete from distress`
  })
})
