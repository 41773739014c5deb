import { describe, expect, it } from 'vitest'
import type { Order } from '../../core/domain/command.ts'
import { mostConnectors } from '../../core/domain/connector.ts'
import { settled } from '../support/clock.ts'
import { accept, testWorker } from '../support/worker.ts'

/** What bad-input.test.ts leaves: rows of the tables of handbook §6.5 that need more than one frame and its answer. */

const start = { connectorId: 1, idTag: 'CARD1', meterStart: 10, timestamp: '2026-11-24T12:00:00Z' }

describe('a CALL that cannot be read as one (handbook §6.5 c)', () => {
  it.each([
    ['BI-33: with three elements', [2, 'a', 'StartTransaction'], 'a'],
    ['BI-33: with five elements', [2, 'a', 'StartTransaction', start, {}], 'a'],
    ['BI-33: with a list for a payload', [2, 'a', 'StopTransaction', [start]], 'a'],
    ['BI-34: under an id that is too long', [2, 'x'.repeat(37), 'StartTransaction', start], 'x'.repeat(37)],
    ['BI-34: under an id that is a number', [2, 17, 'MeterValues', { connectorId: 1, meterValue: [] }], '17'],
    ['BI-26: nested too deeply', `[2,"a","StartTransaction",{"x":${'['.repeat(40)}${']'.repeat(40)}}]`, 'a'],
  ] as const)('INV-05: money %s is refused, and no longer lost: its bytes are kept first', async (_, frame, id) => {
    const { connect, memory } = testWorker()
    expect(await connect().asks(frame)).toEqual([[4, id, 'FormationViolation', expect.any(String), {}]])
    expect(memory.quarantine.map(({ wire }) => wire)).toEqual([
      typeof frame === 'string' ? frame : JSON.stringify(frame),
    ])
  })

  it('BI-33: of anything else nothing is kept', async () => {
    const { connect, memory } = testWorker()
    await connect().asks([2, 'a', 'Heartbeat'], [2, 'b', 'MakeCoffee', []], [2, 'c', 5, {}])
    expect(memory.quarantine).toEqual([])
  })

  it('BI-33 INV-60: it is one of the 64 that may wait: the next one floods like any CALL, it is not left without an answer', async () => {
    const { connect } = testWorker({ ledger: () => ({ commit: () => new Promise(() => {}) }) })
    const station = connect()
    for (let i = 0; i < 64; i++) station.says([2, `s${i}`, 'StartTransaction', { ...start, meterStart: i }])
    station.says([2, 'z', 'Heartbeat'])
    expect(station.closes).toEqual([{ code: 1008, reason: 'too many messages' }])
  })

  it('BI-30 BI-31 BI-32 BI-36: what nobody can be told of is counted', async () => {
    const { connect, counts } = testWorker()
    await connect().asks('{"a', '', { a: 1 }, [], ['2', 'a', 'Heartbeat', {}], [9, 'a'], [3, 'zz', {}], [4, 'zz', 'x'])
    expect([counts.get('ocpp.frames.dropped unreadable'), counts.get('ocpp.frames.dropped answer to nothing')]).toEqual(
      [6, 2],
    )
  })

  it('BI-23c: who is closed for twenty bad frames in a row is told of, once an hour however often it comes back', async () => {
    const { connect, reports, clock } = testWorker()
    const babble = (): void => {
      const station = connect()
      for (let i = 0; i < 25; i++) station.says('nonsense')
      expect(station.closes.length).toBe(1)
    }
    const told = async (): Promise<readonly string[]> => {
      await settled()
      return reports.flatMap((r) => (r.kind === 'alarm' ? [r.alarm] : []))
    }
    babble()
    babble()
    expect(await told()).toEqual(['many bad frames'])
    await clock.pass(3_700_000)
    babble()
    expect(await told()).toEqual(['many bad frames', 'many bad frames'])
  })
})

