import { describe, expect, it } from 'vitest'
import { entryFor } from '../../core/domain/cdr.ts'
import { energyOf } from '../../core/domain/session.ts'
import { accept, testWorker } from '../support/worker.ts'

const start = (id: string, over: object = {}): unknown => [
  2,
  id,
  'StartTransaction',
  { connectorId: 1, idTag: 'CARD1', meterStart: 1000, timestamp: '2026-11-24T12:00:00Z', ...over },
]
const stop = (id: string, transactionId: number, over: object = {}): unknown => [
  2,
  id,
  'StopTransaction',
  { transactionId, meterStop: 6000, timestamp: '2026-11-24T13:00:00Z', ...over },
]
const meter = (id: string, transactionId: number | undefined, value: string, at = '2026-11-24T12:30:00Z'): unknown => [
  2,
  id,
  'MeterValues',
  {
    connectorId: 1,
    ...(transactionId !== undefined && { transactionId }),
    meterValue: [{ timestamp: at, sampledValue: [{ value }] }],
  },
]

const charging = () => {
  const test = testWorker()
  test.tokens.set(...accept('CARD1'))
  test.tokens.set(...accept('CARD2'))
  return { ...test, station: test.connect() }
}

describe('a session over OCPP 1.6', () => {
  it('begins, is metered, ends, and leaves one job for its CDR (INV-04, INV-40)', async () => {
    const { station, memory } = charging()
    expect(await station.asks(start('a'))).toEqual([
      [3, 'a', { transactionId: 1_000_001, idTagInfo: { status: 'Accepted' } }],
    ])
    expect(await station.asks(meter('b', 1_000_001, '3500'))).toEqual([[3, 'b', {}]])
    expect(await station.asks(stop('c', 1_000_001))).toEqual([[3, 'c', {}]])
    const [session] = [...memory.sessions.values()]
    expect(session).toMatchObject({
      state: 'closed',
      meterStartMwh: 1_000_000,
      meterStopMwh: 6_000_000,
      stopReason: 'Local',
      lastRegister: { mwh: 3_500_000 },
    })
    expect([...memory.outbox.values()]).toEqual([{ tenant: 'default', kind: 'cdr', key: session?.id }])
  })

  it('R-5 INV-11: the same Start under a new message id is the same session, also after its stop', async () => {
    const { station, memory } = charging()
    const [first] = await station.asks(start('a'))
    const [again] = await station.asks(start('b'))
    await station.asks(stop('c', 1_000_001))
    const [late] = await station.asks(start('d'))
    expect([again, late].map((answer) => (answer as unknown[])[2])).toEqual([
      (first as unknown[])[2],
      (first as unknown[])[2],
    ])
    expect(memory.sessions.size).toBe(1)
  })

  it('R-6: a second driver on connector 2 gets a session of their own', async () => {
    const { station, memory } = charging()
    await station.asks(start('a'), start('b', { connectorId: 2, idTag: 'CARD2' }))
    expect([...memory.sessions.values()].map((s) => [s.evse, s.token, s.transaction])).toEqual([
      [1, 'CARD1', '1000001'],
      [2, 'CARD2', '1000002'],
    ])
  })

  it('R-7 INV-43: register values with decimals are kept exactly', async () => {
    const { station, memory } = charging()
    await station.asks(start('a'))
    await station.asks(meter('b', 1_000_001, '123456.7'))
    expect([...memory.sessions.values()][0]?.lastRegister?.mwh).toBe(123_456_700)
  })

  it('R-8: meterStart and meterStop alone, sent back to back, give the energy', async () => {
    const { station, memory } = charging()
    await station.asks(start('a'))
    await station.asks(stop('b', 1_000_001))
    const [session] = [...memory.sessions.values()]
    expect((session?.meterStopMwh ?? 0) - (session?.meterStartMwh ?? 0)).toBe(5_000_000)
  })

  it('R-9: a register in kWh beside a meterStart in Wh is one unit inside', async () => {
    const { station, memory } = charging()
    await station.asks(start('a', { meterStart: 876_000 }))
    await station.asks([
      2,
      'b',
      'MeterValues',
      {
        connectorId: 1,
        transactionId: 1_000_001,
        meterValue: [
          {
            timestamp: '2026-11-24T12:30:00Z',
            sampledValue: [{ value: '877.5', unit: 'kWh', measurand: 'Energy.Active.Import.Register' }],
          },
        ],
      },
    ])
    expect([...memory.sessions.values()][0]?.lastRegister?.mwh).toBe(877_500_000)
  })

  it('R-13 INV-16 BI-41: a stop for an unknown transaction is confirmed and kept as an orphan', async () => {
    const { station, memory } = charging()
    expect(await station.asks(stop('a', 77))).toEqual([[3, 'a', {}]])
    expect(await station.asks(stop('b', 77))).toEqual([[3, 'b', {}]])
    expect([...memory.sessions.values()].map((s) => [s.state, s.meterStopMwh])).toEqual([['orphan', 6_000_000]])
    expect(memory.outbox.size).toBe(0)
  })

  it("BI-41: one station's stop never touches another station's session", async () => {
    const { station, memory, connect } = charging()
    await station.asks(start('a'))
    await connect('CP-2').asks(stop('b', 1_000_001))
    expect([...memory.sessions.values()].map((s) => [s.identity, s.state])).toEqual([
      ['CP-1', 'open'],
      ['CP-2', 'orphan'],
    ])
  })

  it('R-14: a start with an unknown token is Invalid, has a real id, and will be closed', async () => {
    const { station, memory, clock } = charging()
    expect(await station.asks(start('a', { idTag: 'NOBODY' }))).toEqual([
      [3, 'a', { transactionId: 1_000_001, idTagInfo: { status: 'Invalid' } }],
    ])
    const [session] = [...memory.sessions.values()]
    expect([...memory.deadlines.values()]).toEqual([
      {
        tenant: 'default',
        kind: 'session.infer',
        key: session?.id,
        due: clock.now() + 15 * 60_000,
        reason: 'refused token',
      },
    ])
    expect((await station.asks(start('b', { timestamp: '2026-11-24T12:10:00Z' })))[0]).toMatchObject([
      3,
      'b',
      { transactionId: 1_000_002 },
    ])
  })

  it('INV-13: a second, different stop changes nothing and is kept', async () => {
    const { station, memory } = charging()
    await station.asks(start('a'))
    await station.asks(stop('b', 1_000_001))
    await station.asks(stop('c', 1_000_001, { meterStop: 9000 }))
    expect([...memory.sessions.values()][0]?.meterStopMwh).toBe(6_000_000)
    expect([...memory.facts.values()].map((f) => f.fact.flags)).toContainEqual(['differs from the first stop'])
    expect(memory.outbox.size).toBe(1)
  })

  it('INV-52 BI-42: an unknown last register falls back to the last reading', async () => {
    const { station, memory } = charging()
    await station.asks(start('a'))
    await station.asks(meter('b', 1_000_001, '4000'))
    await station.asks(stop('c', 1_000_001, { meterStop: -1 }))
    expect([...memory.sessions.values()][0]).toMatchObject({
      state: 'closed',
      lastRegister: { mwh: 4_000_000 },
      flags: ['the station does not know its last register'],
    })
  })

  it.each([
    ['jitter', ['999.98'], 999, 0],
    ['reset', ['4000', '500'], 600, 3_600_000],
    ['implausible', ['4000'], 900_000_000, 3_000_000],
  ])(
    'INV-51 BI-42: a register that goes wrong (%s) is billed by its rule, and its CDR says so',
    async (course, registers, meterStop, mwh) => {
      const { station, memory } = charging()
      await station.asks(start('a'))
      for (const [i, value] of registers.entries())
        await station.asks(meter(`m${i}`, 1_000_001, value, `2026-11-24T12:3${i}:00Z`))
      await station.asks(stop('z', 1_000_001, { meterStop }))
      const [session] = [...memory.sessions.values()]
      if (session === undefined) throw new Error('no session')
      expect(energyOf(session)).toMatchObject({ mwh, course })
      expect(
        entryFor(session, undefined, { now: 0, uuid: () => 'a', findings: [], price: () => undefined })?.cdr.notes,
      ).toContain(`register: ${course}`)
    },
  )

  it('BI-42: a reading that cannot be is kept and flagged, and counts for nothing', async () => {
    const { station, memory } = charging()
    await station.asks(start('a'))
    await station.asks(meter('b', 1_000_001, '1000000000'), meter('c', 1_000_001, '4000'))
    expect([...memory.sessions.values()][0]).toMatchObject({
      lastRegister: { mwh: 4_000_000 },
      flags: ['implausible register'],
    })
    expect(memory.samples.size).toBe(2)
  })

  it('INV-10: a reading whose time cannot be read is the same reading when it comes again', async () => {
    const { station, memory, clock } = charging()
    await station.asks(start('a'))
    await station.asks(meter('b', 1_000_001, '4000', 'noon'))
    await clock.pass(60_000)
    await station.asks(meter('c', 1_000_001, '4000', 'noon'))
    expect(memory.samples.size).toBe(1)
  })

  it('INV-12: of a station without a clock an equal start after its stop is another session, and a repetition is that one', async () => {
    const { station, memory } = charging()
    const epoch = { timestamp: '1970-01-01T00:00:00Z' }
    await station.asks(start('a', epoch))
    expect(await station.asks(start('b', epoch))).toMatchObject([[3, 'b', { transactionId: 1_000_001 }]])
    await station.asks(stop('c', 1_000_001))
    expect(await station.asks(start('d', epoch))).toMatchObject([[3, 'd', { transactionId: 1_000_002 }]])
    expect(await station.asks(start('e', epoch))).toMatchObject([[3, 'e', { transactionId: 1_000_002 }]])
    expect([...memory.sessions.values()].map((s) => [s.state, s.flags.length])).toEqual([
      ['closed', 1],
      ['open', 2],
    ])
    expect(memory.facts.size).toBe(3)
  })

  it('INV-12: the same where its operator knows that it has no clock', async () => {
    const { station, memory } = charging()
    station.link.record = { ...station.link.record, clockless: true }
    await station.asks(start('a'))
    await station.asks(stop('b', 1_000_001))
    await station.asks(start('c'))
    expect(memory.sessions.size).toBe(2)
  })

  it.each([
    ['connector 0', 0, 'connector 0 is none'],
    ['connector -1', -1, 'connector -1 is none'],
    ['a connector that was never reported', 999, 'connector 999 was never reported'],
  ])('BI-43: a start on %s is answered, kept and flagged', async (_, connectorId, flag) => {
    const { station, memory } = charging()
    await station.asks([2, 's', 'StatusNotification', { connectorId: 1, status: 'Available', errorCode: 'NoError' }])
    expect(await station.asks(start('a', { connectorId }))).toMatchObject([[3, 'a', { transactionId: 1_000_001 }]])
    expect([...memory.sessions.values()][0]?.flags).toEqual([flag])
  })

  it.each([
    ['a blocked token', { status: 'Blocked' }, 'Blocked'],
    ['a token that has expired', { status: 'Accepted', expiresAt: Date.UTC(2020, 0) }, 'Expired'],
    ['a token of a group', { status: 'Accepted', groupId: 'FLEET' }, 'Accepted'],
  ] as const)('BI-44: %s gets its own answer, and its session is kept', async (_, token, told) => {
    const { station, memory, tokens } = charging()
    tokens.set('card3', { uid: 'CARD3', issuer: '', type: 'RFID', ...token })
    expect(await station.asks(start('a', { idTag: 'CARD3' }))).toMatchObject([
      [3, 'a', { transactionId: 1_000_001, idTagInfo: { status: told } }],
    ])
    expect([...memory.sessions.values()][0]?.authorization?.status).toBe(told)
  })

  it('BI-46 INV-13: ended twice, metered after its end, started twice with other content: one account, nothing lost', async () => {
    const { station, memory } = charging()
    await station.asks(start('a'))
    await station.asks(stop('b', 1_000_001), stop('c', 1_000_001, { meterStop: 7000 }))
    await station.asks(meter('d', 1_000_001, '5000'))
    await station.asks(start('e', { meterStart: 6000, timestamp: '2026-11-24T13:05:00Z' }))
    expect([...memory.sessions.values()].map((s) => [s.state, energyOf(s)?.mwh])).toEqual([
      ['closed', 5_000_000],
      ['open', undefined],
    ])
    expect([memory.outbox.size, memory.samples.size]).toEqual([1, 1])
  })

  it('D-8: a connector goes on from where its row says it was', async () => {
    const { worker, reports, station } = charging()
    Object.assign(station.link.seat, { connectors: [{ evse: 1, connector: 1, status: 'charging' }] })
    await station.asks([2, 's', 'StatusNotification', { connectorId: 1, status: 'Finishing', errorCode: 'NoError' }])
    expect(reports.find((r) => r.kind === 'status')).toMatchObject({ before: 'charging', irregular: false })
    expect(worker.registry.knows(station.link, 1)).toBe(true)
  })

  it('tells nobody of a status that stood when the socket opened, but of a fault and of its end', async () => {
    const { reports, station } = charging()
    const known = { evse: 1, connector: 1, status: 'available', errorCode: 'NoError', info: null }
    Object.assign(station.link.seat, { connectors: [known] })
    for (const errorCode of ['NoError', 'HighTemperature', 'NoError'])
      await station.asks([2, errorCode, 'StatusNotification', { connectorId: 1, status: 'Available', errorCode }])
    const told = reports.flatMap((r) => (r.kind === 'status' ? [[r.report.errorCode, r.unchanged]] : []))
    expect(told).toEqual([
      ['NoError', true],
      ['HighTemperature', false],
      ['NoError', false],
    ])
  })

  it('INV-24: a session that was closed without its stop leaves the connector, and a late stop still closes it', async () => {
    const { worker, station, memory } = charging()
    await station.asks(start('a'))
    const [session] = [...memory.sessions.values()]
    worker.sessionInferred({ tenant: 'default', identity: 'CP-1' }, session?.id ?? '', 'next session')
    expect(station.link.sessions.size).toBe(0)
    await station.asks(stop('b', 1_000_001))
    expect([...memory.sessions.values()][0]?.state).toBe('closed')
  })

  it('BI-45: a start while another session is open on the connector opens a new one; the old one waits for its stop', async () => {
    const { station, memory } = charging()
    await station.asks(start('a'))
    await station.asks(start('b', { timestamp: '2026-11-24T12:20:00Z' }))
    expect([...memory.sessions.values()].map((s) => s.state)).toEqual(['open', 'open'])
    expect([...memory.deadlines.values()].map((d) => d.reason)).toEqual(['next session'])
  })

  it('INV-02 D-11: nothing is answered while the store does not commit, and everything afterwards', async () => {
    let down = true
    const test = testWorker({
      ledger: (memory) => ({
        commit: async (facts) => (down ? Promise.reject(new Error('no connection')) : memory.commit(facts)),
      }),
    })
    test.tokens.set(...accept('CARD1'))
    const station = test.connect()
    expect(await station.asks(start('a'))).toEqual([])
    await test.clock.pass(5_000)
    expect(station.said).toEqual([])
    down = false
    await test.clock.pass(3_000)
    expect(station.said.map((text) => JSON.parse(text) as unknown)).toEqual([
      [3, 'a', { transactionId: 1_000_001, idTagInfo: { status: 'Accepted' } }],
    ])
  })

  it('INV-07 A04.FR.02: a security event is confirmed when it is stored, and not before', async () => {
    let down = true
    const test = testWorker({
      ledger: (memory) => ({
        commit: async (facts) => (down ? Promise.reject(new Error('no connection')) : memory.commit(facts)),
      }),
    })
    const station = test.connect()
    const event = { type: 'TamperDetectionActivated', timestamp: '2026-11-24T12:00:00Z' }
    expect(await station.asks([2, 'a', 'SecurityEventNotification', event])).toEqual([])
    down = false
    await test.clock.pass(3_000)
    expect(station.said.map((text) => JSON.parse(text) as unknown)).toEqual([[3, 'a', {}]])
  })

  it('INV-03 D-11: an outage of more than 15 s sends stations offline with 1013 and refuses new ones with 503', async () => {
    const test = testWorker({ ledger: () => ({ commit: () => Promise.reject(new Error('no connection')) }) })
    test.tokens.set(...accept('CARD1'))
    await test.worker.start()
    const station = test.connect()
    await station.asks(start('a'))
    await test.clock.pass(20_000)
    expect(station.closes).toEqual([{ code: 1013, reason: 'try again later' }])
    expect(
      await test.worker.gateway.admit({
        target: '/ocpp/CP-1',
        method: 'GET',
        header: () => undefined,
        peer: '127.0.0.1',
        secure: false,
      }),
    ).toMatchObject({ admitted: false, status: 503 })
  })

  it('INV-06: answers leave in the order of their CALLs', async () => {
    const { station } = charging()
    const answers = await station.asks(start('a'), [2, 'b', 'Heartbeat', {}])
    expect(answers.map((a) => (a as unknown[])[1])).toEqual(['a', 'b'])
  })
})
