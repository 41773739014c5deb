import { describe, expect, it } from 'vitest'
import { price } from '../../../core/pricing/price.ts'
import type { Tariff } from '../../../core/pricing/tariff.ts'
import type { Usage } from '../../../core/pricing/usage.ts'
import { type AboutCdr, cdrObject } from '../../../core/roaming/cdr-object.ts'
import { creditCdr } from '../../../core/roaming/credit-cdr.ts'
import type { Made } from '../../../core/roaming/mapped.ts'
import type { Cdr } from '../../../core/roaming/model.ts'
import {
  charging,
  element,
  energy,
  expired,
  flat,
  parked,
  parking,
  reserved,
  tariff,
  time,
  usage,
} from '../../support/pricing.ts'
import { aboutCdr, driver, sealed, site, spot } from '../../support/roaming.ts'

const made = (of: Tariff, used: Usage, about: AboutCdr = aboutCdr): Made<Cdr> => {
  const cdr = cdrObject(sealed(price(of, used)), about)
  if ('impossible' in cdr) throw new Error(cdr.impossible.join(', '))
  return cdr
}
const cdrOf = (of: Tariff, used: Usage, about?: AboutCdr): Cdr => made(of, used, about).object

/** 0.50 to start, 0.30 a kWh until 17:00 and 0.40 after it, 6 an hour of parking. */
const evening = tariff([
  element({ endTime: '17:00' }, energy('0.30', '19')),
  element({}, flat('0.50', '19'), energy('0.40', '19'), parking('6', '7')),
])
/** In Berlin it is 16:30. */
const afternoon = usage('2026-11-27T15:30:00.400Z', [charging({ minutes: 60, kWh: 10 }), parked(10)])

