import { describe, expect, it } from 'vitest'
import { packs } from '../../core/ocpp/quirks/index.ts'
import { energyOf } from '../../core/domain/session.ts'
import type { Order } from '../../core/domain/command.ts'
import { accept, testWorker } from '../support/worker.ts'

const boot = (vendor: string, model: string, firmware?: string): unknown => [
  2,
  'boot',
  'BootNotification',
  { chargePointVendor: vendor, chargePointModel: model, ...(firmware !== undefined && { firmwareVersion: firmware }) },
]
const start = { connectorId: 1, idTag: 'CARD1', meterStart: 1_000, timestamp: '2026-11-24T11:00:00Z' }
const started = [3, 's', { transactionId: 1_000_001, idTagInfo: { status: 'Accepted' } }]
const longTag = 'BA86I250X5G6MOD5DLKD'

/** The makes, as they name themselves. */
const makes = {
  'abb-terra': boot('ABB', 'CDT_TACW22::NET_WIFI', 'TAC3Z9119006710273::V1.8.21'),
  aefa: boot('AEFA', 'Home OCPP', 'SW:A1B_2.8-HW:B07_0.5'),
  autel: boot('Autel', 'MaxiChargerAC', 'PFA0102|V0.00.00|V1.38.00||2.4.3.0'),
  'en-plus': boot('EN+', '37', '1.1.805'),
  'grizzl-e': boot('United Chargers', 'GRS-*', '05.621'),
  growatt: boot('Growatt', 'THOR_11AS', 'THOR_11AS-V5.2.4-20230307-NOVO'),
  huawei: boot('', 'ACChargePoint'),
  injet: boot('INJET', 'Sonic'),
  jigu: boot('JIGU', 'WeGood', 'V1.4'),
  legrand: boot('Legrand', "Green'Up"),
  ocular: boot('BS AC EV Charger', 'BS-EV22', '448.3251.0Q03197'),
  openevse: boot('OpenEVSE', 'Advanced Series', 'v4.2.2'),
  sigen: boot('Sigenergy', 'EVAC'),
  wallbe: boot('wallbe', 'Smart Charge Control', 'BE-03.01.29'),
  'zj-beny': boot('ZJBENY', 'BCP-B2N-L', '1.0.23'),
} as const

const booted = async (make: keyof typeof makes) => {
  const test = testWorker()
  await test.worker.start()
  for (const uid of ['CARD1', longTag, 'X16WG99J2QIEGCC0MCJ5']) test.tokens.set(...accept(uid))
  const station = test.connect()
  await station.asks(makes[make])
  return { ...test, station }
}
type Booted = Awaited<ReturnType<typeof booted>>

/** What of it is stored: sessions with their energy, registers, the bytes that came, and what was put aside. */
const stored = ({ memory, reports }: Booted) => ({
  sessions: [...memory.sessions.values()].map((session) => ({
    state: session.state,
    token: session.token,
    stopToken: session.stopToken,
    wh: (energyOf(session)?.mwh ?? 0) / 1_000,
    flags: session.flags,
  })),
  registers: [...memory.samples.values()].map(({ registerMwh }) => registerMwh),
  wires: [...memory.facts.values()].map(({ fact }) => fact.wire),
  aside: memory.quarantine.length,
  statuses: reports.flatMap((r) => (r.kind === 'status' ? [[r.report.status, r.report.errorCode, r.report.at]] : [])),
})

type Story = readonly [
  make: keyof typeof makes,
  what: string,
  frames: readonly unknown[],
  answers: readonly unknown[],
  stored: object,
]

const stop = { transactionId: 1_000_001, meterStop: 6_000, timestamp: '2026-11-24T12:00:00Z' }
const reading = '"timestamp":"2026-11-24T11:30:00Z"'
const meter = (payload: object): unknown => [2, 'm', 'MeterValues', { connectorId: 1, ...payload }]

