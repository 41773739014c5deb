import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bands, isOutside } from '../../bench/bands.ts'
import type { Payload } from '../../core/ocpp/frame.ts'
import { faultOfCall } from '../../core/ocpp/router.ts'
import { protocols } from '../../core/ocpp/version.ts'
import { Pace } from '../../bench/generator/pace.ts'
import type { Kind } from '../../bench/generator/orders.ts'
import { idOf, readId, Station } from '../../bench/generator/station.ts'
import { wordings } from '../../bench/generator/wording.ts'
import { Histogram, merged } from '../../bench/histogram.ts'
import { chance } from '../../bench/random.ts'
import { compare } from '../../bench/report/compare.ts'
import { page } from '../../bench/report/page.ts'
import { isMet, isResolved, type Ratio, type Report } from '../../bench/report/report.ts'

const reportOf = (ratios: readonly Ratio[]): Report => ({
  scenario: 'storm',
  at: '2026-11-27T00:00:00Z',
  build: 'abc',
  took: 1,
  host: { cpu: 'a <fast> one', cores: 2, memoryGib: 24, kernel: '6', descriptors: 20_000, bun: '1', node: '20' },
  command: 'npm run bench -- storm',
  figures: [],
  ratios,
  facts: [],
  seconds: [1, 2, 3].map((s) => ({
    target: 'echo',
    phase: 'storm',
    s,
    sockets: s,
    perS: 10 * s,
    p99: 100,
    memoryMb: 5,
  })),
  curves: [],
})
const ratio = (value: number, spread: number | null): Ratio => ({
  name: 'time',
  value,
  pairs: [value],
  spread,
  gate: { is: 'at most', first: 3, aim: 1 },
})

describe('a histogram', () => {
  it('tells every percentile within 1.6 %, of any values', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 1e9 }), { minLength: 1, maxLength: 300 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, share) => {
          const histogram = new Histogram()
          for (const value of values) histogram.record(value)
          const exact = values.toSorted((a, b) => a - b)[Math.max(1, Math.ceil(values.length * share)) - 1] ?? 0
          expect(Math.abs(histogram.percentile(share) - exact)).toBeLessThanOrEqual(exact * 0.016 + 0.5)
        },
      ),
    )
  })

  it('is the same whether it was one, or several that were merged', () => {
    const values = Array.from({ length: 1_000 }, (_, i) => (i * 7_919) % 100_003)
    const [whole, ...parts] = [new Histogram(), new Histogram(), new Histogram()]
    values.forEach((value, i) => (whole.record(value), parts[i % 2]?.record(value)))
    expect(merged(parts.map((part) => part.toJSON())).toJSON()).toEqual(whole.toJSON())
  })
})

describe('a schedule', () => {
  it('has as many messages due as were asked for, also those that are late', () => {
    const due: number[] = []
    const pace = new Pace(1_000, 0)
    pace.due(10, (at) => due.push(at))
    // a generator that was stopped for a second does not forget that second
    pace.due(1_010, (at) => due.push(at))
    expect(due.length).toBe(1_010)
    expect(due.at(-1)).toBeCloseTo(1_010, 6)
  })

  it('is as irregular as independent stations where that is asked for', () => {
    const due: number[] = []
    new Pace(1_000, 0, chance(1)).due(20_000, (at) => due.push(at))
    expect(due.length).toBeGreaterThan(19_400)
    expect(due.length).toBeLessThan(20_600)
    const gaps = due.slice(1).map((at, i) => at - (due[i] ?? 0))
    expect(gaps.filter((gap) => gap > 3).length / gaps.length).toBeCloseTo(Math.exp(-3), 2)
  })
})

describe('a message id', () => {
  it('brings back what was sent and when it was due, from an answer and from an echo', () => {
    const id = idOf('meter', 123_456_789, 42)
    expect(readId(`[3,"${id}",{}]`)).toEqual({ kind: 'meter', dueUs: 123_456_789 })
    expect(readId(`[2,"${id}","MeterValues",{}]`)).toEqual({ kind: 'meter', dueUs: 123_456_789 })
    expect(readId('[2,"5f1c","Reset",{}]')).toBeUndefined()
    expect(id.length).toBeLessThanOrEqual(36)
  })
})

describe('a report', () => {
  it('resolves a difference only beyond three times what two runs of the control differ by', () => {
    expect([
      isResolved(ratio(1.4, 0.1)),
      isResolved(ratio(1.2, 0.1)),
      isResolved(ratio(0.7, 0.1)),
      isResolved(ratio(9, null)),
    ]).toEqual([true, false, true, false])
    expect([isMet(ratio(2.9, null)), isMet(ratio(3.1, null))]).toEqual([true, false])
  })

  it('is held against an older one figure by figure', () => {
    const compared = compare([reportOf([ratio(2, 0.1)])], [reportOf([ratio(2.2, 0.1)])])
    expect(compared).toMatchObject([{ name: 'time', before: 2, after: 2.2, differs: false }])
  })

  it('is one page that loads nothing', () => {
    const html = page([reportOf([ratio(4, 0.1)])], [])
    expect(html).toContain('<polyline')
    expect(html).toContain('a &lt;fast&gt; one')
    expect(html).toContain('class="missed"')
    expect(html).not.toMatch(/src=|href="http|@import|url\(/)
  })
})

describe('the bands of the smoke', () => {
  it('say why they are where they are', () => {
    expect(bands.filter(({ least, most, why }) => !(least < most) || why.length < 20)).toEqual([])
  })

  it.each([
    ['beyond it, while its controls are alike', 8, 0.04, true],
    ['beyond it by less than its controls differ', 7.03, 0.3, false],
    ['below it, while its controls are alike', 0.9, 0.04, true],
    ['beyond it, where there is one control', 7.03, null, true],
    ['within it', 5, 0.04, false],
  ])('leave the host out of it: %s', (_, value, spread, outside) => {
    expect(isOutside({ value, spread }, { least: 1, most: 7 })).toBe(outside)
  })
})

describe.each(protocols)('what a generator says in %s', (protocol) => {
  const wording = wordings[protocol]
  const requests: readonly (readonly [Kind, (station: Station) => string])[] = [
    ['boot', () => wording.boot],
    ['heartbeat', () => '{}'],
    ['status', () => wording.status(1, 'Preparing')],
    ['start', (station) => wording.start(station)],
    ['meter', (station) => wording.meter(station)],
    ['stop', (station) => wording.stop(station)],
  ]

  it.each(requests)('%s is as the schema has it', (kind, say) => {
    const station = new Station(7, protocol)
    station.transaction = 3
    expect(faultOfCall(protocol, wording.actions[kind], JSON.parse(say(station)))).toBeUndefined()
  })

  it('is of one transaction from its start to its stop, event by event', () => {
    const station = new Station(7, protocol)
    wording.begun(station, '[3,"id",{"transactionId":3}]')
    const said = [wording.start(station), wording.meter(station), wording.stop(station)]
    const events = said.map((text) => JSON.parse(text) as Payload)
    if (protocol === 'ocpp1.6') expect(events.slice(1).map((event) => event['transactionId'])).toEqual([3, 3])
    else {
      expect(events.map(({ seqNo }) => seqNo)).toEqual([0, 1, 2])
      expect(new Set(events.map(({ transactionInfo }) => (transactionInfo as Payload)['transactionId'])).size).toBe(1)
    }
  })
})
