import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inTurns } from '../../../adapters/in-turns.ts'
import { writeCdrs } from '../../../adapters/postgres/cdr-writer.ts'
import { postgresLedger } from '../../../adapters/postgres/ledger.ts'
import { doSeal, sealDocuments } from '../../../adapters/postgres/seal-documents.ts'
import { postgresStore } from '../../../adapters/postgres/store/index.ts'
import { systemIds } from '../../../adapters/system.ts'
import type { DocumentContent } from '../../../core/domain/document.ts'
import type { Fact } from '../../../core/domain/fact.ts'
import type { DocumentView } from '../../../core/ports/documents.ts'
import type { Store } from '../../../core/ports/store.ts'
import { TestClock } from '../../support/clock.ts'
import { freshDatabase, type TestDatabase, testDigest } from '../../support/database.ts'
import { reading, sampled, started, stopped } from '../../support/facts.ts'

const kwh = 1_000_000
const noon = Date.UTC(2026, 10, 24, 12)

describe('the sealing of what is issued', () => {
  let database: TestDatabase
  let store: Store
  let next = 0
  const clock = new TestClock()
  beforeAll(async () => {
    database = await freshDatabase()
    await database.register(700)
    store = postgresStore(database.app, database.ingest)
  })
  afterAll(() => database.close())

  const station = (): string => `CP-${next++}`
  const commit = (...facts: readonly Fact[]) =>
    postgresLedger({ sql: database.ingest, clock, ids: systemIds, digest: testDigest }).commit(facts)
  const parts = () => ({ app: database.app, clock, ids: systemIds })
  const account = async (cp: string): Promise<void> => {
    const jobs = await database.admin<{ id: number; key: string }[]>`select o.id::int, o.key from outbox o
      join sessions s on s.id::text = o.key where o.kind = 'cdr' and s.identity = ${cp}`
    await Promise.all(jobs.map((job) => writeCdrs(parts(), { tenant: 'default', ...job })))
  }
  const seal = () => sealDocuments(parts(), 'default')
  /** Does the `seal` jobs that wait, all at once. */
  const work = async (by = seal): Promise<void> => {
    const jobs = await database.admin<{ id: number }[]>`select id::int from outbox where kind = 'seal'`
    await Promise.all(jobs.map(({ id }) => doSeal(parts(), { id, tenant: 'default' }, by)))
  }
  /** Its stop has no register: what the last reading says counts. */
  const charge = (cp: string, ...more: readonly Fact[]): readonly Fact[] => {
    const { meterMwh: _, ...stop } = stopped(cp, '1000001')
    return [started(cp), sampled(cp, '1000001', reading(50, 6 * kwh)), ...more, stop]
  }
  const issue = async (cp = station(), ...more: readonly Fact[]): Promise<string> => {
    await commit(...charge(cp, ...more))
    await account(cp)
    return cp
  }
  /** A reading after the end says that the session drew more. */
  const correct = async (cp: string, mwh: number): Promise<void> => {
    await commit(sampled(cp, '1000001', reading(55, mwh)))
    await account(cp)
  }
  const documents = (after = 0): Promise<readonly DocumentView[]> =>
    store.documents.list('default', { after }, { limit: 10_000 })
  const contentOf = async (number: number): Promise<DocumentContent> => {
    const document = await store.documents.find('default', number)
    return JSON.parse(new TextDecoder().decode(document?.bytes)) as DocumentContent
  }
  const sealedOf = async (cp: string): Promise<readonly DocumentView[]> => {
    const cdrs = await database.admin<{ id: string }[]>`select id from cdrs where identity = ${cp}`
    return (await documents()).filter(({ cdr }) => cdrs.some(({ id }) => id === cdr))
  }
  /** INV-40, of the books: numbers from 1 without a gap, one document for each issued CDR and each credit, bytes as their digest says. */
  const hold = async (): Promise<void> => {
    const rows = await database.admin<{ number: number; id: string; digest: string; bytes: Buffer }[]>`
      select number::int, id, encode(digest, 'hex') as digest, bytes from documents where tenant = 'default' order by number`
    expect(rows.map(({ number }) => number)).toEqual(rows.map((_, i) => i + 1))
    const due = await database.admin<{ id: string }[]>`select id from cdrs where tenant = 'default' and state = 'issued'
      union all select id from credits where tenant = 'default'`
    expect(rows.map(({ id }) => id).toSorted()).toEqual(due.map(({ id }) => id).toSorted())
    for (const { bytes, digest } of rows) expect(createHash('sha256').update(bytes).digest('hex')).toBe(digest)
  }

  it('numbers a CDR, the credit against it and what replaces it, in this order', async () => {
    const cp = await issue()
    await correct(cp, 7 * kwh)
    const before = (await documents()).length
    await work()
    const sealed = (await documents()).slice(before)
    expect(sealed.map(({ kind, number }) => [kind, number - before])).toEqual([
      ['cdr', 1],
      ['credit', 2],
      ['cdr', 3],
    ])
    expect(sealed[1]?.cdr).toBe(sealed[0]?.id)
    expect(await contentOf(before + 2)).toMatchObject({
      format: 'stationmaster-document-1',
      kind: 'credit',
      account: { id: sealed[0]?.id, energyMwh: 5 * kwh, version: 0 },
      credit: { reason: 'energy changed by what came later' },
      signed: [],
    })
    const { account: replacement } = await contentOf(before + 3)
    expect(replacement).toMatchObject({ version: 1, replaces: sealed[0]?.id, energyMwh: 6 * kwh })
    for (const field of ['state', 'credits', 'hold', 'measured']) expect(replacement).not.toHaveProperty(field)
    expect(await store.cdrs.find('default', sealed[0]?.id ?? '')).toMatchObject({
      number: before + 1,
      state: 'credited',
    })
    await hold()
  })

  it('leaves alone what is held, until it is released', async () => {
    const cp = station()
    await commit(started(cp, { meterMwh: 0 }), sampled(cp, '1000001', reading(10, 901 * kwh)))
    await commit(stopped(cp, '1000001', { meterMwh: 906 * kwh }))
    await account(cp)
    await work()
    await seal()
    expect(await sealedOf(cp)).toEqual([])
    const { items } = await store.cdrs.list('default', { chargePoint: cp }, { limit: 1 })
    const release = { as: 'proposed' as const, by: { key: '', label: '' }, note: 'x', at: clock.now() }
    await store.cdrs.release('default', items[0]?.id ?? '', release)
    await work()
    expect((await sealedOf(cp)).map(({ id }) => id)).toEqual([items[0]?.id])
    await hold()
  })

  it('finds what the outbox forgot with the next seal', async () => {
    const forgotten = await issue()
    await database.admin`delete from outbox where kind = 'seal'`
    await issue()
    await work()
    expect((await sealedOf(forgotten)).length).toBe(1)
    expect(await database.admin`select 1 from unsealed`).toHaveLength(0)
    await hold()
  })

  it('one job does for all that wait, also where its own document has been sealed', async () => {
    await issue()
    const [job] = await database.admin<{ id: number }[]>`select id::int from outbox where kind = 'seal'`
    await seal()
    const late = await issue()
    expect(await doSeal(parts(), { id: job?.id ?? 0, tenant: 'default' }, seal)).toBe(1)
    expect((await sealedOf(late)).length).toBe(1)
    expect(await doSeal(parts(), { id: job?.id ?? 0, tenant: 'default' }, seal)).toBe(0)
  })

  it('keeps signed meter values to the last character, each once', async () => {
    const cp = station()
    const data = 'OCMF|{"FV":"1.0","RD":[{"RV":1.5}]}|{"SD":"30 44 é\\u0000\\\\"}'
    const at = (minutes: number): string => new Date(noon + minutes * 60_000).toISOString()
    const text = (minutes: number, value: object): string =>
      JSON.stringify({ timestamp: at(minutes), sampledValue: [{ value: '1' }, value] })
    const signedMeterValue = { signedMeterData: 'AQID', signingMethod: '', encodingMethod: 'OCMF', publicKey: 'cGs=' }
    const begin = {
      ...reading(1, kwh),
      text: text(1, { value: data, format: 'SignedData', context: 'Transaction.Begin' }),
    }
    const end = { ...reading(59, 6 * kwh), text: text(59, { value: 3, signedMeterValue, context: 'Transaction.End' }) }
    await issue(cp, ...[begin, reading(30, 3 * kwh), end, begin].map((one) => sampled(cp, '1000001', one)))
    await work()
    expect(await store.cdrs.list('default', { chargePoint: cp }, { limit: 1 })).toMatchObject({
      items: [{ state: 'issued' }],
    })
    const { signed } = await contentOf((await sealedOf(cp))[0]?.number ?? 0)
    expect(signed).toEqual([
      { at: at(1), context: 'Transaction.Begin', data },
      { at: at(59), context: 'Transaction.End', data: JSON.stringify(signedMeterValue) },
    ])
  })

  it('hands each document to each of the books that are open, in the same commit', async () => {
    await database.admin`insert into erp_targets (tenant, id, kind, settings, enabled, changed_at) values ('default', 'books', 'x', '{}', true, now()), ('default', 'closed', 'x', '{}', false, now())`
    const [document] = await sealedOf(await issue().then((cp) => work().then(() => cp)))
    await database.admin`update erp_targets set enabled = false`
    await issue()
    await work()
    const rows = await database.admin`select target, document, number::int, state from erp_deliveries`
    expect(rows).toEqual([{ target: 'books', document: document?.id, number: document?.number, state: 'queued' }])
    const jobs = await database.admin<{ key: string }[]>`delete from outbox where kind = 'erp' returning key`
    expect(jobs.map(({ key }) => key)).toEqual(['books'])
  })

  it('INV-41: a sealer that is killed in the middle has numbered nothing, and the next one does it', async () => {
    const cps = [await issue(), await issue(), await issue()]
    await database.admin`create function slowly() returns trigger language plpgsql as $$ begin perform pg_sleep(5); return new; end $$`
    await database.admin`create trigger slowly before insert on documents for each statement execute function slowly()`
    const killed = seal()
    const rejected = expect(killed).rejects.toThrow()
    for (let gone = 0; gone === 0;) {
      await new Promise((go) => setTimeout(go, 20))
      const rows =
        await database.admin`select pg_terminate_backend(pid) from pg_stat_activity where wait_event = 'PgSleep'`
      gone = rows.length
    }
    await rejected
    await database.admin`drop trigger slowly on documents`
    for (const cp of cps) expect(await sealedOf(cp)).toEqual([])
    await work()
    for (const cp of cps) expect((await sealedOf(cp)).length).toBe(1)
    await hold()
  })

  it('INV-40: 200 CDRs at once, corrected and sealed by several at the same time, are numbered without gap or double', async () => {
    const cps = Array.from({ length: 200 }, station)
    await commit(...cps.flatMap((cp) => charge(cp)))
    const shared = inTurns(seal)
    const sealers = async (): Promise<void> => {
      for (let round = 0; round < 5; round++) await Promise.all([seal(), work(), work(() => shared('default'))])
    }
    await Promise.all([
      sealers(),
      ...cps.map(async (cp, i) => {
        await account(cp)
        if (i % 5 === 0) await correct(cp, 7 * kwh)
      }),
    ])
    await work()
    expect((await documents()).length).toBeGreaterThanOrEqual(280)
    expect(await database.admin`select 1 from outbox where kind = 'seal'`).toHaveLength(0)
    await hold()
  })

  it('whatever is issued, corrected and sealed in whatever order: the books hold', async () => {
    const step = fc.constantFrom('issue', 'correct', 'seal', 'work', 'forget')
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { maxLength: 6 }), async (rounds) => {
        const known: string[] = []
        const steps = {
          issue: async () => void known.push(await issue()),
          correct: async () => {
            const cp = known.pop()
            if (cp !== undefined) await correct(cp, 7 * kwh)
          },
          seal: async () => void (await seal()),
          work,
          forget: async () => void (await database.admin`delete from outbox where kind = 'seal'`),
        }
        for (const round of rounds) await Promise.all(round.map((one) => steps[one as keyof typeof steps]()))
        await seal()
        await hold()
      }),
      { numRuns: 15, seed: 8 },
    )
  })

  it('S-19: what is sealed never changes, whoever asks', async () => {
    const { admin } = database
    await expect(admin`update documents set bytes = 'x', digest = sha256('x')`).rejects.toThrow('never changed')
    await expect(admin`delete from documents`).rejects.toThrow('never changed')
    await expect(admin`truncate documents cascade`).rejects.toThrow('never changed')
    await expect(
      admin`insert into documents (tenant, number, id, kind, cdr, bytes, digest, sealed_at)
        select tenant, 100000, gen_random_uuid(), 'credit', (select id from cdrs where state = 'held' or id not in (select cdr from credits) limit 1), 'x', sha256('y'), now() from tenants limit 1`,
    ).rejects.toThrow('documents_digest')
  })

  it('D-14: another tenant has numbers of its own, and sees none of ours', async () => {
    await database.register(1, 'other')
    expect(await store.documents.list('other', {}, { limit: 10 })).toEqual([])
    expect(await store.documents.find('other', 1)).toBeUndefined()
    expect(await sealDocuments(parts(), 'other')).toBe(0)
  })
})
