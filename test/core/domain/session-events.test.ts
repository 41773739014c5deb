import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gapsOf, hasEvent, missingFrom, withNumber } from '../../../core/domain/event-book.ts'
import type { SessionEvent } from '../../../core/domain/fact.ts'
import { energyOf, type Session } from '../../../core/domain/session.ts'
import { openedBy, settledBy, withEvent } from '../../../core/domain/session-events.ts'

const noon = Date.UTC(2026, 10, 24, 12)
const minute = 60_000

/** The events of a session of `length` events that delivers 100 Wh with each. */
const told = (length: number): readonly SessionEvent[] =>
  Array.from({ length }, (_, seq) => {
    const at = noon + seq * minute
    const isLast = seq === length - 1
    return {
      kind: 'session.event',
      tenant: 'default',
      identity: 'CP-1',
      key: `key-${seq}`,
      at,
      receivedAt: at,
      wire: '',
      protocol: 'ocpp2.0.1',
      flags: [],
      phase: seq === 0 ? 'started' : isLast ? 'ended' : 'updated',
      transaction: 'tx-1',
      wireKey: 'default/CP-1/tx-1',
      seq,
      trigger: seq === 0 ? 'Authorized' : isLast ? 'EVDeparted' : 'MeterValuePeriodic',
      isOffline: false,
      readings: [{ at, registerMwh: (1_000 + seq * 100) * 1_000, text: `reading ${seq}` }],
      ...(seq === 0 && { evse: 2, connector: 1 }),
      ...(seq === 1 && { token: 'CARD1', authorization: { status: 'Accepted' as const } }),
      ...(isLast && { reason: 'EVDisconnected' }),
      ...(seq === 2 && { charging: 'charging' as const }),
      ...(seq % 3 === 1 && { cost: { sofar: seq }, tariff: `T-${seq}`, limits: { maxTimeS: seq } }),
    }
  })

/** The session that events make in this order; what depends on which came first is left out. */
const sumOf = (events: readonly SessionEvent[]): Omit<Session, 'startKey'> | undefined => {
  const [first, ...others] = events
  if (first === undefined) return undefined
  const { startKey: _, ...session } = others.reduce(withEvent, openedBy('s', '2026-11-24', first))
  return session
}

describe('a session that is told by numbered events', () => {
  it('INV-20 INV-23 INV-26: is the same whatever the order of its events, however often each comes', () => {
    const events = told(8)
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...events], { minLength: events.length }),
        fc.array(fc.constantFrom(...events)),
        (order, again) => {
          expect(sumOf([...order, ...again])).toEqual(sumOf(events))
        },
      ),
    )
  })

  it('says what its energy is, where it was and whose token it was', () => {
    const session = sumOf(told(8)) as Session
    expect(session).toMatchObject({ state: 'closed', evse: 2, token: 'CARD1', stopReason: 'EVDisconnected' })
    expect(energyOf(session)).toMatchObject({ mwh: 700_000, estimated: false })
  })

  it('costs what its newest event says, whichever came last', () => {
    const session = sumOf(told(8).toReversed()) as Session
    expect(session).toMatchObject({
      stationCost: { sofar: 7 },
      stationTariff: 'T-7',
      events: { limits: [7, { maxTimeS: 7 }] },
    })
  })

  it('INV-21: is closed if and only if its start, its end and all between them are here', () => {
    const events = told(6)
    fc.assert(
      fc.property(fc.shuffledSubarray([...events], { minLength: 1 }), (some) => {
        const session = sumOf(some)
        const isWhole = some.length === events.length
        expect(session?.state === 'closed').toBe(isWhole)
        if (some.some(({ phase }) => phase === 'ended') && !isWhole) expect(session?.state).toBe('ended')
      }),
    )
  })

  it('INV-22: with gaps it is closed when nobody waits any more, and says what is missing', () => {
    const [started, , , third, ended] = told(5) as [SessionEvent, ...SessionEvent[]]
    const gaps = sumOf([started, third as SessionEvent, ended as SessionEvent]) as Session
    expect([gaps.state, gapsOf(gaps.events ?? { runs: [] })]).toEqual(['ended', 'events 1 to 2 are missing'])
    const settled = settledBy(gaps, 'the time of grace')
    expect([settled.state, settled.events?.settled]).toEqual(['closed', 'the time of grace'])
  })

  it('INV-23: an end without its start waits, and is an orphan when nobody waits any more; the start still makes it whole', () => {
    const events = told(3)
    const ended = sumOf(events.slice(2)) as Session
    const orphan = settledBy({ ...ended, startKey: '' }, 'the time of grace')
    expect([ended.state, orphan.state]).toEqual(['ended', 'orphan'])
    expect(events.slice(0, 2).reduce(withEvent, orphan).state).toBe('closed')
  })

  it('TC_E_53_CSMS: numbers may begin anywhere, and go on from session to session', () => {
    const later = told(5).map((event) => ({ ...event, seq: event.seq + 40 }))
    expect(sumOf(later)?.state).toBe('closed')
  })

  it('BI-46: of two ends and two starts the one with the lower number counts', () => {
    const events = told(4)
    const [again, end] = [
      { ...(events[0] as SessionEvent), seq: 9, at: noon + 20 * minute, key: 'again' },
      { ...(events[3] as SessionEvent), seq: 10, at: noon + 30 * minute, reason: 'Other', key: 'end' },
    ]
    const session = sumOf([...events, again, end])
    expect(session).toMatchObject({ startedAt: noon, endedAt: noon + 3 * minute, stopReason: 'EVDisconnected' })
    expect(session?.flags).toContain('it was ended twice')
  })
})

describe('the numbers that are here', () => {
  it('are those that came, in whatever order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 30 })), (seqs) => {
        const runs = seqs.reduce(withNumber, [] as readonly (readonly [number, number])[])
        const book = { runs }
        expect(Array.from({ length: 31 }, (_, n) => hasEvent(book, n))).toEqual(
          Array.from({ length: 31 }, (_, n) => seqs.includes(n)),
        )
        expect(runs.every(([from], i) => i === 0 || from > (runs[i - 1]?.[1] ?? 0) + 1)).toBe(true)
      }),
    )
  })

  it('leave out what is missing between start and end', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 19 })), (between) => {
        const runs = [0, ...between, 20].reduce(withNumber, [] as readonly (readonly [number, number])[])
        const missing = (missingFrom({ runs, started: 0, ended: 20 }) ?? []).flatMap(([from, to]) =>
          Array.from({ length: to - from + 1 }, (_, i) => from + i),
        )
        expect(missing).toEqual(Array.from({ length: 19 }, (_, i) => i + 1).filter((n) => !between.includes(n)))
      }),
    )
  })
})
