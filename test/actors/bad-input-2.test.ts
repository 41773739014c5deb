import { describe, expect, it } from 'vitest'
import type { Protocol } from '../../core/ocpp/version.ts'
import { door } from '../support/door.ts'
import { accept, testWorker } from '../support/worker.ts'

const error = (id: string, code: string): unknown => [4, id, code, expect.any(String), {}]
const heartbeat = (id: unknown): unknown => [2, id, 'Heartbeat', {}]
const beat = (id: string): unknown => [3, id, { currentTime: expect.any(String) }]
const authorize = (id: string, idToken: string): unknown => [
  2,
  id,
  'Authorize',
  { idToken: { idToken, type: 'ISO14443' } },
]
const event = (over: object, info: object = {}): readonly unknown[] => [
  2,
  'e',
  'TransactionEvent',
  {
    eventType: 'Started',
    timestamp: '2026-11-24T12:00:00Z',
    triggerReason: 'Authorized',
    seqNo: 0,
    transactionInfo: { transactionId: 'tx-1', ...info },
    ...over,
  },
]
const without = (frame: readonly unknown[], field: string): unknown => {
  const { [field]: _, ...payload } = frame[3] as Record<string, unknown>
  return [frame[0], frame[1], frame[2], payload]
}

/** The envelope and the payload in the codes of 2.x (handbook §6.5 c, d). */
describe.each(['ocpp2.0.1', 'ocpp2.1'] as const)('frames of %s that are wrong', (protocol) => {
  const rows: readonly (readonly [string, unknown, readonly unknown[]])[] = [
    ['BI-30: what is not JSON is answered to nobody', 'nonsense', [error('-1', 'RpcFrameworkError')]],
    ['BI-31: not an array', { a: 1 }, [error('-1', 'RpcFrameworkError')]],
    ['BI-31: an empty array', [], [error('-1', 'RpcFrameworkError')]],
    ['BI-31: a type that is no number', ['2', 'a', 'Heartbeat', {}], [error('-1', 'RpcFrameworkError')]],
    ['BI-32: an unknown type', [9, 'a', 'Heartbeat', {}], [error('a', 'MessageTypeNotSupported')]],
    ['BI-32: an unknown type without an id', [9], [error('-1', 'RpcFrameworkError')]],
    ['BI-33: three elements', [2, 'a', 'Heartbeat'], [error('a', 'RpcFrameworkError')]],
    ['BI-33: five elements', [2, 'a', 'Heartbeat', {}, 1], [error('a', 'RpcFrameworkError')]],
    ['BI-33: a payload that is an array', [2, 'a', 'Heartbeat', []], [error('a', 'FormatViolation')]],
    ['BI-33: a payload that is null', [2, 'a', 'Heartbeat', null], [error('a', 'FormatViolation')]],
    ['BI-34: an id that is too long', heartbeat('x'.repeat(37)), [error('x'.repeat(37), 'RpcFrameworkError')]],
    ['BI-34: an id that is much too long', heartbeat('x'.repeat(300)), [error('-1', 'RpcFrameworkError')]],
    ['BI-34: no id at all', heartbeat(null), [error('-1', 'RpcFrameworkError')]],
    ['BI-36: a CALLRESULT that nobody waits for', [3, 'zz', {}], []],
    ['BI-36: a CALLERROR that nobody waits for', [4, 'zz', 'GenericError', '', {}], []],
    ['BI-36: a CALLRESULT that cannot be read', [3], []],
    ['BI-38: an unknown action', [2, 'a', 'MakeCoffee', {}], [error('a', 'NotImplemented')]],
    ['BI-38: an action of another version', [2, 'a', 'StartTransaction', {}], [error('a', 'NotImplemented')]],
    ['BI-39: an action that only we may send', [2, 'a', 'Reset', { type: 'OnIdle' }], [error('a', 'NotSupported')]],
    [
      'BI-26: nested deeper than 32',
      [2, 'a', 'DataTransfer', { vendorId: 'x', data: JSON.parse('['.repeat(40) + ']'.repeat(40)) }],
      [error('a', 'FormatViolation')],
    ],
    ['a field that must be there is not', without(event({}), 'seqNo'), [error('e', 'OccurrenceConstraintViolation')]],
    ['a field of the wrong type', event({ seqNo: '1' }), [error('e', 'TypeConstraintViolation')]],
    ['BI-27: a number beyond all numbers', '[2,"e","TransactionEvent",{"seqNo":1e400}]', [expect.anything()]],
    ['an empty list', event({ meterValue: [] }), [error('e', 'OccurrenceConstraintViolation')]],
    [
      'a status that there is not',
      [
        2,
        'a',
        'StatusNotification',
        { timestamp: '2026-11-24T12:00:00Z', connectorStatus: 'Busy', evseId: 1, connectorId: 1 },
      ],
      [error('a', 'PropertyConstraintViolation')],
    ],
    [
      'a time without a zone, where no money is in it',
      [
        2,
        'a',
        'StatusNotification',
        { timestamp: '2026-11-24T12:00:00', connectorStatus: 'Available', evseId: 1, connectorId: 1 },
      ],
      [error('a', 'PropertyConstraintViolation')],
    ],
  ]
  it.each(rows)('%s', async (_, frame, answers) => {
    const { connect } = testWorker()
    expect(await connect('CP-1', 'accepted', protocol).asks(frame)).toEqual(answers)
  })

  it('BI-35: another frame under an id in use is refused with RpcFrameworkError, and the first goes on', async () => {
    const { connect, tokens } = testWorker()
    tokens.set(...accept('CARD1'))
    const answers = await connect('CP-1', 'accepted', protocol).asks(authorize('a', 'CARD1'), authorize('a', 'CARD2'))
    expect(answers).toEqual([error('a', 'RpcFrameworkError'), [3, 'a', { idTokenInfo: { status: 'Accepted' } }]])
  })

  it('INV-05: an event that cannot be read is kept aside before it is refused', async () => {
    const { connect, memory } = testWorker()
    await connect('CP-1', 'accepted', protocol).asks(event({ seqNo: '1' }))
    expect(memory.quarantine).toMatchObject([{ kind: 'quarantined', action: 'TransactionEvent' }])
  })

  it('D-12: an event that is untidy where it does not matter is kept, flagged and answered', async () => {
    const { connect, memory } = testWorker()
    const station = connect('CP-1', 'accepted', protocol)
    expect(
      await station.asks(event({ vendorField: 1, triggerReason: 'Whatever', timestamp: '2026-11-24T12:00:00' })),
    ).toEqual([[3, 'e', {}]])
    expect([...memory.sessions.values()][0]?.flags).toContain('timestamp without zone')
  })

  it('BI-05: an identity has at most 48 characters', async () => {
    const { status, register } = door()
    const long = 'x'.repeat(49)
    register(long, undefined, { securityProfile: 0 })
    expect(await status(`/ocpp/${long}`, { 'sec-websocket-protocol': protocol })).toBe(404)
    expect(await status(`/ocpp/${long}`, { 'sec-websocket-protocol': 'ocpp1.6' })).toBe(101)
  })
})

