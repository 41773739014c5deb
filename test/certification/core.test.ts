import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../support/server.ts'
import { ago, type Case, now, type Setting, setUp } from './setting.ts'

/** Core and remote control, by the cases of the OCPP 1.6 test case document (OCTT, 2025-11) that a CSMS is tested with. */
describe('OCPP 1.6 Core', () => {
  let setting: Setting
  let it_: Case
  let serial = 0
  const accepted = { status: 'Accepted' }

  beforeAll(async () => {
    setting = await setUp()
  })
  afterAll(() => setting?.stop())
  const begin = async (): Promise<Case> => (it_ = await setting.station(`CORE-${++serial}`))
  afterEach(() => it_?.close())

  it('TC_001_CSMS cold boot: the boot is accepted with an interval, statuses and heartbeats are answered', async () => {
    const one = await begin()
    expect(await one.boot()).toMatchObject({ status: 'Accepted', interval: expect.any(Number) })
    expect(await one.say('Heartbeat', {})).toEqual({ currentTime: expect.any(String) })
    expect(await one.stands(2)).toEqual({ id: 1, status: 'available', errorCode: 'NoError' })
  })

  it('TC_003_CSMS a session, plug in first: authorised, started, metered, stopped, accounted', async () => {
    const one = await begin()
    await one.status(1, 'Preparing')
    expect(await one.say('Authorize', { idTag: 'GOOD' })).toEqual({ idTagInfo: accepted })
    const { transactionId, idTagInfo } = await one.start({})
    expect(idTagInfo).toEqual(accepted)
    await one.status(1, 'Charging')
    expect(
      await one.say('MeterValues', {
        connectorId: 1,
        transactionId,
        meterValue: [{ timestamp: now(), sampledValue: [{ value: '1500' }] }],
      }),
    ).toEqual({})
    await one.stopAt({ transactionId, idTag: 'GOOD', reason: 'Local' })
    const session = await until('the CDR', async () => ((s) => (s.cdr === null ? undefined : s))(await one.session()))
    expect(session).toMatchObject({ state: 'closed', energyWh: 1_000, stopReason: 'Local' })
  })

  it('TC_004_1_CSMS identification first: the same, and the card is asked for before the plug', async () => {
    const one = await begin()
    expect(await one.say('Authorize', { idTag: 'GOOD' })).toEqual({ idTagInfo: accepted })
    await one.status(1, 'Preparing')
    const { transactionId } = await one.start({})
    await one.status(1, 'Charging')
    await one.stopAt({ transactionId, reason: 'EVDisconnected' })
    expect(await one.session()).toMatchObject({ state: 'closed', stopReason: 'EVDisconnected' })
  })

  it('TC_004_2_CSMS identification first, and nobody plugs in: nothing begins', async () => {
    const one = await begin()
    await one.say('Authorize', { idTag: 'GOOD' })
    await one.status(1, 'Preparing')
    await one.status(1, 'Available')
    expect(await one.stands(1)).toMatchObject({ status: 'available' })
    await expect(one.session()).rejects.toThrow('there is no session')
  })

  it('TC_005_1_CSMS unplugged at the car: the stop says so, the connector finishes and is free', async () => {
    const one = await begin()
    const { transactionId } = await one.start({})
    await one.status(1, 'SuspendedEV')
    expect(await one.stopAt({ transactionId, reason: 'EVDisconnected' })).toEqual({})
    await one.status(1, 'Finishing')
    await one.status(1, 'Available')
    expect(await one.session()).toMatchObject({ state: 'closed', stopReason: 'EVDisconnected' })
  })

  it('TC_007_CSMS a start with a token that the station has remembered needs no Authorize', async () => {
    const one = await begin()
    expect((await one.start({})).idTagInfo).toEqual(accepted)
  })

  it.each([
    ['TC_010_CSMS remote start, cable first', ['Preparing']],
    ['TC_011_1_CSMS remote start first', []],
  ])('%s: the order ends with the session that began by it', async (_, before) => {
    const one = await begin()
    for (const status of before) await one.status(1, status)
    one.answers('RemoteStartTransaction', accepted, async ({ idTag }) => {
      await one.status(1, 'Preparing')
      await one.say('Authorize', { idTag })
      await one.start({ idTag })
      await one.status(1, 'Charging')
    })
    const command = await one.order({ type: 'startCharging', evse: 1, token: 'GOOD' })
    expect(command).toMatchObject({ state: 'done', outcome: 'succeeded' })
    expect(await one.session()).toMatchObject({
      id: command.session,
      token: 'GOOD',
      command: command.id,
      state: 'open',
    })
  })

  it('TC_011_2_CSMS remote start, and nobody plugs in: accepted is not done, the order says that nothing followed', async () => {
    const one = await begin()
    one.answers('RemoteStartTransaction', accepted, async () => {
      await one.status(1, 'Preparing')
      await one.status(1, 'Available')
    })
    const command = await one.order({ type: 'startCharging', evse: 1, token: 'GOOD', deadlineS: 2 })
    expect(command).toMatchObject({ state: 'done', outcome: 'failed', session: null })
  })

  it('TC_012_CSMS remote stop: the order ends with the stop, whose reason is Remote', async () => {
    const one = await begin()
    const { transactionId } = await one.start({})
    const { id } = await one.session()
    one.answers('RemoteStopTransaction', accepted, (params) => one.stopAt({ ...params, reason: 'Remote' }))
    expect(await one.order({ type: 'stopCharging', session: id })).toMatchObject({ outcome: 'succeeded', session: id })
    expect(one.asked.get('RemoteStopTransaction')).toEqual({ transactionId })
    expect(await one.session()).toMatchObject({ state: 'closed', stopReason: 'Remote' })
  })

  it.each([
    ['TC_013_CSMS', 'hard', 'HardReset'],
    ['TC_014_CSMS', 'soft', 'SoftReset'],
  ])('%s %s reset: sessions stop, and the order ends with the boot', async (_, kind, reason) => {
    const one = await begin()
    const { transactionId } = await one.start({})
    one.answers('Reset', accepted, async () => {
      await one.stopAt({ transactionId, reason })
      await one.boot()
    })
    expect(await one.order({ type: 'reset', kind })).toMatchObject({ outcome: 'succeeded' })
    expect(await one.session()).toMatchObject({ state: 'closed', stopReason: reason })
  })

  it.each([
    ['TC_017_1_CSMS TC_017_2_CSMS', 'Unlocked', 'succeeded'],
    ['TC_030_CSMS', 'UnlockFailed', 'failed'],
    ['TC_031_CSMS', 'NotSupported', 'unsupported'],
  ])('%s unlock without a session, answered %s: the order %s', async (_, status, outcome) => {
    const one = await begin()
    one.answers('UnlockConnector', { status })
    expect(await one.order({ type: 'unlock', evse: 1 })).toMatchObject({ state: 'done', outcome })
  })

  it('TC_018_1_CSMS unlock with a session: it ends by UnlockCommand', async () => {
    const one = await begin()
    const { transactionId } = await one.start({})
    one.answers('UnlockConnector', { status: 'Unlocked' }, () => one.stopAt({ transactionId, reason: 'UnlockCommand' }))
    await one.order({ type: 'unlock', evse: 1 })
    const session = await until('the stop', async () =>
      ((s) => (s.state === 'closed' ? s : undefined))(await one.session()),
    )
    expect(session.stopReason).toBe('UnlockCommand')
  })

  it('TC_019_1_CSMS TC_019_2_CSMS configuration, all keys and one: what the station says is shown', async () => {
    const one = await begin()
    const key = { key: 'HeartbeatInterval', readonly: false, value: '300' }
    one.answers('GetConfiguration', { configurationKey: [key], unknownKey: [] })
    await one.order({ type: 'getConfig' })
    expect(one.asked.get('GetConfiguration')).toEqual({})
    await one.order({ type: 'getConfig', keys: ['HeartbeatInterval'] })
    expect(one.asked.get('GetConfiguration')).toEqual({ key: ['HeartbeatInterval'] })
    const { body } = await setting.test.api('GET', `/api/v1/charge-points/CORE-${serial}/configuration`)
    expect(body).toMatchObject({ items: [{ key: 'HeartbeatInterval', value: '300', drift: false }] })
  })

  it.each([
    ['TC_021_CSMS', 'Accepted', 'succeeded'],
    ['TC_040_1_CSMS', 'NotSupported', 'unsupported'],
    ['TC_040_2_CSMS', 'Rejected', 'rejected'],
  ])('%s a configuration key is set, answered %s: the order %s', async (_, status, outcome) => {
    const one = await begin()
    one.answers('ChangeConfiguration', { status })
    const order = { type: 'setConfig', key: 'MeterValueSampleInterval', value: '60' }
    expect(await one.order(order)).toMatchObject({ state: 'done', outcome })
    expect(one.asked.get('ChangeConfiguration')).toEqual({ key: 'MeterValueSampleInterval', value: '60' })
  })

  it.each([
    ['TC_023_1_CSMS', 'NOBODY', 'Invalid'],
    ['TC_023_2_CSMS', 'EXPIRED', 'Expired'],
    ['TC_023_3_CSMS', 'BLOCKED', 'Blocked'],
  ])('%s Authorize of %s is answered %s', async (_, idTag, status) => {
    const one = await begin()
    expect(await one.say('Authorize', { idTag })).toMatchObject({ idTagInfo: { status } })
  })

  it('TC_024_CSMS a lock that fails is told with the connector, and no session begins', async () => {
    const one = await begin()
    await one.say('Authorize', { idTag: 'GOOD' })
    await one.status(1, 'Faulted', 'ConnectorLockFailure')
    expect(await one.stands(1)).toMatchObject({ status: 'faulted', errorCode: 'ConnectorLockFailure' })
  })

  it.each([
    ['TC_026_CSMS', 'startCharging', 'RemoteStartTransaction'],
    ['TC_028_CSMS', 'stopCharging', 'RemoteStopTransaction'],
  ])('%s %s rejected: the order says so', async (_, type, action) => {
    const one = await begin()
    await one.start({ connectorId: 2 })
    const { id } = await one.session()
    one.answers(action, { status: 'Rejected' })
    const order = type === 'startCharging' ? { type, evse: 1, token: 'GOOD' } : { type, session: id }
    expect(await one.order(order)).toMatchObject({ state: 'done', outcome: 'rejected' })
  })

  it('TC_032_1_CSMS power failure: the boot comes first, then the stop of what ran, with PowerLoss', async () => {
    const one = await begin()
    const { transactionId } = await one.start({})
    await one.boot()
    expect(await one.stopAt({ transactionId, reason: 'PowerLoss' })).toEqual({})
    expect(await one.session()).toMatchObject({ state: 'closed', stopReason: 'PowerLoss', energyWh: 1_000 })
  })

  it('TC_037_1_CSMS started offline with a good token: told later, and it charges on', async () => {
    const one = await begin()
    const { transactionId, idTagInfo } = await one.start({ timestamp: ago(30) })
    expect([transactionId > 0, idTagInfo]).toEqual([true, accepted])
    expect(await one.session()).toMatchObject({ state: 'open', authorization: 'Accepted' })
  })

  it('TC_037_3_CSMS started offline with a bad token: it has an id all the same, and is told to be none', async () => {
    const one = await begin()
    const { transactionId, idTagInfo } = await one.start({ timestamp: ago(30), idTag: 'NOBODY' })
    expect([transactionId > 0, idTagInfo.status]).toEqual([true, 'Invalid'])
    await one.stopAt({ transactionId, reason: 'DeAuthorized' })
    expect(await one.session()).toMatchObject({ state: 'closed', stopReason: 'DeAuthorized' })
  })

  it('TC_039_CSMS a whole session offline: told afterwards in order, accounted by its own times', async () => {
    const one = await begin()
    const { transactionId } = await one.start({ timestamp: ago(90) })
    await one.stopAt({ transactionId, timestamp: ago(30), reason: 'Local' })
    const session = await until('the CDR', async () => ((s) => (s.cdr === null ? undefined : s))(await one.session()))
    const { body } = await setting.test.api('GET', `/api/v1/cdrs/${session.cdr}`)
    expect(body).toMatchObject({ durationS: 3_600, energyWh: 1_000 })
  })

  it.each([
    ['TC_061_CSMS', 'Accepted', 'succeeded'],
    ['TC_061_CSMS', 'Rejected', 'rejected'],
  ])('%s clear cache, answered %s: the order %s', async (_, status, outcome) => {
    const one = await begin()
    one.answers('ClearCache', { status })
    expect(await one.order({ type: 'clearCache' })).toMatchObject({ state: 'done', outcome })
  })

  it('TC_064_CSMS a DataTransfer of a vendor that nobody knows is answered, not refused', async () => {
    const one = await begin()
    expect(await one.say('DataTransfer', { vendorId: 'org.example' })).toEqual({ status: 'UnknownVendorId' })
  })

  it('TC_054_CSMS what is asked for comes, and ends the order: MeterValues, Heartbeat, StatusNotification, Boot', async () => {
    const one = await begin()
    const sends: Readonly<Record<string, () => Promise<unknown>>> = {
      MeterValues: () =>
        one.say('MeterValues', {
          connectorId: 1,
          meterValue: [{ timestamp: now(), sampledValue: [{ value: '1', context: 'Trigger' }] }],
        }),
      Heartbeat: () => one.say('Heartbeat', {}),
      StatusNotification: () => one.status(1, 'Available'),
      DiagnosticsStatusNotification: () => one.say('DiagnosticsStatusNotification', { status: 'Idle' }),
      FirmwareStatusNotification: () => one.say('FirmwareStatusNotification', { status: 'Idle' }),
    }
    for (const [message, then] of Object.entries(sends)) {
      one.answers('TriggerMessage', accepted, then)
      expect([message, await one.order({ type: 'trigger', message, evse: 1 })]).toMatchObject([
        message,
        { outcome: 'succeeded' },
      ])
    }
  })

  it('TC_055_CSMS a trigger that is rejected: the order says so', async () => {
    const one = await begin()
    one.answers('TriggerMessage', { status: 'Rejected' })
    expect(await one.order({ type: 'trigger', message: 'MeterValues' })).toMatchObject({ outcome: 'rejected' })
  })
})
