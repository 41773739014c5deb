import { describe, expect, it } from 'vitest'
import { type Conversion, converted } from '../../../core/roaming/converted.ts'
import type { Json } from '../../../core/roaming/field.ts'

const at = '2026-11-27T12:00:00Z'
const owner = { country_code: 'DE', party_id: 'ABC' }

const connector = {
  id: '1',
  standard: 'IEC_62196_T2',
  format: 'SOCKET',
  power_type: 'AC_3_PHASE',
  max_voltage: 230,
  max_amperage: 32,
  last_updated: at,
}
const evse = { uid: 'E1', evse_id: 'DE*ABC*E1', status: 'AVAILABLE', connectors: [connector], last_updated: at }
const location = {
  ...owner,
  id: 'L1',
  publish: true,
  address: 'Hauptstraße 1',
  city: 'Bonn',
  country: 'DEU',
  coordinates: { latitude: '50.73743', longitude: '7.098207' },
  evses: [evse, { ...evse, uid: 'E2' }],
  time_zone: 'Europe/Berlin',
  last_updated: at,
}
const token = { ...owner, uid: '04A1', type: 'RFID', contract_id: 'DE-ABC-C00000001-X' }
const session = {
  ...owner,
  id: 'S1',
  start_date_time: at,
  kwh: '0',
  cdr_token: token,
  auth_method: 'COMMAND',
  location_id: 'L1',
  evse_uid: 'E2',
  connector_id: '1',
  currency: 'EUR',
  status: 'RESERVATION',
  last_updated: at,
}
const tariff = {
  ...owner,
  id: 'T1',
  currency: 'EUR',
  elements: [{ price_components: [{ type: 'ENERGY', price: '0.25', vat: '19', step_size: 1 }] }],
  tax_included: 'NO',
  last_updated: at,
}

const down = (object: Json, kind: Conversion['kind'], to: '2.2.1' | '2.1.1', known: Conversion['known'] = {}) =>
  converted(object, { kind, from: '2.3.0', to, known: { owner, ...known } })

const up = (object: Json, kind: Conversion['kind'], from: '2.2.1' | '2.1.1', known: Conversion['known'] = {}) =>
  converted(object, { kind, from, to: '2.3.0', known: { owner, ...known } })

const named = ({ losses }: { losses: readonly { pointer: string; rule: string }[] }): readonly string[] =>
  losses.map(({ pointer, rule }) => `${pointer} ${rule}`)

describe('an object going to an older version', () => {
  it('has the names of that version', () => {
    const { object, losses } = down({ ...connector, tariff_ids: ['T1'] }, 'connector', '2.1.1')
    const { max_voltage: _v, max_amperage: _a, ...same } = connector
    expect([object, losses]).toEqual([{ ...same, voltage: 230, amperage: 32, tariff_id: 'T1' }, []])
  })

  it('names the tariffs that a connector of 2.1.1 has no room for', () => {
    const made = down({ ...connector, tariff_ids: ['T1', 'T2', 'T3'] }, 'connector', '2.1.1')
    expect([made.object?.['tariff_id'], named(made)]).toEqual([
      'T1',
      ['/tariff_ids/1 noField', '/tariff_ids/2 noField'],
    ])
  })

  it('is told what says nothing where 2.1.1 asks for more than there is', () => {
    const made = down(location, 'location', '2.1.1')
    expect([made.object?.['type'], made.object?.['postal_code']]).toEqual(['UNKNOWN', ''])
    expect(named(made)).toEqual(['/postal_code filled', '/parking_type filled'])
  })

  it('goes without parking places and the number for help, and they are named', () => {
    const parking = { id: 'P1', vehicle_types: ['VAN'], restricted_to_type: false, reservation_required: false }
    const made = down({ ...location, parking_places: [parking], help_phone: '+49228' }, 'location', '2.2.1')
    expect([made.object, named(made)]).toEqual([location, ['/parking_places noField', '/help_phone noField']])
  })

  it('leaves out the EVSE whose only connector is of a standard that the version has not', () => {
    const trucks = { ...evse, uid: 'E3', connectors: [{ ...connector, standard: 'MCS' }] }
    const made = down({ ...location, evses: [evse, trucks] }, 'location', '2.2.1')
    expect(made.object).toEqual({ ...location, evses: [evse] })
    expect(named(made)).toEqual([
      '/evses/1/connectors/0/standard noValue',
      '/evses/1/connectors/0 leftOut',
      '/evses/1 leftOut',
    ])
  })

  it('does not go where a location that is not published would be published', () => {
    const made = down({ ...location, publish: false }, 'location', '2.1.1')
    expect([made.object, named(made)]).toEqual([undefined, ['/publish noField']])
  })

  it('has the nearest word, and the word is named', () => {
    const made = down(
      { ...token, issuer: 'ABC', valid: true, whitelist: 'NEVER', type: 'EMAID', last_updated: at },
      'token',
      '2.2.1',
    )
    expect([made.object?.['type'], named(made)]).toEqual(['OTHER', ['/type replaced']])
  })

  it('keeps words that nobody here knows', () => {
    const made = down({ ...evse, capabilities: ['DEABC_SHOWER', 'RESERVABLE'] }, 'evse', '2.1.1')
    expect(made.object?.['capabilities']).toEqual(['DEABC_SHOWER', 'RESERVABLE'])
  })
})

