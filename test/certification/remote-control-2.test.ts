import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Case2, idToken, type Setting2, setUp2, values } from './setting-2.ts'

/** Remote starts, unlocking and triggers, by the cases of OCPP 2.0.1 that a CSMS is tested with (part 6, block F). */
describe('OCPP 2.0.1 remote control', () => {
  let setting: Setting2
  let it_: Case2
  let serial = 0
  const accepted = { status: 'Accepted' }

  beforeAll(async () => {
    setting = await setUp2()
  })
  afterAll(() => setting?.stop())
  const begin = async (): Promise<Case2> => (it_ = await setting.station(`REM-${++serial}`))
  afterEach(() => it_?.close().catch(() => {}))

  describe('a remote start', () => {
    const order = { type: 'startCharging', evse: 1, token: 'GOOD', tokenType: 'RFID' }
    /** What the station is asked for, and what it says of it with the event that it is authorised by. */
    const byOrder = ({ remoteStartId }: Readonly<Record<string, unknown>>) => ({
      token: 'GOOD',
      info: { remoteStartId },
    })

    it('TC_F_01_CSMS cable first: the order ends with the session that is open already', async () => {
      const one = await begin()
      await one.status(1, 'Occupied')
      const transaction = one.transaction(1)
      await transaction.started('CablePluggedIn', { state: 'EVConnected', wh: 1_000 })
      one.answers('RequestStartTransaction', { ...accepted, transactionId: transaction.id }, async (params) => {
        await transaction.updated('RemoteStart', byOrder(params))
        await transaction.updated('ChargingStateChanged', { state: 'Charging' })
      })
      const command = await one.order(order)
      expect(command).toMatchObject({ state: 'done', outcome: 'succeeded' })
      expect(one.asked.get('RequestStartTransaction')).toEqual({
        remoteStartId: command.number,
        evseId: 1,
        idToken: idToken('GOOD'),
      })
      expect(await one.session()).toMatchObject({
        id: command.session,
        token: 'GOOD',
        command: command.id,
        state: 'open',
      })
    })

    it.each([
      ['TC_F_02_CSMS first, and the station asks whether its token may', true],
      ['TC_F_03_CSMS first, and the station does not ask', false],
    ])('%s: the order ends with the session that begins', async (_, asks) => {
      const one = await begin()
      const transaction = one.transaction(1)
      one.answers('RequestStartTransaction', accepted, async (params) => {
        if (asks) expect(await one.authorize('GOOD')).toEqual(accepted)
        await transaction.started('RemoteStart', byOrder(params))
        await one.status(1, 'Occupied')
        await transaction.updated('CablePluggedIn', { state: 'EVConnected' })
        await transaction.updated('ChargingStateChanged', { state: 'Charging' })
      })
      const command = await one.order(order)
      expect(command).toMatchObject({ state: 'done', outcome: 'succeeded' })
      await one.comesToStand(1, 'charging')
      expect(await one.session()).toMatchObject({ id: command.session, token: 'GOOD', command: command.id })
    })

    it('TC_F_04_CSMS first, and nobody plugs in: what began by it ends without energy', async () => {
      const one = await begin()
      const transaction = one.transaction(1)
      one.answers('RequestStartTransaction', accepted, (params) => transaction.started('RemoteStart', byOrder(params)))
      expect(await one.order(order)).toMatchObject({ outcome: 'succeeded' })
      expect(await transaction.ended('EVConnectTimeout', { reason: 'Timeout' })).toEqual({})
      expect(await one.session()).toMatchObject({ state: 'closed', stopReason: 'Timeout', energyWh: null })
    })
  })

  it('TC_F_06_CSMS unlock without a transaction: EVSE and connector are named, and the answer ends the order', async () => {
    const one = await begin()
    one.answers('UnlockConnector', { status: 'Unlocked' })
    expect(await one.order({ type: 'unlock', evse: 1 })).toMatchObject({ state: 'done', outcome: 'succeeded' })
    expect(one.asked.get('UnlockConnector')).toEqual({ evseId: 1, connectorId: 1 })
  })

  describe('a trigger', () => {
    const metered = (evseId: number) => (one: Case2) =>
      one.say('MeterValues', { evseId, meterValue: values(1, 'Trigger') })
    const inTransaction = (one: Case2) =>
      one.transaction(1).updated('Trigger', { more: { evse: { id: 1, connectorId: 1 } }, wh: 1 })
    const place = { evse: { id: 1 } }
    const rows: readonly (readonly [
      name: string,
      order: object,
      asked: object,
      then: (one: Case2) => Promise<unknown>,
    ])[] = [
      ['TC_F_11_CSMS values of one EVSE', { message: 'MeterValues', evse: 1 }, place, metered(1)],
      ['TC_F_12_CSMS values of every EVSE', { message: 'MeterValues' }, {}, metered(2)],
      ['TC_F_13_CSMS the transaction of one EVSE', { message: 'TransactionEvent', evse: 1 }, place, inTransaction],
      ['TC_F_14_CSMS the transactions of every EVSE', { message: 'TransactionEvent' }, {}, inTransaction],
      [
        'TC_F_15_CSMS the status of a log',
        { message: 'LogStatusNotification' },
        {},
        (one) => one.say('LogStatusNotification', { status: 'Idle' }),
      ],
      [
        'TC_F_18_CSMS the status of a firmware',
        { message: 'FirmwareStatusNotification' },
        {},
        (one) => one.say('FirmwareStatusNotification', { status: 'Idle' }),
      ],
      ['TC_F_20_CSMS a heartbeat', { message: 'Heartbeat' }, {}, (one) => one.say('Heartbeat', {})],
      [
        'TC_F_23_CSMS the status of a connector that is free',
        { message: 'StatusNotification', evse: 1, connector: 1 },
        { evse: { id: 1, connectorId: 1 } },
        (one) => one.status(1, 'Available'),
      ],
      [
        'TC_F_24_CSMS the status of a connector that is taken',
        { message: 'StatusNotification', evse: 1 },
        { evse: { id: 1, connectorId: 1 } },
        (one) => one.status(1, 'Occupied'),
      ],
    ]
    it.each(rows)('%s: what is asked for comes, and ends the order', async (_, order, asked, then) => {
      const one = await begin()
      one.answers('TriggerMessage', accepted, () => then(one))
      expect(await one.order({ type: 'trigger', ...order })).toMatchObject({ state: 'done', outcome: 'succeeded' })
      const { requestedMessage, ...where } = one.asked.get('TriggerMessage') ?? {}
      expect([requestedMessage, where]).toEqual([(order as { readonly message: string }).message, asked])
    })

    it('TC_F_27_CSMS not implemented there: the order says so', async () => {
      const one = await begin()
      one.answers('TriggerMessage', { status: 'NotImplemented' })
      const { outcome, reason } = await one.order({ type: 'trigger', message: 'LogStatusNotification' })
      expect([outcome, reason]).toEqual(['unsupported', 'NotImplemented'])
    })
  })
})