const stories: readonly Story[] = [
  [
    'ocular',
    'stops with an idTag that has grown by two control characters',
    [
      [2, 's', 'StartTransaction', { ...start, idTag: longTag }],
      [2, 't', 'StopTransaction', { ...stop, idTag: `${longTag}\u0010\u000e`, reason: 'EVDisconnected' }],
    ],
    [started, [3, 't', { idTagInfo: { status: 'Accepted' } }]],
    { sessions: [{ state: 'closed', token: longTag, stopToken: longTag, wh: 5_000, flags: ['repaired: ocular'] }] },
  ],
  [
    'sigen',
    'stops with an idTag that has grown by a hyphen',
    [
      [2, 's', 'StartTransaction', { ...start, idTag: 'X16WG99J2QIEGCC0MCJ5' }],
      [2, 't', 'StopTransaction', { ...stop, idTag: 'X16WG99J2QIEGCC0MCJ5-' }],
    ],
    [started, [3, 't', { idTagInfo: { status: 'Accepted' } }]],
    { sessions: [{ stopToken: 'X16WG99J2QIEGCC0MCJ5', wh: 5_000, flags: ['repaired: sigen'] }] },
  ],
  [
    'zj-beny',
    'leaves a comma before its first sample',
    [
      [2, 's', 'StartTransaction', start],
      `[2,"m","MeterValues",{"connectorId":1,"transactionId":1000001,"meterValue":[{${reading},"sampledValue":[,{"value":"3500","unit":"Wh"},{"value":"0","measurand":"Power.Active.Import","unit":"W"}]}]}]`,
    ],
    [started, [3, 'm', {}]],
    { sessions: [{ wh: 2_500, flags: ['repaired: zj-beny'] }], registers: [3_500_000], aside: 0 },
  ],
  [
    'aefa',
    'meters for a transaction without a number',
    [
      [2, 's', 'StartTransaction', start],
      `[2,"m","MeterValues",{"connectorId":1,"transactionId":,"meterValue":[{${reading},"sampledValue":[{"value":"3500","unit":"Wh"}]}]}]`,
      [2, 't', 'StopTransaction', stop],
    ],
    [started, [3, 'm', {}], [3, 't', {}]],
    { sessions: [{ state: 'closed', wh: 5_000 }], aside: 0 },
  ],
  [
    'growatt',
    'reports a status in local time without a zone: ours counts',
    [
      [
        2,
        'n',
        'StatusNotification',
        { connectorId: 1, status: 'Preparing', errorCode: 'NoError', timestamp: '2026-11-24T13:00:00' },
      ],
    ],
    [[3, 'n', {}]],
    { statuses: [['preparing', 'NoError', undefined]] },
  ],
  [
    'huawei',
    'sends one element where a list of them belongs',
    [
      [2, 's', 'StartTransaction', start],
      meter({
        transactionId: 1_000_001,
        meterValue: { timestamp: '2026-11-24T11:30:00Z', sampledValue: [{ value: '3.50', unit: 'kWh' }] },
      }),
    ],
    [started, [3, 'm', {}]],
    { sessions: [{ wh: 2_500, flags: ['repaired: huawei'] }], registers: [3_500_000], aside: 0 },
  ],
  [
    'legrand',
    'is faulted by an error of a name that there is not',
    [[2, 'n', 'StatusNotification', { connectorId: 0, errorCode: 'Error', status: 'Faulted' }]],
    [[3, 'n', {}]],
    { statuses: [['faulted', 'OtherError', undefined]] },
  ],
  [
    'openevse',
    'counts in kWh and calls them Wh',
    [
      [2, 's', 'StartTransaction', { ...start, meterStart: 361 }],
      meter({
        transactionId: 1_000_001,
        meterValue: [
          {
            timestamp: '2026-11-24T11:30:00Z',
            sampledValue: [
              { value: '9451', measurand: 'Power.Active.Import', unit: 'W' },
              { value: '365', measurand: 'Energy.Active.Import.Register', unit: 'Wh' },
            ],
          },
        ],
      }),
      [2, 't', 'StopTransaction', { ...stop, meterStop: 370 }],
    ],
    [started, [3, 'm', {}], [3, 't', {}]],
    { sessions: [{ state: 'closed', wh: 9_000, flags: ['repaired: openevse'] }], registers: [365_000_000] },
  ],
  [
    'injet',
    'names the neutral for its only phase',
    [
      [2, 's', 'StartTransaction', start],
      meter({
        transactionId: 1_000_001,
        meterValue: [
          {
            timestamp: '2026-11-24T11:30:00Z',
            sampledValue: [
              { measurand: 'Voltage', phase: 'L1-N', unit: 'V', value: '231.1' },
              { measurand: 'Current.Import', phase: 'N', unit: 'A', value: '15.6' },
            ],
          },
        ],
      }),
    ],
    [started, [3, 'm', {}]],
    { registers: [undefined], aside: 0 },
  ],
]

