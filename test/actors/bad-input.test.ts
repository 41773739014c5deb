import { describe, expect, it } from 'vitest'
import { basic, door as anyDoor, secret } from '../support/door.ts'
import { settled } from '../support/clock.ts'
import { accept, testWorker, utf8 } from '../support/worker.ts'

const rawSecret = Buffer.from('000102030405060708090a0b0c0d0e0fffeeddcc', 'hex')

const door = () => {
  const test = anyDoor()
  test.register('AL1000', rawSecret)
  test.register('RDAM 123', utf8(secret))
  test.register('RDAM|123', utf8(secret))
  test.register('BLOCKED', utf8(secret), { blocked: true })
  return test
}

describe('HTTP upgrade (handbook §6.5 a)', () => {
  const rows: readonly [string, string, Readonly<Record<string, string>>, number][] = [
    ['BI-01 TC_A_02_CSMS: an unknown identity', '/ocpp/NOBODY', {}, 404],
    ['BI-02: no Authorization', '/ocpp/CP-1', { authorization: '' }, 401],
    [
      'BI-03 TC_A_03_CSMS: a wrong password',
      '/ocpp/CP-1',
      { authorization: basic('CP-1', 'wrong-wrong-wrong-wr') },
      401,
    ],
    ['BI-03: a username that is not the identity', '/ocpp/CP-1', { authorization: basic('CP-2', secret) }, 401],
    ['BI-03: an empty password', '/ocpp/CP-1', { authorization: basic('CP-1', '') }, 401],
    ['BI-03: malformed Base64', '/ocpp/CP-1', { authorization: 'Basic ***' }, 401],
    ['BI-03: no colon', '/ocpp/CP-1', { authorization: `Basic ${Buffer.from('CP-1').toString('base64')}` }, 401],
    ['BI-04 TC_085_CSMS: a password of raw bytes', '/ocpp/AL1000', { authorization: basic('AL1000', rawSecret) }, 101],
    [
      'BI-04: the same as hexadecimal text',
      '/ocpp/AL1000',
      { authorization: basic('AL1000', rawSecret.toString('hex')) },
      101,
    ],
    [
      'BI-04: the same in capitals',
      '/ocpp/AL1000',
      { authorization: basic('AL1000', rawSecret.toString('hex').toUpperCase()) },
      101,
    ],
    ['BI-05: a percent-encoded space', '/ocpp/RDAM%20123', { authorization: basic('RDAM 123', secret) }, 101],
    ['BI-05: a percent-encoded bar', '/ocpp/RDAM%7C123', { authorization: basic('RDAM|123', secret) }, 101],
    ['BI-05: an invalid encoding', '/ocpp/CP%ZZ', {}, 400],
    ['BI-05: an encoded slash changes no routing', '/ocpp/default%2FCP-1', {}, 404],
    ['BI-05: two dots change no routing', '/ocpp/..', {}, 404],
    ['BI-05: an encoded NUL', '/ocpp/CP%00', {}, 404],
    ['BI-05: an identity that is too long', `/ocpp/${'x'.repeat(256)}`, {}, 404],
    ['BI-05: a colon', '/ocpp/a:b', {}, 404],
    ['BI-05: a trailing slash', '/ocpp/CP-1/', {}, 101],
    ['BI-05: a query string', '/ocpp/CP-1?model=x', {}, 101],
    ['BI-05: a double slash', '/ocpp//CP-1', {}, 101],
    ['BI-05: the whole URL in the request line', 'ws://host:80/ocpp/CP-1', {}, 101],
    ['the tenant in the path', '/ocpp/default/CP-1', {}, 101],
    ['BI-06: an identity in another case', '/ocpp/cp-1', {}, 101],
    ['BI-07 TC_088_CSMS: no sub-protocol', '/ocpp/CP-1', { 'sec-websocket-protocol': '' }, 400],
    ['BI-07: only unsupported sub-protocols', '/ocpp/CP-1', { 'sec-websocket-protocol': 'ocpp0.1, mqtt' }, 400],
    ['BI-08: a supported one among others', '/ocpp/CP-1', { 'sec-websocket-protocol': 'ocpp0.1, ocpp1.6' }, 101],
    ['BI-14: a blocked station', '/ocpp/BLOCKED', { authorization: basic('BLOCKED', secret) }, 403],
    ['BI-18: a browser', '/ocpp/CP-1', { origin: 'https://evil.example' }, 403],
  ]
  it.each(rows)('%s', async (_, target, headers, expected) => {
    expect(await door().status(target, headers)).toBe(expected)
  })

  it('BI-06: the registered spelling is what counts inside', async () => {
    const admission = await door().knock('/ocpp/cp-1')
    expect(admission.admitted && admission.seat.identity).toBe('CP-1')
  })

  it('BI-12 S-05 D-19: ten failures a minute for an identity, then 429 with Retry-After; the right password is let in all the while', async () => {
    const { status, knock, clock } = door()
    const wrong = { authorization: basic('CP-1', 'wrong-wrong-wrong-wr') }
    for (let i = 0; i < 10; i++) expect(await status('/ocpp/CP-1', wrong)).toBe(401)
    expect(await knock('/ocpp/CP-1', wrong)).toMatchObject({
      status: 429,
      headers: { 'retry-after': expect.any(String) },
    })
    expect(await status('/ocpp/CP-1')).toBe(101)
    expect(await status('/ocpp/NOBODY-KNOWS')).toBe(404)
    expect(await status('/ocpp/AL1000', { authorization: basic('AL1000', rawSecret) })).toBe(101)
    await clock.pass(30_000)
    expect(await status('/ocpp/CP-1', wrong)).toBe(401)
  })

  it('INV-33 D-19: a station that reconnects all the time with the right password is never refused for it, but let in later, by ten seconds at most', async () => {
    const { status, clock } = door()
    const began = clock.monotonic()
    for (let i = 0; i < 20; i++) expect(await status('/ocpp/CP-1')).toBe(101)
    expect(clock.monotonic() - began).toBe(0)
    const others = Array.from({ length: 50 }, () => status('/ocpp/CP-1').then((code) => [code, clock.monotonic()]))
    await clock.pass(9_000)
    expect(await status('/ocpp/AL1000', { authorization: basic('AL1000', rawSecret) })).toBe(101)
    await clock.pass(1_100)
    const answers = await Promise.all(others)
    expect(answers.every(([code]) => code === 101)).toBe(true)
    expect(new Set(answers.map(([, at]) => at)).size).toBeGreaterThan(10)
  })

  it('BI-13 INV-61 D-19: more than the machine bears are refused with 503 before anything is looked up, but not who charges', async () => {
    const { status, knock, worker, pressed, charging, lookedUp, clock } = door()
    pressed.loopDelayMs = 100_000
    const crowd = Array.from({ length: 20_500 }, () => knock('/ocpp/CP-1'))
    await settled()
    expect(worker.gate.waiting).toBe(20_000)
    const before = lookedUp()
    expect(await knock('/ocpp/CP-1')).toMatchObject({
      status: 503,
      headers: { 'retry-after': expect.stringMatching(/^\d+$/) },
    })
    charging.add('AL1000')
    const driver = status('/ocpp/AL1000', { authorization: basic('AL1000', rawSecret) })
    expect(lookedUp()).toBe(before)
    pressed.loopDelayMs = 0
    await clock.pass(100)
    expect(await driver).toBe(101)
    await clock.pass(30_000)
    // whoever had to give way for the driver was told so as well
    const told = (await Promise.all(crowd)).map((admission) => (admission.admitted ? 101 : admission.status))
    expect(new Set(told)).toEqual(new Set([101, 503]))
  })

  it('BI-13 D-19: a worker that is full refuses with 503', async () => {
    const { worker, connect } = testWorker({ settings: { mostSockets: 2 } })
    expect(
      [worker.isFull, connect('CP-1'), connect('CP-2'), worker.isFull].filter((x) => typeof x === 'boolean'),
    ).toEqual([false, true])
    expect(worker.refusesBecause()).toBe('this server holds as many charge points as it can')
  })

  it('BI-17 S-11: a forwarded address counts only when it comes from a trusted proxy', async () => {
    const { knock } = door()
    const forwarded = { 'x-forwarded-for': '203.0.113.9' }
    const addressOf = async (peer: string): Promise<unknown> =>
      ((await knock('/ocpp/CP-1', forwarded, { peer })) as unknown as { seat: { address: string } }).seat.address
    expect(await addressOf('198.51.100.1')).toBe('198.51.100.1')
    expect(await addressOf('10.0.0.1')).toBe('203.0.113.9')
  })
})

