import fc from 'fast-check'
import { scryptSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { Reporter } from '../../actors/reporter.ts'
import { Wheel } from '../../actors/wheel.ts'
import { memoryDeadlines } from '../../adapters/memory/deadlines.ts'
import { MemoryCurrentState } from '../../adapters/memory/current-state.ts'
import { writeCdr } from '../../adapters/memory/cdr-writer.ts'
import { holds } from '../../core/domain/deadline.ts'
import { LedgerUnavailable } from '../../core/ports/ledger.ts'
import type { StateReport } from '../../core/ports/current-state.ts'
import { TestClock, settled } from '../support/clock.ts'
import { basic, door } from '../support/door.ts'
import { testWorker } from '../support/worker.ts'
import { silence } from '../support/quiet.ts'

const seen = (identity: string): StateReport => ({ kind: 'seen', tenant: 'default', identity, epoch: 1, at: 0 })

/** Heartbeats, authorisations, meter values, what nobody knows, and what is no call at all. */
const frameOf = (id: string, kind: number): string =>
  [
    JSON.stringify([2, id, 'Heartbeat', {}]),
    JSON.stringify([2, id, 'Authorize', { idTag: 'CARD1' }]),
    JSON.stringify([2, id, 'MeterValues', { connectorId: 1, meterValue: [] }]),
    JSON.stringify([2, id, 'MakeCoffee', {}]),
    JSON.stringify([2, id, 'Heartbeat']),
    '{"a',
  ][kind] ?? ''

describe('a worker', () => {
  it('BI-37 INV-04: answers InternalError when a handler throws, and what stands behind it is answered too', async () => {
    const { worker, connect } = testWorker()
    const station = connect()
    worker.reporter.report = () => {
      throw new Error('a secret of ours')
    }
    const status = { connectorId: 1, errorCode: 'NoError', status: 'Available' }
    expect(await station.asks([2, 'a', 'StatusNotification', status], [2, 'b', 'Heartbeat', {}])).toEqual([
      [4, 'a', 'InternalError', 'this message could not be handled', {}],
      [3, 'b', expect.anything()],
    ])
  })

  it('INV-62: answers what it has heard before it closes the socket of a station', async () => {
    const test = testWorker()
    const station = test.connect()
    station.says([
      2,
      'a',
      'StartTransaction',
      { connectorId: 1, idTag: 'X', meterStart: 1, timestamp: '2026-11-24T12:00:00Z' },
    ])
    const drained = test.worker.drain(1_000)
    await test.clock.pass(2_000)
    await drained
    expect(station.said.length).toBe(1)
    expect(station.closes).toMatchObject([{ code: 1012 }])
  })

  it('INV-31: whoever fails to authenticate does not disturb the socket that is there', async () => {
    const { knock, connect, worker } = door()
    const station = connect()
    for (let i = 0; i < 20; i++)
      expect(await knock('/ocpp/CP-1', { authorization: basic('CP-1', `wrong-wrong-wrong-${i}`) })).toMatchObject({
        admitted: false,
      })
    expect(await station.asks([2, 'a', 'Heartbeat', {}])).toMatchObject([[3, 'a', {}]])
    expect([station.closes, worker.registry.size]).toEqual([[], 1])
  })

  it('INV-49 INV-48 INV-50a: what was written to a socket is never written to the next one; every id is its own', async () => {
    const { worker, connect, clock, commands, order } = testWorker()
    await worker.start()
    const station = connect()
    const startCharging = { type: 'startCharging', evse: 1, token: 'CARD1' } as const
    const ids = [await order(startCharging), await order(startCharging)]
    await clock.pass(100)
    worker.gateway.closed(station.link, 1006)
    const again = connect()
    await clock.pass(30_000)
    expect([station.said.length, again.said]).toEqual([1, []])
    expect(commands.get(ids[1] ?? '')).toMatchObject({ state: 'done', outcome: 'notDelivered' })
    await order(startCharging)
    await clock.pass(100)
    const messages = [...station.said, ...again.said].map((text) => String((JSON.parse(text) as unknown[])[1]))
    expect([messages.length, new Set(messages).size, messages.every((id) => id.length <= 36)]).toEqual([2, 2, true])
  })

  it('INV-55 F-23: a clock that is set by an hour moves no timer, closes no socket and changes no duration', async () => {
    const { connect, clock, tokens, memory, worker } = testWorker({ settings: { framesPerS: 0 } })
    tokens.set('card1', { uid: 'CARD1', issuer: '', type: 'RFID', status: 'Accepted' })
    await worker.start()
    const station = connect()
    const start = { connectorId: 1, idTag: 'CARD1', meterStart: 0, timestamp: '2026-11-24T12:00:00Z' }
    await station.asks([2, 'a', 'StartTransaction', start])
    for (const hours of [1, -2, 1]) {
      clock.jump(hours * 3_600_000)
      await clock.pass(25_000)
      expect(await station.asks([2, `h${hours}`, 'Heartbeat', {}])).toHaveLength(1)
    }
    const stop = { transactionId: 1_000_001, meterStop: 100, timestamp: '2026-11-24T12:30:00Z' }
    await station.asks([2, 'b', 'StopTransaction', stop])
    const [session] = [...memory.sessions.values()]
    expect((session?.endedAt ?? 0) - (session?.startedAt ?? 0)).toBe(30 * 60_000)
    expect(station.closes).toEqual([])
  })

  it('F-20 INV-60: a station that does not read is closed before what it does not read fills the memory', async () => {
    const { worker, connect } = testWorker({ settings: { mostBufferedBytes: 1_000 } })
    const station = connect()
    let waiting = 0
    station.link.connection.send = (text) => (waiting += text.length)
    for (let i = 0; i < 100; i++) station.says([2, `h${i}`, 'Heartbeat', {}])
    expect(station.closes).toEqual([{ code: 1008, reason: 'reads too slowly' }])
    expect([waiting < 2_000, worker.registry.size]).toEqual([true, 0])
  })

  it('R-15 INV-60 INV-02: more than the store takes is answered when it is stored, and memory is bounded all the while', async () => {
    let commits = 0
    const test = testWorker({
      ledger: (memory) => ({
        commit: (facts) =>
          new Promise((go) => {
            commits++
            test.clock.after(1_000, () => go(memory.commit(facts)))
          }),
      }),
    })
    const station = test.connect()
    const meterValue = [{ timestamp: '2026-11-24T12:00:00Z', sampledValue: [{ value: '1' }] }]
    for (let i = 0; i < 60; i++) station.says([2, `m${i}`, 'MeterValues', { connectorId: 1, meterValue }])
    await settled()
    expect(station.said).toEqual([])
    await test.clock.pass(5_000)
    expect([station.said.length, commits]).toEqual([60, 1])
    for (let i = 0; i < 100; i++) station.says([2, `n${i}`, 'MeterValues', { connectorId: 1, meterValue }])
    expect(station.closes).toEqual([{ code: 1008, reason: 'too many messages' }])
  })

  it('R-16 D-15: letting a station in costs a keyed hash, not a slow one', async () => {
    const { knock } = door()
    const took = async (work: () => unknown, times: number): Promise<number> => {
      const began = performance.now()
      for (let i = 0; i < times; i++) await work()
      return (performance.now() - began) / times
    }
    // twenty a minute are let in at once
    const fast = await took(() => knock('/ocpp/CP-1'), 20)
    const slow = await took(() => scryptSync('a password', 'salt', 32), 5)
    expect(slow / fast).toBeGreaterThan(10)
  })

  it('INV-37 D-11: a store that says nothing at all is down after five seconds, as one that refuses is at once', async () => {
    const { worker, connect, clock, tokens } = testWorker({
      ledger: () => ({ commit: () => new Promise(() => {}) }),
    })
    tokens.set('card1', { uid: 'CARD1', issuer: '', type: 'RFID', status: 'Accepted' })
    await worker.start()
    const station = connect()
    const start = { connectorId: 1, idTag: 'CARD1', meterStart: 0, timestamp: '2026-11-24T12:00:00Z' }
    station.says([2, 'a', 'StartTransaction', start])
    await clock.pass(4_000)
    expect(worker.journal.outageMs).toBe(0)
    await clock.pass(2_000)
    expect(worker.journal.outageMs).toBeGreaterThan(5_000)
    await clock.pass(30_000)
    expect([worker.refusesBecause(), station.closes]).toEqual([
      'the store does not commit',
      [{ code: 1013, reason: 'try again later' }],
    ])
  })

  it('R-17: a message costs the same among many sockets as among few', async () => {
    const cost = async (sockets: number): Promise<number> => {
      const { connect } = testWorker({ settings: { traceMb: 0, framesPerS: 0 } })
      const stations = Array.from({ length: sockets }, (_, i) => connect(`CP-${i}`))
      const times: number[] = []
      for (let round = 0; round < 9; round++) {
        const began = performance.now()
        for (let i = 0; i < 3_000; i++) stations[i % sockets]?.says([2, 'a', 'Heartbeat', {}])
        times.push(performance.now() - began)
        await settled()
      }
      return times.toSorted((a, b) => a - b)[4] ?? 0
    }
    const few = await cost(100)
    expect((await cost(3_000)) / few).toBeLessThan(5)
  })

  it('INV-08: of all frames it took, each was answered, was the same as one in flight, or went with its socket', async () => {
    const frame = fc.record({ id: fc.constantFrom('a', 'b', 'c', 'd'), kind: fc.integer({ min: 0, max: 5 }) })
    await fc.assert(
      fc.asyncProperty(fc.array(frame, { maxLength: 120 }), fc.boolean(), async (frames, leaves) => {
        const { connect, counts, worker, clock } = testWorker({ settings: { framesPerS: 1, frameBurst: 3 } })
        const station = connect()
        for (const [i, { id, kind }] of frames.entries()) {
          station.says(frameOf(id, kind))
          if (i % 7 === 0) await settled()
        }
        if (leaves) worker.gateway.closed(station.link, 1006)
        await clock.pass(200_000)
        const of = (name: string): number =>
          [...counts].reduce((sum, [key, n]) => (key === name || key.startsWith(`${name} `) ? sum + n : sum), 0)
        const dropped = of('ocpp.frames.dropped') - (counts.get('ocpp.frames.dropped unreadable') ?? 0)
        const twins = counts.get('ocpp.ingest.duplicates in flight') ?? 0
        expect(of('ocpp.frames.accepted')).toBe(of('ocpp.frames.answered') + twins + dropped)
      }),
      { numRuns: 60 },
    )
  })

  it('INV-24 INV-25: readings after a session was closed without its stop make one new version a day, not one each', async () => {
    const { memory, connect, clock } = testWorker()
    const station = connect()
    const ids = { uuid: () => `id-${memory.cdrs.size}-${Math.trunc(clock.now())}` }
    const deadlines = memoryDeadlines({ ledger: memory, state: new MemoryCurrentState(memory), clock })
    const books = async (): Promise<readonly string[]> => {
      await deadlines.sweep(10)
      for (const [key, item] of memory.outbox)
        writeCdr({ ledger: memory, clock, ids }, { ...item, id: memory.outboxIds.get(key) ?? 0 })
      return [...memory.cdrs.values()].map((cdr) => `${cdr.version} ${cdr.state}`)
    }
    const meter = (n: number) => [
      2,
      `m${n}`,
      'MeterValues',
      {
        connectorId: 1,
        transactionId: 1_000_001,
        meterValue: [{ timestamp: new Date(clock.now()).toISOString(), sampledValue: [{ value: String(n) }] }],
      },
    ]
    await station.asks([
      2,
      's',
      'StartTransaction',
      { connectorId: 1, idTag: 'X', meterStart: 0, timestamp: new Date(clock.now()).toISOString() },
    ])
    await station.asks(meter(100))
    await clock.pass(holds.refusedToken)
    expect(await books()).toEqual(['0 issued'])
    for (let i = 1; i <= 5; i++) {
      await clock.pass(60_000)
      await station.asks(meter(100 + i))
      expect(await books()).toEqual(['0 issued'])
    }
    await clock.pass(holds.nextSession)
    expect(await books()).toEqual(['0 credited', '1 issued'])
  })
})

describe('the reporter', () => {
  it('INV-64: drops the one report that cannot be stored, and stores all others', async () => {
    const stored: string[] = []
    const reporter = new Reporter({
      currentState: {
        write: async (reports) => {
          if (reports.some(({ identity }) => identity === 'ODD')) throw new Error('out of range')
          stored.push(...reports.map(({ identity }) => identity))
          return []
        },
      },
      timers: new TestClock(),
      log: silence,
      fulfilled: () => {},
    })
    for (const identity of ['A', 'B', 'ODD', 'C', 'D']) reporter.report(seen(identity))
    for (let i = 0; i < 5; i++) await settled()
    expect([stored.toSorted(), reporter.pending]).toEqual([['A', 'B', 'C', 'D'], 0])
  })

  it('D-11: holds what it has while the store does not commit', async () => {
    const clock = new TestClock()
    let isDown = true
    const stored: string[] = []
    const reporter = new Reporter({
      currentState: {
        write: async (reports) => {
          if (isDown) throw new LedgerUnavailable('down')
          stored.push(...reports.map(({ identity }) => identity))
          return []
        },
      },
      timers: clock,
      log: silence,
      fulfilled: () => {},
    })
    reporter.report(seen('A'))
    await clock.pass(5_000)
    isDown = false
    await clock.pass(5_000)
    expect(stored).toEqual(['A'])
  })
})

describe('the timer wheel', () => {
  it('fires everything once, never early, and sleeps while nothing is due', async () => {
    const clock = new TestClock()
    let wakes = 0
    const counting = {
      soon: clock.soon.bind(clock),
      after: (ms: number, then: () => void) => clock.after(ms, () => (wakes++, then())),
    }
    const wheel = new Wheel(clock, counting)
    const fired: number[] = []
    for (const ms of [60_000, 10, 5_000]) wheel.after(ms, () => fired.push(clock.now()))
    const began = clock.now()
    await clock.pass(120_000)
    expect(fired.map((at, i) => at - began >= ([10, 5_000, 60_000][i] ?? 0))).toEqual([true, true, true])
    expect(wakes).toBe(3)
  })
})
