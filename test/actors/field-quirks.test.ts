import { describe, expect, it } from 'vitest'
import type { Order } from '../../core/domain/command.ts'
import { basic, door, secret } from '../support/door.ts'
import { settled } from '../support/clock.ts'
import { boot, call, error, field, kept, meter, rows, start, started, status, stop, told } from '../support/field.ts'
import { accept, testWorker, utf8 } from '../support/worker.ts'

describe('how stations connect (handbook §9.1)', () => {
  const knocks: readonly [string, string, Readonly<Record<string, string>>, number][] = [
    ['Grizzl-E, steve 135: no sub-protocol at all', '/ocpp/CP-1', { 'sec-websocket-protocol': '' }, 400],
    ['ev-server 2761: an empty one among several', '/ocpp/CP-1', { 'sec-websocket-protocol': ', ocpp1.6' }, 101],
    ['lbbrhzn 497: several versions', '/ocpp/CP-1', { 'sec-websocket-protocol': 'ocpp1.5, ocpp1.6' }, 101],
    [
      'citrineos 1093: an identity that is percent-encoded',
      '/ocpp/RDAM%7C123',
      { authorization: basic('RDAM|123', secret) },
      101,
    ],
    ['open-ocpp 198: an encoding that is none', '/ocpp/RDAM%7', {}, 400],
    ['MicroOcpp 278: a slash behind it', '/ocpp/CP-1/', {}, 101],
    ['libocpp 801: two slashes before it', '/ocpp//CP-1', {}, 101],
    ['OpenEMS 1401: the whole URL in the request line', 'ws://cpms.example:80/ocpp/CP-1', {}, 101],
    ['lbbrhzn: an identity glued to the path is nobody’s', '/ocppCP-1', {}, 404],
    ['steve: an identity in another case', '/ocpp/cp-1', {}, 101],
    ['steve: a username in another case', '/ocpp/CP-1', { authorization: basic('cp-1', secret) }, 101],
    [
      'steve 1895: a colon in the password',
      '/ocpp/COLON',
      { authorization: basic('COLON', 'a:colon:and:another:') },
      101,
    ],
    [
      'ocpp-cp-simulator 260: the password as the digits of its bytes',
      '/ocpp/RAW',
      { authorization: basic('RAW', 'ff00fe01fd02fc03fb04fa05f906f807f708f609') },
      101,
    ],
    [
      'Java-OCA-OCPP 163: the bytes themselves, which are no UTF-8',
      '/ocpp/RAW',
      { authorization: basic('RAW', Buffer.from('ff00fe01fd02fc03fb04fa05f906f807f708f609', 'hex')) },
      101,
    ],
    [
      'ocpp-2w-proxy 4: an identity with all that an identifier may have',
      '/ocpp/a.b_c-d=e+f@g*h',
      { authorization: basic('a.b_c-d=e+f@g*h', secret) },
      101,
    ],
  ]
  it.each(knocks)('%s', async (_, target, headers, expected) => {
    const test = door()
    for (const identity of ['RDAM|123', 'a.b_c-d=e+f@g*h']) test.register(identity, utf8(secret))
    test.register('COLON', utf8('a:colon:and:another:'))
    test.register('RAW', Buffer.from('ff00fe01fd02fc03fb04fa05f906f807f708f609', 'hex'))
    expect(await test.status(target, headers)).toBe(expected)
  })

  it('Grizzl-E, dallmann 43: no sub-protocol, and its operator knows what it speaks: nothing is named to it, and it is heard', async () => {
    const { register, knock, status: knocked, worker } = door()
    register('CP-1', utf8(secret), { assumeProtocol: 'ocpp1.6' })
    const silent = { 'sec-websocket-protocol': '' }
    const admission = await knock('/ocpp/CP-1', silent)
    const seat = expect.objectContaining({ protocol: 'ocpp1.6' }) as unknown
    expect(admission).toEqual({ admitted: true, compress: false, seat })
    const said: string[] = []
    const connection = { send: (text: string) => said.push(text), ping() {}, close() {}, terminate() {} }
    if (!admission.admitted) throw new Error('it was not let in')
    worker.gateway.heard(worker.gateway.opened(admission.seat as never, connection), '[2,"h","Heartbeat",{}]')
    expect(JSON.parse(said[0] ?? '[]')).toMatchObject([3, 'h', {}])
    expect(await knocked('/ocpp/CP-1', { ...silent, authorization: basic('CP-1', 'wrong-wrong-wrong-wr') })).toBe(401)
    expect(await knocked('/ocpp/CP-1', { 'sec-websocket-protocol': 'mqtt' })).toBe(400)
  })

  it('citrineos-core 1094, dallmann 45: offers permessage-deflate: 2.x asks for it, and 1.6 does not know it', async () => {
    const { knock } = door()
    const may: unknown[] = []
    for (const protocol of ['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1', 'ocpp1.6, ocpp2.1', 'ocpp9.9, ocpp2.0.1']) {
      const admission = await knock('/ocpp/CP-1', { 'sec-websocket-protocol': protocol })
      may.push(admission.admitted && admission.compress)
    }
    expect(may).toEqual([false, true, true, false, true])
  })

  it('FoxESS, lbbrhzn 2008: a probe over one version and then another: each socket has the one it agreed on', async () => {
    const { knock } = door()
    const protocols: unknown[] = []
    for (const offer of ['ocpp1.6', 'ocpp9.9, ocpp1.6', 'ocpp1.6, ocpp9.9']) {
      const admission = await knock('/ocpp/CP-1', { 'sec-websocket-protocol': offer })
      protocols.push(admission.admitted && admission.protocol)
    }
    expect(protocols).toEqual(['ocpp1.6', 'ocpp1.6', 'ocpp1.6'])
  })

  it('ocpp-go 314, ts-ocpp 19: comes again while its old socket is half open: it is let in, and the end of the old one changes nothing', async () => {
    const { connect, worker, clock } = testWorker()
    const old = connect()
    const station = connect()
    worker.gateway.closed(old.link, 1006)
    await clock.pass(5_000)
    expect(await station.asks(call('h', 'Heartbeat', {}))).toMatchObject([[3, 'h', {}]])
    expect([station.closes, worker.registry.size]).toEqual([[], 1])
  })

  it('SmartEVSE 202: half open for a day: our own pings find it out', async () => {
    const { connect, worker, clock } = testWorker()
    await worker.start()
    const station = connect()
    await clock.pass(5 * 60_000)
    expect(station.closes).toEqual([{ code: 1001, reason: 'silent for too long' }])
  })

  it('zephyr 101196: a text of no length is nothing, and no reason to hang up', async () => {
    const test = field()
    expect(await told(test, ['', call('h', 'Heartbeat', {})])).toMatchObject([[3, 'h', {}]])
    expect(test.station.closes).toEqual([])
  })
})

