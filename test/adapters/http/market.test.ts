import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { berlin as site, type2 as connector } from '../../support/market.ts'
import { administrator, startServer, type TestServer } from '../../support/server.ts'

describe('the market over the API', () => {
  let test: TestServer
  beforeAll(async () => {
    test = await startServer()
    await test.addTenant('other')
    for (const identity of ['CP-1', 'CP-2', 'CP-3']) await ask('PUT', `charge-points/${identity}`, {})
    for (const [id, role] of [
      ['ours', 'cpo'],
      ['landlord', 'siteOwner'],
      ['heirs', 'siteOwner'],
      ['brand', 'csr'],
      ['roam', 'emp'],
    ])
      await ask('PUT', `parties/${id}`, { role, name: `The ${id}` })
    await ask('PUT', 'sites/north', site)
    await ask('PUT', 'charging-stations/n1', { site: 'north', name: 'Left' })
  })
  afterAll(() => test?.stop())

  const ask = async (method: string, path: string, body?: unknown, tenant = 'default') => {
    const answer = await test.api(method, `/api/v1/${path}`, body, { 'sm-tenant': tenant })
    return answer as { readonly status: number; readonly body: Record<string, unknown> }
  }
  const put = async (path: string, body: unknown) => (await ask('PUT', path, body)).status
  /** Where a request is wrong, and why. */
  const refusal = async (path: string, body: unknown) => {
    const answer = await ask('PUT', path, body)
    return [answer.status, answer.body['pointer'], answer.body['detail']]
  }
  const evse = (more: object = {}) => ({ station: 'n1', connectors: [connector], ...more })
  describe('parties', () => {
    const full = {
      role: 'cpo',
      name: 'Volt',
      reseller: 'brand',
      code: 'de-vlt',
      legalName: 'Volt GmbH',
      vatNumber: 'DE136695976',
      website: 'https://volt.example',
      language: 'de',
      address: { street: 'Weg 2', postalCode: null, city: 'Köln', country: 'DE' },
      contact: { name: 'Ada', email: 'ada@volt.example', phone: '+49 221 123456' },
    }

    it('are added, shown, changed and removed; what is already so changes nothing', async () => {
      const added = await ask('PUT', 'parties/volt', full)
      expect([added.status, added.body]).toEqual([
        201,
        { id: 'volt', ...full, code: 'DE*VLT', isOurs: false, changedAt: expect.any(String) as unknown },
      ])
      const same = await ask('PUT', 'parties/volt', full)
      expect([same.status, same.body]).toEqual([200, added.body])
      const changed = await ask('PUT', 'parties/volt', { role: 'cpo', name: 'Volt' })
      expect([changed.status, changed.body]).toMatchObject([200, { name: 'Volt', reseller: null, code: null }])
      expect((await ask('DELETE', 'parties/volt')).status).toBe(204)
      expect((await ask('DELETE', 'parties/volt')).status).toBe(404)
      const { body } = await ask('GET', 'audit?subject=volt')
      const entries = body['items'] as { action: string; before: unknown; after: unknown }[]
      expect(entries.map(({ action, before, after }) => [action, before, after])).toEqual([
        ['party.removed', { id: 'volt', role: 'cpo', name: 'Volt' }, null],
        ['party.changed', expect.anything(), { id: 'volt', role: 'cpo', name: 'Volt' }],
        ['party.changed', null, expect.objectContaining({ reseller: 'brand', vatNumber: 'DE136695976' })],
      ])
      // the log is never cleared: no person is in it
      expect(JSON.stringify(entries)).not.toContain('ada@volt.example')
    })

    it('are listed by role and reseller, page by page', async () => {
      await put('parties/below', { role: 'cpo', name: 'Below', reseller: 'brand' })
      const ids = async (query: string) =>
        ((await ask('GET', `parties?${query}`)).body['items'] as { id: string }[]).map(({ id }) => id)
      expect(await ids('role=siteOwner')).toEqual(['heirs', 'landlord'])
      expect(await ids('reseller=brand')).toEqual(['below'])
      const first = await ask('GET', 'parties?role=siteOwner&limit=1')
      expect(await ids(`role=siteOwner&cursor=${String(first.body['next'])}`)).toEqual(['landlord'])
      await ask('DELETE', 'parties/below')
    })

    it.each([
      [{ code: 'DE*AB' }, '/code', /two letters of a country and three characters/],
      [{ code: 'QX*ABC' }, '/code', /no country QX/],
      [{ code: 'DЕ*ABC' }, '/code', /U\+0415/],
      [{ address: { street: 'x', city: 'y', country: 'XX' } }, '/address/country', /ISO 3166-1/],
      [{ address: { street: 'x', city: 'y', country: 'de' } }, '/address/country', /ISO 3166-1/],
      [{ vatNumber: '12' }, '/vatNumber', /VAT number/],
      [{ website: 'javascript:alert(1)' }, '/website', /URL/i],
      [{ contact: { email: 'nobody' } }, '/contact/email', /email/i],
      [{ contact: { phone: 'call me' } }, '/contact/phone', /telephone/],
      [{ language: 'german' }, '/language', /ISO 639-1/],
      [{ name: 'a\u0000b' }, '/name', /control characters/],
      [{ name: 'a\ud800b' }, '/name', /control characters/],
      [{ name: ' ' }, '/name', /./],
      [{ role: 'cso' }, '/role', /./],
      [{ reseller: 'nobody' }, '/reseller', /no such party/],
      [{ reseller: 'ours' }, '/reseller', /no reseller/],
      [{ role: 'emp', reseller: 'brand' }, '/reseller', /only a CPO/],
      [{ colour: 'red' }, '/colour', /not a field/],
    ])('%j is refused at %s', async (more, pointer, detail) => {
      expect(await refusal('parties/bad', { role: 'cpo', name: 'Bad', ...more })).toEqual([
        422,
        pointer,
        expect.stringMatching(detail) as unknown,
      ])
      expect((await ask('GET', 'parties/bad')).status).toBe(404)
    })

    it('have one code for each role, and ids that do not differ by case alone', async () => {
      await put('parties/a', { role: 'cpo', name: 'A', code: 'NL*AAA' })
      expect(await refusal('parties/b', { role: 'cpo', name: 'B', code: 'nlaaa' })).toEqual([
        422,
        '/code',
        '/code: is that of a, which has the role cpo too',
      ])
      expect(await put('parties/b', { role: 'emp', name: 'B', code: 'NL*AAA' })).toBe(201)
      expect((await refusal('parties/B', { role: 'emp', name: 'B' }))[1]).toBe('/id')
    })

    it('stay while something needs them', async () => {
      await put('sites/needy', site)
      await put('sites/needy/roles/owner', { party: 'landlord' })
      await put('parties/child', { role: 'cpo', name: 'Child', reseller: 'brand' })
      const refused = await ask('DELETE', 'parties/landlord')
      expect([refused.status, refused.body['detail']]).toEqual([409, 'this party is in use: owner of site needy'])
      expect((await ask('DELETE', 'parties/brand')).body['detail']).toBe('this party is in use: CPO child')
      expect((await refusal('parties/landlord', { role: 'emp', name: 'x' }))[1]).toBe('/role')
      await ask('DELETE', 'sites/needy')
      await ask('DELETE', 'parties/child')
    })
  })

  describe('sites', () => {
    it('are added, shown and changed with all that partners show of them', async () => {
      const openingTimes = {
        always: false,
        regular: [
          { weekday: 1, from: '08:00', until: '12:00' },
          { weekday: 1, from: '13:00', until: '24:00' },
        ],
        openings: [],
        closings: [{ from: '2026-12-24T12:00:00.000Z', until: '2026-12-27T00:00:00.000Z' }],
      }
      const added = await ask('PUT', 'sites/south', { ...site, openingTimes, published: false })
      expect([added.status, added.body]).toEqual([
        201,
        {
          id: 'south',
          ...site,
          openingTimes,
          published: false,
          owner: null,
          operator: null,
          provider: null,
          changedAt: expect.any(String) as unknown,
        },
      ])
      expect((await ask('GET', 'sites/south')).body).toEqual(added.body)
      const same = await ask('PUT', 'sites/south', { ...site, openingTimes, published: false })
      expect([same.status, same.body]).toEqual([200, added.body])
      expect((await ask('GET', 'sites?country=FR')).body['items']).toEqual([])
      expect((await ask('DELETE', 'sites/south')).status).toBe(204)
    })

    it.each([
      ['Europe/Berlin', 'Europe/Berlin'],
      ['europe/berlin', 'Europe/Berlin'],
      ['Asia/Calcutta', 'Asia/Calcutta'],
      ['Europe/Kyiv', 'Europe/Kyiv'],
      ['America/Argentina/Buenos_Aires', 'America/Argentina/Buenos_Aires'],
      ['Etc/GMT+5', 'Etc/GMT+5'],
      ['UTC', 'UTC'],
    ])('have the time zone %s as %s', async (timeZone, shown) => {
      expect((await ask('PUT', 'sites/zoned', { ...site, timeZone })).body['timeZone']).toBe(shown)
    })

    it.each([
      [{ timeZone: 'Mars/Phobos' }, '/timeZone', /IANA/],
      [{ timeZone: '+01:00' }, '/timeZone', /IANA/],
      [{ timeZone: 'CEST' }, '/timeZone', /IANA/],
      [{ coordinates: { ...site.coordinates, latitude: '52.52' } }, '/coordinates/latitude', /5 to 7 digits/],
      [{ coordinates: { ...site.coordinates, latitude: '91.00000' } }, '/coordinates/latitude', /beyond 90/],
      [{ coordinates: { ...site.coordinates, latitude: '90.00001' } }, '/coordinates/latitude', /beyond 90/],
      [{ coordinates: { ...site.coordinates, longitude: '-180.00001' } }, '/coordinates/longitude', /beyond 180/],
      [{ coordinates: { ...site.coordinates, longitude: 13.404954 } }, '/coordinates/longitude', /string/],
      [{ coordinates: { ...site.coordinates, longitude: '13,404954' } }, '/coordinates/longitude', /5 to 7 digits/],
      [{ address: { ...site.address, country: 'DEU' } }, '/address/country', /ISO 3166-1/],
      [{ address: { ...site.address, postalCode: '12345678901' } }, '/address/postalCode', /10/],
      [
        { openingTimes: { regular: [{ weekday: 8, from: '08:00', until: '09:00' }] } },
        '/openingTimes/regular/0/weekday',
        /7/,
      ],
      [
        { openingTimes: { regular: [{ weekday: 1, from: '09:00', until: '08:00' }] } },
        '/openingTimes/regular/0/until',
        /not after/,
      ],
      [
        { openingTimes: { always: true, regular: [{ weekday: 1, from: '08:00', until: '09:00' }] } },
        '/openingTimes/regular',
        /always open/,
      ],
      [
        {
          openingTimes: {
            regular: [
              { weekday: 1, from: '08:00', until: '10:00' },
              { weekday: 1, from: '09:00', until: '11:00' },
            ],
          },
        },
        '/openingTimes/regular/1',
        /overlaps/,
      ],
    ])('%j is refused at %s', async (more, pointer, detail) => {
      expect(await refusal('sites/bad', { ...site, ...more })).toEqual([
        422,
        pointer,
        expect.stringMatching(detail) as unknown,
      ])
    })

    it.each(['a b', '-a', 'a-', 'x'.repeat(37), 'ä'])('cannot be called %s', async (id) => {
      expect(await put(`sites/${encodeURIComponent(id)}`, site)).toBe(400)
    })

    it('stay while a charging station stands on them', async () => {
      const refused = await ask('DELETE', 'sites/north')
      expect([refused.status, refused.body['detail']]).toEqual([409, 'this site is in use: charging station n1'])
    })
  })

  describe('EVSEs', () => {
    it('are added with their connectors and plug; the charge point shows the EVSEID', async () => {
      const body = evse({ evseId: 'de*abc*e123*1', plug: { chargePoint: 'cp-1', evse: 1 } })
      const added = await ask('PUT', 'evses/1001', body)
      expect([added.status, added.body]).toEqual([
        201,
        {
          uid: '1001',
          station: 'n1',
          evseId: 'DE*ABC*E123*1',
          state: 'active',
          plug: { chargePoint: 'CP-1', evse: 1 },
          connectors: [{ ...connector, number: 1, maxWatts: 22_080 }],
          changedAt: expect.any(String) as unknown,
        },
      ])
      const same = await ask('PUT', 'evses/1001', body)
      expect([same.status, same.body]).toEqual([200, added.body])
      expect((await ask('GET', 'evses?chargePoint=CP-1&site=north')).body['items']).toEqual([added.body])
    })

    it.each([
      [{ evseId: 'DE*ABC' }, '/evseId', /too short/],
      [{ evseId: 'DE*ABC*S123' }, '/evseId', /station/],
      [{ evseId: 'DЕ*ABC*E123' }, '/evseId', /U\+0415/],
      [{ evseId: 'DEABCE1231' }, '/evseId', /that of 1001/],
      [{ station: 'nowhere' }, '/station', /no such charging station/],
      [{ plug: { chargePoint: 'CP-9', evse: 1 } }, '/plug/chargePoint', /no such charge point/],
      [{ plug: { chargePoint: 'CP-1', evse: 0 } }, '/plug/evse', /1/],
      [{ plug: { chargePoint: 'CP-1', evse: 1 } }, '/plug', /the EVSE 1001 already/],
      [{ connectors: [{ ...connector, standard: 'SCHUKO' }] }, '/connectors/0/standard', /./],
      [{ connectors: [{ ...connector, maxVolts: 0 }] }, '/connectors/0/maxVolts', /1/],
      [{ connectors: [{ ...connector, maxWatts: 22_081 }] }, '/connectors/0/maxWatts', /22080/],
      [{ connectors: [connector, connector] }, '/connectors/1/id', /another/],
      [{ connectors: [connector, { ...connector, id: '2', number: 1 }] }, '/connectors/1/number', /another/],
      [{ state: 'removed' }, '/state', /./],
    ])('%j is refused at %s', async (more, pointer, detail) => {
      expect(await refusal('evses/1099', evse(more))).toEqual([422, pointer, expect.stringMatching(detail) as unknown])
      expect((await ask('GET', 'evses/1099')).status).toBe(404)
    })

    it('leave their uid behind for ever, but not their EVSEID and plug', async () => {
      const body = evse({ evseId: 'DE*ABC*E200', plug: { chargePoint: 'CP-2', evse: 1 } })
      await put('evses/2001', body)
      expect((await ask('DELETE', 'evses/2001')).status).toBe(204)
      expect((await ask('DELETE', 'evses/2001')).status).toBe(204)
      expect((await ask('GET', 'evses/2001')).body).toMatchObject({ state: 'removed', plug: null, station: 'n1' })
      expect(await refusal('evses/2001', body)).toEqual([422, '/uid', '/uid: was removed: no uid is ever used again'])
      expect(await put('evses/2002', body)).toBe(201)
      expect(((await ask('GET', 'evses?state=removed')).body['items'] as unknown[]).length).toBe(1)
      await ask('DELETE', 'evses/2002')
    })

    it('keep their charging station, unless they are removed ones', async () => {
      await put('charging-stations/n2', { site: 'north' })
      await put('evses/3001', evse({ station: 'n2' }))
      expect((await ask('DELETE', 'charging-stations/n2')).body['detail']).toBe(
        'this charging station is in use: EVSE 3001',
      )
      await ask('DELETE', 'evses/3001')
      expect((await ask('DELETE', 'charging-stations/n2')).status).toBe(204)
      expect((await ask('GET', 'evses/3001')).body).toMatchObject({ state: 'removed', station: null })
    })

    it('raise the time of their site with each change, and only with one', async () => {
      const changedAt = async () => (await ask('GET', 'sites/north')).body['changedAt'] as string
      const before = await changedAt()
      await put('evses/1001', evse({ evseId: 'DE*ABC*E123*1', plug: { chargePoint: 'CP-1', evse: 1 } }))
      expect(await changedAt()).toBe(before)
      await put('evses/1001', evse({ evseId: 'DE*ABC*E123*2', plug: { chargePoint: 'CP-1', evse: 1 } }))
      expect((await changedAt()) > before).toBe(true)
    })

    it('that two ask for at once have one plug', async () => {
      const answers = await Promise.all(
        [4001, 4002, 4003].map((uid) => put(`evses/${uid}`, evse({ plug: { chargePoint: 'CP-3', evse: 7 } }))),
      )
      expect(answers.toSorted((a, b) => a - b)).toEqual([201, 422, 422])
    })
  })

  describe('roles', () => {
    const holder = async (path: string, role: string) =>
      ((await ask('GET', path)).body[role] as { readonly party: string } | null)?.party ?? null

    it('pass from one party to the next at midnight of the site', async () => {
      await put('sites/handed', site)
      const roles = 'sites/handed/roles/owner'
      expect(await put(roles, { party: 'landlord', until: '2026-12-01' })).toBe(201)
      expect(await put(roles, { party: 'heirs', from: '2026-12-01' })).toBe(201)
      const owners = []
      for (const at of ['2026-11-30T22:59:59.999Z', '2026-11-30T23:00:00.000Z'])
        owners.push(await holder(`sites/handed?at=${at}`, 'owner'))
      expect(owners).toEqual(['landlord', 'heirs'])
      await put('sites/handed', { ...site, timeZone: 'America/New_York' })
      expect(await holder('sites/handed?at=2026-12-01T04:59:59.999Z', 'owner')).toBe('landlord')
      expect((await ask('GET', roles)).body['items']).toEqual([
        { role: 'owner', party: 'landlord', from: null, until: '2026-12-01' },
        { role: 'owner', party: 'heirs', from: '2026-12-01', until: null },
      ])
    })

    it('that overlap are refused with both periods', async () => {
      await put('sites/shared', site)
      const roles = 'sites/shared/roles/owner'
      await put(roles, { party: 'landlord', from: '2026-01-01', until: '2026-03-01' })
      expect(await refusal(roles, { party: 'heirs', from: '2026-02-28' })).toEqual([
        422,
        '/from',
        '/from: heirs (from 2026-02-28 on) overlaps landlord (from 2026-01-01 until 2026-03-01): there is one owner at a time',
      ])
      expect((await refusal(roles, { party: 'heirs' }))[1]).toBe('/from')
      expect(await put(roles, { party: 'heirs', from: '2026-03-01' })).toBe(201)
      expect(await put('sites/shared/roles/operator', { party: 'ours', from: '2026-02-01' })).toBe(201)
      // the same first day is the same tenure
      expect(await put(roles, { party: 'landlord', from: '2026-01-01', until: '2026-02-01' })).toBe(200)
    })

    it('given twice at once are given once', async () => {
      await put('sites/raced', site)
      const answers = await Promise.all(
        ['2026-01-01', '2026-01-02', '2026-01-03'].map((from) =>
          put('sites/raced/roles/owner', { party: 'heirs', from }),
        ),
      )
      expect(answers.toSorted((a, b) => a - b)).toEqual([201, 422, 422])
    })

    it('of a station go before those of its site', async () => {
      await put('sites/split', site)
      await put('charging-stations/split-1', { site: 'split' })
      await put('sites/split/roles/owner', { party: 'landlord' })
      await put('sites/split/roles/provider', { party: 'brand' })
      await put('charging-stations/split-1/roles/owner', { party: 'heirs', until: '2026-01-01' })
      const at = (time: string) => holder(`charging-stations/split-1?at=${time}`, 'owner')
      expect([await at('2025-12-31T12:00:00Z'), await at('2026-01-01T12:00:00Z')]).toEqual(['heirs', 'landlord'])
      expect(await holder('charging-stations/split-1', 'provider')).toBe('brand')
    })

    it.each([
      [{ party: 'nobody' }, '/party', /no such party/],
      [{ party: 'roam' }, '/party', /role emp/],
      [{ party: 'landlord', from: '2026-02-30' }, '/from', /date/],
      [{ party: 'landlord', from: '2026-02-02', until: '2026-02-02' }, '/until', /not after/],
      [{ from: '2026-02-02' }, '/party', /./],
    ])('%j is refused at %s', async (body, pointer, detail) => {
      expect(await refusal('sites/north/roles/owner', body)).toEqual([
        422,
        pointer,
        expect.stringMatching(detail) as unknown,
      ])
    })

    it('are taken back by their first day', async () => {
      await put('sites/back', site)
      await put('sites/back/roles/operator', { party: 'ours', from: '2026-01-01' })
      expect((await ask('DELETE', 'sites/back/roles/operator')).status).toBe(404)
      expect((await ask('DELETE', 'sites/back/roles/operator?from=2026-01-01')).status).toBe(204)
      expect((await ask('GET', 'sites/back/roles/operator')).body['items']).toEqual([])
      expect((await ask('GET', 'sites/gone/roles/operator')).status).toBe(404)
      expect(await put('sites/gone/roles/operator', { party: 'ours' })).toBe(404)
      expect(await put('sites/back/roles/king', { party: 'ours' })).toBe(400)
    })
  })

  it('stays while tariffs and contracts need it', async () => {
    const elements = [{ components: [{ dimension: 'ENERGY', price: '0.45', vat: '19' }] }]
    for (const [path, body] of Object.entries({
      'tariffs/day': { currency: 'EUR', taxIncluded: 'NO', elements },
      'sites/priced': site,
      'charging-stations/priced-1': { site: 'priced' },
      'parties/fleet': { role: 'emp', name: 'Fleet', code: 'DE*FLT' },
      'tariff-assignments/at-site': { tariff: 'day', place: { kind: 'site', site: 'priced' } },
      'tariff-assignments/at-station': { tariff: 'day', place: { kind: 'station', station: 'priced-1' } },
      'tariff-assignments/for-fleet': { tariff: 'day', drivers: { kind: 'emp', emp: 'de-flt' } },
      'contracts/anna': { emp: 'fleet' },
    }))
      expect([path, await put(path, body)]).toEqual([path, 201])
    const kept = async (path: string) => {
      const { status, body } = await ask('DELETE', path)
      return [status, body['detail']]
    }
    expect(await kept('charging-stations/priced-1')).toEqual([
      409,
      'this charging station is in use: tariff assignment at-station',
    ])
    expect(await kept('sites/priced')).toEqual([
      409,
      'this site is in use: charging station priced-1, tariff assignment at-site',
    ])
    expect(await kept('parties/fleet')).toEqual([
      409,
      'this party is in use: contract anna, tariff assignment for-fleet',
    ])
    for (const id of ['at-site', 'at-station', 'for-fleet']) await ask('DELETE', `tariff-assignments/${id}`)
    await ask('DELETE', 'contracts/anna')
    for (const path of ['charging-stations/priced-1', 'sites/priced', 'parties/fleet'])
      expect([path, (await ask('DELETE', path)).status]).toEqual([path, 204])
  })

  it('BI-51: is each of one tenant', async () => {
    await put('evses/5001', evse())
    await ask('PUT', 'parties/theirs', { role: 'cpo', name: 'Theirs' }, 'other')
    await ask('PUT', 'sites/theirs', site, 'other')
    for (const path of ['parties/ours', 'sites/north', 'charging-stations/n1', 'evses/5001', 'sites/north/roles/owner'])
      for (const method of ['GET', 'DELETE'])
        expect([method, path, (await ask(method, path, undefined, 'other')).status]).toEqual([method, path, 404])
    expect((await ask('GET', 'evses', undefined, 'other')).body['items']).toEqual([])
    expect(await refusal('charging-stations/mine', { site: 'theirs' })).toEqual([422, '/site', expect.any(String)])
    expect(await refusal('sites/north/roles/owner', { party: 'theirs' })).toEqual([422, '/party', expect.any(String)])
    expect((await ask('PUT', 'evses/5001', evse(), 'other')).body['pointer']).toBe('/station')
  })

  it('is told to those who follow', async () => {
    const admin = administrator(test.server.target, test.data)
    try {
      const [{ before } = { before: 0 }] = await admin<{ before: number }[]>`select max(id)::int as before from events`
      await put('sites/told', site)
      await put('charging-stations/told-1', { site: 'told' })
      await put('sites/told/roles/operator', { party: 'ours' })
      await put('evses/6001', evse({ station: 'told-1' }))
      await put('evses/6001', evse({ station: 'told-1' }))
      await ask('DELETE', 'evses/6001')
      const told = await admin`select type, subject, data from events where id > ${before} order by id`
      expect(told.map(({ type, subject, data }) => [type, subject, data] as unknown)).toEqual([
        ['site.changed', 'told', { site: 'told', removed: false }],
        ['site.changed', 'told', { site: 'told', station: 'told-1', removed: false }],
        ['site.changed', 'told', { site: 'told', role: 'operator' }],
        ['evse.changed', '6001', { evse: '6001', station: 'told-1', chargePoint: null, removed: false }],
        ['evse.changed', '6001', { evse: '6001', station: 'told-1', chargePoint: null, removed: true }],
      ])
    } finally {
      await admin.end({ timeout: 1 })
    }
  })

  it('is shown with the charge points', async () => {
    const admin = administrator(test.server.target, test.data)
    try {
      await admin`insert into connectors (tenant, identity, evse, connector, status, error_code, epoch, reported_at)
        select 'default', 'CP-2', e, 1, 'available', 'NoError', 1, now() from unnest(array[1, 2]) e`
    } finally {
      await admin.end({ timeout: 1 })
    }
    await put('evses/7001', evse({ evseId: 'DE*ABC*E7', plug: { chargePoint: 'CP-2', evse: 2 } }))
    const { body } = await ask('GET', 'charge-points/CP-2')
    const evses = body['evses'] as { readonly id: number; readonly evseId: string | null }[]
    expect(evses.map(({ id, evseId }) => [id, evseId])).toEqual([
      [1, null],
      [2, 'DE*ABC*E7'],
    ])
  })
})