describe('a CDR for the EMP of a driver (OCPI 2.3.0 mod_cdrs)', () => {
  it('says whose it is, where, when, by what tariff, and what it costs', () => {
    const { object, losses } = made(evening, afternoon)
    expect(losses).toEqual([])
    expect(object).toEqual({
      country_code: 'DE',
      party_id: 'ABC',
      id: '01930000-0000-7000-8000-000000000001',
      start_date_time: '2026-11-27T15:30:00Z',
      end_date_time: '2026-11-27T16:40:00Z',
      session_id: '01930000-0000-7000-8000-000000000002',
      cdr_token: {
        country_code: 'NL',
        party_id: 'EMP',
        uid: '04A1B2C3',
        type: 'RFID',
        contract_id: 'NL-EMP-C00000001-X',
      },
      auth_method: 'WHITELIST',
      cdr_location: {
        id: 'north',
        name: 'North',
        address: 'Hauptstraße 1',
        city: 'Berlin',
        postal_code: '10827',
        country: 'DEU',
        coordinates: { latitude: '52.520008', longitude: '13.404954' },
        evse_uid: 'evse-1',
        evse_id: 'DE*ABC*E1',
        connector_id: '1',
        connector_standard: 'IEC_62196_T2',
        connector_format: 'SOCKET',
        connector_power_type: 'AC_3_PHASE',
      },
      currency: 'EUR',
      tariffs: [expect.objectContaining({ id: 'a-tariff', last_updated: '2026-11-27T15:30:00Z' })],
      charging_periods: [
        {
          start_date_time: '2026-11-27T15:30:00Z',
          dimensions: [
            { type: 'ENERGY', volume: '4.9988' },
            { type: 'TIME', volume: '0.4998' },
          ],
          tariff_id: 'a-tariff',
        },
        {
          start_date_time: '2026-11-27T16:00:00Z',
          dimensions: [
            { type: 'ENERGY', volume: '5.0012' },
            { type: 'TIME', volume: '0.5002' },
          ],
          tariff_id: 'a-tariff',
        },
        {
          start_date_time: '2026-11-27T16:30:00Z',
          dimensions: [{ type: 'PARKING_TIME', volume: '0.1666' }],
          tariff_id: 'a-tariff',
        },
      ],
      total_cost: {
        before_taxes: '5.00',
        taxes: [
          { name: 'VAT', percentage: '19', amount: '0.7600' },
          { name: 'VAT', percentage: '7', amount: '0.0700' },
        ],
      },
      total_fixed_cost: { before_taxes: '0.5000', taxes: [{ name: 'VAT', percentage: '19', amount: '0.0950' }] },
      total_energy: '10.0000',
      total_energy_cost: { before_taxes: '3.5001', taxes: [{ name: 'VAT', percentage: '19', amount: '0.6650' }] },
      total_time: '1.1666',
      total_parking_time: '0.1666',
      total_parking_cost: { before_taxes: '1.0000', taxes: [{ name: 'VAT', percentage: '7', amount: '0.0700' }] },
      remark: 'Local',
      last_updated: '2026-11-27T12:00:00Z',
    })
  })

  it('has the EVSEID that its account was written with, wherever that is now', () => {
    const account = sealed(price(evening, afternoon), { evseId: 'DE*ABC*E9' })
    expect(cdrObject(account, aboutCdr)).toMatchObject({ object: { cdr_location: { evse_id: 'DE*ABC*E9' } } })
  })

  it('of which hours are never rounded up: 20 minutes in steps of 10 are two of them', () => {
    const of = tariff([element({}, time('2', '19', 600))])
    const [first] = cdrOf(of, usage('2026-11-27T15:00:00Z', [charging({ minutes: 20 })])).charging_periods
    expect(first?.dimensions[1]).toEqual({ type: 'TIME', volume: '0.3333' })
  })

  it('of which the energies add up to the amount that a price begins with', () => {
    const of = tariff([
      element({ endTime: '17:00' }, energy('0.30')),
      element({ minKwh: '7' }, energy('0.50')),
      element({}, energy('0.40')),
    ])
    const periods = cdrOf(of, afternoon).charging_periods.map(({ dimensions: [first] }) => first?.volume)
    expect(periods.slice(0, 3)).toEqual(['4.9988', '2.0012', '3.0000'])
  })

  it('of a tariff that says nothing of tax has no tax, and of 0 per cent has one of 0', () => {
    const hour = usage('2026-11-27T15:00:00Z', [charging({ minutes: 60, kWh: 2 })])
    const costs = [energy('0.30'), energy('0.30', '0')].map((one) => cdrOf(tariff([element({}, one)]), hour).total_cost)
    expect(costs).toEqual([
      { before_taxes: '0.60' },
      { before_taxes: '0.60', taxes: [{ name: 'VAT', percentage: '0', amount: '0.0000' }] },
    ])
  })

  it('that a limit has made dearer spreads the tax over its rates', () => {
    const of = tariff([element({}, energy('0.10', '19'), flat('0.10', '7'))], {
      minPrice: { beforeTaxes: '10', afterTaxes: '11.5' },
    })
    const cost = cdrOf(of, usage('2026-11-27T15:00:00Z', [charging({ minutes: 60, kWh: 1 })])).total_cost
    expect(cost).toEqual({
      before_taxes: '10.00',
      taxes: [
        { name: 'VAT', percentage: '7', amount: '0.40' },
        { name: 'VAT', percentage: '19', amount: '1.10' },
      ],
    })
  })

  it('that costs something although nothing was billed has a tax of no rate', () => {
    const of = tariff([element({}, energy('0.10', '19'))], { minPrice: { beforeTaxes: '1' } })
    const cost = cdrOf(of, usage('2026-11-27T15:00:00Z', [charging({ minutes: 60 })])).total_cost
    expect(cost).toEqual({ before_taxes: '1.00', taxes: [{ name: 'VAT', amount: '0.19' }] })
  })

  it('of no kWh has its time and its parking all the same', () => {
    const cdr = cdrOf(evening, usage('2026-11-27T15:00:00Z', [charging({ minutes: 1 }), parked(59)]))
    expect([cdr.total_energy, cdr.total_time, cdr.total_parking_time]).toEqual(['0.0000', '1.0000', '0.9833'])
  })

  it('of a free session costs 0, and says so', () => {
    const free = tariff([element({}, flat('0.00'))])
    expect(cdrOf(free, afternoon).total_cost).toEqual({ before_taxes: '0.00' })
  })
})