describe('how stations write their frames (handbook §9.2)', () => {
  rows('', [
    [
      'Wallbe, evcc 3685: a NUL as it is, in a text of a CALL: refused under its id',
      ['[2,"b","BootNotification",{"chargePointVendor":"wallbe","chargePointModel":"Pro\u0000"}]'],
      [error('b', 'FormationViolation')],
    ],
    [
      'Wallbe: a NUL that is escaped is a letter like any other, and is left out',
      [boot({ chargePointModel: 'Pro\u0000' })],
      [[3, 'b', expect.objectContaining({ status: 'Accepted' })]],
      { inventory: { model: 'Pro' } },
    ],
    [
      'ZJ Beny, lbbrhzn 1078: a comma before the first sample, of a make that nobody knows: refused, and kept',
      [
        '[2,"m","MeterValues",{"connectorId":1,"meterValue":[{"timestamp":"2026-11-24T11:30:00Z","sampledValue":[,{"value":"1"}]}]}]',
      ],
      [error('m', 'FormationViolation')],
      { aside: [expect.stringContaining('"sampledValue":[,{') as string] },
    ],
    [
      'AEFA, lbbrhzn 2032: a stop whose transaction has no number: refused, and kept',
      ['[2,"t","StopTransaction",{"transactionId":,"meterStop":6000,"timestamp":"2026-11-24T12:00:00Z"}]'],
      [error('t', 'FormationViolation')],
      { aside: [expect.stringContaining('StopTransaction') as string] },
    ],
    [
      'a frame that was cut before its id is complete is dropped',
      ['[2,"id-that-was-c', call('h', 'Heartbeat', {})],
      [[3, 'h', expect.anything()]],
    ],
    [
      'mobilityhouse 358: a message type 1 is ignored',
      [[1, 'a', 'Heartbeat', {}], call('h', 'Heartbeat', {})],
      [[3, 'h', expect.anything()]],
    ],
    [
      'MicroOcpp 50, lbbrhzn 1573: ids that are numbers in texts, short, in sequence, used again',
      ['1', '2', 'de', '1', '2', 'x'.repeat(36)].map((id) => call(id, 'Heartbeat', {})),
      ['1', '2', 'de', '1', '2', 'x'.repeat(36)].map((id) => [3, id, expect.anything()]),
    ],
    ['ocpp-rpc 35: null where nothing is to be said', [call('h', 'Heartbeat', null)], [[3, 'h', expect.anything()]]],
    ['mobilityhouse 424: no payload at all', [[2, 'h', 'Heartbeat']], [error('h', 'FormationViolation')]],
    ['mobilityhouse 424: a list for a payload', [call('h', 'Heartbeat', [])], [error('h', 'FormationViolation')]],
    [
      'a start whose payload is a list: refused, and kept',
      [call('s', 'StartTransaction', [1, 'CARD1'])],
      [error('s', 'FormationViolation')],
      { aside: ['[2,"s","StartTransaction",[1,"CARD1"]]'] },
    ],
    [
      'chargestation-one 61: connectorId and disconnectReason in a stop: it counts',
      [start(), stop({ connectorId: 1, disconnectReason: 'EVDisconnected' })],
      [started(), [3, 't', {}]],
      { sessions: [{ state: 'closed', wh: 5_000, flags: [expect.stringContaining('unknown field') as string] }] },
    ],
    [
      'dallmann 36: one key twice: the last one counts',
      ['[2,"n","StatusNotification",{"connectorId":1,"status":"Faulted","errorCode":"NoError","status":"Available"}]'],
      [[3, 'n', {}]],
      { status: ['available'] },
    ],
    [
      'steve, MeterValue15Deserializer: values of 1.5 where meterValue belongs: refused, and kept',
      [call('m', 'MeterValues', { connectorId: 1, values: [{ timestamp: '2026-11-24T11:30:00Z', value: '1' }] })],
      [error('m', 'ProtocolError')],
      { aside: [expect.stringContaining('"values"') as string] },
    ],
  ])

  it('MicroOcpp 50: the same id four times while it is unanswered is one CALL', async () => {
    const { station } = field()
    expect(await station.asks(start(), start(), start(), start())).toEqual([started()])
  })

  it('MicroOcpp 50: an id that was used before the boot means nothing after it', async () => {
    const { station, connect, worker } = field()
    await station.asks(call('1', 'Heartbeat', {}))
    worker.gateway.closed(station.link, 1006)
    expect(await connect().asks(status({}, '1'))).toEqual([[3, '1', {}]])
  })

  it('citrineos 178: several CALLs at once are answered in their order', async () => {
    const { station } = field()
    const answers = await station.asks(
      start(),
      call('h', 'Heartbeat', {}),
      status(),
      call('a', 'Authorize', { idTag: 'CARD1' }),
    )
    expect(answers.map((answer) => (answer as unknown[])[1])).toEqual(['s', 'h', 'n', 'a'])
  })

  it('mobilityhouse 63: what we say has no space after a comma or a colon', async () => {
    const test = field()
    await told(test, [
      boot(),
      status(),
      call('a', 'Authorize', { idTag: 'CARD1' }),
      start(),
      stop(),
      call('x', 'MakeCoffee', {}),
    ])
    void test.worker.caller.call(test.station.link, 'GetConfiguration', { key: ['a', 'b'] }, Number.MAX_SAFE_INTEGER)
    await settled()
    expect(test.station.said.length).toBe(7)
    expect(test.station.said.filter((text) => text !== JSON.stringify(JSON.parse(text)))).toEqual([])
  })
})