describe('the frames that 2.1 knows more', () => {
  const stream = { id: 1, pending: 0, basetime: '2026-11-24T12:00:00Z', data: [{ t: 0, v: '1' }] }
  const said = async (protocol: Protocol, ...frames: readonly unknown[]) => {
    const { connect, counts } = testWorker()
    const station = connect('CP-1', 'accepted', protocol)
    return { answers: await station.asks(...frames), counts, closes: station.closes }
  }

  it('BI-39b: a SEND is never answered, whether it can be understood or not', async () => {
    const { answers, counts } = await said(
      'ocpp2.1',
      [6, 'a', 'NotifyPeriodicEventStream', stream],
      [6, 'b', 'NotifyPeriodicEventStream', {}],
      [6, 'c', 'Heartbeat', {}],
      [6, 'd', 'MakeCoffee', {}],
      [6, 'e'],
    )
    expect(answers).toEqual([])
    expect(counts.get('ocpp.frames.dropped send')).toBeGreaterThanOrEqual(3)
  })

  it('BI-39c: a CALLRESULTERROR is counted and not answered', async () => {
    const { answers, counts } = await said('ocpp2.1', [5, 'a', 'FormatViolation', 'no such field', {}], heartbeat('h'))
    expect([answers, counts.get('ocpp.results.refused FormatViolation')]).toEqual([[beat('h')], 1])
  })

  it('BI-32: 2.0.1 knows neither', async () => {
    const { answers } = await said(
      'ocpp2.0.1',
      [6, 'a', 'NotifyPeriodicEventStream', stream],
      [5, 'b', 'FormatViolation', '', {}],
    )
    expect(answers).toEqual([error('a', 'MessageTypeNotSupported'), error('b', 'MessageTypeNotSupported')])
  })
})

