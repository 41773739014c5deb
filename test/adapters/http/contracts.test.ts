import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ForeignStation, foreignStation } from '../../support/station.ts'
import { startServer, type TestServer, until } from '../../support/server.ts'

const at = '/api/v1/contracts'
const password = 'a-password-of-the-station'
const from = '2026-01-01T00:00:00.000Z'

describe('contracts over the API', () => {
  let test: TestServer
  let station: ForeignStation
  beforeAll(async () => {
    test = await startServer()
    await test.addTenant('other')
    await test.api('PUT', '/api/v1/charge-points/CP-1', { password })
    station = await foreignStation(test.url, 'CP-1', password)
    await station.call('BootNotification', { chargePointVendor: 'V', chargePointModel: 'M' })
  })
  afterAll(async () => {
    await station?.close()
    await test?.stop()
  })

  const put = (id: string, body: object = {}, tenant = 'default') =>
    test.api('PUT', `${at}/${id}`, { emp: 'DE*8AA', validFrom: from, ...body }, { 'sm-tenant': tenant })
  const give = (id: string, uid: string, body: object = {}) => test.api('PUT', `${at}/${id}/tokens/${uid}`, body)
  const statusOf = async (idTag: string): Promise<unknown> => {
    const { idTagInfo } = await station.call('Authorize', { idTag })
    return (idTagInfo as { readonly status: string }).status
  }
  const start = async (idTag: string, timestamp = new Date().toISOString()) =>
    (await station.call('StartTransaction', { connectorId: 1, idTag, meterStart: 0, timestamp }))['transactionId']
  const stop = (transactionId: unknown, idTag: string) =>
    station.call('StopTransaction', { transactionId, idTag, meterStop: 1_000, timestamp: new Date().toISOString() })
  const contractsOf = async (token: string) => {
    const { body } = await test.api('GET', `/api/v1/sessions?token=${token}`)
    return (body as { items: { contract: string }[] }).items.map(({ contract }) => contract).toReversed()
  }

  it('are made, shown, listed, changed and removed', async () => {
    const made = await put('fleet-42', { evcoId: 'nltnm0122045', driver: 'customer:4711' })
    expect([made.status, made.body]).toEqual([
      201,
      {
        id: 'fleet-42',
        emp: 'DE*8AA',
        evcoId: 'NL-TNM-012204-5',
        driver: 'customer:4711',
        validFrom: from,
        validUntil: null,
        state: 'active',
        whitelist: 'ALLOWED',
      },
    ])
    expect((await test.api('GET', `${at}/fleet-42`)).body).toEqual(made.body)
    await put('fleet-43', { emp: 'NL*TNM' })
    const listed = async (query: string) =>
      ((await test.api('GET', `${at}?${query}`)).body as { items: { id: string }[] }).items.map(({ id }) => id)
    expect(await listed('emp=NL*TNM')).toEqual(['fleet-43'])
    expect(await listed('evcoId=NL*TNM*012204*5')).toEqual(['fleet-42'])
    const changed = await put('fleet-42', { state: 'ended', whitelist: 'NEVER' })
    expect([changed.status, changed.body]).toMatchObject([
      200,
      { state: 'ended', evcoId: 'NL-TNM-012204-5', whitelist: 'NEVER' },
    ])
    expect(await listed('state=ended')).toEqual(['fleet-42'])
    expect((await test.api('DELETE', `${at}/fleet-42`)).status).toBe(204)
    expect((await test.api('GET', `${at}/fleet-42`)).status).toBe(404)
  })

  it('are refused with what is wrong, and where', async () => {
    const refused = async (id: string, body: object) => {
      const { status, body: problem } = await put(id, body)
      return [status, (problem as { pointer: string }).pointer, (problem as { detail: string }).detail]
    }
    expect(await refused('x', { evcoId: 'DE-83D-UIEN83QGZ-5' })).toEqual([
      422,
      '/evcoId',
      '/evcoId: the check digit is 5, and should be D',
    ])
    expect((await refused('x', { driver: 'Erika Mustermann' })).slice(0, 2)).toEqual([422, '/driver'])
    expect((await refused('x', { emp: 'DE\u0000' })).slice(0, 2)).toEqual([422, '/emp'])
    expect((await refused('x', { whitelist: 'SOMETIMES' })).slice(0, 2)).toEqual([422, '/whitelist'])
    expect((await refused('x', { validUntil: from })).slice(0, 2)).toEqual([422, '/validUntil'])
    expect((await refused('DE8AA001234567', {})).slice(0, 2)).toEqual([422, '/id'])
    expect((await put('..%2Fx')).status).toBe(400)
    expect((await test.api('GET', `${at}/x`)).status).toBe(404)
    await put('x')
    expect((await give('x', 'DE83DUIEN83QGZ', { type: 'EVCO' })).status).toBe(422)
    expect((await give('x', 'C', { until: from })).status).toBe(422)
    expect((await give('x', 'A%00B')).status).toBe(400)
    expect((await give('not-there', 'C')).status).toBe(404)
    expect((await test.api('DELETE', `${at}/x/tokens/C`)).status).toBe(404)
  })

  it('a card needs no more than its contract, and is told as that stands: Invalid, Accepted, Blocked, Expired', async () => {
    const later = '2099-01-01T00:00:00.000Z'
    const told = (status: string) => until(status, async () => (await statusOf('card-7')) === status)
    expect(await statusOf('CARD-7')).toBe('Invalid')
    await put('seven', { validFrom: later })
    await give('seven', 'CARD-7', { from })
    expect(await statusOf('CARD-7')).toBe('Invalid')
    await put('seven')
    await told('Accepted')
    await put('seven', { state: 'suspended' })
    await told('Blocked')
    await put('seven', { state: 'ended' })
    await told('Expired')
  })

  it('a card that is swapped charges each session to whom it belonged at its start', async () => {
    await put('before', { evcoId: 'DE-8AA-001234567-0' })
    await put('after')
    await give('before', 'SWAP', { from })
    const first = await start('SWAP')
    // given on while it charges; the session stays whose it was
    expect((await give('after', 'SWAP')).body).toMatchObject({
      pointer: '/from',
      detail: '/from: it is a token of contract before then: end that first',
    })
    expect((await test.api('DELETE', `${at}/before/tokens/SWAP`)).status).toBe(204)
    const swapped = await give('after', 'SWAP')
    expect(swapped.status).toBe(201)
    await until('the swap to be heard of', async () => (await statusOf('SWAP')) === 'Accepted')
    await stop(first, 'SWAP')
    await until('the next session', async () => {
      await stop(await start('SWAP'), 'SWAP')
      return (await contractsOf('SWAP')).includes('after')
    })
    expect((await contractsOf('SWAP'))[0]).toBe('DE-8AA-001234567-0')
    // told of only now, by a station that was away: before it was given on
    await stop(await start('SWAP', '2026-06-01T12:00:00Z'), 'SWAP')
    expect((await contractsOf('SWAP')).at(-1)).toBe('DE-8AA-001234567-0')
    const sessions = (await contractsOf('SWAP')).length
    const cdrs = await until('the CDRs', async () => {
      const { body } = await test.api('GET', '/api/v1/cdrs')
      const { items } = body as { items: { contract: string | null }[] }
      // how many sessions it took until the swap was heard of is not known
      return items.length >= sessions && items.map(({ contract }) => contract)
    })
    expect([...new Set(cdrs.map(String))].toSorted()).toEqual(['DE-8AA-001234567-0', 'after'])
    // what was charged under it keeps it
    expect((await test.api('DELETE', `${at}/before`)).status).toBe(409)
    const tokens = await test.api('GET', `${at}/before/tokens`)
    expect(tokens.body).toMatchObject({ items: [{ uid: 'SWAP', from }], next: null })
  })

  it('S-19: who changed them is in the audit log, with what was before', async () => {
    await put('audited')
    await put('audited', { state: 'suspended', whitelist: 'ALLOWED_OFFLINE' })
    await give('audited', 'AUDITED')
    const { body } = await test.api('GET', '/api/v1/audit?subject=audited')
    type Standing = { readonly state?: string; readonly whitelist?: string } | null
    const { items } = body as { items: { action: string; before: Standing; after: Standing }[] }
    expect(items.map(({ action, before, after }) => [action, before?.state, after?.whitelist])).toEqual([
      ['contract.tokenChanged', undefined, undefined],
      ['contract.changed', 'active', 'ALLOWED_OFFLINE'],
      ['contract.changed', undefined, 'ALLOWED'],
    ])
  })

  it('BI-51: are each of one tenant', async () => {
    await put('theirs', {}, 'other')
    expect((await test.api('GET', `${at}/theirs`)).status).toBe(404)
    expect((await give('theirs', 'C')).status).toBe(404)
    expect((await test.api('DELETE', `${at}/theirs`)).status).toBe(404)
    expect((await test.api('GET', `${at}/theirs`, undefined, { 'sm-tenant': 'other' })).status).toBe(200)
  })

  it('an identifier is explained, whatever it is', async () => {
    const told = async (text: string) =>
      (await test.api('GET', `/api/v1/identifiers/${encodeURIComponent(text)}`)).body as {
        readings: { kind: string; key: string }[]
        faults: Record<string, string>
      }
    expect((await told('be-bec-e041503001')).readings).toMatchObject([{ kind: 'evse', key: 'BEBECE041503001' }])
    expect((await told('DE-83D-UIEN83QGZ-5')).faults).toMatchObject({
      evco: 'the check digit is 5, and should be D',
    })
    expect((await told('😀')).readings).toEqual([])
  })
})
