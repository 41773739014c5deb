import { describe, expect, it } from 'vitest'
import { type Finding, lint } from '../../../core/pricing/lint.ts'
import type { PriceComponent, Restrictions, Tariff, TariffElement } from '../../../core/pricing/tariff.ts'

const price = (dimension: PriceComponent['dimension'], more: Partial<PriceComponent> = {}): PriceComponent => ({
  dimension,
  price: '0.50',
  stepSize: 1,
  ...more,
})

const element = (component: PriceComponent, restrictions?: Restrictions): TariffElement => ({
  components: [component],
  ...(restrictions !== undefined && { restrictions }),
})

const findings = (elements: readonly TariffElement[], more: Partial<Tariff> = {}): readonly Finding[] =>
  lint({ id: 'T', version: 1, currency: 'EUR', taxIncluded: 'NO', elements, ...more })

const energy = (restrictions?: Restrictions) => element(price('ENERGY'), restrictions)
const details = (...elements: readonly TariffElement[]) => findings(elements).map(({ detail }) => detail)
const rules = (...elements: readonly TariffElement[]) =>
  findings(elements).map(({ rule, element: at, component }) =>
    [rule, at, component].filter((part) => part !== undefined),
  )

describe('the linter of tariffs', () => {
  it('says nothing of one that is as it should be', () => {
    expect(rules(energy())).toEqual([])
    expect(rules(energy({ startTime: '08:00', endTime: '20:00' }), energy())).toEqual([])
    expect(findings([element(price('ENERGY', { price: '0' }))])).toEqual([])
  })

  it('finds a price behind one that always comes first', () => {
    expect(rules(energy(), energy({ daysOfWeek: ['SUNDAY'] }))).toEqual([['unreachable', 1, 0]])
    expect(rules(energy({ minKwh: '5' }), energy({ minKwh: '10' }), energy())).toEqual([['unreachable', 1, 0]])
  })

  it('finds a price that several elements together leave no room for', () => {
    const day = energy({ startTime: '06:00', endTime: '22:00' })
    const night = energy({ startTime: '22:00', endTime: '06:00' })
    expect(rules(day, night, energy({ minKwh: '30' }))).toEqual([['unreachable', 2, 0]])
    expect(rules(energy({ maxKwh: '30' }), energy({ minKwh: '30' }), energy())).toEqual([['unreachable', 2, 0]])
  })

  it('keeps dimensions and contexts apart', () => {
    expect(rules(energy(), element(price('TIME')))).toEqual([])
    expect(rules(element(price('TIME')), element(price('TIME'), { reservation: 'RESERVATION' }))).toEqual([])
    expect(
      rules(
        element(price('TIME'), { reservation: 'RESERVATION' }),
        element(price('TIME'), { reservation: 'RESERVATION' }),
      ),
    ).toEqual([['unreachable', 1, 0]])
  })

  it('finds what no session meets', () => {
    expect(rules(element(price('PARKING_TIME'), { minPower: '1' }))).toContainEqual(['neverHolds', 0, 0])
    expect(rules(element(price('FLAT'), { reservation: 'RESERVATION', minKwh: '1' }))).toEqual([['neverHolds', 0, 0]])
  })

  it('says when a dimension is free that has a price at other times', () => {
    const workdays = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY'] as const
    expect(details(energy({ daysOfWeek: workdays }))).toEqual(['ENERGY is free on Sundays'])
    expect(details(energy({ startTime: '06:00', endTime: '22:00' }))).toEqual([
      'ENERGY is free every day 00:00–06:00 and 22:00–24:00',
    ])
    expect(
      details(
        energy({ startTime: '22:00', endTime: '06:00', daysOfWeek: ['SUNDAY'] }),
        energy({ daysOfWeek: workdays }),
      )[0],
    ).toBe('ENERGY is free on Sundays 06:00–22:00')
  })

  it('says what else must be so that it is free', () => {
    expect(details(energy({ maxKwh: '30.5' }))).toEqual(['ENERGY is free from 30.5 kWh'])
    expect(details(energy({ minKwh: '10', maxKwh: '30' }))).toEqual([
      'ENERGY is free below 10 kWh',
      'ENERGY is free from 30 kWh',
    ])
    expect(details(energy({ minDuration: 3_600 }))).toEqual(['ENERGY is free below 60 min'])
    expect(details(energy({ startDate: '2026-12-01' }))).toEqual(['ENERGY is free until 2026-12-01'])
    expect(details(energy({ maxPower: '11' }), energy({ minPower: '22' }))).toEqual([
      'ENERGY is free from 11 kW to 22 kW',
    ])
    expect(details(energy({ daysOfWeek: ['SUNDAY'], maxKwh: '5' }), energy({ minKwh: '5' }))).toEqual([
      'ENERGY is free on Mondays, Tuesdays, Wednesdays, Thursdays, Fridays and Saturdays, below 5 kWh',
    ])
  })

  it('says that not every station tells its current', () => {
    expect(details(energy({ maxCurrent: '16' }), energy({ minCurrent: '16' }))).toEqual([
      'ENERGY is free where the station tells no current',
    ])
  })

  it('takes a fee at times for what is meant', () => {
    expect(rules(element(price('FLAT'), { daysOfWeek: ['SUNDAY'] }))).toEqual([])
  })

  it('finds elements of which neither is a part of the other', () => {
    expect(
      findings([
        energy({ startTime: '08:00', endTime: '18:00' }),
        energy({ startTime: '17:00', endTime: '22:00' }),
        energy(),
      ]),
    ).toEqual([
      {
        rule: 'overlap',
        element: 1,
        component: 0,
        detail: 'ENERGY is priced by element 0 where both hold: every day 17:00–18:00',
      },
    ])
  })

  it('finds steps, taxes and prices that were hardly meant', () => {
    const odd = (component: PriceComponent, more: Partial<Tariff> = {}) =>
      findings([element(component)], more).map(({ rule }) => rule)
    expect(odd(price('TIME', { stepSize: 90 }))).toEqual(['stepOfTime'])
    expect(odd(price('TIME', { stepSize: 300 }))).toEqual([])
    expect(odd(price('ENERGY', { stepSize: 90 }))).toEqual([])
    expect(odd(price('ENERGY', { vat: '0.19' }))).toEqual(['vatFraction'])
    expect(odd(price('ENERGY', { vat: '0' }))).toEqual([])
    expect(odd(price('ENERGY', { price: '45' }))).toEqual(['priceInCents'])
    expect(odd(price('ENERGY', { price: '45' }), { currency: 'JPY' })).toEqual([])
    expect(odd(price('FLAT', { price: '5' }), { maxPrice: { beforeTaxes: '4.99' } })).toEqual(['maxBelowFlat'])
    expect(odd(price('FLAT', { price: '5' }), { maxPrice: { afterTaxes: '4.99' } })).toEqual([])
    expect(odd(price('FLAT', { price: '5' }), { taxIncluded: 'YES', maxPrice: { afterTaxes: '4.99' } })).toEqual([
      'maxBelowFlat',
    ])
  })

  it('finds a rate of tax that is missing beside others', () => {
    const found = findings([{ components: [price('ENERGY', { vat: '19' }), price('FLAT')] }])
    expect(found).toEqual([
      { rule: 'vatAtTimes', element: 0, component: 1, detail: 'FLAT has no vat, and other prices have' },
    ])
  })

  it('warns of nights that are split', () => {
    expect(rules(energy({ startTime: '22:00', endTime: '06:00', daysOfWeek: ['FRIDAY'] }), energy())).toEqual([
      ['nightOfDays', 0],
    ])
    expect(rules(energy({ startTime: '22:00', endTime: '00:00', daysOfWeek: ['FRIDAY'] }), energy())).toEqual([])
  })

  it('gives up where there is too much to look at, and says so', () => {
    const many = Array.from({ length: 60 }, (_, i) =>
      energy({
        minKwh: String(i),
        minDuration: i * 60,
        minPower: String(i),
        startTime: `08:${String(i).padStart(2, '0')}`,
      }),
    )
    expect(findings(many).map(({ rule }) => rule)).toEqual(['unseen'])
  })
})