const heartbeat = (id: unknown): unknown => [2, id, 'Heartbeat', {}]
const error = (id: string, code: string): unknown => [4, id, code, expect.any(String), {}]

describe('RPC envelope over OCPP 1.6 (handbook §6.5 c)', () => {
  const rows: readonly [string, unknown, readonly unknown[]][] = [
    ['BI-30: not JSON is dropped', '{"a', []],
    ['BI-30: an empty text is dropped', '', []],
    ['BI-31: not an array is dropped', { a: 1 }, []],
    ['BI-31: an empty array is dropped', [], []],
    ['BI-31: a type that is no number is dropped', ['2', 'a', 'Heartbeat', {}], []],
    ['BI-32: an unknown type is ignored', [9, 'a', 'Heartbeat', {}], []],
    ['BI-32: type 5 and 6 are not of 1.6', [6, 'a', 'Heartbeat', {}], []],
    ['BI-33: three elements', [2, 'a', 'Heartbeat'], [error('a', 'FormationViolation')]],
    ['BI-33: five elements', [2, 'a', 'Heartbeat', {}, 1], [error('a', 'FormationViolation')]],
    ['BI-33: a payload that is an array', [2, 'a', 'Heartbeat', []], [error('a', 'FormationViolation')]],
    ['BI-33: a payload that is a text', [2, 'a', 'Heartbeat', 'x'], [error('a', 'FormationViolation')]],
    [
      'BI-33: a null payload is an empty one',
      [2, 'a', 'Heartbeat', null],
      [[3, 'a', { currentTime: expect.any(String) }]],
    ],
    [
      'BI-34: an id that is too long is echoed',
      heartbeat('x'.repeat(37)),
      [error('x'.repeat(37), 'FormationViolation')],
    ],
    ['BI-34: an id that is a number is echoed as text', heartbeat(17), [error('17', 'FormationViolation')]],
    ['BI-34: an id that is much too long is not', heartbeat('x'.repeat(300)), []],
    ['BI-34: an empty id is echoed', heartbeat(''), [error('', 'FormationViolation')]],
    ['BI-34: no id at all is not', heartbeat(null), []],
    ['BI-36: a CALLRESULT that nobody waits for is ignored', [3, 'zz', {}], []],
    ['BI-36: a CALLERROR that nobody waits for is ignored', [4, 'zz', 'GenericError', '', {}], []],
    ['BI-38: an unknown action', [2, 'a', 'MakeCoffee', {}], [error('a', 'NotImplemented')]],
    ['BI-39: an action that only we may send', [2, 'a', 'Reset', { type: 'Soft' }], [error('a', 'NotSupported')]],
    ['BI-39: another action that only we send', [2, 'a', 'ReserveNow', {}], [error('a', 'NotSupported')]],
    [
      'BI-26: nested deeper than 32',
      [2, 'a', 'DataTransfer', { vendorId: 'x', data: JSON.parse('['.repeat(40) + ']'.repeat(40)) }],
      [error('a', 'FormationViolation')],
    ],
  ]
  it.each(rows)('%s', async (_, frame, answers) => {
    const { connect } = testWorker()
    expect(await connect().asks(frame)).toEqual(answers)
  })

  it('BI-35: the same frame again while it is unanswered is one CALL with one answer', async () => {
    const { connect, tokens } = testWorker()
    tokens.set(...accept('CARD1'))
    const frame = [2, 'a', 'Authorize', { idTag: 'CARD1' }]
    expect(await connect().asks(frame, frame)).toEqual([[3, 'a', { idTagInfo: { status: 'Accepted' } }]])
  })

  it('BI-35: another frame under an id in use is refused, and the first goes on', async () => {
    const { connect, tokens } = testWorker()
    tokens.set(...accept('CARD1'))
    const answers = await connect().asks(
      [2, 'a', 'Authorize', { idTag: 'CARD1' }],
      [2, 'a', 'Authorize', { idTag: 'CARD2' }],
    )
    expect(answers).toEqual([error('a', 'GenericError'), [3, 'a', { idTagInfo: { status: 'Accepted' } }]])
  })

  it('BI-23c: twenty bad frames in a row close the socket with 1008; a good one between them does not let it come to that', async () => {
    const { connect } = testWorker()
    const bad = connect('CP-1')
    for (let i = 0; i < 20; i++) bad.says('nonsense')
    expect(bad.closes).toEqual([{ code: 1008, reason: '20 bad frames in a row' }])
    const mixed = connect('CP-2')
    for (let i = 0; i < 60; i++) mixed.says(i % 10 === 9 ? heartbeat(`h${i}`) : 'nonsense')
    expect(mixed.closes).toEqual([])
  })

  it('BI-21: a binary frame closes the socket with 1003', () => {
    const { connect, worker } = testWorker()
    const station = connect()
    worker.gateway.heardBinary(station.link)
    expect(station.closes[0]?.code).toBe(1003)
  })

  it('BI-23b: a socket that answers no pings is dropped after one and a half intervals', async () => {
    const { connect, worker, clock } = testWorker()
    await worker.start()
    const station = connect()
    await clock.pass(61_000)
    expect(station.pings()).toBeGreaterThan(0)
    await clock.pass(91_000)
    expect(station.closes).toEqual([{ code: 1001, reason: 'silent for too long' }])
  })

  it('BI-23a: more than the rate is answered later, in order; a flood closes the socket and cools the identity down', async () => {
    const { connect, clock, worker } = testWorker({ settings: { framesPerS: 20, frameBurst: 5 } })
    const busy = connect('CP-1')
    for (let i = 0; i < 30; i++) busy.says(heartbeat(`h${i}`))
    expect(busy.said.length).toBe(5)
    await clock.pass(10_000)
    expect(busy.said.map((text) => (JSON.parse(text) as unknown[])[1])).toEqual(
      Array.from({ length: 30 }, (_, i) => `h${i}`),
    )
    const flood = connect('CP-2')
    for (let i = 0; i < 200; i++) flood.says(heartbeat(`h${i}`))
    expect(flood.closes).toEqual([{ code: 1008, reason: 'too many messages' }])
    expect(
      await worker.gateway.admit({
        target: '/ocpp/CP-2',
        method: 'GET',
        header: () => 'ocpp1.6',
        peer: '127.0.0.1',
        secure: false,
      }),
    ).toMatchObject({ admitted: false })
  })

  it('BI-29: a frame full of values costs time in proportion to its length, and no more', async () => {
    const { connect } = testWorker()
    const station = connect()
    const frame = (values: number): string => {
      const sampledValue = Array.from({ length: values }, (_, i) => ({ value: String(i), measurand: 'Voltage' }))
      const meterValue = [{ timestamp: '2026-11-24T12:00:00Z', sampledValue }]
      return JSON.stringify([2, `m${values}`, 'MeterValues', { connectorId: 1, meterValue }])
    }
    const took = (text: string): number => {
      const times = Array.from({ length: 9 }, () => {
        const began = performance.now()
        station.says(text)
        return performance.now() - began
      })
      return times.toSorted((a, b) => a - b)[4] ?? 0
    }
    const [some, many] = [frame(1_000), frame(10_000)]
    took(some)
    expect(took(many) / took(some)).toBeLessThan(60)
    expect((await station.asks([2, 'z', 'Heartbeat', {}])).at(-1)).toMatchObject([3, 'z', {}])
  })

  it('BI-39a: while pending it may say what an order of ours has asked for, once', async () => {
    const { connect, worker } = testWorker()
    const station = connect('CP-1', 'pending')
    worker.registry.await({ tenant: 'default', identity: 'CP-1' }, 'StatusNotification', Infinity)
    expect([await station.asks(status({})), await station.asks(status({}))]).toEqual([
      [[3, 'a', {}]],
      [error('a', 'SecurityError')],
    ])
  })

  it('BI-39a: nothing is sent to a rejected station, and nothing that charges to a pending one', async () => {
    const { connect, worker, bus } = testWorker()
    await worker.start()
    const [pending, rejected] = [connect('CP-1', 'pending'), connect('CP-2', 'rejected')]
    const call = (identity: string, action: string, payload: object): unknown => {
      const to = { tenant: 'default', identity }
      return bus.ask('w1', { number: 1, to, action, payload, deadline: Number.MAX_SAFE_INTEGER }, 1_000)
    }
    const refused = { type: 'called', outcome: { type: 'notDelivered' } }
    expect(await call('CP-1', 'RemoteStartTransaction', { idTag: 'CARD1' })).toMatchObject(refused)
    expect(await call('CP-2', 'GetConfiguration', {})).toMatchObject(refused)
    expect([pending.said, rejected.said]).toEqual([[], []])
  })

  it('BI-39a TC_B_30_CSMS: before it is accepted a station is refused everything but its boot', async () => {
    const { connect } = testWorker()
    const station = connect('CP-1', 'pending')
    expect(await station.asks(heartbeat('a'))).toEqual([error('a', 'SecurityError')])
    expect(await station.asks([2, 'b', 'BootNotification', { chargePointVendor: 'V', chargePointModel: 'M' }])).toEqual(
      [[3, 'b', { currentTime: expect.any(String), interval: 60, status: 'Pending' }]],
    )
  })
})