/** Orders something, and answers with what `reply` makes of the id it was sent under. */
const ordered = async (order: Order, reply: (id: string) => readonly unknown[], test = field()) => {
  const { worker, clock, commands, station } = test
  await worker.start()
  const command = await test.order(order)
  await clock.pass(100)
  const [, id] = JSON.parse(station.said.at(-1) ?? '[]') as [number, string]
  for (const frame of reply(id)) await station.asks(frame)
  await clock.pass(35_000)
  return { ...test, command: commands.get(command) }
}

describe('how stations answer (handbook §9.2, §9.4)', () => {
  const answers: readonly [string, Order, (id: string) => readonly unknown[], object][] = [
    [
      'Grizzl-E, lbbrhzn 442: an answer without its last brackets is none: the time for it runs out',
      { type: 'getConfig', keys: ['a'] },
      (id) => [`[3,"${id}",{"configurationKey":[]`],
      { state: 'done', outcome: 'timeoutUnknown' },
    ],
    [
      'ocpp-rpc 35: null for an answer that has something to say is none that counts',
      { type: 'clearCache' },
      (id) => [[3, id, null]],
      { state: 'done', outcome: 'invalidAnswer' },
    ],
    [
      'mobilityhouse 424: an answer that is our question again is none that counts',
      { type: 'reset', kind: 'soft' },
      (id) => [[3, id, { type: 'Soft' }]],
      { state: 'done', outcome: 'invalidAnswer' },
    ],
    [
      'lbbrhzn 1499: a number where a text belongs: what it said is shown',
      { type: 'getConfig' },
      (id) => [[3, id, { configurationKey: [{ key: 'NumberOfConnectors', readonly: true, value: 1 }] }]],
      { outcome: 'invalidAnswer', answer: { configurationKey: [{ key: 'NumberOfConnectors', value: 1 }] } },
    ],
    [
      'lbbrhzn 1617: keys that nobody has heard of, and more fields than there are',
      { type: 'getConfig' },
      (id) => [[3, id, { configurationKey: [{ key: 'X', readonly: false, value: 'y', vendor: 1 }], unknownKey: [] }]],
      { outcome: 'succeeded' },
    ],
    [
      'TCK: Scheduled for an availability that waits for the end of a session',
      { type: 'setAvailability', evse: 1, available: false },
      (id) => [[3, id, { status: 'Scheduled' }]],
      { state: 'answered' },
    ],
    [
      'citrineos 189: a CALL that crosses ours, and an Authorize right after its answer',
      { type: 'startCharging', evse: 1, token: 'CARD1' },
      (id) => [call('h', 'Heartbeat', {}), [3, id, { status: 'Accepted' }], call('a', 'Authorize', { idTag: 'CARD1' })],
      { state: 'answered' },
    ],
    [
      'any: CALLERROR in a spelling of another version',
      { type: 'unlock', evse: 1 },
      (id) => [[4, id, 'OccurrenceConstraintViolation', '', {}]],
      { outcome: 'callError', reason: expect.stringContaining('Occurrence') as string },
    ],
  ]
  it.each(answers)('%s', async (_, order, reply, expected) => {
    const { command, station } = await ordered(order, reply)
    expect(command).toMatchObject(expected)
    expect(station.closes).toEqual([])
  })

  it('ocpp-go 66, evcc 30113: one that is never answered keeps the next from nothing', async () => {
    const { station, worker, clock } = field()
    const until = clock.now() + 300_000
    const first = worker.caller.call(station.link, 'ClearCache', {}, until)
    const second = worker.caller.call(station.link, 'GetConfiguration', {}, until)
    await clock.pass(31_000)
    expect(await first).toMatchObject({ type: 'timeoutUnknown' })
    const [, id] = JSON.parse(station.said.at(-1) ?? '[]') as [number, string]
    station.says([3, id, {}])
    expect(await second).toMatchObject({ type: 'result' })
  })

  it('TCK: torn off after it has answered a Reset, before its session ended: the boot that follows ends the order', async () => {
    const test = field()
    await told(test, [start()])
    const { worker, station, connect, commands, clock } = await ordered(
      { type: 'reset', kind: 'hard' },
      (id) => [[3, id, { status: 'Accepted' }]],
      test,
    )
    worker.gateway.closed(station.link, 1006)
    const again = connect()
    expect(await again.asks(boot(), stop({ reason: 'HardReset' }))).toMatchObject([
      [3, 'b', {}],
      [3, 't', {}],
    ])
    await clock.pass(1_000)
    expect(commands.get('c1')).toMatchObject({ state: 'done', outcome: 'succeeded' })
    expect(kept(test).sessions).toMatchObject([{ state: 'closed', wh: 5_000 }])
  })
})

