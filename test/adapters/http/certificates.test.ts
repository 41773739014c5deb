import { X509Certificate } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { IssuedCertificate } from '../../../core/domain/certificate.ts'
import { certified, pemOfKey } from '../../support/certificates.ts'
import { preparedData } from '../../support/data-directory.ts'
import { startServer, type TestServer } from '../../support/server.ts'
import { type Desk, deskOf } from '../../support/tickets.ts'

interface Root {
  readonly certificate: string
  readonly fingerprint: string
}

describe('certificates over the API', () => {
  let test: TestServer
  let desk: Desk

  beforeAll(async () => {
    test = await startServer()
    await test.addTenant('other')
    desk = await deskOf(test)
  })
  afterAll(async () => {
    await desk?.close()
    await test?.stop()
  })

  const root = async (tenant = 'default', from = test): Promise<Root> => {
    const answer = await from.api('GET', '/api/v1/authority', undefined, { 'sm-tenant': tenant })
    expect(answer.status).toBe(200)
    return answer.body
  }

  it('show the root of a tenant, which is made when it is first asked for, once', async () => {
    const all = await Promise.all(Array.from({ length: 10 }, () => root()))
    expect(new Set(all.map(({ fingerprint }) => fingerprint)).size).toBe(1)
    const read = new X509Certificate(all[0]?.certificate ?? '')
    expect([read.ca, read.verify(read.publicKey), read.fingerprint256.replaceAll(':', '').toLowerCase()]).toEqual([
      true,
      true,
      all[0]?.fingerprint,
    ])
    expect(all[0]).toMatchObject({
      source: 'own',
      subject: 'O=Stationmaster, OU=Charge points, CN=default',
      notAfter: new Date(read.validTo).toISOString(),
    })
    expect((await root('other')).fingerprint).not.toBe(all[0]?.fingerprint)
    expect((await test.api('GET', '/api/v1/authority', undefined, { 'sm-tenant': 'nobody' })).status).toBe(404)
  })

  it('show a root that outlives its process', async () => {
    const data = await preparedData()
    const first = await startServer({ SM_DATA: data })
    const { fingerprint } = await root('default', first)
    await first.stop()
    const second = await startServer({ SM_DATA: data })
    expect((await root('default', second)).fingerprint).toBe(fingerprint)
    await second.stop()
  })

  it('show the root that the settings give, for every tenant', async () => {
    const data = await preparedData()
    const ca = await certified({ name: 'CN=Given', ca: true })
    writeFileSync(join(data, 'ca.pem'), ca.pem)
    writeFileSync(join(data, 'ca.key'), pemOfKey(ca.keys))
    const settings = { SM_DATA: data, SM_CA_CERT: join(data, 'ca.pem'), SM_CA_KEY: join(data, 'ca.key') }
    const given = await startServer(settings)
    expect(await root('default', given)).toMatchObject({ subject: 'CN=Given', source: 'settings' })
    await given.stop()
    writeFileSync(join(data, 'ca.key'), pemOfKey((await certified({})).keys))
    await expect(startServer(settings)).rejects.toThrow(/not that of its certificate/)
    expect(readFileSync(join(data, 'ca.pem'), 'utf8')).toBe(ca.pem)
  })

  const issued = (identity: string, serial: string, issuedAt: number, tenant = 'default') => ({
    tenant,
    identity,
    serial,
    fingerprint: `f${serial}`,
    chain: `chain ${serial}`,
    notBefore: issuedAt - 1_000,
    notAfter: issuedAt + 1_000,
    issuedAt,
  })
  interface Listed {
    readonly items: readonly (Omit<IssuedCertificate, 'chain'> & { certificate: string })[]
    readonly next: string | null
  }
  const listed = async (identity: string, query = '', tenant = 'default'): Promise<Listed> =>
    (
      await test.api('GET', `/api/v1/charge-points/${identity}/certificates?${query}`, undefined, {
        'sm-tenant': tenant,
      })
    ).body

  it('list what was signed for a charge point, newest first, and what became of it', async () => {
    const { certificates } = desk.store
    await test.api('PUT', '/api/v1/charge-points/CP-1', {})
    const at = Date.UTC(2026, 0, 1)
    for (const [i, serial] of ['0a', '0b', '0c', '0d'].entries())
      await certificates.record(issued('CP-1', serial, at + i * 60_000))
    // two of the same moment
    await certificates.record(issued('CP-1', '0e', at))
    await certificates.record({ ...issued('CP-1', '0a', at), chain: 'another' })
    await certificates.record(issued('CP-2', 'ff', at))
    expect(await certificates.mark('default', '0a', 'accepted', at)).toBe(true)
    expect(await certificates.mark('default', '0b', 'rejected', at)).toBe(true)
    expect(await certificates.mark('default', '0c', 'revoked', at)).toBe(true)
    expect(await certificates.mark('default', '0c', 'accepted', at)).toBe(false)
    expect(await certificates.mark('default', 'none', 'accepted', at)).toBe(false)
    expect(await certificates.mark('other', '0d', 'accepted', at)).toBe(false)
    const { items, next } = await listed('cp-1')
    expect(items.map(({ serial, state }) => [serial, state])).toEqual([
      ['0d', 'issued'],
      ['0c', 'revoked'],
      ['0b', 'rejected'],
      ['0e', 'issued'],
      ['0a', 'accepted'],
    ])
    expect(next).toBeNull()
    expect(items.at(-1)).toEqual({
      serial: '0a',
      fingerprint: 'f0a',
      certificate: 'chain 0a',
      notBefore: '2025-12-31T23:59:59.000Z',
      notAfter: '2026-01-01T00:00:01.000Z',
      issuedAt: '2026-01-01T00:00:00.000Z',
      state: 'accepted',
    })
    const pages: string[] = []
    for (let cursor: string | null = ''; cursor !== null;) {
      const page = await listed('CP-1', `limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`)
      pages.push(page.items.map(({ serial }) => serial).join(' '))
      cursor = page.next
    }
    expect(pages).toEqual(['0d 0c', '0b 0e', '0a'])
    expect(await certificates.issuedSince({ tenant: 'default', identity: 'CP-1' }, at + 60_000)).toBe(3)
    expect((await certificates.find('default', '0c'))?.state).toBe('revoked')
    expect(await certificates.find('other', '0c')).toBeUndefined()
  })

  it('BI-51: are not there for another tenant, nor for a charge point that is not', async () => {
    for (const [identity, tenant] of [
      ['CP-1', 'other'],
      ['CP-NOT-THERE', 'default'],
    ] as const)
      expect(await listed(identity, '', tenant)).toMatchObject({ status: 404 })
  })

  it.each(['junk', Buffer.from('["x","y"]').toString('base64url'), Buffer.from('["1"]').toString('base64url')])(
    'refuse the cursor %s',
    async (cursor) => {
      await test.api('PUT', '/api/v1/charge-points/CP-1', {})
      expect(await listed('CP-1', `cursor=${cursor}`)).toMatchObject({ status: 400 })
    },
  )
})
