import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Meter, outlets } from '../../../bench/power.ts'
import { limits } from '../../../core/domain/evidence.ts'
import type { Circumstances } from '../../../core/domain/evidence.ts'
import type { MeterRow } from '../../../core/domain/meter.ts'
import { findingsOf, proposalOf, sessionRules } from '../../../core/domain/sanity.ts'
import { energyOf, opened, read, type Session, stop } from '../../../core/domain/session.ts'
import { reading, started, stopped } from '../../support/facts.ts'

const kwh = 1_000_000
const minute = 60_000
const noon = Date.UTC(2026, 10, 24, 12)

/** What a station told: registers in kWh by minutes after the start, the power of each in kW where it is told. */
interface Told {
  readonly id?: string
  readonly evse?: number
  readonly token?: string
  readonly at?: number
  readonly start?: number | undefined
  readonly stop?: number | undefined
  readonly lasts?: number
  readonly readings?: readonly (readonly [minutes: number, kWh: number | undefined, kW?: number])[]
  /** How late each message came, in minutes. */
  readonly late?: number | ((minutes: number) => number)
  readonly earlier?: readonly Session[]
  readonly maxPowerW?: number
}

const sessionOf = (told: Told): Session => {
  const { id = 's', evse = 1, token = 'CARD1', at = noon, lasts = 60, readings = [] } = told
  const { meterMwh: _, ...start } = started('CP', { evse, token, at })
  const { meterMwh: __, ...end } = stopped('CP', '1', { at: at + lasts * minute })
  const known = 'start' in told ? told.start : 1_000
  const last = 'stop' in told ? told.stop : (known ?? 0) + 10
  const mwh = (kWh: number | undefined) => (kWh === undefined ? {} : { meterMwh: Math.round(kWh * kwh) })
  const session = readings.reduce(
    (so, [minutes, kWh]) =>
      kWh === undefined ? so : read(so, [{ ...reading(0, Math.round(kWh * kwh)), at: at + minutes * minute }]),
    opened(id, '2026-11-24', id, { ...start, ...mwh(known) }),
  )
  return stop(session, { ...end, ...mwh(last) })
}

const circumstancesOf = (told: Told): Circumstances => {
  const { at = noon, lasts = 60, readings = [], late = 0, earlier = [], maxPowerW } = told
  const delay = (minutes: number): number => (typeof late === 'number' ? late : late(minutes)) * minute
  return {
    readings: readings
      .toSorted(([a], [b]) => a - b)
      .map(([minutes, kWh, kW]): MeterRow => ({
        at: at + minutes * minute,
        receivedAt: at + minutes * minute + delay(minutes),
        ...(kWh !== undefined && { registerMwh: Math.round(kWh * kwh) }),
        ...(kW !== undefined && { powerMw: Math.round(kW * kwh) }),
      })),
    earlier,
    startReceivedAt: at + delay(0),
    stopReceivedAt: at + lasts * minute + delay(lasts),
    ...(maxPowerW !== undefined && { maxPowerW }),
  }
}

const found = (told: Told) => findingsOf(sessionOf(told), circumstancesOf(told))
/** The rules that find something, and the energy in kWh that comes of it. */
const judged = (told: Told): readonly [string, number | undefined] => {
  const findings = found(told)
  const energy = proposalOf(findings)?.energyMwh
  return [findings.map(({ rule }) => rule).join(' '), energy === undefined ? undefined : energy / kwh]
}
const every = (minutes: number, from: number, to: number, lasts: number, kW?: number) =>
  Array.from({ length: Math.floor(lasts / minutes) }, (_, i): [number, number, number?] => {
    const at = (i + 1) * minutes
    const kWh = from + ((to - from) * at) / lasts
    return kW === undefined ? [at, kWh] : [at, kWh, kW]
  })
/** A session that was over half an hour before, from register to register. */
const before = (n: number, start: number, end: number, over: Told = {}): Session =>
  sessionOf({ id: `s${n}`, at: noon - n * 90 * minute, start, stop: end, ...over })