describe('a payload that is odd (handbook §6.5 d)', () => {
  it('an extra field is let through and counted, by its action', async () => {
    const { connect, counts } = testWorker()
    const status = { connectorId: 1, status: 'Available', errorCode: 'NoError' }
    await connect().asks(
      [2, 'a', 'StatusNotification', { ...status, disconnectReason: 'x' }],
      [2, 'b', 'StatusNotification', status],
      [2, 'c', 'Heartbeat', { at: 1 }],
    )
    expect([...counts].filter(([name]) => name.startsWith('ocpp.frames.untidy'))).toEqual([
      ['ocpp.frames.untidy StatusNotification', 1],
      ['ocpp.frames.untidy Heartbeat', 1],
    ])
  })

  it('BI-24: of two equal keys the last one counts, and the bytes are kept as they came', async () => {
    const { connect, memory } = testWorker()
    const frame = `[2,"a","StartTransaction",{"meterStart":7,${JSON.stringify(start).slice(1)}]`
    await connect().asks(frame)
    expect([...memory.sessions.values()].map(({ meterStartMwh }) => meterStartMwh)).toEqual([10_000])
    expect([...memory.facts.values()].map(({ fact }) => fact.wire)).toEqual([frame])
  })

  const noZone = 'timestamp without zone'
  const offYear = 'clock is off by more than a year'
  it.each([
    ['1000000', '2026-11-24T12:00:00.000Z', ['timestamp cannot be read']],
    ['2024-02-30T00:00:00Z', '2026-11-24T12:00:00.000Z', ['timestamp cannot be read']],
    ['2026-11-24T24:00:00Z', '2026-11-24T12:00:00.000Z', ['timestamp cannot be read']],
    ['', '2026-11-24T12:00:00.000Z', ['timestamp cannot be read']],
    ['2026-11-24T11:00:00', '2026-11-24T11:00:00.000Z', [noZone]],
    ['2026-11-24 11:00:00Z', '2026-11-24T11:00:00.000Z', []],
    ['2026-11-24T13:00:00+02', '2026-11-24T11:00:00.000Z', []],
    ['2026-11-24T11:00:60Z', '2026-11-24T11:00:59.999Z', []],
    ['2026-11-25T01:00:00+14:00', '2026-11-24T11:00:00.000Z', []],
    ['2026-11-24T11:00:00.123456789Z', '2026-11-24T11:00:00.123Z', []],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z', [offYear]],
    ['9999-12-31T23:59:59Z', '9999-12-31T23:59:59.000Z', [offYear]],
  ])('BI-40: a start at "%s" is kept at %s', async (timestamp, at, flags) => {
    const { connect, memory } = testWorker()
    expect(await connect().asks([2, 'a', 'StartTransaction', { ...start, timestamp }])).toMatchObject([[3, 'a', {}]])
    const [session] = [...memory.sessions.values()]
    const told = (session?.flags ?? []).filter((flag) => !flag.startsWith('/'))
    expect([new Date(session?.startedAt ?? 0).toISOString(), told.toSorted()]).toEqual([at, flags])
  })

  it('BI-29: 64 KB of meter values are kept to the last one, at a cost in proportion to their number', async () => {
    const { connect, memory, tokens } = testWorker()
    tokens.set(...accept('CARD1'))
    const station = connect()
    await station.asks([2, 's', 'StartTransaction', start])
    const element = (i: number): object => ({
      timestamp: new Date(Date.UTC(2026, 10, 24, 12, 0, i)).toISOString(),
      sampledValue: [{ value: String(100_000 + i) }],
    })
    const frame = (from: number, count: number): string =>
      JSON.stringify([
        2,
        `m${from}`,
        'MeterValues',
        {
          connectorId: 1,
          transactionId: 1_000_001,
          meterValue: Array.from({ length: count }, (_, i) => element(from + i)),
        },
      ])
    const longest = Math.floor((65_536 - 100) / (JSON.stringify(element(1_000)).length + 1))
    let told = 0
    const took = async (count: number): Promise<number> => {
      const times: number[] = []
      for (let i = 0; i < 9; i++) {
        const text = frame(told, count)
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(65_536)
        told += count
        const began = performance.now()
        station.says(text)
        times.push(performance.now() - began)
        await station.asks()
      }
      // nothing that else goes on makes the quickest quicker
      return Math.min(...times)
    }
    await took(longest)
    const [few, many] = [await took(Math.floor(longest / 8)), await took(longest)]
    expect([memory.samples.size, station.said.length]).toEqual([told, 28])
    expect(many / few).toBeLessThan(40)
  })

  it.each([
    ['blanks', ' '],
    ['digits', '9'],
    ['points', '.'],
    ['exponents', '1e1'],
    ['backslashes', '\\'],
    ['characters of four bytes', '\u{1f50c}'],
  ])(
    'BI-29 INV-64: a value of %s costs time in proportion to its length: 60,000 blanks and a letter stopped the whole worker for 14 seconds',
    async (_, of) => {
      const { connect } = testWorker()
      const station = connect()
      let serial = 0
      const took = async (length: number): Promise<number> => {
        const value = `${of.repeat(length / of.length)}x`
        const times: number[] = []
        for (let i = 0; i < 7; i++) {
          const meterValue = [{ timestamp: `2026-11-24T12:00:00Z${value}`, sampledValue: [{ value }] }]
          const text = JSON.stringify([2, `v${serial++}`, 'MeterValues', { connectorId: 1, meterValue }])
          const began = performance.now()
          station.says(text)
          times.push(performance.now() - began)
          expect(await station.asks()).toMatchObject([[3, expect.any(String), {}]])
        }
        return Math.min(...times)
      }
      await took(1_000)
      const [some, many] = [await took(1_000), await took(30_000)]
      // what is twice as long would cost four times as much: 900 times
      expect(many / Math.max(some, 0.05)).toBeLessThan(150)
    },
  )

  it('BI-29 INV-60: a station that is untidy in ever new ways does not make the row of its session grow', async () => {
    const { connect, memory } = testWorker()
    const station = connect()
    await station.asks([2, 's', 'StartTransaction', start])
    const reading = (i: number) => ({ timestamp: '2026-11-24T12:30:00Z', sampledValue: [{ value: String(20 + i) }] })
    const told = async (count: number, odd: (i: number) => object): Promise<number> => {
      for (let i = 0; i < count; i++)
        station.says([2, `m${i}`, 'MeterValues', { connectorId: 1, transactionId: 1_000_001, ...odd(i) }])
      await station.asks()
      return JSON.stringify([...memory.sessions.values()][0]?.flags).length
    }
    // the same fault in any item of a list is the same fault
    const units = (i: number) => ({
      meterValue: Array.from({ length: i + 1 }, (_, k) => (k < i ? reading(k) : { ...reading(k), x: 1 })),
    })
    expect(await told(60, units)).toBeLessThan(100)
    const fields = (i: number) => ({ meterValue: [reading(i)], [`field ${i} ${'x'.repeat(2_000)}`]: 1 })
    expect(await told(60, fields)).toBeLessThan(10_000)
    for (let i = 0; i < 10; i++) await told(60, (k) => ({ meterValue: [reading(k)], [`${i} ${k}`]: 1 }))
    expect([...memory.sessions.values()][0]?.flags.length).toBe(100)
  })
})