const status = (over: object): unknown => [
  2,
  'a',
  'StatusNotification',
  { connectorId: 1, status: 'Available', errorCode: 'NoError', ...over },
]
const start = (over: object): unknown => [
  2,
  'a',
  'StartTransaction',
  { connectorId: 1, idTag: 'CARD1', meterStart: 10, timestamp: '2026-11-24T12:00:00Z', ...over },
]
const without = (frame: unknown, field: string): unknown => {
  const [type, id, action, payload] = frame as [number, string, string, Record<string, unknown>]
  return [type, id, action, Object.fromEntries(Object.entries(payload).filter(([key]) => key !== field))]
}

describe('payloads over OCPP 1.6 (handbook §6.5 d)', () => {
  const rows: readonly [string, unknown, unknown][] = [
    ['a required field is missing', without(status({}), 'status'), error('a', 'ProtocolError')],
    ['a wrong type', status({ connectorId: '1' }), error('a', 'TypeConstraintViolation')],
    ['a value outside the enumeration', status({ status: 'Asleep' }), error('a', 'PropertyConstraintViolation')],
    [
      'a text that is too long',
      [2, 'a', 'DataTransfer', { vendorId: 'x'.repeat(256) }],
      error('a', 'PropertyConstraintViolation'),
    ],
    ['an unknown extra field is stripped and let through', status({ disconnectReason: 'x' }), [3, 'a', {}]],
    ['an over-long vendor text is let through', status({ info: 'x'.repeat(200) }), [3, 'a', {}]],
    [
      'BI-40: a time that does not exist',
      status({ timestamp: '2024-02-30T00:00:00Z' }),
      error('a', 'PropertyConstraintViolation'),
    ],
    [
      'BI-40: a time without zone',
      status({ timestamp: '2026-11-24T12:00:00' }),
      error('a', 'PropertyConstraintViolation'),
    ],
    ['BI-40: a number as time', status({ timestamp: '1000000' }), error('a', 'PropertyConstraintViolation')],
    [
      'BI-40: fourteen hours east, nine digits of a second',
      status({ timestamp: '2026-11-24T12:00:00.123456789+14:00' }),
      [3, 'a', {}],
    ],
    [
      'BI-27: a number beyond every range',
      '[2,"a","StatusNotification",{"connectorId":1e400,"status":"Available","errorCode":"NoError"}]',
      error('a', 'PropertyConstraintViolation'),
    ],
    [
      'BI-27: 3.0 is an integer',
      '[2,"a","StatusNotification",{"connectorId":3.0,"status":"Available","errorCode":"NoError"}]',
      [3, 'a', {}],
    ],
    [
      'BI-24: of two equal keys the last one counts',
      '[2,"a","StatusNotification",{"connectorId":1,"status":"Asleep","status":"Available","errorCode":"NoError"}]',
      [3, 'a', {}],
    ],
    ['BI-43: a connector that does not exist', status({ connectorId: 999 }), [3, 'a', {}]],
    [
      'BI-49 TC_064_CSMS: an unknown vendor',
      [2, 'a', 'DataTransfer', { vendorId: 'nobody' }],
      [3, 'a', { status: 'UnknownVendorId' }],
    ],
    ['billing: a missing field is refused', without(start({}), 'meterStart'), error('a', 'ProtocolError')],
    ['billing: a wrong type is refused', start({ meterStart: '10' }), error('a', 'TypeConstraintViolation')],
    [
      'billing BI-27: a register beyond every range is refused',
      '[2,"a","StartTransaction",{"connectorId":1,"idTag":"CARD1","meterStart":1e400,"timestamp":"2026-11-24T12:00:00Z"}]',
      error('a', 'PropertyConstraintViolation'),
    ],
    [
      'billing BI-27: an integer that no double can hold is refused',
      '[2,"a","StartTransaction",{"connectorId":1,"idTag":"CARD1","meterStart":9007199254740993,"timestamp":"2026-11-24T12:00:00Z"}]',
      error('a', 'PropertyConstraintViolation'),
    ],
    [
      'billing BI-27: minus zero is zero',
      '[2,"a","StartTransaction",{"connectorId":1,"idTag":"CARD1","meterStart":-0,"timestamp":"2026-11-24T12:00:00Z"}]',
      [3, 'a', { transactionId: 1_000_001, idTagInfo: { status: 'Accepted' } }],
    ],
    [
      'billing BI-27: what is too small for a double is zero',
      '[2,"a","StartTransaction",{"connectorId":1,"idTag":"CARD1","meterStart":1e-400,"timestamp":"2026-11-24T12:00:00Z"}]',
      [3, 'a', { transactionId: 1_000_001, idTagInfo: { status: 'Accepted' } }],
    ],
    [
      'billing BI-44: an over-long idTag is kept',
      start({ idTag: 'CARD1-and-more-than-twenty' }),
      [3, 'a', { transactionId: 1_000_001, idTagInfo: { status: 'Invalid' } }],
    ],
    [
      'billing BI-40: a time without zone is UTC, flagged',
      start({ timestamp: '2026-11-24T12:00:00' }),
      [3, 'a', { transactionId: 1_000_001, idTagInfo: { status: 'Accepted' } }],
    ],
    [
      'billing BI-40: a time that cannot be read is the time of receipt, flagged',
      start({ timestamp: 'yesterday' }),
      [3, 'a', { transactionId: 1_000_001, idTagInfo: { status: 'Accepted' } }],
    ],
    [
      'billing: an extra field is kept and flagged',
      start({ vendorThing: 1 }),
      [3, 'a', { transactionId: 1_000_001, idTagInfo: { status: 'Accepted' } }],
    ],
    [
      'BI-44: a token in another case',
      start({ idTag: 'card1' }),
      [3, 'a', { transactionId: 1_000_001, idTagInfo: { status: 'Accepted' } }],
    ],
  ]
  it.each(rows)('%s', async (_, frame, answer) => {
    const { connect, tokens } = testWorker()
    tokens.set(...accept('CARD1'))
    expect(await connect().asks(frame)).toEqual([answer])
  })

  it('INV-05: a billing message that is refused is kept in quarantine first', async () => {
    const { connect, memory } = testWorker()
    const text = JSON.stringify(without(start({}), 'meterStart'))
    await connect().asks(text)
    expect(memory.quarantine).toMatchObject([{ kind: 'quarantined', wire: text, action: 'StartTransaction' }])
  })

  it('INV-53 F-24 BI-40: what was untidy about a billing message is flagged on its session', async () => {
    const { connect, memory } = testWorker()
    await connect().asks(start({ timestamp: '1970-01-01T00:00:05' }))
    expect([...memory.sessions.values()][0]?.flags).toEqual(
      expect.arrayContaining(['timestamp without zone', 'clock is off by more than a year']),
    )
  })

  it('BI-28: U+0000 and lone surrogates never get further than the door', async () => {
    const { connect, memory } = testWorker()
    await connect().asks(
      '[2,"a","StartTransaction",{"connectorId":1,"idTag":"CA\\u0000RD\\ud800","meterStart":1,"timestamp":"2026-11-24T12:00:00Z"}]',
    )
    expect([...memory.sessions.values()][0]?.token).toBe('CARD\ufffd')
  })

  it('BI-25: __proto__ changes nothing', async () => {
    const { connect } = testWorker()
    await connect().asks(
      '[2,"a","DataTransfer",{"vendorId":"x","__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}]',
    )
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })
})

describe('one hostile station among many', () => {
  it('BI-28 BI-27: of 200 stations starting at once three are hostile; 197 are answered, nobody is disconnected', async () => {
    const { connect, tokens, memory } = testWorker()
    tokens.set(...accept('CARD1'))
    const stations = Array.from({ length: 200 }, (_, i) => connect(`CP-${i}`))
    const hostile: Readonly<Record<number, string>> = {
      7: '"CA\\u0000RD","meterStart":1',
      77: '"CARD\\udfff","meterStart":1',
      177: '"CARD1","meterStart":1e400',
    }
    const answers = await Promise.all(
      stations.map((station, i) =>
        station.asks(
          `[2,"a","StartTransaction",{"connectorId":1,"idTag":${hostile[i] ?? '"CARD1","meterStart":1'},"timestamp":"2026-11-24T12:00:00Z"}]`,
        ),
      ),
    )
    expect(answers.filter(([a]) => (a as unknown[])[0] === 3).length).toBe(199)
    expect(answers[177]).toEqual([error('a', 'PropertyConstraintViolation')])
    expect(memory.sessions.size).toBe(199)
    expect(stations.flatMap((s) => s.closes)).toEqual([])
  })
})