describe('what was reserved', () => {
  const of = tariff([
    element({ reservation: 'RESERVATION' }, time('5', '20')),
    element({ reservation: 'RESERVATION_EXPIRES' }, flat('4', '20')),
    element({}, energy('0.25', '10')),
  ])

  it('before a session begins the CDR, and is no part of its time', () => {
    const cdr = cdrOf(of, usage('2026-11-27T15:00:00Z', [reserved(15), charging({ minutes: 60, kWh: 20 })]))
    expect(cdr).toMatchObject({
      start_date_time: '2026-11-27T15:00:00Z',
      end_date_time: '2026-11-27T16:15:00Z',
      charging_periods: [
        { dimensions: [{ type: 'RESERVATION_TIME', volume: '0.2500' }] },
        { start_date_time: '2026-11-27T15:15:00Z', dimensions: [{ type: 'ENERGY' }, { type: 'TIME' }] },
      ],
      total_time: '1.0000',
      total_reservation_cost: { before_taxes: '1.2500' },
    })
  })

  it('and never used has no session, and where it was for any connector none of them: #NA', () => {
    const anywhere = { ...aboutCdr, spot: { site } }
    const cdr = cdrOf(of, usage('2026-11-27T15:00:00Z', [expired(60)]), anywhere)
    expect(cdr).not.toHaveProperty('session_id')
    expect(cdr).toMatchObject({
      cdr_location: { evse_uid: '#NA', evse_id: '#NA', connector_id: '#NA' },
      charging_periods: [{ dimensions: [{ type: 'RESERVATION_TIME', volume: '1.0000' }] }],
      total_cost: { before_taxes: '9.00' },
      total_reservation_cost: { before_taxes: '9.0000' },
      total_energy: '0.0000',
      total_time: '0.0000',
    })
  })

  it('and never used at a connector in particular names it', () => {
    const { cdr_location } = cdrOf(of, usage('2026-11-27T15:00:00Z', [expired(60)]))
    expect(cdr_location).toMatchObject({ evse_uid: 'evse-1', evse_id: 'DE*ABC*E1', connector_id: '1' })
  })
})

describe('what cannot be a CDR says why', () => {
  const account = sealed(price(evening, afternoon))

  it.each<readonly [string, AboutCdr['spot'], readonly string[]]>([
    ['without an EVSE', { site }, ['its EVSE is not known', 'its connector is not known']],
    ['without an EVSEID', { ...spot, evse: { uid: 'evse-1' } }, ['EVSE evse-1 has no EVSEID']],
    [
      'in no country',
      { ...spot, site: { ...site, address: { ...site.address, country: 'XX' } } },
      ['XX is no country of ISO 3166-1'],
    ],
  ])('%s', (_, where, impossible) => {
    expect(cdrObject(account, { ...aboutCdr, spot: where })).toEqual({ impossible })
  })

  it('without a tariff: it would have to say what it costs', () => {
    const { priced: _, ...unpriced } = account.account
    expect(cdrObject({ ...account, account: unpriced }, aboutCdr)).toEqual({ impossible: ['no tariff was for it'] })
  })
})

it('a credit CDR has all that the CDR said under its own id, and nothing but its total is negated', () => {
  const cdr = cdrOf(evening, afternoon)
  const credit = creditCdr(cdr, { id: '01930000-0000-7000-8000-000000000009', sealedAt: Date.UTC(2026, 10, 28) })
  expect(credit).toEqual({
    ...cdr,
    id: '01930000-0000-7000-8000-000000000009',
    credit: true,
    credit_reference_id: cdr.id,
    total_cost: {
      before_taxes: '-5.00',
      taxes: [
        { name: 'VAT', percentage: '19', amount: '-0.7600' },
        { name: 'VAT', percentage: '7', amount: '-0.0700' },
      ],
    },
    last_updated: '2026-11-28T00:00:00Z',
  })
})

it('what an account says of signed values and of energy given back, and a CDR cannot, is a loss', () => {
  const account = sealed(price(evening, afternoon), { exportedMwh: 1 })
  const signed = [{ at: '2026-11-27T15:30:00Z', context: 'Transaction.End', data: 'of a kind that nobody knows' }]
  expect(cdrObject({ ...account, signed }, { ...aboutCdr, driver: { ...driver, type: 'APP' } })).toMatchObject({
    object: { cdr_token: { type: 'APP_USER' } },
    losses: [{ pointer: '/signed_data' }, { pointer: '/total_energy' }],
  })
})