describe('money going to an older version', () => {
  const cost = {
    before_taxes: '10',
    taxes: [
      { name: 'GST', amount: '0.5' },
      { name: 'QST', amount: '0.998', percentage: '9.975' },
    ],
  }
  const finished = { ...session, status: 'COMPLETED', total_cost: cost }

  it('has one price with all taxes in 2.2.1', () => {
    const made = down(finished, 'session', '2.2.1')
    expect([made.object?.['total_cost'], named(made)]).toEqual([
      { excl_vat: '10', incl_vat: '11.498' },
      ['/total_cost/taxes noField'],
    ])
  })

  it('loses nothing where the only tax is VAT', () => {
    const made = down(
      { ...finished, total_cost: { before_taxes: '10', taxes: [{ name: 'VAT', amount: '1.9' }] } },
      'session',
      '2.2.1',
    )
    expect([made.object?.['total_cost'], made.losses]).toEqual([{ excl_vat: '10', incl_vat: '11.9' }, []])
  })

  it('is one number in 2.1.1', () => {
    const made = down(finished, 'session', '2.1.1', { location, token })
    expect([made.object?.['total_cost'], named(made)]).toEqual([
      '10',
      ['/auth_method replaced', '/total_cost/taxes noField', '/location_id filled', '/location_id filled'],
    ])
  })

  it('is a price without VAT where the tariff has it with', () => {
    const element = { price_components: [{ type: 'ENERGY', price: '0.595', vat: '19', step_size: 1 }] }
    const made = down({ ...tariff, tax_included: 'YES', elements: [element] }, 'tariff', '2.2.1')
    expect(made.object?.['elements']).toEqual([
      { price_components: [{ type: 'ENERGY', price: '0.5', vat: '19', step_size: 1 }] },
    ])
    expect(named(made)).toEqual(['/elements/0/price_components/0/price replaced', '/tax_included noField'])
  })

  it('is rounded to six decimals where it does not come out even', () => {
    const element = { price_components: [{ type: 'ENERGY', price: '0.49', vat: '19', step_size: 1 }] }
    const made = down({ ...tariff, tax_included: 'YES', elements: [element] }, 'tariff', '2.2.1')
    expect(made.object?.['elements']).toMatchObject([{ price_components: [{ price: '0.411765' }] }])
    expect(named(made)).toContain('/elements/0/price_components/0/price rounded')
  })

  it('does not go where nobody knows how much of the price are taxes', () => {
    const element = { price_components: [{ type: 'TIME', price: '2', step_size: 60 }] }
    expect(down({ ...tariff, tax_included: 'YES', elements: [element] }, 'tariff', '2.2.1').object).toBeUndefined()
  })

  it('never sends a price under a wider condition than it has', () => {
    const plain = { price_components: [{ type: 'ENERGY', price: '0.3', step_size: 1 }] }
    const fast = { ...plain, restrictions: { min_current: '32', start_time: '08:00' } }
    const made = down({ ...tariff, elements: [fast, plain] }, 'tariff', '2.1.1')
    expect([made.object?.['elements'], named(made)]).toEqual([
      [plain],
      ['/elements/0/restrictions/min_current noField', '/elements/0 leftOut'],
    ])
  })
})

