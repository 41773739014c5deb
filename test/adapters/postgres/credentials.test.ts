import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { postgresCredentials } from '../../../adapters/postgres/credentials.ts'
import { requestOfJob } from '../../../adapters/postgres/certificate-requests.ts'
import { postgresLedger } from '../../../adapters/postgres/ledger.ts'
import { postgresCurrentState } from '../../../adapters/postgres/current-state.ts'
import { postgresStore } from '../../../adapters/postgres/store/index.ts'
import { systemClock, systemIds } from '../../../adapters/system.ts'
import type { Command } from '../../../core/domain/command.ts'
import type { MirrorChange } from '../../../core/domain/mirror.ts'
import type { Order } from '../../../core/domain/order.ts'
import { freshDatabase, testDigest, type TestDatabase } from '../../support/database.ts'

const key = (byte: number) => ({ salt: new Uint8Array(16).fill(byte), hash: new Uint8Array(32).fill(byte) })
const [old, first, second] = [key(1), key(2), key(3)]

describe('what a charge point may come with, in PostgreSQL', () => {
  let database: TestDatabase
  let stations = 0

  beforeAll(async () => {
    database = await freshDatabase()
    await database.register(30)
  })
  afterAll(() => database.close())

  /** A station with its old key, orders to it, and what the store then knows of it. */
  const station = async () => {
    const ref = { tenant: 'default', identity: `CP-${stations++}` }
    const store = postgresStore(database.app, database.ingest)
    const put = (record: object) => store.chargePoints.put('default', [{ ...ref, firstTransaction: 1, ...record }], 0)
    await put({ verifier: old })
    const ordered = async (order: Order): Promise<Command> =>
      store.commands.create({
        ...ref,
        id: systemIds.uuid(),
        order,
        state: 'queued',
        waits: false,
        createdAt: Date.now(),
        deadline: Date.now() + 60_000,
        history: [],
      })
    const learn = async (state: 'sent' | 'answered', ...learnt: readonly MirrorChange[]): Promise<unknown> =>
      store.commands.step(await ordered({ type: 'rotatePassword' }), { at: Date.now(), state }, { learnt })
    const known = async () => {
      const record = await postgresCredentials(database.ingest).find('default', ref.identity)
      return { current: record?.verifier?.hash[0], next: record?.next?.hash[0], profile: record?.securityProfile }
    }
    return { ref, store, put, ordered, learn, known }
  }

  it('S-04: a key that may be its own is never given up for another that is sent', async () => {
    const { learn, known } = await station()
    await learn('sent', { type: 'password.sent', ...first })
    await expect(learn('sent', { type: 'password.sent', ...second })).rejects.toThrow(/may still be the one/)
    expect(await known()).toMatchObject({ current: 1, next: 2 })
    await learn('sent', { type: 'password.sent', ...second, replaces: first.hash })
    expect(await known()).toMatchObject({ current: 1, next: 3 })
  })

  it('S-03: what an operator says of the profile ends what was open about it, and nothing lowers it', async () => {
    const { ref, put, learn, known } = await station()
    const credentials = postgresCredentials(database.ingest)
    await learn('answered', { type: 'securityProfile', profile: 2 })
    await put({ securityProfile: 3 })
    await credentials.settle(ref, { type: 'next profile', profile: 2 })
    expect(await known()).toMatchObject({ profile: 3 })
    await put({ securityProfile: 1 })
    await learn('answered', { type: 'securityProfile', profile: 2 })
    await credentials.settle(ref, { type: 'next profile', profile: 2 })
    expect(await known()).toMatchObject({ profile: 2 })
  })

  it('A00.FR.405: knows the name that its operator has in certificates', async () => {
    const { ref, store } = await station()
    await store.tenants.change('default', { organisation: 'CPO' })
    expect(await postgresCredentials(database.ingest).find('default', ref.identity)).toMatchObject({
      organisation: 'CPO',
    })
  })

  it('S-10: those who remember a charge point hear that it calls itself otherwise, and of nothing that stayed', async () => {
    const { ref } = await station()
    const { epoch } = await postgresCredentials(database.ingest).open(ref)
    const state = postgresCurrentState(database.ingest)
    const heard: number[] = []
    for (const serial of ['SN-1', 'SN-1', 'SN-2', 'SN-2']) {
      const inventory = { vendor: 'Vendor', model: 'Model', serial }
      await state.write([{ kind: 'booted', ...ref, epoch, at: Date.now(), inventory, registration: 'accepted' }])
      const [row] = await database.ingest<
        { n: number }[]
      >`select count(*)::int as n from events where type = 'charge-point.registered' and subject = ${ref.identity}`
      heard.push(row?.n ?? 0)
    }
    const [before = 0] = heard
    expect(heard).toEqual([before, before, before + 1, before + 1])
  })

  it('BI-48: reads a request as its station means it, and ends the job of one that nobody can read', async () => {
    const ledger = postgresLedger({ sql: database.ingest, clock: systemClock, ids: systemIds, digest: testDigest })
    const csrs: (string | undefined)[] = []
    for (const vendor of ['wallbe', 'another']) {
      const { ref } = await station()
      await database.admin`update charge_points set vendor = ${vendor}, model = 'Pro' where identity = ${ref.identity}`
      const at = Date.now()
      // a NUL as it is, in a text: no JSON but for who knows the make
      const wire = '[2,"a","SignCertificate",{"csr":"CSR\0"}]'
      const said = { ...ref, at, receivedAt: at, wire, protocol: 'ocpp1.6', flags: [] }
      await ledger.commit([{ kind: 'certificate.requested', ...said, key: systemIds.uuid(), csr: 'CSR' }])
      const [job] = await database.admin<
        { key: string }[]
      >`select key from outbox where kind = 'certificate' order by id desc limit 1`
      csrs.push((await requestOfJob(database.app, { tenant: 'default', key: job?.key ?? '' }))?.csr)
    }
    expect(csrs).toEqual(['CSR', undefined])
  })

  it('BI-48: a certificate that its station has taken stays taken when it refuses the same one again', async () => {
    const { ref, store, ordered, learn } = await station()
    const times = { notBefore: 0, notAfter: 1, issuedAt: 0 }
    await store.certificates.record({ ...ref, serial: ref.identity, fingerprint: 'ff', chain: 'PEM', ...times })
    const state = async () => (await store.certificates.find('default', ref.identity))?.state
    expect(await store.certificates.isSent(ref, ref.identity)).toBe(false)
    await ordered({ type: 'deliverCertificate', chain: 'PEM', serial: ref.identity })
    expect(await store.certificates.isSent(ref, ref.identity)).toBe(true)
    for (const accepted of [true, false]) {
      await learn('answered', { type: 'certificate.delivered', serial: ref.identity, accepted })
      expect(await state()).toBe('accepted')
    }
  })

  it('S-04: an answer to the key before, come late, settles nothing of the one after it', async () => {
    for (const became of ['current', 'nothing', 'next'] as const) {
      const { learn, known } = await station()
      await learn('sent', { type: 'password.sent', ...second })
      await learn('answered', { type: 'password', hash: first.hash, became })
      expect(await known()).toMatchObject({ current: 1, next: 3 })
    }
  })

  it('S-04: who shows a key that another has replaced installs neither', async () => {
    const { ref, learn, known } = await station()
    await learn('sent', { type: 'password.sent', ...second })
    const credentials = postgresCredentials(database.ingest)
    await credentials.settle(ref, { type: 'next password', hash: first.hash })
    expect(await known()).toMatchObject({ current: 1, next: 3 })
    await credentials.settle(ref, { type: 'next password', hash: second.hash })
    expect(await known()).toMatchObject({ current: 3, next: undefined })
  })
})