describe('an answer to an order that is odd', () => {
  const ordered = async (order: Order, answerOf: (id: string) => unknown) => {
    const { worker, connect, commands, clock, order: give } = testWorker()
    await worker.start()
    const station = connect()
    const given = await give(order)
    const [, id] = JSON.parse(station.said[0] ?? '[]') as [number, string]
    station.says(answerOf(id))
    await station.asks()
    return { command: () => commands.get(given), clock, station }
  }

  it('BI-28: the words of a CALLERROR are cleaned before they are filed: with U+0000 in them no outcome could be stored', async () => {
    const { command } = await ordered({ type: 'clearCache' }, (id) => [
      4,
      id,
      'Generic\u0000Error',
      `no\u0000 \ud800${'x'.repeat(5_000)}`,
      {},
    ])
    expect(command()).toMatchObject({ state: 'done', outcome: 'callError' })
    expect(command()?.reason).toBe(`GenericError: no \ufffd${'x'.repeat(480)}`)
  })

  it.each(['OccurenceConstraintViolation', 'OccurrenceConstraintViolation', 'FormationViolation', 'FormatViolation'])(
    'a CALLERROR may spell it %s',
    async (code) => {
      const { command } = await ordered({ type: 'clearCache' }, (id) => [4, id, code, '', {}])
      expect(command()).toMatchObject({ state: 'done', outcome: 'callError', reason: `${code}: ` })
    },
  )

  const deep = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels)
  it.each([
    ['a CALLRESULT', (id: string) => `[3,"${id}",{"status":"Accepted","x":${deep(20_000)}}]`],
    ['a CALLERROR', (id: string) => `[4,"${id}","GenericError","",{"x":${deep(20_000)}}]`],
  ])('BI-26: %s that is nested deeper than 32 is no answer: whatever files it would go as deep', async (_, answer) => {
    const { command, clock, station } = await ordered({ type: 'clearCache' }, answer)
    expect(command()).toMatchObject({ state: 'sent' })
    await clock.pass(31_000)
    expect(command()).toMatchObject({ state: 'done', outcome: 'timeoutUnknown' })
    expect(await station.asks([2, 'h', 'Heartbeat', {}])).toMatchObject([[3, 'h', {}]])
  })
})