describe('a session and a CDR in 2.1.1', () => {
  it('have the location itself, with the EVSE and the connector alone', () => {
    const { object } = down(session, 'session', '2.1.1', { location, token })
    expect(object).toMatchObject({ auth_id: token.contract_id, status: 'PENDING', start_datetime: at })
    expect(object).toMatchObject({ location: { id: 'L1', evses: [{ uid: 'E2', connectors: [{ voltage: 230 }] }] } })
    expect(Object.keys(object ?? {})).not.toContain('location_id')
  })

  it('come back with the references', () => {
    const there = down(session, 'session', '2.1.1', { location, token }).object ?? {}
    const { object } = up(there, 'session', '2.1.1', { token })
    expect(object).toEqual({ ...session, auth_method: 'AUTH_REQUEST', status: 'PENDING' })
  })

  it('do not go without the location', () => {
    expect(named(down(session, 'session', '2.1.1', { token }))).toContain('/location_id missing')
  })

  const cdr = {
    ...owner,
    id: 'C1',
    start_date_time: at,
    end_date_time: at,
    cdr_token: token,
    auth_method: 'WHITELIST',
    cdr_location: {
      id: 'L1',
      address: 'Hauptstraße 1',
      city: 'Bonn',
      country: 'DEU',
      coordinates: location.coordinates,
      evse_uid: 'E2',
      evse_id: 'DE*ABC*E1',
      connector_id: '1',
      connector_standard: 'IEC_62196_T2',
      connector_format: 'SOCKET',
      connector_power_type: 'AC_3_PHASE',
    },
    currency: 'EUR',
    charging_periods: [{ start_date_time: at, dimensions: [{ type: 'RESERVATION_TIME', volume: '0.5' }] }],
    total_cost: { before_taxes: '3' },
    total_energy: '0',
    total_time: '0.5',
    last_updated: at,
  }

  it('have periods of nothing where 2.1.1 has no word for what they are of', () => {
    const made = down(cdr, 'cdr', '2.1.1', { location, token })
    expect(made.object?.['charging_periods']).toEqual([
      { start_date_time: at, dimensions: [{ type: 'TIME', volume: '0' }] },
    ])
    expect(named(made)).toContain('/charging_periods/0/dimensions filled')
  })

  it('come back whole where they are of what both versions know', () => {
    const energy = [{ start_date_time: at, dimensions: [{ type: 'ENERGY', volume: '7.5' }] }]
    const there = down({ ...cdr, charging_periods: energy }, 'cdr', '2.1.1', { location, token }).object ?? {}
    expect(there).toMatchObject({
      stop_date_time: at,
      total_cost: '3',
      location: { evses: [{ connectors: [{ amperage: 32 }] }] },
    })
    expect(up(there, 'cdr', '2.1.1', { token }).object).toEqual({ ...cdr, charging_periods: energy })
  })

  it('are not credits: one more CDR would be one more bill', () => {
    const credit = { ...cdr, id: 'C1-1', credit: true, credit_reference_id: 'C1', total_cost: { before_taxes: '-3' } }
    expect(down(credit, 'cdr', '2.1.1', { location, token }).object).toBeUndefined()
    expect(down(credit, 'cdr', '2.2.1').object).toMatchObject({ credit: true, total_cost: { excl_vat: '-3' } })
  })
})