describe('a station of a make that is known to be special', () => {
  it.each(stories)('%s %s', async (make, _, frames, answers, expected) => {
    const test = await booted(make)
    const said: unknown[] = []
    for (const frame of frames) said.push(...(await test.station.asks(frame)))
    expect(said).toEqual(answers)
    expect(test.counts.get(`ocpp.frames.repaired ${make}`)).toBeGreaterThan(0)
    const kept = stored(test)
    expect(kept).toMatchObject(expected)
    // the bytes are kept as they came, whatever was made of them
    const came = frames.map((frame) => (typeof frame === 'string' ? frame : JSON.stringify(frame)))
    expect(kept.wires.filter((wire) => !came.includes(wire))).toEqual([])
  })

  it('injet: with three phases the neutral stays what it is', async () => {
    const { station, memory } = await booted('injet')
    const sampledValue = ['L1', 'N'].map((phase) => ({ measurand: 'Current.Import', phase, unit: 'A', value: '15' }))
    const [alone, beside] = [sampledValue.slice(1), sampledValue]
    const elements = [alone, beside].map((samples, i) => ({
      timestamp: `2026-11-24T11:3${i}:00Z`,
      sampledValue: samples,
    }))
    await station.asks([2, 's', 'StartTransaction', start])
    await station.asks(meter({ transactionId: 1_000_001, meterValue: elements }))
    const phases = [...memory.samples.values()].map(({ text }) =>
      [...text.matchAll(/"phase":"(\w+)"/g)].map(([, p]) => p),
    )
    expect(phases).toEqual([['L1'], ['L1', 'N']])
  })

  it('every make of the table is one, and has a story', () => {
    const told = [...stories.map(([make]) => make), ...others]
    expect(packs.map(({ name }) => name).filter((name) => !told.includes(name))).toEqual([])
  })
})

/** Makes whose story is what we say to them, below. */
const others: readonly string[] = ['grizzl-e', 'wallbe', 'abb-terra', 'autel', 'en-plus', 'jigu']

const ref = { tenant: 'default', identity: 'CP-1' }

const called = ({ bus, clock }: Booted, action: string, payload: object, forMs = 300_000) =>
  bus.ask('w1', { number: 1, to: ref, action, payload, deadline: clock.now() + forMs }, 600_000)

/** The id of the CALL that was written last. */
const lastId = ({ station }: Booted): string => String((JSON.parse(station.said.at(-1) ?? '[]') as unknown[])[1])
const written = ({ station }: Booted): number => station.said.filter((text) => text.startsWith('[2,')).length

const ordered = async (test: Booted, order: Order) => {
  const { clock, commands } = test
  const id = await test.order(order)
  await clock.pass(0)
  return commands.get(id)
}