describe('connectors that cannot be (handbook §6.5 e)', () => {
  const status = (connectorId: number) => [
    2,
    `s${connectorId}`,
    'StatusNotification',
    { connectorId, status: 'Available', errorCode: 'NoError' },
  ]

  it.each([
    [0, false],
    [1, false],
    [-1, true],
    [mostConnectors, false],
    [mostConnectors + 1, true],
    [2_147_483_647, true],
  ])('BI-43: the status of connector %i is answered and stored, flagged: %s', async (connectorId, irregular) => {
    const { connect, reports } = testWorker()
    expect(await connect().asks(status(connectorId))).toMatchObject([[3, `s${connectorId}`, {}]])
    expect(reports.filter((r) => r.kind === 'status')).toMatchObject([{ report: { evse: connectorId }, irregular }])
  })

  it('BI-43 INV-60: a station that names ever new connectors is answered, and fills neither memory nor rows; it did, with one row for each', async () => {
    const { connect, reports, counts } = testWorker({ settings: { framesPerS: 0 } })
    const station = connect()
    for (let i = 0; i < mostConnectors + 200; i++) station.says(status(i))
    await station.asks(status(1))
    const stored = new Set(reports.flatMap((r) => (r.kind === 'status' ? [r.report.evse] : [])))
    expect([station.said.length, stored.size, station.link.plugs.size]).toEqual([
      mostConnectors + 201,
      mostConnectors,
      mostConnectors,
    ])
    expect(counts.get('ocpp.connector.irregular one too many')).toBe(200)
  })

  it('BI-43: nor does it on its next socket, which knows the rows of the one before', async () => {
    const { connect, reports } = testWorker({ settings: { framesPerS: 0 } })
    const station = connect()
    const rows = Array.from({ length: mostConnectors - 1 }, (_, i) => ({
      evse: i,
      connector: 1,
      status: 'available' as const,
      errorCode: 'NoError',
      info: null,
    }))
    Object.assign(station.link.seat, { connectors: rows })
    await station.asks(status(1), status(5_000), status(5_001))
    expect(reports.flatMap((r) => (r.kind === 'status' ? [r.report.evse] : []))).toEqual([1, 5_000])
  })
})
