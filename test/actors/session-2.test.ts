import { describe, expect, it } from 'vitest'
import { accept, testWorker } from '../support/worker.ts'

const noon = Date.UTC(2026, 10, 24, 12)
const at = (minute: number): string => new Date(noon + minute * 60_000).toISOString()

interface Told {
  readonly seq: number
  readonly phase?: 'Started' | 'Updated' | 'Ended'
  readonly wh?: number
  readonly transaction?: string
  readonly token?: string
  readonly trigger?: string
  readonly info?: object
  readonly more?: object
}

/** One event of a session as a station of 2.0.1 tells it; its message id is the one given. */
const event = (
  id: string,
  { seq, phase = 'Updated', wh, transaction = 'tx-1', token, trigger, info = {}, more = {} }: Told,
): unknown => [
  2,
  id,
  'TransactionEvent',
  {
    eventType: phase,
    timestamp: at(seq),
    triggerReason:
      trigger ?? (phase === 'Started' ? 'Authorized' : phase === 'Ended' ? 'EVDeparted' : 'MeterValuePeriodic'),
    seqNo: seq,
    transactionInfo: { transactionId: transaction, ...info },
    ...(token !== undefined && { idToken: { idToken: token, type: 'ISO14443' } }),
    ...(wh !== undefined && { meterValue: [{ timestamp: at(seq), sampledValue: [{ value: wh }] }] }),
    ...more,
  },
]
const started = (id: string, over: Partial<Told> = {}): unknown =>
  event(id, { seq: 0, phase: 'Started', wh: 1000, token: 'CARD1', more: { evse: { id: 1, connectorId: 1 } }, ...over })
const ended = (id: string, seq: number, over: Partial<Told> = {}): unknown =>
  event(id, { seq, phase: 'Ended', wh: 1500, info: { stoppedReason: 'EVDisconnected' }, ...over })
const allowed = (id: string): unknown => [3, id, { idTokenInfo: { status: 'Accepted' } }]

const charging = () => {
  const test = testWorker()
  test.tokens.set(...accept('CARD1'))
  return { ...test, station: test.connect('CP-1', 'accepted', 'ocpp2.0.1') }
}
const only = <Value>(values: Iterable<Value>): Value | undefined => [...values][0]

