import { createRPCError } from 'ocpp-rpc'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../support/server.ts'
import { foreignStation } from '../support/station.ts'
import { password } from './setting.ts'
import { at, type ModelCase, type ModelSetting, setUpModel } from './model-setting.ts'

/** The device model of OCPP 2.0.1, by the cases of part 6, edition 3: variables, reports, network profiles, passwords. */
describe('OCPP 2.0.1, the device model', () => {
  let setting: ModelSetting
  let one: ModelCase
  let serial = 0

  beforeAll(async () => {
    setting = await setUpModel()
  })
  afterAll(() => setting?.stop())
  afterEach(() => one?.close().catch(() => {}))
  const begin = async (): Promise<ModelCase> => (one = await setting.station(`MODEL-${++serial}`))

  interface Wanted {
    readonly component: object
    readonly variable: object
    readonly attributeType?: string
  }
  const each = (field: string, list: string, more: (wanted: Wanted, i: number) => object) => (params: object) => ({
    [field]: (params as Record<string, readonly Wanted[]>)[list]?.map((wanted, i) => ({
      component: wanted.component,
      variable: wanted.variable,
      ...(wanted.attributeType !== undefined && { attributeType: wanted.attributeType }),
      ...more(wanted, i),
    })),
  })
  const values = (...all: readonly string[]) =>
    each('getVariableResult', 'getVariableData', (_, i) => ({ attributeStatus: 'Accepted', attributeValue: all[i] }))
  const statuses = (...all: readonly string[]) =>
    each('setVariableResult', 'setVariableData', (_, i) => ({ attributeStatus: all[i] }))

  const reported = (variable: string, value: string, component = 'OCPPCommCtrlr') => ({
    component: { name: component },
    variable: { name: variable },
    variableAttribute: [{ type: 'Actual', value, mutability: 'ReadWrite' }],
    variableCharacteristics: { dataType: 'integer', supportsMonitoring: false, unit: 's' },
  })
  const page = (seqNo: number, tbc: boolean, reportData: readonly object[]) => (params: object) =>
    one.say('NotifyReport', {
      requestId: (params as { requestId: number }).requestId,
      generatedAt: at(),
      seqNo,
      tbc,
      reportData,
    })

  it('TC_B_06_CSMS get one variable: by its name, or by the key that 1.6 has for it', async () => {
    await begin()
    one.answers('GetVariables', values('300'))
    expect(await one.order({ type: 'getConfig', keys: ['HeartbeatInterval'] })).toMatchObject({ outcome: 'succeeded' })
    expect(
      await one.order({ type: 'getVariables', variables: [{ key: 'TxCtrlr.EVConnectionTimeOut' }] }),
    ).toMatchObject({
      outcome: 'succeeded',
    })
    expect(one.asked('GetVariables')).toEqual([
      { getVariableData: [{ component: { name: 'OCPPCommCtrlr' }, variable: { name: 'HeartbeatInterval' } }] },
      { getVariableData: [{ component: { name: 'TxCtrlr' }, variable: { name: 'EVConnectionTimeOut' } }] },
    ])
    expect(await one.bodies('variable')).toMatchObject([
      { name: 'OCPPCommCtrlr.HeartbeatInterval', value: '300' },
      { name: 'TxCtrlr.EVConnectionTimeOut', value: '300' },
    ])
    const { body } = await setting.test.api('GET', `/api/v1/charge-points/${one.identity}/configuration`)
    expect(body).toMatchObject({ items: [{ key: 'HeartbeatInterval', value: '300' }] })
  })

  it('TC_B_07_CSMS get several variables at once, each of its own component, place and attribute', async () => {
    await begin()
    one.answers('GetVariables', values('300', 'Occupied', '16'))
    const variables = [
      { key: 'OCPPCommCtrlr.HeartbeatInterval' },
      { component: { name: 'Connector', evse: 1, connector: 1 }, variable: { name: 'AvailabilityState' } },
      { key: 'EVSE:1.Power', attribute: 'maxSet' },
    ]
    expect(await one.order({ type: 'getVariables', variables })).toMatchObject({ outcome: 'succeeded' })
    expect(one.asked('GetVariables')[0]?.['getVariableData']).toMatchObject([
      { component: { name: 'OCPPCommCtrlr' } },
      { component: { name: 'Connector', evse: { id: 1, connectorId: 1 } } },
      { component: { name: 'EVSE', evse: { id: 1 } }, attributeType: 'MaxSet' },
    ])
    expect(await one.bodies('variable')).toMatchObject([
      { name: 'Connector:1/1.AvailabilityState', value: 'Occupied' },
      { name: 'EVSE:1.Power' },
      { name: 'OCPPCommCtrlr.HeartbeatInterval' },
    ])
  })

  it('TC_B_09_CSMS set one variable; what needs a reboot is not in force yet', async () => {
    await begin()
    one.answers('SetVariables', statuses('Accepted'))
    const set = { type: 'setConfig', key: 'HeartbeatInterval', value: '60' }
    expect(await one.order(set)).toMatchObject({ outcome: 'succeeded' })
    expect(one.asked('SetVariables')).toEqual([
      {
        setVariableData: [
          { component: { name: 'OCPPCommCtrlr' }, variable: { name: 'HeartbeatInterval' }, attributeValue: '60' },
        ],
      },
    ])
    one.answers('SetVariables', statuses('RebootRequired'))
    expect(await one.order({ ...set, value: '90' })).toMatchObject({ outcome: 'succeeded' })
    expect(await one.bodies('variable')).toMatchObject([{ value: '60', afterBoot: '90' }])
    one.answers('SetVariables', statuses('UnknownVariable'))
    expect(await one.order(set)).toMatchObject({
      outcome: 'unsupported',
      reason: 'OCPPCommCtrlr.HeartbeatInterval: UnknownVariable',
    })
    expect(await one.bodies('variable')).toEqual([])
  })

  it('TC_B_10_CSMS set several variables at once: what is refused is named, what is taken counts', async () => {
    await begin()
    one.answers('SetVariables', statuses('Accepted', 'Rejected'))
    const variables = [
      { key: 'OCPPCommCtrlr.OfflineThreshold', value: '30' },
      { key: 'AuthCtrlr.AuthorizeRemoteStart', value: 'maybe' },
    ]
    expect(await one.order({ type: 'setVariables', variables })).toMatchObject({
      outcome: 'rejected',
      reason: 'AuthCtrlr.AuthorizeRemoteStart: Rejected',
    })
    expect(one.asked('SetVariables')[0]?.['setVariableData']).toHaveLength(2)
    expect(await one.bodies('variable')).toMatchObject([{ name: 'OCPPCommCtrlr.OfflineThreshold', value: '30' }])
  })

  it('TC_B_10_CSMS in as many messages as the station takes; what was too much for it goes in halves', async () => {
    await begin()
    one.answers('GetVariables', values('4'))
    await one.order({ type: 'getVariables', variables: [{ key: 'DeviceDataCtrlr.ItemsPerMessage[SetVariables]' }] })
    one.answers('SetVariables', (params) => {
      const { length } = params['setVariableData'] as readonly unknown[]
      if (length > 3) throw createRPCError('OccurrenceConstraintViolation')
      return statuses(...Array.from({ length }, () => 'Accepted'))(params)
    })
    const variables = Array.from({ length: 7 }, (_, i) => ({ key: `Vendor.Variable${i}`, value: String(i) }))
    const twin = { key: 'vendor.variable0', value: 'again' }
    const done = await one.order({
      type: 'setVariables',
      variables: [...variables.slice(0, 1), twin, ...variables.slice(1)],
    })
    const sizes = one.asked('SetVariables').map((p) => (p['setVariableData'] as readonly unknown[]).length)
    expect([done.outcome, sizes]).toEqual(['succeeded', [1, 4, 2, 2, 2, 1]])
    expect(await one.bodies('variable')).toHaveLength(8)
  })

  it.each([
    ['TC_B_12_CSMS', 'full', 'FullInventory'],
    ['TC_B_13_CSMS', 'configuration', 'ConfigurationInventory'],
    ['TC_B_14_CSMS', 'summary', 'SummaryInventory'],
  ])('%s a report of everything: %s, page by page, in whatever order they come', async (_, base, reportBase) => {
    await begin()
    one.answers('GetVariables', values('old'))
    await one.order({ type: 'getVariables', variables: [{ key: 'Old.Variable' }] })
    const [first, second] = [reported('HeartbeatInterval', '300'), reported('OfflineThreshold', '60')]
    one.answers('GetBaseReport', { status: 'Accepted' }, async (params) => {
      await page(1, false, [second])(params)
      await page(0, true, [first])(params)
      await page(0, true, [first])(params)
    })
    expect(await one.order({ type: 'refreshInventory', base })).toMatchObject({ state: 'done', outcome: 'succeeded' })
    expect(one.asked('GetBaseReport').at(-1)).toMatchObject({ reportBase })
    const names = (await one.bodies('variable')).map(({ name }) => name)
    const whole = ['OCPPCommCtrlr.HeartbeatInterval', 'OCPPCommCtrlr.OfflineThreshold']
    expect(names).toEqual(base === 'full' ? whole : [...whole, 'Old.Variable'].toSorted())
    expect((await one.bodies('variable')).find(({ variable }) => variable === 'OfflineThreshold')).toMatchObject({
      value: '60',
      mutability: 'ReadWrite',
      characteristics: { dataType: 'integer', unit: 's', supportsMonitoring: false },
    })
    expect(await one.bodies('inventory')).toMatchObject(base === 'full' ? [{ firmware: '' }] : [])
  })

  it('TC_B_18_CSMS a report of some components, by how they are and by name; BI-47 a page that nobody asked for is confirmed and changes nothing', async () => {
    await begin()
    one.answers('GetReport', { status: 'Accepted' }, page(0, false, [reported('Problem', 'true', 'ChargingStation')]))
    const asks = { criteria: ['problem'], variables: [{ key: 'ChargingStation' }, { key: 'EVSE:1.AvailabilityState' }] }
    expect(await one.order({ type: 'getReport', ...asks })).toMatchObject({ outcome: 'succeeded' })
    expect(one.asked('GetReport')).toMatchObject([
      {
        componentCriteria: ['Problem'],
        componentVariable: [
          { component: { name: 'ChargingStation' } },
          { component: { name: 'EVSE', evse: { id: 1 } }, variable: { name: 'AvailabilityState' } },
        ],
      },
    ])
    expect(await page(0, false, [reported('Stray', '1')])({ requestId: 999_999 })).toEqual({})
    expect((await one.bodies('variable')).map(({ name }) => name)).toEqual(['ChargingStation.Problem'])
    one.answers('GetReport', { status: 'EmptyResultSet' })
    expect(await one.order({ type: 'getReport', ...asks })).toMatchObject({ outcome: 'succeeded' })
  })

  it('B07.FR.14 what a station has is asked for when its firmware is new, and not with every boot', async () => {
    await begin()
    const boot = (firmwareVersion: string) =>
      one.say('BootNotification', {
        reason: 'PowerUp',
        chargingStation: { vendorName: 'Vendor', model: 'Model', firmwareVersion },
      })
    one.answers('GetBaseReport', { status: 'Accepted' }, page(0, false, [reported('HeartbeatInterval', '300')]))
    const reports = (): number => one.asked('GetBaseReport').length
    for (const firmware of ['1.0', '1.1']) {
      await boot(firmware)
      await until(
        `the report of ${firmware}`,
        async () => (await one.bodies('inventory'))[0]?.['firmware'] === firmware,
      )
    }
    await boot('1.1')
    await new Promise((go) => setTimeout(go, 300))
    expect(reports()).toBe(2)
  })

  const profile = {
    slot: 2,
    url: 'wss://csms.example/ocpp',
    securityProfile: 2,
    interface: 'Wireless0',
    apn: { name: 'internet', password: 'SECRET-OF-APN', authentication: 'AUTO' },
  }

  it('TC_B_42_CSMS a network profile is taken, and kept without what opens anything', async () => {
    await begin()
    one.answers('SetNetworkProfile', { status: 'Accepted' })
    expect(await one.order({ type: 'setNetworkProfile', ...profile })).toMatchObject({ outcome: 'succeeded' })
    expect(one.asked('SetNetworkProfile')).toEqual([
      {
        configurationSlot: 2,
        connectionData: {
          ocppVersion: 'OCPP20',
          ocppTransport: 'JSON',
          ocppCsmsUrl: 'wss://csms.example/ocpp',
          messageTimeout: 30,
          securityProfile: 2,
          ocppInterface: 'Wireless0',
          apn: { apn: 'internet', apnPassword: 'SECRET-OF-APN', apnAuthentication: 'AUTO' },
        },
      },
    ])
    expect(await one.bodies('networkProfile')).toEqual([
      {
        slot: 2,
        url: 'wss://csms.example/ocpp',
        securityProfile: 2,
        timeoutS: 30,
        interface: 'Wireless0',
        apn: 'internet',
      },
    ])
  })

  it('TC_B_44_CSMS a network profile that fails is not kept', async () => {
    await begin()
    one.answers('SetNetworkProfile', { status: 'Failed' })
    expect(await one.order({ type: 'setNetworkProfile', ...profile })).toMatchObject({ outcome: 'failed' })
    expect(await one.bodies('networkProfile')).toEqual([])
  })

  it('TC_A_19_CSMS raise the security profile: the network profile, its place, a reset; from then on nothing less will do', async () => {
    await begin()
    one.answers('SetNetworkProfile', { status: 'Accepted' })
    one.answers('SetVariables', statuses('Accepted'))
    one.answers('Reset', { status: 'Accepted' })
    await one.order({ type: 'setNetworkProfile', ...profile, slot: 1, securityProfile: 1 })
    const moves = one.order({ type: 'moveStation', ...profile })
    await until('the answer to the reset', async () => {
      const [command] = await setting.rows`
        select state from commands where identity = ${one.identity} and command_order->>'type' = 'moveStation'`
      return one.asked('Reset').length === 1 && command?.['state'] === 'answered'
    })
    expect(one.asked('SetVariables')[0]?.['setVariableData']).toMatchObject([
      { variable: { name: 'NetworkConfigurationPriority' }, attributeValue: '2' },
    ])
    const [row] = await setting.rows`select next_profile from charge_points where identity = ${one.identity}`
    expect(row?.['next_profile']).toBe(2)
    await one.say('BootNotification', { reason: 'ApplicationReset', chargingStation: { vendorName: 'V', model: 'M' } })
    expect(await moves).toMatchObject({ state: 'done', outcome: 'succeeded' })
  })

  /** Who is refused must not try too often. */
  const comes = (secret: string): Promise<string> =>
    foreignStation(setting.test.url, one.identity, secret, { protocol: 'ocpp2.0.1' }).then(
      async (station) => {
        await station.close()
        return 'let in'
      },
      (error: unknown) => String(error),
    )
  const sentPassword = (): string =>
    String(
      (one.asked('SetVariables')[0] as { setVariableData?: { attributeValue: string }[] } | undefined)
        ?.setVariableData?.[0]?.attributeValue,
    )

  it('TC_A_09_CSMS a new password, a text: after Accepted the old one is dead, and the new one is good', async () => {
    await begin()
    one.answers('SetVariables', statuses('Accepted'))
    expect(await one.order({ type: 'rotatePassword' })).toMatchObject({ outcome: 'succeeded' })
    expect(one.asked('SetVariables')[0]?.['setVariableData']).toMatchObject([
      { component: { name: 'SecurityCtrlr' }, variable: { name: 'BasicAuthPassword' } },
    ])
    expect(sentPassword()).toMatch(/^[\w-]{32}$/)
    await one.close()
    expect(await comes(sentPassword())).toBe('let in')
    await until('the old one is dead', async () => (await comes(password)) !== 'let in')
    expect(JSON.stringify(await one.bodies('variable'))).not.toContain(sentPassword())
  })

  it('TC_A_10_CSMS a new password that is rejected: the old one stays', async () => {
    await begin()
    one.answers('SetVariables', statuses('Rejected'))
    expect(await one.order({ type: 'rotatePassword' })).toMatchObject({ outcome: 'rejected' })
    await one.close()
    expect(await comes(password)).toBe('let in')
    expect(await comes(sentPassword())).toContain('Unauthorized')
  })

  it('A01 the password is set by no other order, nor by hand', async () => {
    await begin()
    one.answers('SetVariables', statuses('Accepted'))
    const variables = [{ key: 'securityctrlr.BASICAUTHPASSWORD', value: 'a-password-that-nobody-knows' }]
    for (const order of [
      { type: 'setVariables', variables },
      { type: 'setConfig', key: 'AuthorizationKey', value: 'a-password-that-nobody-knows' },
    ])
      expect(await one.order(order)).toMatchObject({ outcome: 'unsupported' })
    const raw = {
      setVariableData: [
        { attributeValue: 'x', component: { name: 'SecurityCtrlr' }, variable: { name: 'BasicAuthPassword' } },
      ],
    }
    const path = `/api/v1/charge-points/${one.identity}/ocpp/SetVariables`
    expect((await setting.test.api('POST', path, raw)).status).toBeGreaterThanOrEqual(400)
    expect(one.asked('SetVariables')).toEqual([])
  })
})
