import fc from 'fast-check'
import { expect, it } from 'vitest'
import { price } from '../../../core/pricing/price.ts'
import type { Dimension, Restrictions, Tariff } from '../../../core/pricing/tariff.ts'
import type { Stretch, Usage } from '../../../core/pricing/usage.ts'
import { anyTariff, anyUsage } from '../../support/any-tariff.ts'

/*
 * The volumes of a price by the dullest way there is: second by second, with clocks of Berlin worked out by the rule of
 * the EU, and restrictions read from the tariff each time. Nothing of the engine is used but what it is compared with.
 */

const hour = 3_600_000
const day = 24 * hour

/** 01:00 UTC of the last Sunday of a month. */
const lastSunday = (year: number, month: number): number => {
  const last = Date.UTC(year, month, 0)
  return last - ((last / day + 4) % 7) * day + hour
}
const berlin = (at: number): Date => {
  const year = new Date(at).getUTCFullYear()
  const isSummer = at >= lastSunday(year, 3) && at < lastSunday(year, 10)
  return new Date(at + (isSummer ? 2 : 1) * hour)
}

interface State {
  readonly at: number
  readonly soFarMwh: number
  readonly soFarS: number
  readonly stretch: Stretch
}

const matches = (r: Restrictions, { at, soFarMwh, soFarS, stretch }: State): boolean => {
  const clock = berlin(at)
  const date = clock.toISOString().slice(0, 10)
  const time = clock.toISOString().slice(11, 16)
  const weekday = ['SUNDAY', 'MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY'][clock.getUTCDay()]
  const kWh = soFarMwh / 1e6
  const seconds = (stretch.until - stretch.from) / 1_000
  const kW = stretch.powerMw === undefined ? (stretch.energyMwh / seconds) * 0.0036 : stretch.powerMw / 1e6
  const amperes = stretch.currentMa === undefined ? NaN : stretch.currentMa / 1_000
  const within = (value: number, min: string | undefined, max: string | undefined): boolean =>
    (min === undefined || value >= Number(min)) && (max === undefined || value < Number(max))
  const start = r.startTime ?? '00:00'
  const end = r.endTime === undefined || r.endTime === '00:00' ? '24:00' : r.endTime
  const isTime = r.startTime === r.endTime || (start < end ? time >= start && time < end : time >= start || time < end)
  return (
    isTime &&
    (r.startDate === undefined || date >= r.startDate) &&
    (r.endDate === undefined || date < r.endDate) &&
    within(kWh, r.minKwh, r.maxKwh) &&
    within(amperes, r.minCurrent, r.maxCurrent) &&
    within(kW, r.minPower, r.maxPower) &&
    soFarS >= (r.minDuration ?? 0) &&
    soFarS < (r.maxDuration ?? Infinity) &&
    (r.daysOfWeek === undefined || r.daysOfWeek.length === 0 || r.daysOfWeek.some((name) => name === weekday))
  )
}

/** `ENERGY 1.0`: element 1, component 0. */
const pickedBy = ({ elements }: Tariff, dimension: Dimension, state: State): string | undefined => {
  const { kind } = state.stretch
  const contexts = {
    charging: [undefined],
    parking: [undefined],
    reserved: ['RESERVATION'],
    reservationExpired: ['RESERVATION_EXPIRES', 'RESERVATION'],
  }[kind]
  for (const context of contexts)
    for (const [place, { components, restrictions = {} }] of elements.entries()) {
      const number = components.findIndex((one) => one.dimension === dimension)
      if (number >= 0 && restrictions.reservation === context && matches(restrictions, state))
        return `${dimension} ${place}.${number}`
    }
  return undefined
}

const volumes = (tariff: Tariff, { stretches }: Usage): Record<string, number> => {
  const found: Record<string, number> = {}
  const add = (name: string | undefined, volume: number): void => {
    if (name !== undefined) found[name] = (found[name] ?? 0) + volume
  }
  const thresholds = tariff.elements
    .flatMap(({ restrictions: { minKwh, maxKwh } = {} }) => [minKwh, maxKwh])
    .flatMap((kWh) => (kWh === undefined ? [] : Math.round(Number(kWh) * 1e6)))
    .sort((a, b) => a - b)
  const begun = new Map<string, number>()
  const isFixed = new Set<string>()
  let energy = 0
  for (const stretch of stretches) {
    const context = stretch.kind.startsWith('reserv') ? 'reservation' : 'session'
    const from = begun.get(context) ?? stretch.from
    begun.set(context, from)
    const seconds = (stretch.until - stretch.from) / 1_000
    const rate = stretch.energyMwh / Math.max(seconds, 1)
    const stateAt = (at: number, soFarMwh: number): State => ({ at, soFarMwh, soFarS: (at - from) / 1_000, stretch })
    const fix = (state: State): void => {
      const flat = isFixed.has(context) ? undefined : pickedBy(tariff, 'FLAT', state)
      if (flat !== undefined) isFixed.add(context)
      add(flat, 1)
    }
    for (let second = 0; second < seconds; second++) {
      const at = stretch.from + second * 1_000
      const state = stateAt(at, energy)
      fix(state)
      const timed = stretch.kind === 'parking' ? 'PARKING_TIME' : 'TIME'
      add(pickedBy(tariff, timed, state), 1_000)
      // energy that is reached within the second parts it; what follows counts as of its end
      const end = energy + rate
      const passed = thresholds.filter((mwh) =>
        rate > 0 ? mwh > energy && mwh < end : mwh - 1 < energy && mwh - 1 > end,
      )
      const points = (rate > 0 ? passed : passed.map((mwh) => mwh - 1).toReversed()).concat(end)
      let before = energy
      for (const point of new Set(points)) {
        const then = before === energy ? state : stateAt(at + 1_000, before)
        if (before !== energy) fix(then)
        if (context === 'session') add(pickedBy(tariff, 'ENERGY', then), point - before)
        before = point
      }
      energy = end
    }
  }
  return found
}

const berlinUsage = anyUsage.map(({ stretches }): Usage => {
  // five minutes of each say as much as two hours do
  let at = stretches[0]?.from ?? 0
  const short = stretches.map((stretch) => {
    const seconds = (stretch.until - stretch.from) / 1_000
    const some = Math.min(Math.max(seconds, 1), 300 + (seconds % 600))
    const from = at
    at += some * 1_000
    return { ...stretch, from, until: at, energyMwh: seconds === 0 ? 0 : (stretch.energyMwh / seconds) * some * 4 }
  })
  return { zone: 'Europe/Berlin', stretches: short }
})

it('of every price as much is used as counting second by second finds', () => {
  fc.assert(
    fc.property(anyTariff, berlinUsage, (tariff, usage) => {
      const lines = price(tariff, usage).lines.flatMap(({ component, volume = 0 }) => {
        if (component === undefined) return []
        const { dimension, element, component: number } = component
        return [[`${dimension} ${element}.${number}`, volume] as const]
      })
      const counted = Object.entries(volumes(tariff, usage)).filter(([, volume]) => volume !== 0)
      expect(Object.fromEntries(lines.filter(([, volume]) => volume !== 0))).toEqual(Object.fromEntries(counted))
    }),
    { numRuns: 400 },
  )
})
