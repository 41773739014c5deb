import { describe, expect, it } from 'vitest'
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
    expect([...memory.sessions.values()].map((s) => [s.connector, s.token, s.transaction])).toEqual([
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
