import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { berlin as site } from '../../support/market.ts'
import { cdrBody } from '../../support/received.ts'
import { administrator, startServer, type TestServer, until } from '../../support/server.ts'

describe('contracts over the API', () => {
  let test: TestServer
  beforeAll(async () => {
    test = await startServer()
    await test.addTenant('other')
    for (const [id, role] of [
      ['s', 'siteOwner'],
      ['heirs', 'siteOwner'],
      ['a', 'cpo'],
      ['r', 'csr'],
    ])
      await ask('PUT', `parties/${id}`, { role, name: `The ${id}` })
    await ask('PUT', 'parties/b', { role: 'emp', name: 'B', code: 'NL*EMP', isOurs: true })
    await ask('PUT', 'sites/mall', site)
    await ask('PUT', 'charging-stations/m1', { site: 'mall' })
  })
  afterAll(() => test?.stop())

  const ask = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const answer = await test.api(method, `/api/v1/${path}`, body, headers)
    return answer as { readonly status: number; readonly body: Record<string, unknown> }
  }
  /** Where a request is wrong, and why. */
  const refusal = async (path: string, body: unknown) => {
    const answer = await ask('PUT', path, body)
    return [answer.status, answer.body['pointer'], answer.body['detail']]
  }
  const mall = { owner: 's', subject: { kind: 'site', id: 'mall' }, from: '2026-01-01', currency: 'EUR' }
  const resale = { seller: 'r', buyer: 'a', from: '2026-01-01', currency: 'EUR' }
  const plus = { from: '2026-01-01', currency: 'EUR' }
  const ids = async (path: string) => {
    const { body } = await ask('GET', path)
    return (body['items'] as { id: string }[]).map(({ id }) => id)
  }

  it('are made, shown, listed, changed and removed; in another tenant there is nothing of them', async () => {
    const made = await ask('PUT', 'site-contracts/mall-2026', { ...mall, sharePercent: '30', floor: '500', vat: null })
    const shown = {
      id: 'mall-2026',
      ...mall,
      until: null,
      sharePercent: '30',
      perKwh: null,
      perStation: null,
      perPort: null,
      floor: '500',
      electricityPerKwh: null,
      vat: null,
    }
    expect([made.status, made.body]).toEqual([201, shown])
    expect((await ask('PUT', 'site-contracts/mall-2026', { ...mall, sharePercent: '30', floor: '500' })).status).toBe(
      200,
    )
    expect((await ask('GET', 'site-contracts/mall-2026')).body).toEqual(shown)
    await ask('PUT', 'site-contracts/m1', {
      ...mall,
      owner: 'heirs',
      subject: { kind: 'station', id: 'm1' },
      until: '2026-06-01',
    })
    expect([
      await ids('site-contracts'),
      await ids('site-contracts?owner=heirs'),
      await ids('site-contracts?site=mall'),
      await ids('site-contracts?on=2026-06-01'),
      await ids('site-contracts?limit=1'),
    ]).toEqual([['m1', 'mall-2026'], ['m1'], ['m1', 'mall-2026'], ['mall-2026'], ['m1']])
    const foreign = { 'sm-tenant': 'other' }
    expect([
      (await ask('GET', 'site-contracts/mall-2026', undefined, foreign)).status,
      (await ask('DELETE', 'site-contracts/mall-2026', undefined, foreign)).status,
      (await ask('GET', 'site-contracts', undefined, foreign)).body['items'],
    ]).toEqual([404, 404, []])
    expect([
      (await ask('DELETE', 'site-contracts/m1')).status,
      (await ask('DELETE', 'site-contracts/m1')).status,
    ]).toEqual([204, 404])
    const audit = await ask('GET', 'audit?subject=m1')
    expect((audit.body['items'] as { action: string }[]).map(({ action }) => action).slice(0, 2)).toEqual([
      'agreement.removed',
      'agreement.changed',
    ])
  })

  it('are shown to the owner that they are with, and to no other', async () => {
    const ownerKey = async (party: string) => {
      const made = await ask('POST', 'api-keys', { label: party, role: 'siteOwner', party })
      return { authorization: `Bearer ${String(made.body['key'])}` }
    }
    const [own, others] = [await ownerKey('s'), await ownerKey('heirs')]
    const lists = async (headers: Record<string, string>) =>
      (await ask('GET', 'site-contracts', undefined, headers)).body['items']
    expect([
      (await ask('GET', 'site-contracts/mall-2026', undefined, own)).status,
      (await ask('GET', 'site-contracts/mall-2026', undefined, others)).status,
      await lists(own),
      await lists(others),
      (await ask('PUT', 'site-contracts/mall-2026', { ...mall, sharePercent: '99' }, own)).status,
      (await ask('GET', 'resale-contracts', undefined, own)).body['items'],
      (await ask('GET', 'roaming-prices', undefined, own)).status,
    ]).toEqual([200, 404, [expect.objectContaining({ id: 'mall-2026' })], [], 403, [], 403])
  })

  it('days without one are named', async () => {
    await ask('PUT', 'sites/mall/roles/owner', { party: 's', from: '2025-12-01' })
    const { status, body } = await ask('GET', 'site-contracts/gaps?from=2025-01-01&until=2027-01-01')
    expect([status, body]).toEqual([
      200,
      {
        items: [{ site: 'mall', stations: null, owner: 's', from: '2025-12-01', until: '2026-01-01', contract: null }],
        next: null,
      },
    ])
    expect((await ask('GET', 'site-contracts/gaps?from=2026-01-01&until=2026-01-01')).status).toBe(400)
  })

  it.each([
    [{ owner: 'b' }, '/owner'],
    [{ owner: 'nobody' }, '/owner'],
    [{ owner: 7 }, '/owner'],
    [{ subject: { kind: 'evse', id: 'x' } }, '/subject/kind'],
    [{ subject: { kind: 'site', id: 'none' } }, '/subject/id'],
    [{ currency: 'EUX' }, '/currency'],
    [{ currency: 'EURO' }, '/currency'],
    [{ sharePercent: '100.5' }, '/sharePercent'],
    [{ sharePercent: '-1' }, '/sharePercent'],
    [{ sharePercent: 30 }, '/sharePercent'],
    [{ sharePercent: 'half' }, '/sharePercent'],
    [{ vat: '' }, '/vat'],
    [{ vat: '120' }, '/vat'],
    [{ floor: '1e3' }, '/floor'],
    [{ perKwh: '0.1234567' }, '/perKwh'],
    [{ from: '2026-02-30' }, '/from'],
    [{ from: null }, '/from'],
    [{ until: '2026-01-01' }, '/until'],
    [{ id: 'x' }, '/id'],
    [{ from: '2026-05-01' }, '/from'],
  ])('with a site owner and %j is refused at %s', async (wrong, pointer) => {
    expect((await refusal('site-contracts/wrong', { ...mall, ...wrong })).slice(0, 2)).toEqual([422, pointer])
  })

  it('one that overlaps another is refused by its name', async () => {
    expect(await refusal('site-contracts/next', { ...mall, from: '2026-05-01' })).toEqual([
      422,
      '/from',
      '/from: next (from 2026-05-01 on) overlaps mall-2026 (from 2026-01-01 on), which is of the same',
    ])
  })

  it.each([
    [{ tiers: [{ from: 5, perPort: '1' }] }, '/tiers/0/from'],
    [
      {
        tiers: [
          { from: 0, perPort: '1' },
          { from: 0, perPort: '1' },
        ],
      },
      '/tiers/1/from',
    ],
    [{ tiers: [{ from: 1, perPort: 'x' }] }, '/tiers/0/perPort'],
    [{ tiers: [{ from: 1.5, perPort: '1' }] }, '/tiers/0/from'],
    [{ seller: 's' }, '/seller'],
    [{ seller: 'platform' }, '/buyer'],
    [{ buyer: 'r' }, '/buyer'],
    [{ sharePercent: '71' }, '/sharePercent'],
    [{ minimum: '-1' }, '/minimum'],
    [{ sharePercent: '1e1' }, '/sharePercent'],
    [{ currency: 'ZZZ' }, '/currency'],
  ])('of resale and %j is refused at %s', async (wrong, pointer) => {
    expect((await refusal('resale-contracts/wrong', { ...resale, ...wrong })).slice(0, 2)).toEqual([422, pointer])
  })

  it('of resale are by seller and buyer', async () => {
    const tiers = [{ from: 1, perPort: '4.90' }]
    const made = await ask('PUT', 'resale-contracts/r-a', { ...resale, tiers, sharePercent: '10' })
    expect([made.status, made.body]).toEqual([
      201,
      { id: 'r-a', ...resale, until: null, tiers, minimum: null, sharePercent: '10', vat: null },
    ])
    expect(
      (await ask('PUT', 'resale-contracts/platform-r', { ...resale, seller: 'platform', buyer: 'r', tiers })).status,
    ).toBe(201)
    expect([await ids('resale-contracts?party=r'), await ids('resale-contracts?party=a')]).toEqual([
      ['platform-r', 'r-a'],
      ['r-a'],
    ])
    expect((await ask('DELETE', 'parties/r')).body['detail']).toContain('contract platform-r of resale')
  })

  it.each([
    [{ partner: 'nobody' }, '/partner'],
    [{ contract: 'nobody' }, '/contract'],
    [{ contract: 'a\u0000b' }, '/contract'],
    [{ markupPercent: '1001' }, '/markupPercent'],
    [{ priceCap: 'free' }, '/priceCap'],
    [{ markupPercent: '8 %' }, '/markupPercent'],
    [{ vat: '1\u0000' }, '/vat'],
    [{ currency: 'EUX' }, '/currency'],
  ])('for roaming and %j is refused at %s', async (wrong, pointer) => {
    expect((await refusal('roaming-prices/wrong', { ...plus, ...wrong })).slice(0, 2)).toEqual([422, pointer])
  })

  it('a CDR of a partner waits for a price, is priced by a job once there is one, and explains itself', async () => {
    const admin = administrator(test.server.target, test.data)
    const { country_code: country, party_id: party, ...body } = cdrBody('CDR-1')
    await admin`insert into roaming_received (tenant, module, country_code, party_id, id, partner, last_updated, received_at, body)
      values ('default', 'cdrs', ${country}, ${party}, 'CDR-1', 'volt', now(), now(), ${JSON.stringify({ ...body, total_cost: { before_taxes: '5', taxes: [{ name: 'VAT', amount: '0.95' }] }, total_energy: '10' })}::text::jsonb)`
    await admin.end()
    const waiting = async () =>
      (await ask('GET', 'retail-prices?state=waiting')).body['items'] as { id: string; reason: string }[]
    await until('the look at it', async () => (await waiting()).length === 1)
    expect(await waiting()).toMatchObject([
      {
        id: 'CDR-1',
        partner: 'volt',
        state: 'waiting',
        reason: 'no roaming price in EUR is for NL-EMP-C00000001-X at volt on 2026-11-27',
        gross: null,
      },
    ])
    const path = 'roaming/cdrs/DE/ABC/CDR-1/retail'
    expect((await ask('GET', path)).status).toBe(409)
    await ask('PUT', 'roaming-prices/plus', { ...plus, markupPercent: '8', markupPerSession: '0.35', vat: '19' })
    await until('the price', async () => (await ask('GET', path)).status === 200)
    const priced = await ask('GET', path)
    expect(priced.body).toMatchObject({
      state: 'priced',
      emp: 'b',
      currency: 'EUR',
      net: '5.75',
      tax: '1.09',
      gross: '6.84',
      price: { id: 'plus', markupPercent: '8', priceCap: null },
      cost: { net: '5', tax: '0.95', energyWh: 10_000 },
      lines: [
        { kind: 'cost', amount: '5.0000' },
        { kind: 'markupPercent', price: '8', of: '5', exact: '0.4', amount: '0.4000' },
        { kind: 'markupPerSession', price: '0.35', amount: '0.3500' },
      ],
    })
    const text = await ask('GET', path, undefined, { accept: 'text/plain' })
    expect(text.body).toBe(priced.body['text'])
    expect((await ask('GET', 'roaming/cdrs/DE/ABC/CDR-2/retail')).status).toBe(404)
    expect((await ask('GET', path, undefined, { 'sm-tenant': 'other' })).status).toBe(404)
  })
})