describe('a session over OCPP 2.0.1', () => {
  it('TC_E_01_CSMS: starts, is metered and ends; its CDR is due', async () => {
    const { station, memory } = charging()
    expect(await station.asks(started('a'), event('b', { seq: 1, wh: 1200 }), ended('c', 2))).toEqual([
      allowed('a'),
      [3, 'b', {}],
      [3, 'c', {}],
    ])
    expect(only(memory.sessions.values())).toMatchObject({
      state: 'closed',
      token: 'CARD1',
      meterStartMwh: 1_000_000,
      meterStopMwh: 1_500_000,
      stopReason: 'EVDisconnected',
    })
    expect([memory.outbox.size, memory.samples.size]).toEqual([1, 3])
  })

  it('INV-10: an event told again, under whatever message id, on whatever socket, gets the same answer and changes nothing', async () => {
    const { station, memory, tokens, connect } = charging()
    await station.asks(started('a'))
    tokens.set('card1', { uid: 'CARD1', issuer: '', type: 'RFID', status: 'Blocked' })
    expect(await station.asks(started('b'))).toEqual([allowed('b')])
    expect(await connect('CP-1', 'accepted', 'ocpp2.0.1').asks(started('c'))).toEqual([allowed('c')])
    expect([memory.sessions.size, memory.facts.size, memory.quarantine.length]).toEqual([1, 1, 0])
  })

  it('INV-14: another event under a number that is taken is answered, changes nothing, and is kept aside with an alarm', async () => {
    const { station, memory } = charging()
    await station.asks(started('a'), event('b', { seq: 1, wh: 1200 }))
    expect(await station.asks(event('c', { seq: 1, wh: 9000 }))).toEqual([[3, 'c', {}]])
    expect(only(memory.sessions.values())?.lastRegister?.mwh).toBe(1_200_000)
    expect(memory.quarantine).toMatchObject([
      { action: 'TransactionEvent', reason: expect.stringContaining('event 1') },
    ])
    expect(memory.events).toContainEqual(
      expect.objectContaining({
        type: 'security.alarm',
        data: expect.objectContaining({ alarm: 'conflicting event' }),
      }),
    )
  })

  it('INV-21 TC_E_31_CSMS: with events missing at its end its station is asked whether it still has them', async () => {
    const { station, memory, own } = charging()
    await station.asks(started('a'))
    await station.asks(ended('c', 3))
    const session = only(memory.sessions.values())
    expect([session?.state, memory.outbox.size]).toEqual(['ended', 0])
    expect(own).toEqual([{ identity: 'CP-1', order: { type: 'getTransactionStatus', session: session?.id } }])
    expect([...memory.deadlines.values()].map(({ kind }) => kind)).toContain('session.complete')
  })

  it('TC_E_31_CSMS: so it is where all of it was offline, and only once', async () => {
    const { station, own } = charging()
    const more = { offline: true }
    await station.asks(
      started('a'),
      ended('d', 4, { more }),
      event('b', { seq: 1, more }),
      event('c', { seq: 2, more }),
    )
    expect(own.map(({ order }) => order.type)).toEqual(['getTransactionStatus'])
  })

  it('INV-22: what was missing comes late, and the account is made', async () => {
    const { station, memory } = charging()
    await station.asks(started('a'), ended('d', 3), event('b', { seq: 1, wh: 1100 }))
    expect(memory.outbox.size).toBe(0)
    await station.asks(event('c', { seq: 2, wh: 1300 }))
    expect([only(memory.sessions.values())?.state, memory.outbox.size]).toEqual(['closed', 1])
  })

  it('TC_E_16_CSMS TC_C_20_CSMS: a token is looked at again where the session begins with it', async () => {
    const { station, memory } = charging()
    expect(await station.asks(started('a', { token: 'NOBODY' }))).toEqual([
      [3, 'a', { idTokenInfo: { status: 'Invalid' } }],
    ])
    expect(only(memory.sessions.values())?.authorization?.status).toBe('Invalid')
  })

  it('E01: a session that begins with the cable has its token with a later event, and its place as well', async () => {
    const { station, memory } = charging()
    const plugged = event('a', {
      seq: 0,
      phase: 'Started',
      wh: 1000,
      trigger: 'CablePluggedIn',
      more: { evse: { id: 2 } },
    })
    const authorized = event('b', {
      seq: 1,
      trigger: 'Authorized',
      token: 'CARD1',
      info: { chargingState: 'Charging' },
    })
    expect(await station.asks(plugged, authorized)).toEqual([[3, 'a', {}], allowed('b')])
    expect(only(memory.sessions.values())).toMatchObject({ evse: 2, connector: 1, token: 'CARD1', state: 'open' })
  })

  it.each(['EVDeparted', 'StopAuthorized'])(
    'E07: who ends a session is told apart from whose it is: %s',
    async (trigger) => {
      const { station, memory, tokens } = charging()
      tokens.set(...accept('CARD2'))
      const phase = trigger === 'StopAuthorized' ? 'Updated' : 'Ended'
      await station.asks(started('a'))
      await station.asks(event('b', { seq: 1, phase, trigger, token: 'CARD2' }))
      expect(only(memory.sessions.values())).toMatchObject({ token: 'CARD1', stopToken: 'CARD2' })
    },
  )

  it('a token of one type is not the same as one of another', async () => {
    const { station } = charging()
    const code = { idToken: { idToken: 'CARD1', type: 'KeyCode' } }
    expect(await station.asks([2, 'a', 'Authorize', code])).toEqual([[3, 'a', { idTokenInfo: { status: 'Invalid' } }]])
  })

  it('C15: who has nothing to show may charge where the station is set to let anybody', async () => {
    const { station } = charging()
    const nobody = { idToken: { idToken: '', type: 'NoAuthorization' } }
    expect(await station.asks([2, 'a', 'Authorize', nobody])).toEqual([
      [3, 'a', { idTokenInfo: { status: 'Accepted' } }],
    ])
  })

  it('F-24: a card that charges as often as it may is told so, and its second session is refused', async () => {
    const { station, memory, tokens } = charging()
    tokens.set('card1', { uid: 'CARD1', issuer: '', type: 'RFID', status: 'Accepted', mostSessions: 1 })
    const second = started('b', { transaction: 'tx-2', more: { evse: { id: 2, connectorId: 1 } } })
    expect(await station.asks(started('a'), second)).toEqual([
      allowed('a'),
      [3, 'b', { idTokenInfo: { status: 'ConcurrentTx' } }],
    ])
    expect([...memory.sessions.values()].map((s) => s.authorization?.status)).toEqual(['Accepted', 'ConcurrentTx'])
  })

  it('BI-45: a session on an EVSE where another is open will see that one closed', async () => {
    const { station, memory } = charging()
    await station.asks(started('a'), started('b', { transaction: 'tx-2' }))
    expect([...memory.deadlines.values()].map(({ kind, key }) => [kind, key])).toEqual([
      ['session.infer', [...memory.sessions.keys()][0]],
    ])
  })

  it('E04: what was offline is filed by its time, and says nothing about how the connector stands now', async () => {
    const { station, reports } = charging()
    await station.asks(
      started('a', { info: { chargingState: 'Charging' }, more: { evse: { id: 1, connectorId: 1 }, offline: true } }),
    )
    expect(reports.filter((report) => report.kind === 'status')).toEqual([])
  })

  it('G01: the connector stands as its session says, whatever its own status tells', async () => {
    const { station, worker } = charging()
    const occupied = [
      2,
      's',
      'StatusNotification',
      { timestamp: at(0), connectorStatus: 'Occupied', evseId: 1, connectorId: 1 },
    ]
    const seen: unknown[] = []
    for (const frame of [
      occupied,
      started('a', { info: { chargingState: 'EVConnected' } }),
      event('b', { seq: 1, info: { chargingState: 'Charging' } }),
      occupied,
      event('c', { seq: 2, info: { chargingState: 'SuspendedEV' } }),
      event('d', { seq: 3, info: { chargingState: 'EVConnected' } }),
      ended('e', 4),
      [2, 't', 'StatusNotification', { timestamp: at(9), connectorStatus: 'Available', evseId: 1, connectorId: 1 }],
    ]) {
      await station.asks(frame)
      seen.push(worker.registry.status(station.link, 1, 1))
    }
    expect(seen).toEqual([
      'preparing',
      'preparing',
      'charging',
      'charging',
      'suspendedByVehicle',
      'finishing',
      'finishing',
      'available',
    ])
  })

  it('F01: an order to charge ends with the session that names its number', async () => {
    const { worker, station, memory, order, commands } = charging()
    await worker.start()
    const id = await order({ type: 'startCharging', evse: 1, token: 'CARD1' })
    const [sent] = station.said.map((text) => JSON.parse(text) as [number, string, string, { remoteStartId: number }])
    expect(sent).toMatchObject([
      2,
      expect.any(String),
      'RequestStartTransaction',
      { evseId: 1, idToken: { idToken: 'CARD1', type: 'Central' } },
    ])
    await station.asks(
      [3, sent?.[1], { status: 'Accepted' }],
      started('a', { info: { remoteStartId: sent?.[3].remoteStartId } }),
    )
    expect(only(memory.sessions.values())?.command).toBe(id)
    expect(memory.fulfilled).toMatchObject([{ command: id }])
    expect(commands.get(id)?.state).toBe('answered')
  })

  it('BI-41: an event of another station’s session makes a session of its own, and an alarm', async () => {
    const { station, memory, connect } = charging()
    await station.asks(started('a'))
    const other = connect('CP-2', 'accepted', 'ocpp2.0.1')
    expect(await other.asks(ended('b', 5))).toEqual([[3, 'b', {}]])
    expect([...memory.sessions.values()].map((s) => [s.identity, s.state])).toEqual([
      ['CP-1', 'open'],
      ['CP-2', 'ended'],
    ])
    expect(memory.events.map(({ data }) => data['alarm'])).toContain('foreign transaction')
  })
})
