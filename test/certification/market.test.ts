import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Protocol } from '../../core/ocpp/version.ts'
import { totpOf } from '../../core/domain/totp.ts'
import { testDigest } from '../support/database.ts'
import { startServer, type TestServer, until } from '../support/server.ts'
import { type ForeignStation, foreignStation } from '../support/station.ts'
import type { Shown } from './setting.ts'

const password = 'a-password-of-the-station'
const at = (minute: number): string => new Date(Date.UTC(2026, 10, 24, 12, minute)).toISOString()

type Params = Record<string, unknown>

const boot16 = { chargePointVendor: 'Foreign', chargePointModel: 'Client' }
const boot2 = { reason: 'PowerUp', chargingStation: { vendorName: 'Foreign', model: 'Client' } }

/** What costs money, and what is not charging: costs and tariffs, payments, published firmware, streams, batteries. */
describe('costs, payments and the rest of OCPP 2.1', () => {
  let test: TestServer
  const open: ForeignStation[] = []

  beforeAll(async () => {
    test = await startServer({ SM_RECEIPT_URL: 'https://receipts.example/{receipt}.pdf' })
    await test.api('PUT', '/api/v1/tokens/CARD1', { type: 'RFID' })
    await test.api('PUT', '/api/v1/tokens/GONE', { type: 'RFID', status: 'Blocked' })
  })
  afterAll(async () => {
    for (const station of open) await station.close()
    await test?.stop()
  })

  const stationOf = async (identity: string, protocol: Protocol, more: object = {}) => {
    await test.api('PUT', `/api/v1/charge-points/${identity}`, { password, ...more })
    const station = await foreignStation(test.url, identity, password, { protocol })
    open.push(station)
    await station.call('BootNotification', protocol === 'ocpp1.6' ? boot16 : boot2)
    const asked: Params[] = []
    const path = `/api/v1/charge-points/${identity}`
    let seqNo = 0
    return {
      station,
      asked,
      path,
      answers: (action: string, answer: object, then?: (params: Params) => Promise<unknown>): void => {
        station.on(action, (params) => {
          asked.push(params)
          if (then !== undefined) setTimeout(() => void then(params), 20)
          return answer
        })
      },
      order: async (body: object, wait = 10): Promise<Shown> =>
        (await test.api('POST', `${path}/commands?wait=${wait}`, body)).body,
      event: (transactionId: string, eventType: string, minute: number, wh: number, given: object = {}) => {
        const { info = {}, ...others } = given as { info?: object }
        if (eventType === 'Started') seqNo = 0
        return station.call('TransactionEvent', {
          eventType,
          triggerReason: 'MeterValuePeriodic',
          timestamp: at(minute),
          seqNo: seqNo++,
          transactionInfo: { transactionId, ...info },
          meterValue: [{ timestamp: at(minute), sampledValue: [{ value: wh }] }],
          ...(eventType === 'Started' && {
            evse: { id: 1, connectorId: 1 },
            idToken: { idToken: 'CARD1', type: 'ISO14443' },
          }),
          ...others,
        })
      },
      session: async (): Promise<{ readonly id: string } & Params> => {
        const { body } = await test.api('GET', `/api/v1/sessions?chargePoint=${identity}`)
        return (body as { items: ({ id: string } & Params)[] }).items[0] ?? { id: '' }
      },
      items: async (kind: string): Promise<readonly { readonly key: string; readonly body: Params }[]> =>
        (await test.api('GET', `${path}/items/${kind}`)).body['items'],
    }
  }

  describe('costs', () => {
    it('TC_I_01_CSMS: the running cost that an operator tells is shown to the driver', async () => {
      const { answers, order, event, session, asked } = await stationOf('I01', 'ocpp2.0.1')
      answers('CostUpdated', {})
      await event('tx-i01', 'Started', 0, 0)
      const shown = await order({ type: 'showCost', session: (await session()).id, totalCost: '123456789.123456' })
      expect(shown).toMatchObject({ state: 'done', outcome: 'succeeded' })
      expect(asked).toEqual([{ totalCost: 123456789.123456, transactionId: 'tx-i01' }])
    })

    it('TC_I_02_CSMS: running and final cost come with the answers, to the cent', async () => {
      const { event } = await stationOf('I02', 'ocpp2.0.1', {
        displayPrice: { currency: 'EUR', energyPerKwh: '0.35', timePerHour: '1.20', sessionFee: '0.50' },
      })
      expect(await event('tx-i02', 'Started', 0, 0)).toMatchObject({ totalCost: 0.5 })
      expect(await event('tx-i02', 'Updated', 30, 10_000)).toMatchObject({ totalCost: 4.6 })
      expect(await event('tx-i02', 'Ended', 60, 20_001)).toMatchObject({ totalCost: 8.7 })
    })

    it('where nobody has set a price none is told; where it is nothing, that is', async () => {
      const { event, path } = await stationOf('FREE', 'ocpp2.1')
      expect(await event('tx-free', 'Started', 0, 0)).not.toHaveProperty('totalCost')
      await test.api('PUT', path, { displayPrice: { currency: 'EUR', energyPerKwh: '0' } })
      await until('the price', async () => 'totalCost' in (await event('tx-free', 'Updated', 1, 100)))
      expect(await event('tx-free', 'Updated', 2, 5_000)).toMatchObject({ totalCost: 0 })
      for (const displayPrice of [{ currency: 'EUR' }, { currency: 'EUR', sessionFee: 1 }, { sessionFee: '1' }])
        expect((await test.api('PUT', path, { displayPrice })).status).toBe(422)
      expect((await test.api('PUT', path, { displayPrice: null })).body).toMatchObject({ displayPrice: null })
      await until('no price', async () => !('totalCost' in (await event('tx-free', 'Updated', 3, 5_100))))
    })

    it('the same order shows a station of OCPP 1.6 what a session costs, and has cost', async () => {
      const { station, answers, order, session, asked } = await stationOf('COST16', 'ocpp1.6')
      answers('DataTransfer', { status: 'Accepted' })
      const started = { connectorId: 1, idTag: 'CARD1', meterStart: 1000, timestamp: at(0) }
      const { transactionId } = await station.call('StartTransaction', started)
      await station.call('MeterValues', {
        connectorId: 1,
        transactionId,
        meterValue: [{ timestamp: at(5), sampledValue: [{ value: '1500' }] }],
      })
      const { id } = await session()
      expect(await order({ type: 'showCost', session: id, totalCost: '1.30' })).toMatchObject({ outcome: 'succeeded' })
      await station.call('StopTransaction', { transactionId, meterStop: 2000, timestamp: at(9) })
      expect(await order({ type: 'showCost', session: id, totalCost: '2.60' })).toMatchObject({ outcome: 'succeeded' })
      expect(asked.map(({ messageId, data }) => [messageId, JSON.parse(data as string) as unknown])).toEqual([
        ['RunningCost', { transactionId, timestamp: at(5), meterValue: 1500, cost: 1.3, state: 'Charging' }],
        ['FinalCost', { transactionId, cost: 2.6 }],
      ])
    })

    it('another currency than the one on the display is not sent', async () => {
      const { event, order, session } = await stationOf('YEN', 'ocpp2.0.1', {
        displayPrice: { currency: 'EUR', sessionFee: '1' },
      })
      await event('tx-yen', 'Started', 0, 0)
      const { id } = await session()
      expect(await order({ type: 'showCost', session: id, totalCost: '100', currency: 'JPY' })).toMatchObject({
        outcome: 'rejected',
        reason: 'its display shows EUR',
      })
    })

    it('TC_I_02_CSMS: where a tariff is for it the driver is told that, and so are the books', async () => {
      const { event, answers, order, session, asked } = await stationOf('TARIFF', 'ocpp2.0.1', {
        displayPrice: { currency: 'EUR', energyPerKwh: '9' },
      })
      answers('CostUpdated', {})
      const components = [
        { dimension: 'FLAT', price: '0.50', vat: '19' },
        { dimension: 'ENERGY', price: '0.49', vat: '19' },
      ]
      const startsAt = '2026-01-01T00:00:00.000Z'
      await test.api('PUT', '/api/v1/tariffs/by-energy', {
        currency: 'EUR',
        taxIncluded: 'NO',
        elements: [{ components }],
        startsAt,
      })
      const place = { kind: 'chargePoint', chargePoint: 'TARIFF' }
      const assigned = { tariff: 'by-energy', place, drivers: { kind: 'everyone' }, from: startsAt }
      expect(await test.api('PUT', '/api/v1/tariff-assignments/here', assigned)).toMatchObject({ status: 201 })
      await until('the tariff', async () => (await event('tx-early', 'Started', 0, 0))['totalCost'] === 0.6)
      await event('tx-tariff', 'Started', 1, 0)
      expect(await event('tx-tariff', 'Updated', 30, 10_000)).toMatchObject({ totalCost: 6.43 })
      const { id } = await session()
      expect(await order({ type: 'showCost', session: id })).toMatchObject({ outcome: 'succeeded' })
      expect(asked).toEqual([{ totalCost: 6.43, transactionId: 'tx-tariff' }])
      expect(await event('tx-tariff', 'Ended', 60, 20_001)).toMatchObject({ totalCost: 12.26 })
      await until('the account', async () => {
        const { body } = await test.api('GET', `/api/v1/cdrs?session=${id}`)
        const [cdr] = (body as { items: { session: string; totalCost: string }[] }).items
        return cdr?.session === id && cdr.totalCost === '12.26'
      })
    })

    it('2.1 I07: a tariff of ours goes to a station that computes costs itself, or the reason why it cannot', async () => {
      const { answers, order, asked, items } = await stationOf('OURS', 'ocpp2.1')
      answers('SetDefaultTariff', { status: 'Accepted' })
      const put = (id: string, component: object) =>
        test.api('PUT', `/api/v1/tariffs/${id}`, {
          currency: 'EUR',
          taxIncluded: 'NO',
          elements: [{ components: [component] }],
        })
      await put('simple', { dimension: 'TIME', price: '1.20', vat: '19' })
      await put('stepped', { dimension: 'ENERGY', price: '0.30', stepSize: 500 })
      expect(await order({ type: 'setDefaultTariff', tariffId: 'simple' })).toMatchObject({ outcome: 'succeeded' })
      const chargingTime = { prices: [{ priceMinute: 0.02 }], taxRates: [{ type: 'VAT', tax: 19 }] }
      expect(asked).toEqual([{ evseId: 0, tariff: { tariffId: 'simple.1', currency: 'EUR', chargingTime } }])
      expect(await items('tariff')).toMatchObject([{ key: '0/simple.1' }])
      expect(await order({ type: 'setDefaultTariff', tariffId: 'stepped' })).toMatchObject({
        outcome: 'rejected',
        reason: 'energy: steps of 500',
      })
      expect(await order({ type: 'setDefaultTariff', tariffId: 'none' })).toMatchObject({
        outcome: 'rejected',
        reason: 'there is no such tariff',
      })
      expect(await order({ type: 'setDefaultTariff' })).toMatchObject({ status: 422 })
    })

    it('what a station has worked out itself is kept with the session', async () => {
      const { event, session } = await stationOf('OWN', 'ocpp2.1')
      const costOf = (inclTax: number) => ({
        totalCost: { currency: 'EUR', typeOfCost: 'NormalCost', total: { inclTax } },
        totalUsage: { energy: 1, chargingTime: 60, idleTime: 0 },
      })
      await event('tx-own', 'Started', 0, 0, { info: { tariffId: 'T-1' } })
      expect(await session()).toMatchObject({ stationCost: null, stationTariff: 'T-1' })
      await event('tx-own', 'Updated', 1, 1000, { costDetails: costOf(0.35), triggerReason: 'RunningCost' })
      await event('tx-own', 'Ended', 2, 2000, { costDetails: costOf(0.7), info: { tariffId: 'T-2' } })
      expect(await session()).toMatchObject({ stationCost: costOf(0.7), stationTariff: 'T-2', state: 'closed' })
    })
  })

  describe('tariffs', () => {
    const tariff = {
      id: 'DAY-1',
      currency: 'EUR',
      energy: {
        prices: [
          { price: '0.25', conditions: { startTimeOfDay: '22:00', endTimeOfDay: '06:00' } },
          { price: '0.4200' },
        ],
        taxes: [{ type: 'VAT', tax: '19' }],
      },
      fixedFee: { prices: [{ price: '0.5' }] },
      maxCost: { inclTax: '99.99' },
    }

    it('a default tariff is set, known by name, and another content needs another name', async () => {
      const { answers, order, items, asked } = await stationOf('T1', 'ocpp2.1')
      answers('SetDefaultTariff', { status: 'Accepted' })
      expect(await order({ type: 'setDefaultTariff', evse: 0, tariff })).toMatchObject({ outcome: 'succeeded' })
      expect(asked).toEqual([
        {
          evseId: 0,
          tariff: {
            tariffId: 'DAY-1',
            currency: 'EUR',
            energy: {
              prices: [
                { priceKwh: 0.25, conditions: { startTimeOfDay: '22:00', endTimeOfDay: '06:00' } },
                { priceKwh: 0.42 },
              ],
              taxRates: [{ type: 'VAT', tax: 19 }],
            },
            fixedFee: { prices: [{ priceFixed: 0.5 }] },
            maxCost: { inclTax: 99.99 },
          },
        },
      ])
      expect(await items('tariff')).toMatchObject([{ key: '0/DAY-1', body: { kind: 'DefaultTariff', tariff } }])
      const other = { ...tariff, fixedFee: { prices: [{ price: '0.6' }] } }
      expect(await order({ type: 'setDefaultTariff', evse: 1, tariff: other })).toMatchObject({ outcome: 'rejected' })
      expect(await order({ type: 'setDefaultTariff', evse: 1, tariff })).toMatchObject({ outcome: 'succeeded' })
      expect(asked).toHaveLength(2)
    })

    it('what the station says it has replaces what was known, but for what is in it', async () => {
      const { answers, order, items } = await stationOf('T2', 'ocpp2.1')
      answers('SetDefaultTariff', { status: 'Accepted' })
      await order({ type: 'setDefaultTariff', evse: 1, tariff })
      await order({ type: 'setDefaultTariff', evse: 2, tariff })
      answers('GetTariffs', {
        status: 'Accepted',
        tariffAssignments: [
          { tariffId: 'DAY-1', tariffKind: 'DefaultTariff', evseIds: [1] },
          { tariffId: 'OWN', tariffKind: 'DriverTariff', evseIds: [2], idTokens: ['CARD1'] },
        ],
      })
      expect(await order({ type: 'getTariffs' })).toMatchObject({ outcome: 'succeeded' })
      expect(await items('tariff')).toMatchObject([
        { key: '1/DAY-1', body: { tariff } },
        { key: '2/OWN', body: { kind: 'DriverTariff', tokens: ['CARD1'] } },
      ])
      answers('ClearTariffs', { clearTariffsResult: [{ tariffId: 'DAY-1', status: 'Accepted' }] })
      expect(await order({ type: 'clearTariffs', tariffs: ['DAY-1'] })).toMatchObject({ outcome: 'succeeded' })
      expect((await items('tariff')).map(({ key }) => key)).toEqual(['2/OWN'])
      answers('GetTariffs', { status: 'NoTariff' })
      await order({ type: 'getTariffs' })
      expect(await items('tariff')).toEqual([])
    })

    it.each(['Rejected', 'TooManyElements', 'ConditionNotSupported', 'DuplicateTariffId'])(
      'the station says %s: the order has failed, and nothing is known of the tariff',
      async (status) => {
        const { answers, order, items } = await stationOf(`T3-${status}`, 'ocpp2.1')
        answers('SetDefaultTariff', { status })
        expect(await order({ type: 'setDefaultTariff', evse: 1, tariff })).toMatchObject({
          outcome: 'rejected',
          reason: status,
        })
        expect(await items('tariff')).toEqual([])
      },
    )

    it('a session gets another tariff, in its own currency', async () => {
      const { answers, order, event, session, items, asked } = await stationOf('T4', 'ocpp2.1')
      answers('SetDefaultTariff', { status: 'Accepted' })
      answers('ChangeTransactionTariff', { status: 'Accepted' })
      await order({ type: 'setDefaultTariff', evse: 1, tariff })
      await event('tx-t4', 'Started', 0, 0, { info: { tariffId: 'DAY-1' } })
      const { id } = await session()
      const change = (changed: object) => order({ type: 'changeTransactionTariff', session: id, tariff: changed })
      expect(await change({ ...tariff, id: 'USD', currency: 'USD' })).toMatchObject({
        outcome: 'rejected',
        reason: 'its currency is EUR, and may not change',
      })
      const cheaper = { id: 'CHEAP', currency: 'EUR', energy: { prices: [{ price: '0.10' }] } }
      expect(await change(cheaper)).toMatchObject({ outcome: 'succeeded' })
      expect(asked.at(-1)).toMatchObject({ transactionId: 'tx-t4', tariff: { tariffId: 'CHEAP' } })
      expect(await items('transactionTariff')).toMatchObject([
        { key: 'tx-t4', body: { tariffId: 'CHEAP', session: id } },
      ])
    })

    it('versions without tariffs are told so before anything is sent', async () => {
      const { order } = await stationOf('T5', 'ocpp2.0.1')
      expect(await order({ type: 'setDefaultTariff', tariff })).toMatchObject({ outcome: 'unsupported' })
    })

    it.each([
      ['no price', { id: 'X', currency: 'EUR' }],
      ['a number where a text must be', { id: 'X', currency: 'EUR', fixedFee: { prices: [{ price: 1 }] } }],
      ['no currency of ISO 4217', { id: 'X', currency: 'Euro', fixedFee: { prices: [{ price: '1' }] } }],
      [
        'a fixed fee that depends on energy',
        { id: 'X', currency: 'EUR', fixedFee: { prices: [{ price: '1', conditions: { minEnergy: 1 } }] } },
      ],
    ])('a tariff with %s is not taken', async (_, faulty) => {
      await test.api('PUT', '/api/v1/charge-points/T6', { password })
      const { status } = await test.api('POST', '/api/v1/charge-points/T6/commands', {
        type: 'setDefaultTariff',
        tariff: faulty,
      })
      expect(status).toBe(422)
    })
  })

  describe('limits and payments', () => {
    it('limits of a remote start are told once, with the answer to the event that it began with', async () => {
      const { answers, order, event, session, asked } = await stationOf('LIMIT', 'ocpp2.1')
      const told: unknown[] = []
      answers('RequestStartTransaction', { status: 'Accepted' }, async ({ remoteStartId }) => {
        const info = { remoteStartId }
        told.push(
          (await event('tx-limit', 'Started', 0, 0, { info, triggerReason: 'RemoteStart' }))['transactionLimit'],
        )
        told.push((await event('tx-limit', 'Updated', 1, 10))['transactionLimit'])
      })
      const limits = { maxCost: '20.00', maxEnergyWh: 30_000, maxTimeS: 3_600 }
      expect(await order({ type: 'startCharging', evse: 1, token: 'CARD1', limits })).toMatchObject({
        outcome: 'succeeded',
      })
      await until('both answers', async () => told.length === 2)
      expect(told).toEqual([{ maxCost: 20, maxEnergy: 30_000, maxTime: 3_600 }, undefined])
      expect(asked[0]).not.toHaveProperty('limits')
      expect(await session()).toMatchObject({ limits: { ...limits, maxSoC: null } })
      const lowered = { transactionLimit: { maxCost: 12.5 } }
      await event('tx-limit', 'Updated', 2, 20, { info: lowered, triggerReason: 'LimitSet' })
      expect(await session()).toMatchObject({ limits: { maxCost: '12.5', maxEnergyWh: null } })
    })

    it('a prepaid card goes as far as it has credit, is asked for each time, and then no further (C17)', async () => {
      const { station, event } = await stationOf('PREPAID', 'ocpp2.1')
      await test.api('PUT', '/api/v1/tokens/PREPAID', { type: 'RFID', credit: '7.50' })
      const idToken = { idToken: 'PREPAID', type: 'ISO14443' }
      const before = Date.now()
      const first = await event('tx-pre', 'Started', 0, 0, { idToken })
      expect(first).toMatchObject({ transactionLimit: { maxCost: 7.5 }, idTokenInfo: { status: 'Accepted' } })
      const { cacheExpiryDateTime } = first['idTokenInfo'] as { cacheExpiryDateTime: string }
      expect(Date.parse(cacheExpiryDateTime)).toBeLessThanOrEqual(Date.now())
      expect(Date.parse(cacheExpiryDateTime)).toBeGreaterThanOrEqual(before - 1_000)
      expect(await event('tx-pre', 'Updated', 1, 100)).not.toHaveProperty('transactionLimit')
      await test.api('PUT', '/api/v1/tokens/PREPAID', { type: 'RFID', credit: '0.00' })
      await until('no credit', async () => {
        const { idTokenInfo } = await station.call('Authorize', { idToken })
        return (idTokenInfo as { status: string }).status === 'NoCredit'
      })
    })

    it.each(['ocpp1.6', 'ocpp2.0.1'] as const)('%s knows no limits: the order is not sent', async (protocol) => {
      const { order } = await stationOf(`LIMIT-${protocol}`, protocol)
      const start = { type: 'startCharging', evse: 1, token: 'CARD1' }
      expect(await order({ ...start, limits: { maxSoC: 80 } })).toMatchObject({ outcome: 'unsupported' })
      expect(await order({ ...start, isDirectPayment: true })).toMatchObject({ outcome: 'unsupported' })
    })

    it('a kiosk begins a session with the reference of a payment, which nobody has registered (C24)', async () => {
      const { answers, order, event, asked } = await stationOf('KIOSK', 'ocpp2.1')
      answers('RequestStartTransaction', { status: 'Accepted' }, ({ remoteStartId, idToken }) =>
        event('tx-kiosk', 'Started', 0, 0, { idToken, info: { remoteStartId } }),
      )
      const start = { type: 'startCharging', evse: 1, token: 'psp-4711', isDirectPayment: true }
      const { session } = await order(start)
      expect(asked[0]).toMatchObject({ idToken: { idToken: 'psp-4711', type: 'DirectPayment' } })
      expect((await test.api('GET', `/api/v1/sessions/${session}`)).body).toMatchObject({
        token: 'psp-4711',
        authorization: 'Accepted',
      })
    })

    it('a settled payment is kept, and answered with its receipt; the same again has the same (C20)', async () => {
      const { station, items } = await stationOf('SETTLE', 'ocpp2.1')
      const settlement = { pspRef: 'psp-1', status: 'Settled', settlementAmount: 12.3, settlementTime: at(0) }
      const first = await station.call('NotifySettlement', settlement)
      expect(first).toEqual({
        receiptId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        receiptUrl: `https://receipts.example/${String(first['receiptId'])}.pdf`,
      })
      expect(await station.call('NotifySettlement', settlement)).toEqual(first)
      expect(await station.call('NotifySettlement', { ...settlement, status: 'Failed' })).toEqual({})
      expect(await items('settlement')).toMatchObject([
        { key: 'psp-1/Failed', body: { amount: '12.3' } },
        { key: 'psp-1/Settled', body: { amount: '12.3', ...first } },
      ])
    })

    it('a VAT number is looked at, and comes back with its EVSE (C18)', async () => {
      const { station } = await stationOf('VAT', 'ocpp2.1')
      expect(await station.call('VatNumberValidation', { vatNumber: 'DE123456789', evseId: 2 })).toEqual({
        vatNumber: 'DE123456789',
        evseId: 2,
        status: 'Accepted',
      })
      expect(await station.call('VatNumberValidation', { vatNumber: 'DE12' })).toMatchObject({ status: 'Rejected' })
    })

    it('a station hears that somebody pays for one of its EVSEs on a web page (C25)', async () => {
      const { answers, order, asked } = await stationOf('WEB', 'ocpp2.1')
      answers('NotifyWebPaymentStarted', {})
      const paying = { type: 'notifyWebPaymentStarted', evse: 1, timeoutS: 90 }
      expect(await order(paying)).toMatchObject({ outcome: 'succeeded' })
      expect(asked).toEqual([{ evseId: 1, timeout: 90 }])
    })
  })

  describe('a QR code of its own (C25)', () => {
    interface Code {
      readonly sharedSecret: string
      readonly length: number
      readonly validityS: number
    }
    const codeOf = async (path: string, agoS = 0): Promise<string> => {
      const { sharedSecret: secret, length, validityS }: Code = (await test.api('GET', `${path}/web-payments`)).body
      return totpOf(testDigest, { secret, length }, Math.floor((Date.now() / 1_000 - agoS) / validityS))
    }

    it('whoever opens the page keeps the EVSE, and whoever has paid charges, as far as he paid', async () => {
      const { answers, event, path, asked } = await stationOf('QR', 'ocpp2.1')
      answers('NotifyWebPaymentStarted', {})
      const limits: unknown[] = []
      answers('RequestStartTransaction', { status: 'Accepted' }, async ({ remoteStartId, idToken }) => {
        const answer = await event('tx-qr', 'Started', 0, 0, { idToken, info: { remoteStartId } })
        limits.push(answer['transactionLimit'])
      })
      const opened = { evse: 1, totp: await codeOf(path), timeoutS: 60 }
      expect((await test.api('POST', `${path}/web-payments?wait=10`, opened)).body).toMatchObject({
        notified: { outcome: 'succeeded' },
        charging: null,
      })
      const paid = { evse: 1, totp: await codeOf(path, 300), payment: 'psp-7', maxCost: '15.00' }
      expect((await test.api('POST', `${path}/web-payments?wait=10`, paid)).body).toMatchObject({
        charging: { outcome: 'succeeded', session: expect.any(String) },
      })
      expect(asked).toMatchObject([
        { evseId: 1, timeout: 60 },
        { evseId: 1, timeout: 120 },
        { evseId: 1, idToken: { idToken: 'psp-7', type: 'DirectPayment' } },
      ])
      await until('the limit', async () => limits.length > 0)
      expect(limits).toEqual([{ maxCost: 15 }])
    })

    it('a code of another station, of long ago, or made up keeps nothing', async () => {
      const { path, asked } = await stationOf('QR-2', 'ocpp2.1')
      const { path: other } = await stationOf('QR-3', 'ocpp2.1')
      for (const totp of [await codeOf(other), await codeOf(path, 600), 'x'.repeat(20)])
        expect((await test.api('POST', `${path}/web-payments`, { evse: 1, totp })).status).toBe(422)
      expect(asked).toEqual([])
    })
  })

  describe('firmware that a local controller publishes', () => {
    const checksum = '0123456789abcdef0123456789abcdef'
    const location = 'https://firmware.example/image.bin'

    const published = async (identity: string, statuses: readonly string[], more: object = {}) => {
      const made = await stationOf(identity, 'ocpp2.0.1')
      made.answers('PublishFirmware', { status: 'Accepted' }, async ({ requestId }) => {
        for (const status of statuses)
          await made.station.call('PublishFirmwareStatusNotification', {
            status,
            requestId,
            ...(status === 'Published' && { location: ['http://10.0.0.1/image.bin'] }),
          })
      })
      return { ...made, command: await made.order({ type: 'publishFirmware', location, checksum, ...more }) }
    }

    it('TC_L_17_CSMS: it is published, and the order says so', async () => {
      const { command, items, asked } = await published('L17', [
        'Downloading',
        'Downloaded',
        'ChecksumVerified',
        'Published',
      ])
      expect(command).toMatchObject({ state: 'done', outcome: 'succeeded' })
      expect(asked).toEqual([{ location, checksum, requestId: command.number }])
      expect(await items('publishedFirmware')).toMatchObject([
        { body: { checksum, status: 'published', locations: ['http://10.0.0.1/image.bin'] } },
      ])
    })

    it('TC_L_19_CSMS: its checksum is not the one that was told', async () => {
      const { command } = await published('L19', ['Downloading', 'Downloaded', 'InvalidChecksum'])
      expect(command).toMatchObject({ outcome: 'failed', reason: 'invalidChecksum' })
    })

    it('TC_L_20_CSMS: it cannot be published', async () => {
      const { command } = await published('L20', ['Downloading', 'Downloaded', 'ChecksumVerified', 'PublishFailed'])
      expect(command).toMatchObject({ outcome: 'failed', reason: 'publishFailed' })
    })

    it('TC_L_24_CSMS: it cannot be fetched; where it may be tried again that is not the end', async () => {
      expect((await published('L24', ['Downloading', 'DownloadFailed'])).command).toMatchObject({
        outcome: 'failed',
        reason: 'downloadFailed',
      })
      const again = await published('L24-2', ['DownloadFailed', 'Downloading', 'Published'], { retries: 2 })
      expect(again.command).toMatchObject({ outcome: 'succeeded' })
    })

    it.each([
      ['TC_L_21_CSMS: it is withdrawn', 'Unpublished', 'succeeded', 0],
      ['TC_L_22_CSMS: there was none', 'NoFirmware', 'succeeded', 0],
      ['TC_L_23_CSMS: somebody is fetching it: it stays', 'DownloadOngoing', 'rejected', 1],
    ])('%s', async (name, status, outcome, left) => {
      const { answers, order, items } = await published(name.slice(0, 7), ['Published'])
      answers('UnpublishFirmware', { status })
      expect(await order({ type: 'unpublishFirmware', checksum })).toMatchObject({ outcome })
      expect(await items('publishedFirmware')).toHaveLength(left)
    })

    it('of a file that was uploaded here the checksum is computed', async () => {
      const image = 'an image of a firmware'
      const uploaded = await fetch(new URL('/api/v1/files?name=image.bin&kind=firmware', test.url), {
        method: 'POST',
        headers: { authorization: `Bearer ${test.key}`, 'content-type': 'application/octet-stream' },
        body: image,
      })
      const { id: file } = (await uploaded.json()) as { id: string }
      const { asked } = await published('LFILE', ['Published'], { location: undefined, checksum: undefined, file })
      expect(asked[0]).toMatchObject({ checksum: createHash('md5').update(image).digest('hex') })
      expect(await (await fetch(asked[0]?.['location'] as string)).text()).toBe(image)
    })
  })

  describe('event streams', () => {
    const stream = (id: number) => ({
      constantStreamData: { id, variableMonitoringId: 7, params: { interval: 10, values: 5 } },
    })

    it('a stream is opened, told without an answer, made slower where more and more values wait, and closed', async () => {
      const { station, answers, items, asked } = await stationOf('STREAM', 'ocpp2.1')
      answers('AdjustPeriodicEventStream', { status: 'Accepted' })
      expect(await station.call('OpenPeriodicEventStream', stream(1))).toEqual({ status: 'Accepted' })
      const piece = { id: 1, basetime: at(0), data: [{ t: 0, v: '230.1' }] }
      station.tell('NotifyPeriodicEventStream', { ...piece, pending: 0 })
      station.tell('NotifyPeriodicEventStream', { ...piece, pending: 101 })
      station.tell('NotifyPeriodicEventStream', { ...piece, pending: 150 })
      await until('the order', async () => asked.length > 0)
      expect(asked).toEqual([{ id: 1, params: { interval: 20, values: 5 } }])
      const slower = { key: '1', body: { monitor: 7, intervalS: 20, values: 5 } }
      await until('the mirror', async () => (await items('eventStream'))[0]?.body['intervalS'] === 20)
      expect(await items('eventStream')).toMatchObject([slower])
      expect(await station.call('ClosePeriodicEventStream', { id: 1 })).toEqual({})
      expect(await items('eventStream')).toEqual([])
    })

    it('a station that opens ever new ones is refused the twenty-first, until it closes one', async () => {
      const { station } = await stationOf('STREAMS', 'ocpp2.1')
      const statuses: unknown[] = []
      for (let id = 0; id < 21; id++)
        statuses.push((await station.call('OpenPeriodicEventStream', stream(id)))['status'])
      expect(statuses).toEqual([...Array(20).fill('Accepted'), 'Rejected'])
      await station.call('ClosePeriodicEventStream', { id: 3 })
      expect(await station.call('OpenPeriodicEventStream', stream(21))).toEqual({ status: 'Accepted' })
    })

    it('an operator lists and adjusts them', async () => {
      const { answers, order, items, asked } = await stationOf('STREAM-3', 'ocpp2.1')
      answers('GetPeriodicEventStream', { constantStreamData: [stream(4).constantStreamData] })
      answers('AdjustPeriodicEventStream', { status: 'Rejected' })
      expect(await order({ type: 'getEventStreams' })).toMatchObject({ outcome: 'succeeded' })
      expect(await items('eventStream')).toMatchObject([{ key: '4', body: { monitor: 7, intervalS: 10 } }])
      const adjust = { type: 'adjustEventStream', stream: 4, intervalS: 60 }
      expect(await order(adjust)).toMatchObject({ outcome: 'rejected' })
      expect(asked.at(-1)).toEqual({ id: 4, params: { interval: 60, values: 5 } })
    })
  })

  describe('battery swaps', () => {
    const battery = { evseId: 1, serialNumber: 'BAT-1', soC: 12.5, soH: 98 }

    it('a swap that was asked for ends with the battery that is taken out', async () => {
      const { station, answers, order, items, asked } = await stationOf('SWAP', 'ocpp2.1')
      answers('RequestBatterySwap', { status: 'Accepted' }, async ({ requestId, idToken }) => {
        const swap = { requestId, idToken }
        await station.call('BatterySwap', { ...swap, eventType: 'BatteryIn', batteryData: [battery] })
        const out = { evseId: 2, serialNumber: 'BAT-2', soC: 100, soH: 99 }
        await station.call('BatterySwap', { ...swap, eventType: 'BatteryOut', batteryData: [out] })
      })
      const command = await order({ type: 'requestBatterySwap', token: 'CARD1' })
      expect(command).toMatchObject({ outcome: 'succeeded' })
      expect(asked[0]).toEqual({ requestId: command.number, idToken: { idToken: 'CARD1', type: 'ISO14443' } })
      expect(await items('battery')).toMatchObject([
        { key: 'BAT-1', body: { request: command.number, isInside: true, soC: '12.5' } },
        { key: 'BAT-2', body: { request: command.number, isInside: false } },
      ])
    })

    it('nobody takes the battery: it is still there, and the order has failed', async () => {
      const { station, answers, order, items } = await stationOf('SWAP-2', 'ocpp2.1')
      answers('RequestBatterySwap', { status: 'Accepted' }, ({ requestId, idToken }) =>
        station.call('BatterySwap', { requestId, idToken, eventType: 'BatteryOutTimeout', batteryData: [battery] }),
      )
      const swap = { type: 'requestBatterySwap', token: 'CARD1' }
      expect(await order(swap)).toMatchObject({ outcome: 'failed', reason: 'outTimeout' })
      expect(await items('battery')).toMatchObject([{ body: { isInside: true } }])
    })

    it.each(['GONE', 'NOBODY'])('none is asked for with a token that may not charge: %s', async (token) => {
      const { order } = await stationOf(`SWAP-${token}`, 'ocpp2.1')
      expect(await order({ type: 'requestBatterySwap', token })).toMatchObject({ outcome: 'rejected' })
    })
  })
})
