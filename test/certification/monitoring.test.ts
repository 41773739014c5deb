import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../support/server.ts'
import { at, type ModelCase, type ModelSetting, setUpModel } from './model-setting.ts'

/** What stations of OCPP 2.0.1 watch and what they know of customers, by the cases of part 6, edition 3. */
describe('OCPP 2.0.1, monitoring and customer information', () => {
  let setting: ModelSetting
  let one: ModelCase
  let serial = 0

  beforeAll(async () => {
    setting = await setUpModel()
  })
  afterAll(() => setting?.stop())
  afterEach(() => one?.close().catch(() => {}))
  const begin = async (protocol?: 'ocpp2.1'): Promise<ModelCase> =>
    (one = await setting.station(`WATCH-${++serial}`, protocol))
  const accepted = { status: 'Accepted' }

  const watched = (id: number, type = 'UpperThreshold', variable = 'Current') => ({
    component: { name: 'EVSE', evse: { id: 1 } },
    variable: { name: variable },
    variableMonitoring: [
      // 2.0.1 has no eventNotificationType here
      { id, transaction: false, value: 16, type, severity: 4 },
    ],
  })
  const report =
    (...pages: readonly (readonly object[])[]) =>
    async (params: object) => {
      for (const [seqNo, monitor] of pages.entries())
        await one.say('NotifyMonitoringReport', {
          requestId: (params as { requestId: number }).requestId,
          generatedAt: at(),
          seqNo,
          tbc: seqNo < pages.length - 1,
          monitor,
        })
    }

  const place = { component: { name: 'EVSE', evse: { id: 1 } }, variable: { name: 'Current' } }
  it.each([
    ['TC_N_01_CSMS by what they do', { criteria: ['threshold'] }, { monitoringCriteria: ['ThresholdMonitoring'] }],
    ['TC_N_02_CSMS by what they watch', { variables: [{ key: 'EVSE:1.Current' }] }, { componentVariable: [place] }],
    [
      'TC_N_03_CSMS by both',
      { criteria: ['delta'], variables: [{ key: 'EVSE:1' }] },
      { monitoringCriteria: ['DeltaMonitoring'], componentVariable: [{ component: place.component }] },
    ],
    [
      'TC_N_60_CSMS by all that they do, and a list of variables',
      { criteria: ['threshold', 'delta', 'periodic'], variables: [{ key: 'EVSE:1.Current' }, { key: 'EVSE:1' }] },
      {
        monitoringCriteria: ['ThresholdMonitoring', 'DeltaMonitoring', 'PeriodicMonitoring'],
        componentVariable: [place, { component: place.component }],
      },
    ],
  ])('%s: a report of some monitors', async (_, wanted, asked) => {
    await begin()
    one.answers('GetMonitoringReport', accepted, report([watched(7)], [watched(8, 'Delta')]))
    expect(await one.order({ type: 'getMonitors', ...wanted })).toMatchObject({ outcome: 'succeeded' })
    const { requestId, ...rest } = one.asked('GetMonitoringReport')[0] ?? {}
    expect([typeof requestId, rest]).toEqual(['number', asked])
    expect(await one.bodies('monitor')).toMatchObject([
      { id: 7, name: 'EVSE:1.Current', type: 'upperThreshold', value: 16, severity: 4 },
      { id: 8, type: 'delta' },
    ])
  })

  it('TC_N_47_CSMS a report of all monitors: what it does not name is not there any more', async () => {
    await begin()
    one.answers('GetMonitoringReport', accepted, report([watched(7), watched(8)]))
    await one.order({ type: 'getMonitors' })
    one.answers('GetMonitoringReport', accepted, report([watched(8)]))
    expect(await one.order({ type: 'getMonitors' })).toMatchObject({ outcome: 'succeeded' })
    expect(await one.bodies('monitor')).toMatchObject([{ id: 8 }])
    one.answers('GetMonitoringReport', { status: 'EmptyResultSet' })
    expect(await one.order({ type: 'getMonitors' })).toMatchObject({ outcome: 'succeeded' })
    expect(await one.bodies('monitor')).toEqual([])
  })

  it('TC_N_05_CSMS the base of monitors: but for all of them, ours are gone', async () => {
    await begin()
    one.answers('SetMonitoringBase', accepted)
    for (const base of ['all', 'factoryDefault', 'hardWiredOnly'])
      expect(await one.order({ type: 'setMonitoringBase', base })).toMatchObject({ outcome: 'succeeded' })
    expect(one.asked('SetMonitoringBase')).toEqual([
      { monitoringBase: 'All' },
      { monitoringBase: 'FactoryDefault' },
      { monitoringBase: 'HardWiredOnly' },
    ])
    expect(await one.bodies('monitoring')).toEqual([{ base: 'hardWiredOnly' }])
  })

  const results =
    (...statuses: readonly string[]) =>
    (params: object) => ({
      setMonitoringResult: (
        params as { setMonitoringData: { type: string; severity: number; component: object; variable: object }[] }
      ).setMonitoringData.map(({ type, severity, component, variable }, i) => ({
        type,
        severity,
        component,
        variable,
        status: statuses[i],
        ...(statuses[i] === 'Accepted' && { id: 40 + i }),
      })),
    })

  it('TC_N_08_CSMS watch one variable', async () => {
    await begin()
    one.answers('SetVariableMonitoring', results('Accepted'))
    const monitor = { key: 'EVSE:1.AvailabilityState', type: 'delta', value: 1, severity: 8 }
    expect(await one.order({ type: 'setMonitors', monitors: [monitor] })).toMatchObject({ outcome: 'succeeded' })
    expect(one.asked('SetVariableMonitoring')).toEqual([
      {
        setMonitoringData: [
          {
            component: { name: 'EVSE', evse: { id: 1 } },
            variable: { name: 'AvailabilityState' },
            type: 'Delta',
            value: 1,
            severity: 8,
          },
        ],
      },
    ])
    expect(await one.bodies('monitor')).toMatchObject([{ id: 40, kind: 'CustomMonitor', value: 1 }])
  })

  it('TC_N_09_CSMS watch several variables: what is refused is named', async () => {
    await begin()
    one.answers('SetVariableMonitoring', results('Accepted', 'UnsupportedMonitorType', 'Accepted'))
    const monitors = [
      { key: 'EVSE:1.Current', type: 'upperThreshold', value: 16, severity: 4 },
      { key: 'EVSE:1.Current', type: 'lowerThreshold', value: 6, severity: 4 },
      { key: 'EVSE:1.Power', type: 'periodic', value: 900, severity: 8, duringSession: true },
    ]
    expect(await one.order({ type: 'setMonitors', monitors })).toMatchObject({
      outcome: 'rejected',
      reason: 'EVSE:1.Current lowerThreshold: UnsupportedMonitorType',
    })
    expect(await one.bodies('monitor')).toMatchObject([{ id: 40 }, { id: 42, transaction: true }])
  })

  it('TC_N_16_CSMS the level of events', async () => {
    await begin()
    one.answers('SetMonitoringLevel', accepted)
    expect(await one.order({ type: 'setMonitoringLevel', severity: 4 })).toMatchObject({ outcome: 'succeeded' })
    expect(one.asked('SetMonitoringLevel')).toEqual([{ severity: 4 }])
    expect(await one.bodies('monitoring')).toEqual([{ severity: 4 }])
  })

  it('TC_N_17_CSMS a level that is none is refused: by us, or by the station', async () => {
    await begin()
    one.answers('SetMonitoringLevel', { status: 'Rejected' })
    expect(await one.order({ type: 'setMonitoringLevel', severity: 10 })).toMatchObject({ status: 422 })
    expect(await one.order({ type: 'setMonitoringLevel', severity: 9 })).toMatchObject({ outcome: 'rejected' })
    expect([one.asked('SetMonitoringLevel'), await one.bodies('monitoring')]).toEqual([[{ severity: 9 }], []])
  })

  const cleared = (status: string) => (params: object) => ({
    clearMonitoringResult: (params as { id: number[] }).id.map((id) => ({ id, status })),
  })

  it('TC_N_18_CSMS no more monitors are cleared at once than the station takes', async () => {
    await begin()
    one.answers('GetVariables', ({ getVariableData }) => ({
      getVariableResult: (getVariableData as object[]).map((data) => ({
        ...data,
        attributeStatus: 'Accepted',
        attributeValue: '2',
      })),
    }))
    const limit = { key: 'MonitoringCtrlr.ItemsPerMessage[ClearVariableMonitoring]' }
    await one.order({ type: 'getVariables', variables: [limit] })
    one.answers('ClearVariableMonitoring', cleared('Accepted'))
    expect(await one.order({ type: 'clearMonitors', ids: [1, 2, 3, 4, 5] })).toMatchObject({ outcome: 'succeeded' })
    expect(one.asked('ClearVariableMonitoring')).toEqual([{ id: [1, 2] }, { id: [3, 4] }, { id: [5] }])
  })

  it('TC_N_44_CSMS a monitor that may not be cleared stays, one that is not found is gone', async () => {
    await begin()
    one.answers('GetMonitoringReport', accepted, report([watched(7)]))
    await one.order({ type: 'getMonitors' })
    one.answers('ClearVariableMonitoring', cleared('Rejected'))
    expect(await one.order({ type: 'clearMonitors', ids: [7] })).toMatchObject({
      outcome: 'rejected',
      reason: 'monitor 7: Rejected',
    })
    expect(await one.bodies('monitor')).toHaveLength(1)
    one.answers('ClearVariableMonitoring', cleared('NotFound'))
    expect(await one.order({ type: 'clearMonitors', ids: [7] })).toMatchObject({ reason: 'monitor 7: NotFound' })
    expect(await one.bodies('monitor')).toEqual([])
  })

  const event = (more: object) =>
    one.say('NotifyEvent', {
      generatedAt: at(),
      seqNo: 0,
      tbc: false,
      eventData: [
        {
          eventId: 1,
          timestamp: at(),
          trigger: 'Alerting',
          actualValue: '40',
          component: { name: 'EVSE', evse: { id: 1 } },
          variable: { name: 'Temperature' },
          eventNotificationType: 'CustomMonitor',
          ...more,
        },
      ],
    })

  it('TC_N_21_CSMS an event of a monitor that is wired in is told, and kept while it lasts', async () => {
    await begin()
    const hot = { eventNotificationType: 'HardWiredMonitor', variableMonitoringId: 3, techCode: 'E-7' }
    expect(await event(hot)).toEqual({})
    expect(await one.bodies('fault')).toMatchObject([
      { name: 'EVSE:1.Temperature', monitor: 3, techCode: 'E-7', value: '40' },
    ])
    expect(await one.bodies('variable')).toMatchObject([{ name: 'EVSE:1.Temperature', value: '40' }])
    expect(await one.told('charge-point.told')).toMatchObject([
      {
        topic: 'event',
        count: 1,
        events: [{ variable: 'EVSE:1.Temperature', kind: 'HardWiredMonitor', techCode: 'E-7' }],
      },
    ])
  })

  it('TC_N_49_CSMS a threshold that is passed and, after a reboot, is not any more', async () => {
    await begin()
    await event({ variableMonitoringId: 3 })
    await event({ variableMonitoringId: 4 })
    await one.say('BootNotification', { reason: 'PowerUp', chargingStation: { vendorName: 'V', model: 'M' } })
    expect(await event({ eventId: 2, variableMonitoringId: 3, actualValue: '20', cleared: true })).toEqual({})
    expect(await one.bodies('fault')).toMatchObject([{ monitor: 4 }])
    expect(await one.bodies('variable')).toMatchObject([{ value: '20' }])
  })

  it('TC_N_24_CSMS a monitor by the clock is set, and its events are told as they come', async () => {
    await begin()
    one.answers('SetVariableMonitoring', results('Accepted'))
    const monitor = { key: 'EVSE:1.Power', type: 'periodicClockAligned', value: 900, severity: 8 }
    expect(await one.order({ type: 'setMonitors', monitors: [monitor] })).toMatchObject({ outcome: 'succeeded' })
    expect(await event({ trigger: 'Periodic', variableMonitoringId: 40, variable: { name: 'Power' } })).toEqual({})
    expect(await one.bodies('fault')).toEqual([])
    expect(await one.bodies('variable')).toMatchObject([{ name: 'EVSE:1.Power', value: '40' }])
  })

  it('TC_N_50_CSMS what comes with every beat raises no alarm, however severe; what is severe and new raises one (2.1)', async () => {
    await begin('ocpp2.1')
    await event({ trigger: 'Periodic', severity: 0 })
    await event({ trigger: 'Alerting', severity: 8 })
    await event({ trigger: 'Alerting', severity: 2, variableMonitoringId: 5 })
    await event({ trigger: 'Alerting', severity: 2, variableMonitoringId: 5, cleared: true })
    const alarms = await until('the alarm', async () => {
      const told = await one.told('security.alarm')
      return told.length > 0 && told
    })
    expect(alarms).toMatchObject([{ alarm: 'critical event', detail: 'EVSE:1.Temperature is 40, severity 2' }])
  })

  it('TC_G_20_CSMS a lock that fails is told by an event, which is answered; so is how a connector stands', async () => {
    await begin()
    const lock = { name: 'ConnectorPlugRetentionLock', evse: { id: 1, connectorId: 1 } }
    const problem = { component: lock, variable: { name: 'Problem' }, eventNotificationType: 'HardWiredNotification' }
    expect(await event({ ...problem, actualValue: 'true' })).toEqual({})
    expect(await one.bodies('fault')).toMatchObject([{ name: 'ConnectorPlugRetentionLock:1/1.Problem', value: 'true' }])
    await event({ ...problem, actualValue: 'false' })
    expect(await one.bodies('fault')).toEqual([])
    const connector = { name: 'Connector', evse: { id: 1, connectorId: 1 } }
    await event({
      component: connector,
      variable: { name: 'AvailabilityState' },
      trigger: 'Delta',
      actualValue: 'Faulted',
    })
    await until('the connector', async () => {
      const { body } = await setting.test.api('GET', `/api/v1/charge-points/${one.identity}`)
      return JSON.stringify(body).includes('"faulted"')
    })
  })

  const data =
    (...pieces: readonly string[]) =>
    async (params: object) => {
      // the last comes first
      for (const seqNo of [...pieces.keys()].reverse())
        await one.say('NotifyCustomerInformation', {
          requestId: (params as { requestId: number }).requestId,
          generatedAt: at(),
          seqNo,
          tbc: seqNo < pieces.length - 1,
          data: pieces[seqNo],
        })
    }
  const ask = (more: object) => one.order({ type: 'customerInformation', token: 'GOOD', ...more })

  it('TC_N_27_CSMS what a station knows of a customer, in pieces: one text', async () => {
    await begin()
    one.answers('CustomerInformation', accepted, data('He charged ', 'at night ', 'and left.'))
    expect(await ask({})).toMatchObject({ outcome: 'succeeded' })
    expect(one.asked('CustomerInformation')).toMatchObject([
      { report: true, clear: false, idToken: { idToken: 'GOOD', type: 'ISO14443' } },
    ])
    expect(await one.bodies('customerData')).toEqual([{ text: 'He charged at night and left.' }])
    expect(JSON.stringify(await one.told('charge-point.told'))).not.toContain('night')
  })

  it('TC_N_28_CSMS what a station knows of a customer: nothing', async () => {
    await begin()
    one.answers('CustomerInformation', accepted, data(''))
    expect(await ask({})).toMatchObject({ outcome: 'succeeded' })
    expect(await one.bodies('customerData')).toEqual([{ text: '' }])
  })

  it('TC_N_29_CSMS a station that does not tell of its customers', async () => {
    await begin()
    one.answers('CustomerInformation', { status: 'Rejected' })
    expect(await ask({})).toMatchObject({ outcome: 'rejected' })
    one.answers('CustomerInformation', { status: 'Invalid' })
    expect(await ask({})).toMatchObject({ outcome: 'failed' })
  })

  it.each([
    ['TC_N_30_CSMS', 'what it knew', 'All of it'],
    ['TC_N_31_CSMS', 'that it knew nothing', ''],
  ])('%s a station forgets a customer, and tells %s', async (_, __, known) => {
    await begin()
    one.answers('CustomerInformation', accepted, data(known))
    expect(await ask({ clear: true })).toMatchObject({ outcome: 'succeeded' })
    expect(one.asked('CustomerInformation')).toMatchObject([{ report: true, clear: true }])
    expect(await one.bodies('customerData')).toEqual([{ text: known }])
  })

  it('TC_N_32_CSMS a station forgets a customer, and tells nothing', async () => {
    await begin()
    one.answers('CustomerInformation', accepted)
    expect(await ask({ clear: true, report: false })).toMatchObject({ outcome: 'succeeded' })
    expect(one.asked('CustomerInformation')).toMatchObject([{ report: false, clear: true }])
  })

  it('TC_N_46_CSMS whom a station forgets is taken from its local list as well', async () => {
    await begin()
    let versionNumber = 0
    const versionOf = (params: object) => {
      versionNumber = (params as { versionNumber: number }).versionNumber
      return accepted
    }
    one.answers('GetLocalListVersion', () => ({ versionNumber }))
    one.answers('SendLocalList', versionOf)
    await setting.test.api('PUT', '/api/v1/tokens/OTHER', { type: 'RFID' })
    expect(await one.order({ type: 'syncLocalList', tokens: ['GOOD', 'OTHER'] })).toMatchObject({
      outcome: 'succeeded',
    })
    one.answers('CustomerInformation', accepted)
    await ask({ clear: true, report: false })
    await until('the list', async () => one.asked('SendLocalList').length === 2)
    expect(one.asked('SendLocalList')[1]).toEqual({
      versionNumber: 2,
      updateType: 'Differential',
      localAuthorizationList: [{ idToken: { idToken: 'GOOD', type: 'ISO14443' } }],
    })
  })

  const hash = { hashAlgorithm: 'SHA256', issuerNameHash: 'aa', issuerKeyHash: 'bb', serialNumber: '01' }
  it.each([
    ['TC_N_62_CSMS', 'their number', { customerId: 'C-7' }, { customerIdentifier: 'C-7' }],
    ['TC_N_63_CSMS', 'their certificate', { certificate: hash }, { customerCertificate: hash }],
  ])('%s a customer by %s, and by nothing else', async (_, __, who, named) => {
    await begin()
    one.answers('CustomerInformation', accepted)
    const order = { type: 'customerInformation', report: false, clear: true }
    expect(await one.order({ ...order, ...who })).toMatchObject({ outcome: 'succeeded' })
    const { requestId: _id, ...asked } = one.asked('CustomerInformation')[0] ?? {}
    expect(asked).toEqual({ report: false, clear: true, ...named })
    expect(await one.order({ ...order, ...who, token: 'GOOD' })).toMatchObject({ status: 422 })
    expect(await one.order(order)).toMatchObject({ status: 422 })
  })
})