const rows: Readonly<Record<string, readonly (readonly [string, Told, readonly [string, number | undefined]])[]>> = {
  unitConfusion: [
    ['a start in kWh, a stop in Wh', { start: 1.234, stop: 1_254 }, ['unitConfusion', 20]],
    ['a start in Wh, a stop in kWh', { start: 1_234, stop: 1.254 }, ['unitConfusion', 20]],
    [
      'both in kWh, and readings in Wh',
      { start: 1.234, stop: 1.254, readings: every(15, 1_234, 1_254, 60) },
      ['unitConfusion', 20],
    ],
    [
      'both in kWh, as its power tells',
      {
        start: 1.234,
        stop: 1.254,
        readings: [
          [1, undefined, 20],
          [30, undefined, 20],
          [59, undefined, 20],
        ],
      },
      ['unitConfusion', 20],
    ],
    [
      'a start in kWh of a long session, as its readings tell',
      { start: 1.234, stop: 1_254, lasts: 600, readings: every(15, 1_234, 1_254, 600) },
      ['unitConfusion', 20],
    ],
    [
      'a young meter with little on it',
      { start: 0.012, stop: 10, readings: every(15, 0.012, 10, 60, 11) },
      ['', undefined],
    ],
    [
      'power in kW under the name of W',
      { start: 1_000, stop: 1_020, readings: every(15, 1_000, 1_020, 60, 0.02) },
      ['', undefined],
    ],
  ],
  zeroBaseline: [
    [
      'a lifetime register, as the first reading tells',
      { start: 0, stop: 350, lasts: 60, readings: every(5, 340, 350, 60) },
      ['zeroBaseline', 9.17],
    ],
    [
      'a lifetime register beyond belief',
      { start: 0, stop: 12_345, readings: every(5, 12_335, 12_345, 60) },
      ['zeroBaseline', 9.17],
    ],
    [
      'a small lifetime register, as its power tells',
      { start: 0, stop: 60, readings: every(5, 50, 60, 60, 10) },
      ['zeroBaseline', 9.17],
    ],
    [
      'a lifetime register of the second charge ever, without a reading',
      { start: 0, stop: 45, earlier: [before(1, 0, 35)] },
      ['zeroBaseline', 10],
    ],
    [
      'a zero for once, on a meter that goes on',
      { start: 0, stop: 350, earlier: [before(1, 320, 340)] },
      ['zeroBaseline', 10],
    ],
    ['a lifetime register of a first session', { start: 0, stop: 45 }, ['zeroBaseline', undefined]],
    [
      'a lifetime register, and one reading at the end',
      { start: 0, stop: 45, readings: [[60, 45]] },
      ['zeroBaseline', undefined],
    ],
    [
      'a lifetime register after the meter was exchanged once',
      { start: 0, stop: 40, earlier: [before(1, 0, 20), before(2, 0, 900), before(3, 0, 880)] },
      ['zeroBaseline', 20],
    ],
    [
      'a register of its own session, as its readings tell',
      { start: 0, stop: 10, readings: every(5, 0, 10, 60) },
      ['', undefined],
    ],
    [
      'a register of its own session on a quick charger',
      {
        start: 0,
        stop: 60,
        lasts: 30,
        readings: [
          [5, 12.5],
          [10, 25],
          [20, 45],
          [30, 60],
        ],
      },
      ['', undefined],
    ],
    [
      'a register that begins anew with every session',
      {
        start: 0,
        stop: 30,
        earlier: [
          before(1, 0, 20),
          before(2, 0, 25),
          before(3, 0, 7),
          before(4, 0, 12),
          before(5, 0, 15),
          before(6, 0, 3),
        ],
      },
      ['', undefined],
    ],
    [
      'a register that is lower than the one before',
      { start: 0, stop: 10, earlier: [before(1, 0, 35)] },
      ['', undefined],
    ],
    ['a first session that is too small to matter', { start: 0, stop: 4.2 }, ['', undefined]],
  ],
  registerFell: [
    [
      'a reset in the middle',
      {
        start: 900,
        stop: 3,
        readings: [
          [10, 905],
          [20, 910],
          [40, 1],
          [50, 2],
        ],
      },
      ['registerFell', undefined],
    ],
    [
      'a reset, and an end above the start',
      {
        start: 1,
        stop: 8,
        readings: [
          [10, 5],
          [20, 21],
          [30, 0.5],
          [40, 4],
        ],
      },
      ['registerFell', 28],
    ],
    ['an end far below the start', { start: 900, stop: 3 }, ['registerFell', undefined]],
    ['trembling', { start: 900, stop: 899.95 }, ['', undefined]],
    ['a meter that ran over its last digit', { start: 999_990, stop: 5, readings: [[30, 999_999]] }, ['', undefined]],
  ],
  impossiblePower: [
    ['more than an outlet delivers', { start: 1_000, stop: 1_500 }, ['impossiblePower', undefined]],
    ['the same of an outlet that can', { start: 1_000, stop: 1_500, maxPowerW: 1_000_000 }, ['', undefined]],
    [
      'more than this outlet delivers',
      { start: 1_000, stop: 1_050, maxPowerW: 22_000 },
      ['impossiblePower', undefined],
    ],
    [
      'far more than it reported',
      { start: 1_000, stop: 1_050, readings: every(10, 1_000, 1_050, 60, 11) },
      ['impossiblePower', 11],
    ],
    [
      'somewhat more than it reported',
      { start: 1_000, stop: 1_015, readings: every(10, 1_000, 1_015, 60, 11) },
      ['', undefined],
    ],
    [
      'one sample before anything flowed',
      {
        start: 1_000,
        stop: 1_050,
        readings: [
          [1, 1_000, 0],
          [50, 1_042],
        ],
      },
      ['', undefined],
    ],
    ['a stop that cannot be', { start: 1_000, stop: 900_000, readings: [[50, 1_008]] }, ['impossiblePower', undefined]],
    ['more than any vehicle takes', { start: 1_000, stop: 2_200, lasts: 600 }, ['impossiblePower', undefined]],
    ['a kWh at once, on a meter that counts whole ones', { start: 1_000, stop: 1_001, lasts: 0 }, ['', undefined]],
  ],
  stopBeforeStart: [
    ['a stop before the start', { lasts: -30, late: (m) => (m < 0 ? 60 : 0) }, ['stopBeforeStart', undefined]],
    ['a stop at the start', { lasts: 0, start: 1_000, stop: 1_000 }, ['', undefined]],
  ],
  gap: [
    [
      'readings that end hours before the end, and energy since',
      {
        lasts: 300,
        readings: [
          [10, 1_001],
          [20, 1_002],
        ],
      },
      ['gap', 2],
    ],
    [
      'readings that end with the energy',
      {
        lasts: 600,
        stop: 1_002,
        readings: [
          [10, 1_001],
          [20, 1_002],
        ],
      },
      ['', undefined],
    ],
    [
      'readings that end early, and a stop without a register',
      { lasts: 300, stop: undefined, readings: [[10, 1_001]] },
      ['gap', 1],
    ],
    ['no register anywhere', { stop: undefined }, ['gap', undefined]],
    ['no start and no reading', { start: undefined, stop: 1_010 }, ['gap', undefined]],
    [
      'no reading for hours, where others have them',
      { lasts: 300, earlier: [before(1, 980, 1_000, { readings: [[10, 990]] })] },
      ['gap', undefined],
    ],
    ['no reading for hours, as always there', { lasts: 300, earlier: [before(1, 980, 1_000)] }, ['', undefined]],
    [
      'no reading in half an hour',
      { lasts: 30, earlier: [before(1, 980, 1_000, { readings: [[10, 990]] })] },
      ['', undefined],
    ],
  ],
  clockSkew: [
    ['a clock that is ahead', { late: -40 }, ['clockSkew', undefined]],
    [
      'a clock that is behind, seen by steady delays',
      { late: 60, readings: every(5, 1_000, 1_010, 60) },
      ['clockSkew', undefined],
    ],
    [
      'a clock that was never set',
      { at: Date.UTC(1970, 0, 1), late: (noon - Date.UTC(1970, 0, 1)) / minute },
      ['clockSkew', undefined],
    ],
    ['minutes', { late: 3 }, ['', undefined]],
    [
      'a queue that is emptied at once, a day later',
      { late: (m) => 1_440 - m, readings: every(5, 1_000, 1_010, 60) },
      ['', undefined],
    ],
    [
      'a queue that is emptied before the end',
      { late: (m) => Math.max(0, 40 - m), readings: every(5, 1_000, 1_010, 60) },
      ['', undefined],
    ],
  ],
  duplicate: [
    [
      'the same registers on the same connector at the same time',
      { earlier: [before(1, 1_000, 1_010, { at: noon - minute })] },
      ['duplicate', 0],
    ],
    ['half of it', { earlier: [before(1, 995, 1_005, { at: noon - 30 * minute })] }, ['duplicate', 5]],
    [
      'the same registers with the same token elsewhere',
      { earlier: [before(1, 1_000, 1_010, { at: noon - minute, evse: 2 })] },
      ['duplicate', 0],
    ],
    [
      'other registers with the same token elsewhere',
      { earlier: [before(1, 1_000, 1_010.5, { at: noon - minute, evse: 2 })] },
      ['', undefined],
    ],
    ['registers that follow', { earlier: [before(1, 990, 1_000)] }, ['', undefined]],
    [
      'the same registers on another day, of a meter that begins anew',
      { start: 0, stop: 4, earlier: [before(1, 0, 4)], readings: every(5, 0, 4, 60) },
      ['', undefined],
    ],
  ],
}

