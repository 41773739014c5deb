import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { everyItem, startServer, type TestServer, until } from '../../support/server.ts'
import { foreignStation } from '../../support/station.ts'

const at = '/api/v1/tariffs'
const assigned = '/api/v1/tariff-assignments'

interface Shown {
  readonly id: string
  readonly version: number
  readonly lint: readonly { readonly rule: string; readonly pointer: string; readonly detail: string }[]
  readonly countsSince: string
  readonly removedAt: string | null
}
interface Refused {
  readonly pointer: string
  readonly errors: readonly { readonly pointer: string; readonly rule?: string; readonly detail: string }[]
}

const energy = (price: string, more: object = {}) => ({ components: [{ dimension: 'ENERGY', price, ...more }] })
const tariff = (price = '0.45', more: object = {}) => ({
  currency: 'EUR',
  taxIncluded: 'NO',
  elements: [energy(price, { vat: '19' })],
  ...more,
})

describe('tariffs over the API', () => {
  let test: TestServer
  beforeAll(async () => {
    test = await startServer()
    await test.addTenant('other')
    await test.api('PUT', '/api/v1/charge-points/CP-1', {})
  })
  afterAll(() => test?.stop())

  const put = async (id: string, body: unknown, tenant = 'default') => {
    const { status, body: shown } = await test.api('PUT', `${at}/${id}`, body, { 'sm-tenant': tenant })
    return { status, shown: shown as Shown }
  }
  const assign = async (id: string, body: object) => {
    const { status, body: shown } = await test.api('PUT', `${assigned}/${id}`, body)
    return { status, shown: shown as Refused & Readonly<Record<string, unknown>> }
  }

  it('are made, shown and listed', async () => {
    const body = tariff('0.45', {
      type: 'REGULAR',
      elements: [
        {
          components: [
            { dimension: 'ENERGY', price: '0.45', vat: '19', stepSize: 100 },
            { dimension: 'FLAT', price: '1', vat: '19' },
          ],
          restrictions: { startTime: '08:00', endTime: '20:00', daysOfWeek: ['MONDAY', 'TUESDAY'], maxKwh: '30.5' },
        },
        energy('0.30', { vat: '19' }),
      ],
      minPrice: { beforeTaxes: '0.50' },
      startsAt: '2020-01-01T00:00:00.000Z',
      texts: [{ language: 'en', text: 'By day' }],
    })
    const { status, shown } = await put('day', body)
    const elements = body.elements.map(({ components, ...rest }) => ({
      ...rest,
      components: components.map((component) => ({ stepSize: 1, ...component })),
    }))
    expect([status, shown]).toMatchObject([
      201,
      { ...body, elements, id: 'day', version: 1, removedAt: null, lint: [] },
    ])
    expect((await test.api('GET', `${at}/day`)).body).toEqual(shown)
    expect((await test.api('GET', `${at}/DAY`)).body).toEqual(shown)
    await put('another', tariff())
    const ids = (await everyItem<Shown>((...call) => test.api(...call), at)).map(({ id }) => id)
    expect(ids).toEqual(['another', 'day'])
  })

  it('are another version with another content only', async () => {
    await put('versions', tariff('0.45'))
    const { currency, ...rest } = tariff('0.45')
    const same = await put('versions', { ...rest, currency })
    expect([same.status, same.shown.version]).toEqual([200, 1])
    const next = await put('Versions', tariff('0.46'))
    expect([next.status, next.shown.version, next.shown.id]).toEqual([200, 2, 'versions'])
    expect((await put('versions', tariff('0.45'))).shown.version).toBe(3)
    const { body } = await test.api('GET', `${at}/versions/versions?limit=2`)
    const page: { items: readonly Shown[]; next: string } = body
    expect(page.items.map(({ version }) => version)).toEqual([3, 2])
    const rest1 = (await test.api('GET', `${at}/versions/versions?cursor=${page.next}`)).body as typeof page
    expect(rest1.items.map(({ version }) => version)).toEqual([1])
    const second = (await test.api('GET', `${at}/versions/versions/2`)).body
    expect(second).toMatchObject({ version: 2, elements: [{ components: [{ price: '0.46' }] }] })
    expect((await test.api('GET', `${at}/versions/versions/4`)).status).toBe(404)
    expect((await test.api('GET', `${at}/nobody/versions`)).status).toBe(404)
  })

  it('are removed with their assignments, and leave what they said', async () => {
    await put('gone', tariff())
    await assign('gone-somewhere', { tariff: 'gone' })
    expect((await test.api('DELETE', `${at}/gone`)).status).toBe(204)
    expect((await test.api('DELETE', `${at}/gone`)).status).toBe(404)
    expect((await test.api('GET', `${at}/gone`)).status).toBe(404)
    expect((await test.api('GET', `${assigned}/gone-somewhere`)).status).toBe(404)
    expect((await assign('gone-somewhere', { tariff: 'gone' })).shown.errors).toMatchObject([{ pointer: '/tariff' }])
    const { items }: { items: readonly Shown[] } = (await test.api('GET', `${at}/gone/versions`)).body
    expect(items.map(({ version, removedAt }) => [version, removedAt !== null])).toEqual([[1, true]])
    const again = await put('gone', tariff())
    expect([again.status, again.shown.version]).toEqual([201, 2])
  })

  it('keep two who write at once apart', async () => {
    await put('race', tariff())
    const prices = Array.from({ length: 8 }, (_, i) => `0.${i + 10}`)
    const results = await Promise.all(prices.map((price) => put('race', tariff(price))))
    expect(results.map(({ shown }) => shown.version).sort((a, b) => a - b)).toEqual([2, 3, 4, 5, 6, 7, 8, 9])
    const first = await Promise.all([1, 2, 3, 4].map(() => put('race-of-one', tariff())))
    expect(first.map(({ status, shown }) => [status, shown.version]).sort()).toEqual([
      [200, 1],
      [200, 1],
      [200, 1],
      [201, 1],
    ])
  })

  it.each<readonly [string, object, string, string | undefined]>([
    ['a price of seven digits behind the point', tariff('0.1234567'), '/elements/0/components/0/price', 'sixDecimals'],
    ['a price below nothing', tariff('-1'), '/elements/0/components/0/price', 'sixDecimals'],
    [
      'a price as a number',
      { ...tariff(), elements: [energy(0.45 as never)] },
      '/elements/0/components/0/price',
      undefined,
    ],
    [
      'a dimension that is none',
      { ...tariff(), elements: [{ components: [{ dimension: 'POWER', price: '1' }] }] },
      '/elements/0/components/0/dimension',
      undefined,
    ],
    ['no elements', tariff('1', { elements: [] }), '/elements', undefined],
    [
      'too many elements',
      tariff('1', { elements: Array.from({ length: 101 }, () => energy('1')) }),
      '/elements',
      undefined,
    ],
    [
      'an element without a price',
      tariff('1', { elements: [{ components: [] }] }),
      '/elements/0/components',
      undefined,
    ],
    ['a currency that is none', tariff('1', { currency: 'EUX' }), '/currency', 'iso4217'],
    ['a currency that is gone', tariff('1', { currency: 'HRK' }), '/currency', 'iso4217'],
    ['no word about tax', tariff('1', { taxIncluded: undefined }), '/taxIncluded', undefined],
    [
      'a rate of tax where there is none',
      tariff('1', { taxIncluded: 'N/A' }),
      '/elements/0/components/0/vat',
      'noTaxOfNothing',
    ],
    [
      'a rate of tax above 100',
      tariff('1', { elements: [energy('1', { vat: '119' })] }),
      '/elements/0/components/0/vat',
      'perCent',
    ],
    [
      'steps of what is due once',
      tariff('1', { elements: [{ components: [{ dimension: 'FLAT', price: '1', stepSize: 60 }] }] }),
      '/elements/0/components/0/stepSize',
      'flatHasNoSteps',
    ],
    [
      'two prices of one dimension',
      tariff('1', {
        elements: [
          {
            components: [
              { dimension: 'TIME', price: '1' },
              { dimension: 'TIME', price: '2' },
            ],
          },
        ],
      }),
      '/elements/0/components/1/dimension',
      'oneOfADimension',
    ],
    [
      'a lowest price above the highest',
      tariff('1', { minPrice: { afterTaxes: '2' }, maxPrice: { afterTaxes: '1.99' } }),
      '/maxPrice/afterTaxes',
      'minPriceBelowMaxPrice',
    ],
    ['a limit without a price', tariff('1', { minPrice: {} }), '/minPrice', 'limitIsOne'],
    [
      'a limit that falls by tax',
      tariff('1', { maxPrice: { beforeTaxes: '2', afterTaxes: '1' } }),
      '/maxPrice/afterTaxes',
      'taxIncreases',
    ],
    [
      'an end before its start',
      tariff('1', { startsAt: '2026-01-01T00:00:00Z', endsAt: '2026-01-01T00:00:00Z' }),
      '/endsAt',
      'endsAfterStart',
    ],
    ['a field that nobody knows', tariff('1', { colour: 'green' }), '/colour', undefined],
    [
      'a text that cannot be stored',
      tariff('1', { texts: [{ language: 'en', text: 'a\u0000b' }] }),
      '/texts/0/text',
      'storableText',
    ],
    ['half a character', tariff('1', { texts: [{ language: 'en', text: '\ud83d' }] }), '/texts/0/text', 'storableText'],
    [
      'a language that is none',
      tariff('1', { texts: [{ language: 'english', text: 'Hi' }] }),
      '/texts/0/language',
      'iso639',
    ],
  ])('refuse %s by field and rule', async (_, body, pointer, rule) => {
    const { status, body: refused } = await test.api('PUT', `${at}/refused`, body)
    const { errors }: Refused = refused
    expect([status, errors.map((error) => [error.pointer, error.rule])]).toEqual([422, [[pointer, rule]]])
  })

  it.each<readonly [string, object, string, string | undefined]>([
    ['24:00', { startTime: '08:00', endTime: '24:00' }, 'endTime', 'timeOfDay'],
    ['a time without a colon', { startTime: '800' }, 'startTime', 'timeOfDay'],
    ['a weekday that is none', { daysOfWeek: ['FUNDAY'] }, 'daysOfWeek/0', undefined],
    ['no weekday', { daysOfWeek: [] }, 'daysOfWeek', undefined],
    ['the 30th of February', { startDate: '2026-02-30' }, 'startDate', 'calendarDay'],
    ['an end before its start', { startDate: '2026-02-02', endDate: '2026-02-01' }, 'endDate', 'endsAfterStart'],
    ['an end at its start', { startDate: '2026-02-02', endDate: '2026-02-02' }, 'endDate', 'endsAfterStart'],
    ['no energy between its bounds', { minKwh: '10', maxKwh: '10.0' }, 'maxKwh', 'minBelowMax'],
    ['no power between its bounds', { minPower: '22', maxPower: '11' }, 'maxPower', 'minBelowMax'],
    ['no current between its bounds', { minCurrent: '32', maxCurrent: '16' }, 'maxCurrent', 'minBelowMax'],
    ['no time between its bounds', { minDuration: 60, maxDuration: 60 }, 'maxDuration', 'minBelowMax'],
    ['a time that is no whole second', { minDuration: 0.5 }, 'minDuration', undefined],
  ])('refuse restrictions with %s', async (_, restrictions, field, rule) => {
    const elements = [{ ...energy('1'), restrictions }]
    const { status, body } = await test.api('PUT', `${at}/refused`, tariff('1', { elements }))
    const { errors }: Refused = body
    expect([status, errors.map((error) => [error.pointer, error.rule])]).toEqual([
      422,
      [[`/elements/0/restrictions/${field}`, rule]],
    ])
  })

  it('refuse prices of energy for a reservation', async () => {
    const elements = [{ ...energy('1'), restrictions: { reservation: 'RESERVATION' } }]
    const { body } = await test.api('PUT', `${at}/refused`, tariff('1', { elements }))
    expect((body as Refused).errors).toEqual([
      {
        pointer: '/elements/0/components/0/dimension',
        rule: 'reservationDimensions',
        detail: 'a reservation has prices of FLAT and TIME, not ENERGY',
      },
    ])
  })

  it('name every wrong field, and store nothing', async () => {
    const { body } = await test.api('PUT', `${at}/refused`, {
      currency: 'eur',
      elements: [energy('x')],
      taxIncluded: 'NO',
    })
    expect((body as Refused).errors.map(({ pointer }) => pointer)).toEqual([
      '/currency',
      '/elements/0/components/0/price',
    ])
    expect((await test.api('GET', `${at}/refused`)).status).toBe(404)
    for (const text of ['{', '[]', 'null', '""', '{"elements":{"length":1}}'])
      expect([text, (await test.api('PUT', `${at}/refused`, text)).status >= 400]).toEqual([text, true])
    expect((await test.api('PUT', `${at}/${'x'.repeat(37)}`, tariff())).status).toBe(400)
  })

  it('say what is odd about them, and are taken all the same', async () => {
    const odd = tariff('45', { elements: [energy('45'), energy('0.30')] })
    const { status, shown } = await put('odd', odd)
    const found = shown.lint.map(({ rule, pointer }) => [rule, pointer])
    expect([status, found]).toEqual([
      201,
      [
        ['unreachable', '/elements/1/components/0'],
        ['priceInCents', '/elements/0/components/0'],
      ],
    ])
    expect((await test.api('GET', `${at}/odd/lint`)).body).toEqual({ findings: shown.lint })
    expect((await test.api('POST', `${at}/lint`, odd)).body).toEqual({ findings: shown.lint })
    expect((await test.api('POST', `${at}/lint`, tariff('x'))).status).toBe(422)
  })

  it('are tried with a session in short', async () => {
    const elements = [
      {
        components: [
          { dimension: 'ENERGY', price: '0.40', vat: '10' },
          { dimension: 'PARKING_TIME', price: '3', vat: '10' },
        ],
      },
    ]
    await put('tried', tariff('1', { elements }))
    const usage = { startedAt: '2026-11-27T08:00:00Z', minutes: 60, kWh: '20', parkedMinutes: 40 }
    const { status, body } = await test.api('POST', `${at}/tried/try`, usage)
    expect([status, body]).toMatchObject([
      200,
      {
        currency: 'EUR',
        totalCost: '11.00',
        total: { net: '10.00', tax: '1.00' },
        tariff: { id: 'tried', version: 1 },
      },
    ])
  })

  it('are tried with the stretches of a session, by the clock of its site, in any version', async () => {
    const night = { ...energy('0.20'), restrictions: { startTime: '22:00', endTime: '06:00' } }
    await put('zones', tariff('1', { elements: [night, energy('0.40')] }))
    await put('zones', tariff('1', { elements: [energy('9')] }))
    const stretches = [
      { kind: 'reserved', from: '2026-07-01T20:30:00Z', until: '2026-07-01T21:00:00Z' },
      { kind: 'charging', from: '2026-07-01T21:00:00Z', until: '2026-07-01T22:00:00Z', energyWh: 10_000.5 },
    ]
    const cost = async (zone: string) =>
      (await test.api('POST', `${at}/zones/try`, { version: 1, zone, stretches })).body as { totalCost: string }
    expect((await cost('UTC')).totalCost).toBe('4.00')
    expect((await cost('Europe/Berlin')).totalCost).toBe('2.00')
  })

  it.each<readonly [string, object, string, string | undefined]>([
    ['a zone that is none', { zone: 'Europe/Atlantis', minutes: 1, kWh: '1' }, '/zone', 'timeZone'],
    ['no energy', { minutes: 1 }, '/kWh', 'shortOrExact'],
    [
      'both ways of telling',
      { stretches: [{ kind: 'charging', from: '2026-07-01T21:00:00Z', until: '2026-07-01T22:00:00Z' }], kWh: '1' },
      '/kWh',
      'shortOrExact',
    ],
    [
      'a gap',
      {
        stretches: [
          { kind: 'charging', from: '2026-07-01T21:00:00Z', until: '2026-07-01T22:00:00Z' },
          { kind: 'parking', from: '2026-07-01T22:00:01Z', until: '2026-07-01T23:00:00Z' },
        ],
      },
      '/stretches/1/from',
      'withoutGaps',
    ],
    [
      'a stretch that goes back',
      { stretches: [{ kind: 'charging', from: '2026-07-01T21:00:00Z', until: '2026-07-01T20:00:00Z' }] },
      '/stretches/0/until',
      'endsAfterStart',
    ],
    [
      'a reservation after the session',
      {
        stretches: [
          { kind: 'charging', from: '2026-07-01T21:00:00Z', until: '2026-07-01T22:00:00Z' },
          { kind: 'reserved', from: '2026-07-01T22:00:00Z', until: '2026-07-01T23:00:00Z' },
        ],
      },
      '/stretches/1/kind',
      'reservedBefore',
    ],
    [
      'two months',
      { stretches: [{ kind: 'charging', from: '2026-07-01T21:00:00Z', until: '2026-09-01T22:00:00Z' }] },
      '/stretches',
      'oneMonth',
    ],
  ])('are not tried with %s', async (_, usage, pointer, rule) => {
    const { status, body } = await test.api('POST', `${at}/day/try`, usage)
    expect([status, (body as Refused).errors.map((error) => [error.pointer, error.rule])]).toEqual([
      422,
      [[pointer, rule]],
    ])
  })

  it('are assigned, shown, listed and ended', async () => {
    await put('assigned', tariff())
    const made = await assign('motorway', {
      tariff: 'ASSIGNED',
      drivers: { kind: 'emp', emp: 'DE*ABC' },
      place: { kind: 'evse', chargePoint: 'cp-1', evse: 1 },
      until: '2030-01-01T00:00:00.000Z',
    })
    expect(made).toMatchObject({
      status: 201,
      shown: {
        id: 'motorway',
        tariff: 'assigned',
        drivers: { kind: 'emp', emp: 'DE*ABC' },
        place: { kind: 'evse', chargePoint: 'CP-1', evse: 1 },
        from: null,
        until: '2030-01-01T00:00:00.000Z',
      },
    })
    expect((await test.api('GET', `${assigned}/Motorway`)).body).toEqual(made.shown)
    await assign('all', { tariff: 'assigned' })
    const list = async (query: string) => {
      const { body } = await test.api('GET', `${assigned}${query}`)
      return (body as { items: readonly { id: string }[] }).items.map(({ id }) => id)
    }
    expect(await list('?tariff=Assigned')).toEqual(['all', 'motorway'])
    expect(await list('?tariff=day')).toEqual([])
    expect((await assign('all', { tariff: 'assigned', place: { kind: 'everywhere' } })).status).toBe(200)
    expect((await test.api('DELETE', `${assigned}/all`)).status).toBe(204)
    expect((await test.api('DELETE', `${assigned}/all`)).status).toBe(404)
    expect(await list('?tariff=assigned')).toEqual(['motorway'])
  })

  it('price a session by the version of its start, although the tariff is changed and removed while it runs', async () => {
    const password = 'a-password-of-the-station'
    await test.api('PUT', '/api/v1/charge-points/RUNS', { password })
    await test.api('PUT', '/api/v1/tokens/CARD', {})
    await put('running', tariff('0.40'))
    await assign('running', { tariff: 'running', place: { kind: 'chargePoint', chargePoint: 'RUNS' } })
    const station = await foreignStation(test.url, 'RUNS', password)
    await station.call('BootNotification', { chargePointVendor: 'V', chargePointModel: 'M' })
    const start = { connectorId: 1, idTag: 'CARD', meterStart: 0, timestamp: new Date().toISOString() }
    const { transactionId } = await station.call('StartTransaction', start)
    await put('running', tariff('9'))
    await test.api('DELETE', `${at}/running`)
    const timestamp = new Date(Date.now() + 1_000).toISOString()
    await station.call('StopTransaction', { transactionId, meterStop: 100, timestamp })
    await station.close()
    const cdr = await until('the CDR', async () => {
      const { body } = await test.api('GET', '/api/v1/cdrs?chargePoint=RUNS')
      return (body as { items: readonly object[] }).items[0]
    })
    expect(cdr).toMatchObject({ tariff: { id: 'running', version: 1 }, total: { net: '0.04' } })
  })

  it('show which of them a session has, and why', async () => {
    await put('chosen', tariff('0.77'))
    await assign('here', { tariff: 'chosen', place: { kind: 'connector', chargePoint: 'CP-1', evse: 7, connector: 1 } })
    const chosen = async (query: string) => (await test.api('GET', `/api/v1/charge-points/cp-1/tariff${query}`)).body
    expect(await chosen('?evse=7&token=CARD')).toMatchObject({
      assignment: 'here',
      tariff: { id: 'chosen', version: 1 },
    })
    expect(await chosen('?evse=8')).toEqual({ assignment: null, tariff: null })
    expect(await chosen('?evse=7&at=2020-01-01T00:00:00Z')).toEqual({ assignment: null, tariff: null })
    expect((await test.api('GET', '/api/v1/charge-points/CP-X/tariff')).status).toBe(404)
    expect((await test.api('GET', '/api/v1/charge-points/CP-1/tariff?evse=0')).status).toBe(400)
    expect((await test.api('GET', '/api/v1/charge-points/CP-1/tariff?token=%00')).status).toBe(400)
  })

  it.each<readonly [string, object, string, string | undefined]>([
    ['a tariff that is not there', { tariff: 'nobody' }, '/tariff', 'knownTariff'],
    [
      'a charge point that is not there',
      { tariff: 'day', place: { kind: 'chargePoint', chargePoint: 'CP-X' } },
      '/place/chargePoint',
      'knownPlace',
    ],
    ['a site that is not there', { tariff: 'day', place: { kind: 'site', site: 'x' } }, '/place/site', 'knownPlace'],
    [
      'a station that is not there',
      { tariff: 'day', place: { kind: 'station', station: 'x' } },
      '/place/station',
      'knownPlace',
    ],
    ['a place that is none', { tariff: 'day', place: { kind: 'moon' } }, '/place/kind', undefined],
    [
      'a connector without its EVSE',
      { tariff: 'day', place: { kind: 'connector', chargePoint: 'CP-1', connector: 1 } },
      '/place/evse',
      undefined,
    ],
    [
      'drivers that cannot be stored',
      { tariff: 'day', drivers: { kind: 'tokenGroup', group: 'a\u0000' } },
      '/drivers/group',
      'storableText',
    ],
    [
      'an end at its start',
      { tariff: 'day', from: '2026-01-01T00:00:00Z', until: '2026-01-01T00:00:00Z' },
      '/until',
      'endsAfterStart',
    ],
    ['30 February', { tariff: 'day', from: '2026-02-30T00:00:00Z' }, '/from', undefined],
  ])('are not assigned with %s', async (_, body, pointer, rule) => {
    const { status, shown } = await assign('refused', body)
    expect([status, shown.errors.map((error) => [error.pointer, error.rule])]).toEqual([422, [[pointer, rule]]])
  })

  it('BI-51: are each of one tenant', async () => {
    await put('mine', tariff('0.10'))
    const theirs = await put('mine', tariff('0.99'), 'other')
    expect(theirs.status).toBe(201)
    expect((await test.api('GET', `${at}/mine`)).body).toMatchObject({
      elements: [{ components: [{ price: '0.10' }] }],
    })
    const asOther = { 'sm-tenant': 'other' }
    expect((await test.api('GET', at, undefined, asOther)).body).toMatchObject({ items: [{ id: 'mine' }] })
    expect((await test.api('GET', `${at}/day`, undefined, asOther)).status).toBe(404)
    expect((await test.api('GET', `${assigned}/motorway`, undefined, asOther)).status).toBe(404)
    const stolen = await test.api('PUT', `${assigned}/stolen`, { tariff: 'day' }, asOther)
    expect(stolen.status).toBe(422)
    expect((await test.api('DELETE', `${at}/mine`, undefined, asOther)).status).toBe(204)
    expect((await test.api('GET', `${at}/mine`)).status).toBe(200)
  })

  it('S-19: are in the audit log, who changed what from what', async () => {
    await put('audited', tariff('0.10'))
    await put('audited', tariff('0.10'))
    await put('audited', tariff('0.20'))
    await assign('audited-here', { tariff: 'audited' })
    await test.api('DELETE', `${at}/audited`)
    const entries = async (subject: string) =>
      (
        (await test.api('GET', `/api/v1/audit?subject=${subject}`)).body as {
          items: readonly { action: string; before: unknown; after: unknown }[]
        }
      ).items
    const price = (value: string) => ({ elements: [{ components: [{ price: value }] }] })
    expect(await entries('audited')).toMatchObject([
      { action: 'tariff.removed', before: { version: 2, assignments: ['audited-here'] } },
      { action: 'tariff.changed', before: { version: 1, ...price('0.10') }, after: { version: 2, ...price('0.20') } },
      { action: 'tariff.changed', before: null, after: { version: 1 } },
    ])
    expect(await entries('audited-here')).toMatchObject([
      { action: 'tariff-assignment.changed', after: { tariff: 'audited' } },
    ])
  })
})
