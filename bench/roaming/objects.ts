/** Objects of an ordinary size, as our model has them. */

const at = '2026-11-01T12:00:00Z'
const owner = { country_code: 'DE', party_id: 'ABC' }

export const anyLocation = {
  ...owner,
  id: '',
  publish: true,
  name: 'A site with four outlets',
  address: 'Hauptstraße 1',
  city: 'Berlin',
  postal_code: '10827',
  country: 'DEU',
  coordinates: { latitude: '52.520008', longitude: '13.404954' },
  evses: Array.from({ length: 4 }, (_, i) => ({
    uid: `evse-${i}`,
    evse_id: `DE*ABC*E${i}`,
    status: 'AVAILABLE',
    capabilities: ['RFID_READER', 'REMOTE_START_STOP_CAPABLE', 'RESERVABLE', 'UNLOCK_CAPABLE'],
    connectors: [
      {
        id: '1',
        standard: 'IEC_62196_T2',
        format: 'SOCKET',
        power_type: 'AC_3_PHASE',
        max_voltage: 230,
        max_amperage: 32,
        tariff_ids: ['day-and-night'],
        last_updated: at,
      },
    ],
    last_updated: at,
  })),
  operator: { name: 'Operator' },
  time_zone: 'Europe/Berlin',
  last_updated: at,
}

const price = { before_taxes: '10.00', taxes: [{ name: 'VAT', amount: '1.90', percentage: '19' }] }

export const anyCdr = {
  ...owner,
  id: '',
  start_date_time: at,
  end_date_time: '2026-11-01T13:00:00Z',
  session_id: '01930000-0000-7000-8000-000000000002',
  cdr_token: { country_code: 'DE', party_id: 'EMP', uid: '04A1B2C3', type: 'RFID', contract_id: 'DE-EMP-C00000001-X' },
  auth_method: 'WHITELIST',
  cdr_location: {
    id: 'site-1',
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
  tariffs: [
    {
      ...owner,
      id: 'day-and-night',
      currency: 'EUR',
      tax_included: 'NO',
      elements: [{ price_components: [{ type: 'ENERGY', price: '0.50', vat: '19', step_size: 1 }] }],
      last_updated: at,
    },
  ],
  charging_periods: Array.from({ length: 4 }, (_, i) => ({
    start_date_time: `2026-11-01T12:${15 * i === 0 ? '00' : 15 * i}:00Z`,
    dimensions: [
      { type: 'ENERGY', volume: '5' },
      { type: 'TIME', volume: '0.25' },
    ],
    tariff_id: 'day-and-night',
  })),
  total_cost: price,
  total_energy: '20',
  total_energy_cost: price,
  total_time: '1',
  last_updated: at,
}