describe('before a station of 2.x is accepted', () => {
  const boot = [2, 'b', 'BootNotification', { reason: 'PowerUp', chargingStation: { vendorName: 'V', model: 'M' } }]
  const status = (id: string): unknown => [
    2,
    id,
    'StatusNotification',
    { timestamp: '2026-11-24T12:00:00Z', connectorStatus: 'Available', evseId: 1, connectorId: 1 },
  ]
  const refused = (id: string): unknown => error(id, 'SecurityError')

  it('B01.FR.10: one that has never booted here boots first; its events are kept', async () => {
    const { connect, memory } = testWorker()
    const station = connect('CP-1', 'accepted', 'ocpp2.0.1', {})
    expect(await station.asks(status('s'), event({}))).toEqual([refused('s'), refused('e')])
    expect(memory.quarantine.length).toBe(1)
    expect(await station.asks(boot, status('t'))).toEqual([
      [3, 'b', { currentTime: expect.any(String), interval: 300, status: 'Accepted' }],
      [3, 't', {}],
    ])
  })

  it('one that does not boot is asked to, and then stands where its operator has put it: our books may have lost it, and its sessions must not', async () => {
    const { connect, clock } = testWorker()
    const station = connect('CP-1', 'accepted', 'ocpp2.0.1', {})
    await clock.pass(10_000)
    const asked = station.said.map((text) => (JSON.parse(text) as unknown[])[2])
    expect([asked, await station.asks(status('s'))]).toEqual([['TriggerMessage'], [[3, 's', {}]]])
  })

  it('B10.FR.10: one that has booted before need not boot again when it reconnects', async () => {
    const { connect } = testWorker()
    expect(await connect('CP-1', 'accepted', 'ocpp2.0.1').asks(status('s'))).toEqual([[3, 's', {}]])
  })

  it('TC_B_30_CSMS BI-39a: while pending everything but its boot is refused, and its events are kept', async () => {
    const { connect, memory } = testWorker()
    const station = connect('CP-1', 'pending', 'ocpp2.0.1')
    expect(await station.asks(status('s'), event({}), boot)).toEqual([
      refused('s'),
      refused('e'),
      [3, 'b', { currentTime: expect.any(String), interval: 60, status: 'Pending' }],
    ])
    expect(memory.quarantine.length).toBe(1)
  })

  it('B02.FR.09: while pending it may say what was asked for, and send a report in all its pages', async () => {
    const { connect, worker } = testWorker()
    const station = connect('CP-1', 'pending', 'ocpp2.0.1')
    const ref = { tenant: 'default', identity: 'CP-1' }
    worker.registry.await(ref, 'StatusNotification', Infinity)
    expect([await station.asks(status('s')), await station.asks(status('t'))]).toEqual([[[3, 's', {}]], [refused('t')]])
    worker.registry.await(ref, 'StatusNotification', Infinity, true)
    expect(await station.asks(status('u'), status('v'))).toEqual([
      [3, 'u', {}],
      [3, 'v', {}],
    ])
  })

  it('TC_B_31_CSMS: one that was rejected and is let in now is asked for its boot', async () => {
    const { connect, worker } = testWorker()
    const station = connect('CP-1', 'rejected', 'ocpp2.0.1')
    worker.registry.changed({ tenant: 'default', identity: 'CP-1' }, 'accepted')
    await station.asks()
    expect(station.said.map((text) => JSON.parse(text) as unknown)).toMatchObject([
      [2, expect.any(String), 'TriggerMessage', { requestedMessage: 'BootNotification' }],
    ])
  })
})
