import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { postgresStore } from '../../../adapters/postgres/store/index.ts'
import { removeOldFiles } from '../../../adapters/postgres/retention.ts'
import { systemIds } from '../../../adapters/system.ts'
import type { StoredFile } from '../../../core/domain/file.ts'
import type { FileDraft } from '../../../core/ports/files.ts'
import type { Store } from '../../../core/ports/store.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'

const day = 86_400_000

async function* once(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text)
}

describe('files and authorities on PostgreSQL', () => {
  let database: TestDatabase
  let store: Store

  beforeAll(async () => {
    database = await freshDatabase()
    await database.register(1)
    await database.register(1, 'other')
    store = postgresStore(database.app, database.ingest)
  })
  afterAll(() => database?.close())

  const take = async (draft: Partial<FileDraft>): Promise<StoredFile> => {
    const whole = {
      id: systemIds.uuid(),
      tenant: 'default',
      name: 'x',
      kind: 'log',
      createdAt: Date.now(),
      ...draft,
    } as const
    const file = await store.files.take(whole, once('content'))
    if (typeof file !== 'object') throw new Error(file)
    return file
  }
  const names = async (sql: PromiseLike<readonly object[]>): Promise<unknown[]> =>
    (await sql).map((row) => Object.values(row)[0] as unknown)

  it('removes what stations sent too long ago, of every tenant, and never firmware', async () => {
    const { admin, ingest } = database
    for (const tenant of ['default', 'other'])
      for (const kind of ['log', 'diagnostics', 'security-log', 'firmware'] as const)
        for (const age of [1, 89, 91, 400])
          await take({ tenant, kind, name: `${kind} ${age}`, createdAt: Date.now() - age * day })
    expect(await removeOldFiles(ingest, 90)).toBe(2 * 3 * 2)
    const left = await names(admin`select name from files where tenant = 'other' order by name collate "C"`)
    expect(left).toEqual([
      'diagnostics 1',
      'diagnostics 89',
      'firmware 1',
      'firmware 400',
      'firmware 89',
      'firmware 91',
      'log 1',
      'log 89',
      'security-log 1',
      'security-log 89',
    ])
    expect(
      await names(
        admin`select file from file_chunks where file not in (select id from files) union select id from files where id not in (select file from file_chunks)`,
      ),
    ).toEqual([])
    expect(await removeOldFiles(ingest, 90)).toBe(0)
  })

  it('removes more than one batch of them', async () => {
    for (let i = 0; i < 45; i++) await take({ createdAt: Date.now() - 100 * day })
    expect(await removeOldFiles(database.ingest, 90)).toBe(45)
  })

  it('removes pieces of uploads that were never finished, but not of those that run', async () => {
    const { admin, ingest } = database
    await admin`insert into file_chunks (file, position, tenant, bytes, created_at)
      select ('00000000-0000-7000-8000-00000000000' || f)::uuid, p, 'default', '\\x00', now() - f * interval '20 hours' from generate_series(1, 2) f, generate_series(0, 3) p`
    await removeOldFiles(ingest, 90)
    expect(
      await names(
        admin`select distinct right(file::text, 1) from file_chunks where file::text like '00000000-0000-7000-8000-00000000000%'`,
      ),
    ).toEqual(['1'])
  })

  it('removes tickets a week after their end', async () => {
    const { admin, ingest } = database
    for (const days of [-1, 1, 6, 8, 400])
      await store.files.addTicket(
        {
          id: systemIds.uuid(),
          tenant: 'other',
          identity: 'CP-0',
          direction: 'upload',
          kind: 'log',
          name: `${days}`,
          until: Date.now() - days * day,
        },
        Buffer.from(`hash ${days}`),
      )
    await removeOldFiles(ingest, 90)
    expect(await names(admin`select name from file_tickets order by until desc`)).toEqual(['-1', '1', '6'])
    expect(await store.files.ticketBy(Buffer.from('hash 1'))).toMatchObject({ name: '1', direction: 'upload' })
    expect(await store.files.ticketBy(Buffer.from('hash 8'))).toBeUndefined()
  })

  it('a file whose pieces were removed while it came is no file', async () => {
    const id = systemIds.uuid()
    const draft = { id, tenant: 'default', name: 'x', kind: 'log', createdAt: Date.now() } as const
    const content = (async function* () {
      yield Buffer.alloc(300_000)
      await database.admin`delete from file_chunks where file = ${id}`
      yield Buffer.alloc(300_000)
    })()
    await expect(store.files.take(draft, content)).rejects.toThrow(/removed before it was complete/)
    expect([
      await store.files.find('default', id),
      await names(database.admin`select 1 from file_chunks where file = ${id}`),
    ]).toEqual([undefined, []])
  })

  it('what breaks off leaves nothing', async () => {
    const id = systemIds.uuid()
    const draft = { id, tenant: 'default', name: 'x', kind: 'log', createdAt: Date.now() } as const
    const content = (async function* () {
      yield Buffer.alloc(600_000)
      throw new Error('the line was cut')
    })()
    await expect(store.files.take(draft, content)).rejects.toThrow('the line was cut')
    expect(await names(database.admin`select 1 from file_chunks where file = ${id}`)).toEqual([])
  })

  it('the first authority of many that are made at once is everybody’s', async () => {
    const made = Array.from({ length: 20 }, (_, i) => ({ certificate: `certificate ${i}`, sealedKey: `key ${i}` }))
    const kept = await Promise.all(made.map((one) => store.authorities.keep('other', one)))
    expect(new Set(kept.map(({ certificate }) => certificate)).size).toBe(1)
    expect(kept[0]?.sealedKey).toBe(kept[0]?.certificate.replace('certificate', 'key'))
    expect(await store.authorities.find('other')).toEqual(kept[0])
    expect(await store.authorities.find('default')).toBeUndefined()
  })

  it('D-14: no role may read or change another tenant’s authority, and none may change one at all', async () => {
    const { app, ingest } = database
    await expect(ingest`select 1 from authorities`).rejects.toThrow(/permission denied/)
    await expect(app`update authorities set certificate = ''`).rejects.toThrow(/permission denied/)
    await expect(app`delete from authorities`).rejects.toThrow(/permission denied/)
    expect((await app`select 1 from authorities`).length).toBe(0)
  })
})
