import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startServer, type TestServer, until } from '../../support/server.ts'
import { type ForeignStation, foreignStation } from '../../support/station.ts'

interface Cdr {
  readonly id: string
  readonly totalCost: string | null
}
interface Explanation {
  readonly text: string
  readonly periods: readonly { readonly kind: string; readonly energyWh: number; readonly meter: { how: string } }[]
  readonly lines: readonly { readonly net: string; readonly tax: string; readonly gross: string }[]
  readonly total: { readonly net: string; readonly tax: string; readonly gross: string }
}

const password = 'a-password-of-the-station'
const minute = 60_000
const began = Math.floor((Date.now() - 3 * 86_400_000) / minute) * minute
const at = (minutes: number): string => new Date(began + minutes * minute).toISOString()
const long = at(-100 * 24 * 60)

describe('why a CDR costs what it costs, over the API', () => {
  let test: TestServer
  let station: ForeignStation
  let station2: ForeignStation

  beforeAll(async () => {
    test = await startServer()
    for (const identity of ['ONE', 'TWO', 'FREE'])
      await test.api('PUT', `/api/v1/charge-points/${identity}`, { password })
    await test.api('PUT', '/api/v1/tokens/CARD', {})
    await test.api('PUT', '/api/v1/tariffs/energy-and-parking', {
      currency: 'EUR',
      taxIncluded: 'NO',
      startsAt: long,
      elements: [
        {
          components: [
            { dimension: 'ENERGY', price: '0.25', vat: '10' },
            { dimension: 'PARKING_TIME', price: '2.00', vat: '20', stepSize: 900 },
          ],
        },
      ],
    })
    for (const chargePoint of ['ONE', 'TWO'])
      await test.api('PUT', `/api/v1/tariff-assignments/${chargePoint}`, {
        tariff: 'energy-and-parking',
        place: { kind: 'chargePoint', chargePoint },
        from: long,
      })
    station = await foreignStation(test.url, 'ONE', password)
    await station.call('BootNotification', { chargePointVendor: 'V', chargePointModel: 'M' })
    station2 = await foreignStation(test.url, 'TWO', password, { protocol: 'ocpp2.0.1' })
    await station2.call('BootNotification', {
      reason: 'PowerUp',
      chargingStation: { vendorName: 'V', model: 'M' },
    })
  })
  afterAll(async () => {
    await station?.close()
    await station2?.close()
    await test?.stop()
  })

  const status = (told: ForeignStation, is: string, minutes: number) =>
    told.call('StatusNotification', { connectorId: 1, errorCode: 'NoError', status: is, timestamp: at(minutes) })
  const stateIs = (identity: string, is: string) =>
    until(`${identity} is ${is}`, async () => {
      const { body }: { body: { evses: { connectors: { status: string }[] }[] } } = await test.api(
        'GET',
        `/api/v1/charge-points/${identity}`,
      )
      return body.evses[0]?.connectors[0]?.status === is
    })
  const cdrOf = (identity: string): Promise<Cdr> =>
    until('the CDR', async () => {
      const page: { items: Cdr[] } = (await test.api('GET', `/api/v1/cdrs?chargePoint=${identity}`)).body
      return page.items[0]
    })
  const explained = async ({ id }: Cdr): Promise<Explanation> =>
    (await test.api('GET', `/api/v1/cdrs/${id}/explain`)).body
  const meter = (minutes: number, wh: number) => ({ timestamp: at(minutes), sampledValue: [{ value: wh }] })

  it('1.6: parking is what SuspendedEV says, and the text adds up', async () => {
    const { transactionId } = await station.call('StartTransaction', {
      connectorId: 1,
      idTag: 'CARD',
      meterStart: 100_000,
      timestamp: at(0),
    })
    await status(station, 'Charging', 0)
    await stateIs('ONE', 'charging')
    await station.call('MeterValues', {
      connectorId: 1,
      transactionId,
      meterValue: [{ timestamp: at(40), sampledValue: [{ value: '120000' }] }],
    })
    await status(station, 'SuspendedEV', 40)
    await stateIs('ONE', 'suspendedByVehicle')
    await station.call('StopTransaction', { transactionId, meterStop: 120_000, timestamp: at(80) })
    const cdr = await cdrOf('ONE')
    const explanation = await explained(cdr)
    expect([cdr.totalCost, explanation.total]).toEqual(['7.30', { net: '6.50', tax: '0.80', gross: '7.30' }])
    expect(explanation.periods.map(({ kind, energyWh, meter: { how } }) => [kind, energyWh, how])).toEqual([
      ['charging', 20_000, 'metered'],
      ['parking', 0, 'metered'],
    ])
    const answer = await test.api('GET', `/api/v1/cdrs/${cdr.id}/explain`, undefined, { accept: 'text/plain' })
    expect([answer.headers.get('content-type'), answer.body]).toEqual(['text/plain; charset=UTF-8', explanation.text])
    expect(explanation.text).toContain('20.000 kWh at 0.25 EUR/kWh (element 1, ENERGY) = 5.0000 EUR, VAT 10 % 0.5000')
    expect(explanation.text).toContain('40 min at 2.00 EUR/h (element 1, PARKING_TIME): line 2')
  })

  it('2.0.1: parking is what the charging state of its events says', async () => {
    const event = (seqNo: number, eventType: string, minutes: number, chargingState: string, wh: number) =>
      station2.call('TransactionEvent', {
        eventType,
        timestamp: at(minutes),
        triggerReason: 'ChargingStateChanged',
        seqNo,
        transactionInfo: { transactionId: 'T1', chargingState },
        ...(seqNo === 0 && { evse: { id: 1, connectorId: 1 }, idToken: { idToken: 'CARD', type: 'ISO14443' } }),
        meterValue: [meter(minutes, wh)],
      })
    await event(0, 'Started', 0, 'Charging', 0)
    await event(1, 'Updated', 30, 'SuspendedEV', 8_000)
    await event(2, 'Updated', 45, 'Charging', 8_000)
    await event(3, 'Ended', 60, 'EVConnected', 10_000)
    const explanation = await explained(await cdrOf('TWO'))
    expect(explanation.periods.map(({ kind, energyWh }) => [kind, energyWh])).toEqual([
      ['charging', 8_000],
      ['parking', 0],
      ['charging', 2_000],
    ])
    expect(explanation.total).toEqual({ net: '3.00', tax: '0.35', gross: '3.35' })
  })

  it('without a price there is nothing to explain: 409, and of what nobody knows 404', async () => {
    const free = await foreignStation(test.url, 'FREE', password)
    await free.call('BootNotification', { chargePointVendor: 'V', chargePointModel: 'M' })
    const start = { connectorId: 1, idTag: 'CARD', meterStart: 0, timestamp: at(0) }
    const { transactionId } = await free.call('StartTransaction', start)
    await free.call('StopTransaction', { transactionId, meterStop: 1_000, timestamp: at(60) })
    const { id } = await cdrOf('FREE')
    await free.close()
    const missing = '00000000-0000-4000-8000-000000000000'
    const answers = await Promise.all([id, missing, 'x'].map((one) => test.api('GET', `/api/v1/cdrs/${one}/explain`)))
    expect(
      answers.map(({ status: is, body }: { status: number; body: { detail: string } }) => [is, body.detail]),
    ).toEqual([
      [409, 'this CDR has no price: no tariff was for its session'],
      [404, 'there is no such CDR'],
      [404, 'there is no such CDR'],
    ])
  })
})