const ids: Readonly<Record<string, string>> = {
  registerFell: 'INV-51: ',
  impossiblePower: 'BI-42: ',
  gap: 'INV-52: ',
  clockSkew: 'INV-53: ',
}

describe('a session that is held against what is known of it', () => {
  for (const rule of sessionRules)
    describe(rule, () => {
      it.each(rows[rule] ?? [])(`${ids[rule] ?? ''}%s`, (_, told, [finds, energy]) => {
        const [names, proposed] = judged(told)
        expect(names).toBe(finds)
        if (energy === undefined) expect(proposed).toBeUndefined()
        else expect(proposed).toBeCloseTo(energy, 1)
      })
    })

  it('every rule says what it saw in a sentence, and finds something in its table', () => {
    for (const rule of sessionRules) {
      const findings = (rows[rule] ?? []).flatMap(([, told]) => found(told)).filter((one) => one.rule === rule)
      expect([rule, findings.length > 0]).toEqual([rule, true])
      for (const { detail, proposal } of findings) {
        expect(detail).toMatch(/^[A-Z\d].{20,}[^.]$/)
        if (proposal !== undefined) expect(proposal.how).toMatch(/\w{4,}/)
      }
    }
  })

  it('proposes times by its readings, by receipt, and by how far the clock is off', () => {
    const minutes = (told: Told) => {
      const { startedAt, endedAt } = proposalOf(found(told)) ?? {}
      return [startedAt, endedAt].map((at) => (at === undefined ? undefined : (at - noon) / minute))
    }
    expect(minutes({ lasts: -30, late: (m) => (m < 0 ? 75 : 0) })).toEqual([undefined, 45])
    expect(minutes({ lasts: -30, readings: [[20, 1_005]] })).toEqual([undefined, 20])
    expect(minutes({ late: -40 })).toEqual([-40, 20])
    expect(minutes({ at: 0, late: noon / minute })).toEqual([0, 60])
    expect(
      minutes({
        lasts: 300,
        readings: [
          [10, 1_001],
          [20, 1_002],
        ],
      }),
    ).toEqual([undefined, 20])
  })

  /** An honest charge: constant or falling power, a meter with something on it or without, readings or none. */
  const honest = fc
    .record({
      lifetime: fc.integer({ min: 1, max: 90_000_000 }),
      kW: fc.constantFrom(2.3, 3.7, 11, 22, 50, 150, 350),
      lasts: fc.integer({ min: 1, max: 900 }),
      everyMin: fc.constantFrom(1, 5, 15, 30),
      tellsPower: fc.boolean(),
      taper: fc.boolean(),
    })
    .map(({ lifetime, kW, lasts, everyMin, tellsPower, taper }) => {
      const from = lifetime / 1_000
      // a battery is full some time
      const charges = Math.min(lasts, (80 / kW) * 60)
      const delivered = (m: number): number => {
        const hours = Math.min(m, charges) / 60
        return taper ? kW * (hours - (hours * hours * 60) / (2 * charges)) : kW * hours
      }
      const power = (m: number): number => (m > charges ? 0 : taper ? kW * (1 - m / charges) : kW)
      const readings = Array.from({ length: Math.floor(lasts / everyMin) }, (_, i): [number, number, number?] => {
        const at = (i + 1) * everyMin
        return tellsPower ? [at, from + delivered(at), power(at)] : [at, from + delivered(at)]
      })
      return { from, lasts, delivered: delivered(lasts), readings, told: charges / everyMin }
    })

  it('nothing is found in an honest session, online or delivered a day later', () => {
    fc.assert(
      fc.property(honest, fc.boolean(), ({ from, lasts, delivered, readings }, isLater) => {
        const late = isLater ? (m: number) => 1_440 + lasts - m : 0
        expect(found({ start: from, stop: from + delivered, lasts, readings, late })).toEqual([])
      }),
      { numRuns: 500 },
    )
  })

  it('nothing is found in an honest session of a meter that begins anew, once it has told how it rises', () => {
    fc.assert(
      fc.property(honest, ({ from, lasts, delivered, readings, told }) => {
        fc.pre(told >= 3)
        const own = readings.map(([m, kWh, ...kW]): [number, number, number?] => [m, kWh - from, ...kW])
        expect(found({ start: 0, stop: delivered, lasts, readings: own })).toEqual([])
      }),
      { numRuns: 1_000 },
    )
  })

  it.each(outlets)(
    'nothing is found in the demo, sixty times as fast, once it is said what $name then delivers',
    (outlet) => {
      const meter = new Meter(outlet, 100_000, 0.3, 0)
      const kWhAt = (s: number): [number, number] => [
        meter.charge(0, s * 1_000, { speed: 60 }) / 1_000,
        meter.wattHours / 1_000,
      ]
      const readings = [5, 10, 15, 20, 25].map((s): [number, number, number] => {
        const [kW, kWh] = kWhAt(s)
        return [s / 60, kWh, kW]
      })
      const [, stop] = kWhAt(28)
      const told: Told = { start: 100, stop, lasts: 28 / 60, readings }
      expect(found({ ...told, maxPowerW: outlet.watts * 60 })).toEqual([])
      expect(found(told).map(({ rule }) => rule)).toEqual(['impossiblePower'])
    },
  )

  it('a lifetime register billed as one session is impossible: it is held, or what is billed is what flowed, and little more', () => {
    fc.assert(
      fc.property(
        honest,
        fc.constantFrom('readings', 'one late reading', 'the session before', 'nothing'),
        ({ from, lasts, delivered, readings }, evidence) => {
          const told: Told = {
            start: 0,
            stop: from + delivered,
            lasts,
            ...(evidence === 'readings' && { readings }),
            ...(evidence === 'one late reading' && { readings: [[lasts, from + delivered]] }),
            ...(evidence === 'the session before' && { earlier: [before(1, 0, from)] }),
          }
          const billed = energyOf(sessionOf(told))?.mwh ?? 0
          const isHeld = found(told).length > 0
          // a factor of four lies between a car that is empty and one that is nearly full
          const most = limits.timesLater * delivered * kwh + limits.firstReading + limits.grain
          expect(isHeld || billed <= most).toBe(true)
          // and a register of more than a battery of energy is always held
          if (from > 4 * delivered + 6) expect(isHeld).toBe(true)
        },
      ),
      { numRuns: 2_000 },
    )
  })

  it('finds the same in the same, never throws, and proposes no negative energy, whatever a station tells', () => {
    const registers = fc.option(
      fc.integer({ min: 0, max: 5_000_000 }).map((n) => n / 1_000),
      { nil: undefined },
    )
    const told = fc.record({
      start: registers,
      stop: registers,
      lasts: fc.integer({ min: -600, max: 6_000 }),
      readings: fc.array(fc.tuple(fc.integer({ min: -60, max: 6_000 }), registers, fc.integer({ min: -5, max: 400 })), {
        maxLength: 6,
      }),
      late: fc.integer({ min: -3_000, max: 3_000 }),
      earlier: fc.constantFrom([], [before(1, 0, 35)], [before(1, 900, 930, { evse: 2 }), before(2, 870, 900)]),
    })
    fc.assert(
      fc.property(told, (one) => {
        const findings = found(one)
        expect(found(one)).toEqual(findings)
        for (const { proposal } of findings) expect(proposal?.energyMwh ?? 0).toBeGreaterThanOrEqual(0)
        expect(Number.isSafeInteger(proposalOf(findings)?.energyMwh ?? 0)).toBe(true)
      }),
      { numRuns: 500 },
    )
  })
})
