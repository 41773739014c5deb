import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../support/server.ts'
import { now } from './setting.ts'
import { type Case2, type Setting2, setUp2, type Transaction, values } from './setting-2.ts'

/** Transactions, by the cases of OCPP 2.0.1 that a CSMS is tested with (part 6, block E). */
describe('OCPP 2.0.1 transactions', () => {
  let setting: Setting2
  let it_: Case2
  let serial = 0
  const accepted = { idTokenInfo: { status: 'Accepted' } }

  beforeAll(async () => {
    setting = await setUp2()
  })
  afterAll(() => setting?.stop())
  const begin = async (): Promise<Case2> => (it_ = await setting.station(`TX-${++serial}`))
  afterEach(() => it_?.close().catch(() => {}))
  /** A session that charges on EVSE 1, its card told at the start. */
  const charging = async (one: Case2): Promise<Transaction> => {
    const transaction = one.transaction(1)
    await one.status(1, 'Occupied')
    await transaction.started('Authorized', { token: 'GOOD', state: 'EVConnected', wh: 1_000 })
    await transaction.updated('ChargingStateChanged', { state: 'Charging' })
    return transaction
  }

  describe('starts', () => {
    it('TC_E_01_CSMS with the power path closed: its first event has the card, which is answered', async () => {
      const one = await begin()
      await one.status(1, 'Occupied')
      const transaction = one.transaction(1)
      expect(await transaction.started('Authorized', { token: 'GOOD', state: 'EVConnected' })).toEqual(accepted)
      expect(await one.session()).toMatchObject({ state: 'open', token: 'GOOD', authorization: 'Accepted' })
    })

    it('TC_E_02_CSMS with the energy: its first event says that it charges', async () => {
      const one = await begin()
      await one.status(1, 'Occupied')
      const transaction = one.transaction(1)
      expect(await transaction.started('ChargingStateChanged', { token: 'GOOD', state: 'Charging' })).toEqual(accepted)
      expect(await one.session()).toMatchObject({ state: 'open', token: 'GOOD' })
      await one.comesToStand(1, 'charging')
    })

    it('TC_E_03_CSMS TC_E_09_CSMS with the cable: nobody is answered about until the card is told', async () => {
      const one = await begin()
      await one.status(1, 'Occupied')
      const transaction = one.transaction(1)
      expect(await transaction.started('CablePluggedIn', { state: 'EVConnected' })).toEqual({})
      expect(await one.session()).toMatchObject({ state: 'open', token: null })
      expect(await one.authorize('GOOD')).toEqual({ status: 'Accepted' })
      expect(await transaction.updated('Authorized', { token: 'GOOD' })).toEqual(accepted)
      expect(await transaction.updated('ChargingStateChanged', { state: 'Charging' })).toEqual({})
      expect(await one.session()).toMatchObject({ state: 'open', token: 'GOOD' })
      await one.comesToStand(1, 'charging')
    })

    it('TC_E_04_CSMS TC_E_10_CSMS with the card: where it is follows with the cable', async () => {
      const one = await begin()
      expect(await one.authorize('GOOD')).toEqual({ status: 'Accepted' })
      const transaction = one.transaction()
      expect(await transaction.started('Authorized', { token: 'GOOD' })).toEqual(accepted)
      expect(await one.session()).toMatchObject({ state: 'open', token: 'GOOD', evse: 0 })
      await one.status(2, 'Occupied')
      const place = { evse: { id: 2, connectorId: 1 } }
      await transaction.updated('CablePluggedIn', { state: 'EVConnected', more: place })
      await transaction.updated('ChargingStateChanged', { state: 'Charging' })
      expect(await one.session()).toMatchObject({ state: 'open', token: 'GOOD', evse: 2, connector: 1 })
      await one.comesToStand(2, 'charging')
    })

    it('TC_E_11_CSMS with the first signed value: it is kept as it was signed', async () => {
      const one = await begin()
      const signed = {
        signedMeterData: 'c2lnbmVk',
        signingMethod: 'ECDSA-secp256r1-SHA256',
        encodingMethod: 'OCMF',
        publicKey: 'a2V5',
      }
      const told = await one.transaction(1).started('SignedDataReceived', {
        token: 'GOOD',
        state: 'Charging',
        more: { meterValue: values(1_000, 'Transaction.Begin', { signedMeterValue: signed }) },
      })
      expect(told).toEqual(accepted)
      const { id } = await one.session()
      const { body } = await setting.test.api('GET', `/api/v1/sessions/${id}/messages`)
      expect(JSON.stringify(body)).toContain('c2lnbmVk')
    })

    it('TC_E_12_CSMS with the car in its bay: long before there is a card or a cable', async () => {
      const one = await begin()
      const transaction = one.transaction(1)
      expect(await transaction.started('EVDetected')).toEqual({})
      expect(await one.session()).toMatchObject({ state: 'open', token: null })
      expect(await transaction.updated('Authorized', { token: 'GOOD' })).toEqual(accepted)
      expect(await one.session()).toMatchObject({ state: 'open', token: 'GOOD' })
    })

    it('TC_E_38_CSMS and the car is not ready: it is open and suspended by the car', async () => {
      const one = await begin()
      await one.status(1, 'Occupied')
      const transaction = one.transaction(1)
      await transaction.started('CablePluggedIn', { state: 'EVConnected' })
      await transaction.updated('Authorized', { token: 'GOOD' })
      expect(await transaction.updated('ChargingStateChanged', { state: 'SuspendedEV' })).toEqual({})
      await one.comesToStand(1, 'suspendedByVehicle')
      expect(await one.session()).toMatchObject({ state: 'open' })
    })
  })

  describe('stops', () => {
    it.each([
      ['TC_E_07_CSMS with the power path opened at the station', 'StopAuthorized', 'Local'],
      ['TC_E_14_CSMS with the cable, unlocked by its card and pulled at the station', 'EVCommunicationLost', 'Local'],
      [
        'TC_E_17_CSMS for a cable pulled at the car, which ends its authorisation',
        'EVCommunicationLost',
        'EVDisconnected',
      ],
      ['TC_E_19_CSMS with the car leaving its bay', 'EVDeparted', 'Local'],
      ['TC_E_20_CSMS with the cable, pulled at the car', 'EVCommunicationLost', 'EVDisconnected'],
      ['TC_E_22_CSMS with the energy, which the car takes no more', 'ChargingStateChanged', 'StoppedByEV'],
    ])('%s (%s, %s): answered, closed and accounted', async (_, trigger, reason) => {
      const one = await begin()
      const transaction = await charging(one)
      if (reason === 'EVDisconnected') await transaction.updated('ChargingStateChanged', { state: 'SuspendedEV' })
      expect(await transaction.ended(trigger, { reason, wh: 2_500 })).toEqual({})
      await one.status(1, 'Available')
      const session = await until('the CDR', async () => ((s) => (s.cdr === null ? undefined : s))(await one.session()))
      expect(session).toMatchObject({ state: 'closed', energyWh: 1_500, stopReason: reason })
      await one.comesToStand(1, 'available')
    })

    it.each([
      ['TC_E_08_CSMS with the energy', 'EVConnected'],
      ['TC_E_15_CSMS with the authorisation', undefined],
    ])('%s, by the card, which is answered again', async (_, state) => {
      const one = await begin()
      const transaction = await charging(one)
      const card = { token: 'GOOD', reason: 'Local', wh: 2_000, ...(state !== undefined && { state }) }
      expect(await transaction.ended('StopAuthorized', card)).toEqual(accepted)
      expect(await one.session()).toMatchObject({ state: 'closed', stopReason: 'Local', energyWh: 1_000 })
    })

    it('TC_E_16_CSMS for a token that is not good: it is looked at again with the event, and told so', async () => {
      const one = await begin()
      const transaction = one.transaction(1)
      const told = await transaction.started('Authorized', { token: 'NOBODY', state: 'EVConnected', wh: 1_000 })
      expect(told).toEqual({ idTokenInfo: { status: 'Invalid' } })
      expect(await transaction.ended('Deauthorized', { reason: 'DeAuthorized', wh: 1_000 })).toEqual({})
      expect(await one.session()).toMatchObject({
        state: 'closed',
        authorization: 'Invalid',
        stopReason: 'DeAuthorized',
        energyWh: 0,
      })
    })

    it('TC_E_21_CSMS remotely: the order names the transaction, and ends with its end', async () => {
      const one = await begin()
      const transaction = await charging(one)
      const { id } = await one.session()
      one.answers('RequestStopTransaction', { status: 'Accepted' }, () =>
        transaction.ended('RemoteStop', { reason: 'Remote', wh: 2_000 }),
      )
      expect(await one.order({ type: 'stopCharging', session: id })).toMatchObject({
        outcome: 'succeeded',
        session: id,
      })
      expect(one.asked.get('RequestStopTransaction')).toEqual({ transactionId: transaction.id })
      expect(await one.session()).toMatchObject({ state: 'closed', stopReason: 'Remote' })
    })

    it('TC_E_39_CSMS because nobody plugged in: it has been nowhere, and took nothing', async () => {
      const one = await begin()
      const transaction = one.transaction()
      await transaction.started('Authorized', { token: 'GOOD' })
      expect(await transaction.ended('EVConnectTimeout', { reason: 'Timeout' })).toEqual({})
      expect(await one.session()).toMatchObject({ state: 'closed', stopReason: 'Timeout', evse: 0 })
    })
  })

  it('TC_E_26_CSMS suspended while the cable is out of the car: one session before and after', async () => {
    const one = await begin()
    const transaction = await charging(one)
    await transaction.updated('EVCommunicationLost', { state: 'Idle', wh: 1_500 })
    expect(await one.session()).toMatchObject({ state: 'open' })
    await transaction.updated('CablePluggedIn', { state: 'EVConnected' })
    await transaction.updated('ChargingStateChanged', { state: 'Charging' })
    await one.comesToStand(1, 'charging')
    await transaction.ended('StopAuthorized', { token: 'GOOD', reason: 'Local', wh: 3_000 })
    const { body } = await setting.test.api('GET', `/api/v1/sessions?chargePoint=${one.identity}`)
    expect(body).toMatchObject({ items: [{ state: 'closed', energyWh: 2_000 }], next: null })
  })

  it('TC_E_53_CSMS numbers that begin with 0 each time: each is a session of its own', async () => {
    const one = await begin()
    for (const wh of [2_000, 3_000]) {
      const transaction = await charging(one)
      expect(await transaction.ended('EVCommunicationLost', { reason: 'EVDisconnected', wh })).toEqual({})
    }
    const { body } = await setting.test.api('GET', `/api/v1/sessions?chargePoint=${one.identity}`)
    expect(body).toMatchObject({
      items: [
        { state: 'closed', energyWh: 2_000 },
        { state: 'closed', energyWh: 1_000 },
      ],
    })
    expect((await setting.test.api('GET', '/api/v1/quarantine')).body).toMatchObject({ items: [] })
  })

  describe('whose status is asked for', () => {
    it.each([
      ['TC_E_29_CSMS one that goes on, and messages wait', true, true, 'messages wait to be sent, it goes on'],
      ['TC_E_30_CSMS one that goes on, and no message waits', true, false, 'no message waits, it goes on'],
      ['TC_E_33_CSMS none in particular, and messages wait', false, true, 'messages wait to be sent'],
      ['TC_E_34_CSMS none in particular, and no message waits', false, false, 'no message waits'],
    ])('%s', async (_, isOne, messagesInQueue, note) => {
      const one = await begin()
      const { id } = await charging(one)
      const { id: session } = await one.session()
      one.answers('GetTransactionStatus', { messagesInQueue, ...(isOne && { ongoingIndicator: true }) })
      const order = { type: 'getTransactionStatus', ...(isOne && { session }) }
      const { outcome, history } = await one.order(order)
      expect([outcome, history.at(-1)?.note]).toEqual(['succeeded', note])
      expect(one.asked.get('GetTransactionStatus')).toEqual(isOne ? { transactionId: id } : {})
      expect(await one.session()).toMatchObject({ state: 'open' })
    })

    it('TC_E_31_CSMS one that is over, and messages wait: its account is made when they have come', async () => {
      const first = await begin()
      const { id: transactionId } = await charging(first)
      await first.close()
      const one = (it_ = await setting.again(first.identity))
      one.answers('GetTransactionStatus', { messagesInQueue: true, ongoingIndicator: false })
      const event = (seqNo: number, wh: number, eventType = 'Updated') =>
        one.say('TransactionEvent', {
          eventType,
          triggerReason: eventType === 'Ended' ? 'EVDeparted' : 'MeterValuePeriodic',
          timestamp: now(),
          seqNo,
          offline: true,
          transactionInfo: { transactionId, ...(eventType === 'Ended' && { stoppedReason: 'EVDisconnected' }) },
          meterValue: values(wh),
        })
      await event(4, 2_000, 'Ended')
      await until('that it is asked', async () => one.asked.get('GetTransactionStatus'))
      expect(one.asked.get('GetTransactionStatus')).toEqual({ transactionId })
      expect(await one.session()).toMatchObject({ state: 'ended', cdr: null })
      await event(2, 1_200)
      await event(3, 1_600)
      const session = await until('the CDR', async () => ((s) => (s.cdr === null ? undefined : s))(await one.session()))
      expect(session).toMatchObject({ state: 'closed', energyWh: 1_000, stopReason: 'EVDisconnected' })
    })
  })
})