describe('what is said to a station of a make that is known to be special', () => {
  it.each([
    [
      'grizzl-e',
      'lacks the last brackets',
      (id: string) => `[3,"${id}",{"configurationKey":[]`,
      { configurationKey: [] },
    ],
    [
      'wallbe',
      'has a NUL in it',
      (id: string) => `[3,"${id}",{"configurationKey":[{"key":"publicKey","readonly":true,"value":"\u0000"}]}]`,
      { configurationKey: [{ key: 'publicKey', readonly: true, value: '' }] },
    ],
  ] as const)('%s: its answer counts although it %s', async (make, _, answer, payload) => {
    const test = await booted(make)
    const outcome = called(test, 'GetConfiguration', { key: ['publicKey'] })
    await test.clock.pass(100)
    test.station.says(answer(lastId(test)))
    expect(await outcome).toMatchObject({ type: 'called', outcome: { type: 'result', payload, valid: true } })
  })

  it('grizzl-e: an answer that was cut within a value is none, and the next CALL goes out after the time for it', async () => {
    const test = await booted('grizzl-e')
    const [first, second] = ['a', 'b'].map((key) => called(test, 'GetConfiguration', { key: [key] }))
    await test.clock.pass(100)
    test.station.says(`[3,"${lastId(test)}",{"configurationKey":[{"key":"a","readonly":true,"value":"1`)
    await test.clock.pass(31_000)
    expect(await first).toMatchObject({ outcome: { type: 'timeoutUnknown' } })
    test.station.says([3, lastId(test), {}])
    expect(await second).toMatchObject({ outcome: { type: 'result' } })
  })

  it.each([
    ['autel', 'MaxiCharger'],
    ['ocular', 'Ocular'],
  ] as const)('%s: is not asked to start while it finishes, and whoever asked is told why', async (make, name) => {
    const test = await booted(make)
    const status = (id: string, is: string, connectorId = 1): unknown => [
      2,
      id,
      'StatusNotification',
      { connectorId, status: is, errorCode: 'NoError' },
    ]
    await test.station.asks(status('n0', 'Available', 0), status('n1', 'Finishing'))
    expect(await ordered(test, { type: 'startCharging', token: 'CARD1' })).toMatchObject({
      state: 'done',
      outcome: 'notDelivered',
      reason: expect.stringContaining(name) as string,
    })
    expect(written(test)).toBe(0)
    await test.station.asks(status('n2', 'Available'))
    void called(test, 'RemoteStartTransaction', { idTag: 'CARD1', connectorId: 1 })
    await test.clock.pass(100)
    expect(written(test)).toBe(1)
  })

  it('autel: where its row says that it is finishing, it is, also before it reports anew', async () => {
    const test = await booted('autel')
    const row = { evse: 1, connector: 1, status: 'finishing', errorCode: 'NoError', info: null }
    Object.assign(test.station.link.seat, { connectors: [row] })
    expect(await called(test, 'RemoteStartTransaction', { idTag: 'CARD1' })).toMatchObject({
      outcome: { type: 'notDelivered' },
    })
  })

  it('abb-terra: is not told to measure what makes it boot for ever; anything else it is told', async () => {
    const test = await booted('abb-terra')
    const set = (key: string, value: string) => called(test, 'ChangeConfiguration', { key, value })
    expect(await set('MeterValuesSampledData', 'Voltage,Frequency')).toMatchObject({
      outcome: { type: 'notDelivered', reason: expect.stringContaining('boots for ever') as string },
    })
    for (const [key, value] of [
      ['MeterValuesSampledData', 'Voltage,Current.Import'],
      ['MeterValuesAlignedData', ''],
      ['HeartbeatInterval', '60'],
    ] as const) {
      const outcome = set(key, value)
      await test.clock.pass(100)
      test.station.says([3, lastId(test), { status: 'Accepted' }])
      expect(await outcome).toMatchObject({ outcome: { type: 'result' } })
    }
  })

  it.each([
    ['the time for it has run out', 10_200],
    ['the socket has broken over it', 5_000],
  ])('en-plus: is left alone for a minute after a CALL, also on its next socket, when %s', async (_, ms) => {
    const test = await booted('en-plus')
    const outcome = called(test, 'ChangeAvailability', { connectorId: 0, type: 'Operative' })
    await test.clock.pass(ms)
    test.worker.gateway.closed(test.station.link, 1006)
    expect(await outcome).toMatchObject({ outcome: { type: 'timeoutUnknown' } })
    const again = { ...test, station: test.connect() }
    await again.station.asks(makes['en-plus'])
    const next = called(again, 'GetConfiguration', {})
    await test.clock.pass(59_000)
    expect(written(again)).toBe(0)
    await test.clock.pass(2_000)
    expect(written(again)).toBe(1)
    again.station.says([3, lastId(again), {}])
    expect(await next).toMatchObject({ outcome: { type: 'result' } })
  })

  it('en-plus: is waited for ten seconds, not thirty', async () => {
    const test = await booted('en-plus')
    const outcome = called(test, 'ClearCache', {})
    await test.clock.pass(10_200)
    expect(await outcome).toMatchObject({ outcome: { type: 'timeoutUnknown' } })
  })

  it('en-plus: what has no time to wait for its turn is not sent', async () => {
    const test = await booted('en-plus')
    const first = called(test, 'ClearCache', {})
    await test.clock.pass(100)
    test.station.says([3, lastId(test), { status: 'Accepted' }])
    await first
    const next = called(test, 'GetConfiguration', {}, 5_000)
    await test.clock.pass(5_200)
    expect(await next).toMatchObject({ outcome: { type: 'notDelivered', reason: 'its deadline passed in the queue' } })
    await test.clock.pass(120_000)
    expect(written(test)).toBe(1)
  })

  it('en-plus: what waits for its turn when the socket closes was not sent', async () => {
    const test = await booted('en-plus')
    const first = called(test, 'ClearCache', {})
    await test.clock.pass(100)
    test.station.says([3, lastId(test), { status: 'Accepted' }])
    await first
    await ordered(test, { type: 'getConfig' })
    test.worker.gateway.closed(test.station.link, 1006)
    await test.clock.pass(120_000)
    expect(written(test)).toBe(1)
    expect(test.commands.get('c1')).toMatchObject({ outcome: 'notDelivered', history: [{ state: 'done' }] })
  })

  it('ocular: is pinged after a minute of silence, not after half of it, and given up after three', async () => {
    const test = await booted('ocular')
    const { station, clock } = test
    await clock.pass(58_000)
    expect(station.pings()).toBe(0)
    await clock.pass(60_000)
    expect([station.pings() > 0, station.closes]).toEqual([true, []])
    await clock.pass(100_000)
    expect(station.closes).toEqual([{ code: 1001, reason: 'silent for too long' }])
  })

  it('jigu: its socket is cut when this server goes down, and closed in good order in every other case', async () => {
    const test = await booted('jigu')
    const drained = test.worker.drain(1_000)
    await test.clock.pass(2_000)
    await drained
    expect([test.station.cuts(), test.station.closes]).toEqual([1, []])
    const other = await booted('jigu')
    other.worker.registry.dismiss(other.station.link, 1008, 'it was blocked')
    expect([other.station.cuts(), other.station.closes.length]).toEqual([0, 1])
  })

  it('a boot is not asked for where a make must not be triggered', async () => {
    const { connect, clock } = testWorker()
    const station = connect()
    station.link.quirks = { name: 'x', suppress: [{ action: 'TriggerMessage', told: 'it would boot' }] }
    await clock.pass(61_000)
    expect(station.said).toEqual([])
  })
})