describe('commands and credentials in older versions', () => {
  it('have reservations with numbers in 2.1.1', () => {
    const command = { response_url: 'https://e', token: {}, expiry_date: at, reservation_id: '42', location_id: 'L1' }
    expect(down(command, 'reserveNow', '2.1.1').object?.['reservation_id']).toBe(42)
    expect(down({ ...command, reservation_id: 'R-42' }, 'reserveNow', '2.1.1').object).toBeUndefined()
  })

  it('read the result of a command of 2.1.1', () => {
    expect(up({ result: 'UNKNOWN_SESSION' }, 'commandResult', '2.1.1').object).toEqual({ result: 'FAILED' })
    expect(up({ result: 'TIMEOUT' }, 'commandResponse', '2.1.1').object).toEqual({ result: 'REJECTED', timeout: 30 })
  })

  it('are none where the version has no such module', () => {
    const made = down({ response_url: 'https://e', reservation_id: '1' }, 'cancelReservation', '2.1.1')
    expect([made.object, named(made)]).toEqual([undefined, [' leftOut']])
  })

  const details = { name: 'ABC' }
  const credentials = {
    token: 't',
    url: 'https://e',
    hub_party_id: 'DEHUB',
    roles: [
      { ...owner, role: 'CPO', business_details: details },
      { ...owner, role: 'EMSP', business_details: details },
    ],
  }

  it('have a hub as a role in 2.2.1, and as an id again', () => {
    const there = down(credentials, 'credentials', '2.2.1').object ?? {}
    expect(there['roles']).toEqual([{ country_code: 'DE', party_id: 'HUB', role: 'HUB', business_details: details }])
    expect(up(there, 'credentials', '2.2.1').object).toMatchObject({ hub_party_id: 'DEHUB' })
  })

  it('are of the one role of their address in 2.1.1', () => {
    const { object } = down(credentials, 'credentials', '2.1.1', { role: 'EMSP' })
    expect(object).toEqual({ token: 't', url: 'https://e', business_details: details, ...owner })
    expect(up(object ?? {}, 'credentials', '2.1.1', { role: 'EMSP' }).object?.['roles']).toEqual([credentials.roles[1]])
  })
})

describe('the endpoints of 2.1.1', () => {
  const listed = (...identifiers: readonly string[]) => ({
    version: '2.1.1',
    endpoints: identifiers.map((identifier) => ({ identifier, url: 'https://e' })),
  })

  it('send what is of the role they are of, and receive the rest', () => {
    const { object } = up(listed('locations', 'tokens', 'de-abc-own'), 'versionDetails', '2.1.1', { role: 'CPO' })
    expect(object?.['endpoints']).toEqual([
      { identifier: 'locations', url: 'https://e', role: 'SENDER' },
      { identifier: 'tokens', url: 'https://e', role: 'RECEIVER' },
      { identifier: 'de-abc-own', url: 'https://e', role: 'RECEIVER' },
    ])
  })

  it('are not understood where nobody knows of whom they are', () => {
    expect(named(up(listed('locations'), 'versionDetails', '2.1.1'))).toEqual(['/endpoints/0/role missing'])
  })
})

describe('a part of an object', () => {
  const part = { from: '2.3.0', to: '2.1.1', isPart: true } as const

  it('is converted without what is not in it being missed', () => {
    const conversion = { kind: 'connector', from: '2.1.1', to: '2.3.0', isPart: true } as const
    expect(converted({ tariff_id: 'T2', last_updated: at }, conversion)).toEqual({
      object: { tariff_ids: ['T2'], last_updated: at },
      losses: [],
    })
  })

  it('of a session needs no location', () => {
    const energy = { kwh: '1.5', last_updated: at }
    expect(converted(energy, { kind: 'session', ...part })).toEqual({ object: energy, losses: [] })
  })

  it('of a tariff does not go with prices whose taxes nobody knows', () => {
    expect(converted({ elements: tariff.elements }, { kind: 'tariff', ...part }).object).toBeUndefined()
  })
})
