import { describe, expect, it } from 'vitest'
import type { Evse } from '../../../core/domain/evse.ts'
import type { Party } from '../../../core/domain/party.ts'
import type { OpeningTimes } from '../../../core/domain/site.ts'
import type { EvseNow } from '../../../core/roaming/evse-object.ts'
import { locationObject, type SiteNow } from '../../../core/roaming/location-object.ts'
import { outlet, site } from '../../support/roaming.ts'

const day = (of: number): number => Date.UTC(2026, 10, of)
const evse: Evse = {
  tenant: 'default',
  uid: 'evse-1',
  station: 'station-1',
  evseId: 'DE*ABC*E1',
  state: 'active',
  outlets: [outlet, { ...outlet, id: '2', number: 2, standard: 'IEC_62196_T2_COMBO', maxWatts: 11_000 }],
  changedAt: day(2),
}
const one: EvseNow = {
  evse,
  station: { name: 'A1', changedAt: day(3) },
  status: 'AVAILABLE',
  statusSince: day(5),
  capabilities: ['RFID_READER'],
  tariffs: ({ id }) => (id === '1' ? ['standard'] : []),
  tariffsChangedAt: day(4),
}
const now: SiteNow = { site, code: { country: 'DE', party: 'ABC' }, evses: [one] }
const party = (name: string, website?: string): Party => ({
  tenant: 'default',
  id: name,
  role: 'cpo',
  name,
  ...(website !== undefined && { website }),
  changedAt: 0,
})
const opening: OpeningTimes = {
  always: false,
  regular: [
    { weekday: 1, from: '08:00', until: '20:00' },
    { weekday: 7, from: '00:00', until: '24:00' },
  ],
  openings: [],
  closings: [{ from: day(24), until: day(25) }],
}

describe('a site for partners (OCPI 2.3.0 mod_locations)', () => {
  it('has its EVSEs and connectors, each with the time of what changed last in it', () => {
    const operators = { operator: party('Operator', 'https://cpo.example'), owner: party('Owner') }
    expect(locationObject({ ...now, ...operators })).toEqual({
      object: {
        country_code: 'DE',
        party_id: 'ABC',
        id: 'north',
        publish: true,
        name: 'North',
        address: 'Hauptstraße 1',
        city: 'Berlin',
        postal_code: '10827',
        country: 'DEU',
        coordinates: { latitude: '52.520008', longitude: '13.404954' },
        evses: [
          {
            uid: 'evse-1',
            evse_id: 'DE*ABC*E1',
            status: 'AVAILABLE',
            capabilities: ['RFID_READER'],
            connectors: [
              {
                id: '1',
                standard: 'IEC_62196_T2',
                format: 'SOCKET',
                power_type: 'AC_3_PHASE',
                max_voltage: 230,
                max_amperage: 32,
                tariff_ids: ['standard'],
                last_updated: '2026-11-04T00:00:00Z',
              },
              {
                id: '2',
                standard: 'IEC_62196_T2_COMBO',
                format: 'SOCKET',
                power_type: 'AC_3_PHASE',
                max_voltage: 230,
                max_amperage: 32,
                max_electric_power: 11_000,
                last_updated: '2026-11-04T00:00:00Z',
              },
            ],
            physical_reference: 'A1',
            last_updated: '2026-11-05T00:00:00Z',
          },
        ],
        operator: { name: 'Operator', website: 'https://cpo.example' },
        owner: { name: 'Owner' },
        time_zone: 'Europe/Berlin',
        last_updated: '2026-11-05T00:00:00Z',
      },
      losses: [],
    })
  })

  it('says when it is open; the end of a day is its last minute, which is a loss', () => {
    expect(locationObject({ ...now, site: { ...site, openingTimes: opening } })).toMatchObject({
      object: {
        opening_times: {
          twentyfourseven: false,
          regular_hours: [
            { weekday: 1, period_begin: '08:00', period_end: '20:00' },
            { weekday: 7, period_begin: '00:00', period_end: '23:59' },
          ],
          exceptional_closings: [{ period_begin: '2026-11-24T00:00:00Z', period_end: '2026-11-25T00:00:00Z' }],
        },
      },
      losses: [{ pointer: '/opening_times/regular_hours/1/period_end' }],
    })
  })

  it('that is always open has no other hours but the exceptions', () => {
    const always = { ...opening, always: true, regular: [] }
    const made = locationObject({ ...now, site: { ...site, openingTimes: always } })
    expect('object' in made && Object.keys(made.object.opening_times ?? {})).toEqual([
      'twentyfourseven',
      'exceptional_closings',
    ])
  })

  it('keeps EVSEs that are removed, and says which ones have no connectors to be shown', () => {
    const removed: EvseNow = {
      evse: { ...evse, uid: 'evse-2', state: 'removed', changedAt: day(9) },
      status: 'REMOVED',
    }
    const bare: EvseNow = { evse: { ...evse, uid: 'evse-3', outlets: [] }, status: 'PLANNED' }
    expect(locationObject({ ...now, evses: [one, removed, bare] })).toMatchObject({
      object: {
        evses: [{ uid: 'evse-1' }, { uid: 'evse-2', status: 'REMOVED', last_updated: '2026-11-09T00:00:00Z' }],
        last_updated: '2026-11-09T00:00:00Z',
      },
      losses: [{ pointer: '/evses', detail: 'evse-3 has no connectors and is left out' }],
    })
  })

  it('in no country is none', () => {
    const nowhere = { ...site, address: { ...site.address, country: 'XX' } }
    expect(locationObject({ ...now, site: nowhere })).toEqual({ impossible: ['XX is no country of ISO 3166-1'] })
  })
})