describe('the make of a station', () => {
  it('is known from its record before it says anything', async () => {
    const { connect, worker } = testWorker()
    const { seat } = connect('CP-2').link
    const record = { ...seat.record, vendor: 'ZJBENY', model: 'BCP-B2N-L' }
    const connection = { send: () => 0, ping: () => {}, close: () => {}, terminate: () => {} }
    const link = worker.gateway.opened({ ...seat, epoch: 9, record } as typeof seat, connection)
    expect(link).toMatchObject({ quirks: { name: 'zj-beny' } })
  })

  it('is what it says when it boots, and changes with its firmware', async () => {
    const { connect } = testWorker()
    const station = connect()
    const names: (string | undefined)[] = [station.link.quirks?.name]
    for (const firmware of ['v4.2.2', 'v5.0.0', undefined, 'v4.2.2']) {
      await station.asks(boot('OpenEVSE', 'Advanced Series', firmware))
      names.push(station.link.quirks?.name)
    }
    expect(names).toEqual([undefined, 'openevse', undefined, undefined, 'openevse'])
  })

  it('goes on to the socket that replaces this one', async () => {
    const { connect } = testWorker()
    const station = connect()
    await station.asks(makes.aefa)
    expect(connect().link.quirks?.name).toBe('aefa')
  })

  it('is not known while its first boot cannot be read: that is answered once, as anybody’s, and a good one makes it known', async () => {
    const { connect } = testWorker()
    const station = connect()
    const broken = '[2,"b","BootNotification",{"chargePointVendor":"ZJBENY","chargePointModel":"BCP",,}]'
    expect(await station.asks(broken)).toEqual([[4, 'b', 'FormationViolation', 'not JSON', {}]])
    expect(station.link.quirks).toBeUndefined()
    await station.asks(makes['zj-beny'])
    expect(station.link.quirks?.name).toBe('zj-beny')
  })
})