describe('in which order stations say it (handbook §9.4)', () => {
  rows('', [
    [
      'mobilityhouse 188: a status and a heartbeat before its boot',
      [status(), call('h', 'Heartbeat', {}), boot()],
      [
        [3, 'n', {}],
        [3, 'h', expect.anything()],
        [3, 'b', expect.objectContaining({ status: 'Accepted' })],
      ],
    ],
    [
      'ev-server: Available before its stop: the stop ends the session, the status does not',
      [start(), status({ status: 'Charging' }), status({}, 'o')],
      [started(), [3, 'n', {}], [3, 'o', {}]],
      { sessions: [{ state: 'open' }] },
    ],
    [
      'ev-server: Available before its stop, and then the stop',
      [start(), status(), stop()],
      [started(), [3, 'n', {}], [3, 't', {}]],
      { sessions: [{ state: 'closed', wh: 5_000 }] },
    ],
    [
      'steve 72, MicroOcpp 237: a start that is sent again, under the same id and under another',
      [start(), start(), start({}, 'r')],
      [started(), started(), started('Accepted', 'r')],
      { sessions: [{ state: 'open' }] },
    ],
    [
      'steve 2107: two stops within milliseconds',
      [start(), stop(), stop({}, 'u')],
      [started(), [3, 't', {}], [3, 'u', {}]],
      { sessions: [{ state: 'closed', wh: 5_000 }] },
    ],
    [
      'libocpp 495: a stop with -1, for it was never told its number: confirmed, and kept for a person to settle',
      [start(), stop({ transactionId: -1 })],
      [started(), [3, 't', {}]],
      { sessions: [{ state: 'open' }, { state: 'orphan' }], aside: [] },
    ],
    [
      'steve: all of a session, four months after it happened',
      [
        start({ timestamp: '2026-07-24T11:00:00Z' }),
        meter([{ value: '4000' }], {
          meterValue: [{ timestamp: '2026-07-24T11:30:00Z', sampledValue: [{ value: '4000' }] }],
        }),
        stop({ timestamp: '2026-07-24T12:00:00Z' }),
      ],
      [started(), [3, 'm', {}], [3, 't', {}]],
      { sessions: [{ state: 'closed', wh: 5_000, flags: [] }] },
    ],
  ])

  it('Wallbox Pulsar Pro, evcc 28539: no boot after it has connected: it is served at once, and asked for it after a minute', async () => {
    const { station, clock } = field()
    expect(await station.asks(status(), start())).toEqual([[3, 'n', {}], started()])
    await clock.pass(59_000)
    expect(station.said.length).toBe(2)
    await clock.pass(2_000)
    expect(JSON.parse(station.said.at(-1) ?? '[]')).toEqual([
      2,
      expect.any(String),
      'TriggerMessage',
      { requestedMessage: 'BootNotification' },
    ])
  })

  it('Metron, dallmann 31; ABB Terra, lbbrhzn 1275: boots every ten seconds: each is answered, nothing is asked of it, and it stays connected', async () => {
    const { station, clock, worker } = field()
    await worker.start()
    for (let i = 0; i < 60; i++) {
      expect(await station.asks(boot({}, `b${i}`))).toMatchObject([[3, `b${i}`, { status: 'Accepted' }]])
      await clock.pass(10_000)
    }
    expect([station.said.length, station.closes]).toEqual([60, []])
  })

  it('evcc: of two reports the one that comes later counts, whatever its clock says: clocks are set back', async () => {
    const test = field()
    await told(test, [
      status({ status: 'Charging', timestamp: '2026-11-24T12:00:10Z' }),
      status({ status: 'Finishing', timestamp: '2026-11-24T12:00:05Z' }, 'o'),
    ])
    expect(kept(test).status).toEqual(['charging', 'finishing'])
  })

  it('steve 2107: three stations report for the first time in the same moment, and a hundred more', async () => {
    const { connect, reports } = testWorker()
    const stations = Array.from({ length: 103 }, (_, i) => connect(`CP-${i}`))
    const answers = await Promise.all(stations.map((station) => station.asks(status())))
    expect(answers.every(([answer]) => (answer as unknown[])[0] === 3)).toBe(true)
    expect(reports.filter((r) => r.kind === 'status').length).toBe(103)
  })

  it('libocpp 633: while it is pending a boot is answered, a status is not taken, and its money is', async () => {
    const test = testWorker()
    test.tokens.set(...accept('CARD1'))
    const station = test.connect('CP-1', 'pending')
    const answers = await station.asks(boot(), status(), start())
    expect(answers).toMatchObject([[3, 'b', { status: 'Pending' }], error('n', 'SecurityError'), started()])
  })
})
