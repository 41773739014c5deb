import { describe, expect, it } from 'vitest'
import { exchangeOf } from '../../../adapters/roaming/ocpi/exchange-of.ts'
import { knownTo } from '../../../adapters/roaming/ocpi/known.ts'
import { listed } from '../../../adapters/roaming/ocpi/list-sender.ts'
import { noQuirks, type Quirks, type RoamingPartner } from '../../../core/domain/roaming-partner.ts'
import type { PublishedObject, RoamingModule } from '../../../core/ports/roaming.ts'
import type { Json } from '../../../core/roaming/field.ts'
import type { Session } from '../../../core/roaming/model.ts'
import { toWire } from '../../../core/roaming/wire.ts'

const owner = { country: 'DE', party: 'ABC' }
const at = '2026-11-27T12:00:00Z'
const location: Json = {
  country_code: 'DE',
  party_id: 'ABC',
  id: 'LOC1',
  publish: true,
  address: 'Hauptstraße 1',
  city: 'Berlin',
  country: 'DEU',
  coordinates: { latitude: '52.520008', longitude: '13.404954' },
  time_zone: 'Europe/Berlin',
  evses: [
    {
      uid: 'E1',
      status: 'AVAILABLE',
      connectors: [
        {
          id: '1',
          standard: 'IEC_62196_T2',
          format: 'SOCKET',
          power_type: 'AC_3_PHASE',
          max_voltage: 230,
          max_amperage: 32,
          last_updated: at,
        },
      ],
      last_updated: at,
    },
  ],
  last_updated: at,
}
const session: Session = {
  country_code: 'DE',
  party_id: 'ABC',
  id: 'S1',
  start_date_time: at,
  kwh: '1.5',
  cdr_token: { country_code: 'NL', party_id: 'OLD', uid: '04A1', type: 'RFID', contract_id: 'NL-OLD-C00000001-X' },
  auth_method: 'WHITELIST',
  location_id: 'loc1',
  evse_uid: 'E1',
  connector_id: '1',
  currency: 'EUR',
  status: 'ACTIVE',
  last_updated: at,
}

const published = (module: RoamingModule, id: string, body: object, serial = 1): PublishedObject => ({
  tenant: 'default',
  module,
  owner,
  id,
  serial,
  revision: serial,
  lastUpdated: 0,
  isRemoved: false,
  body: body as Json,
})
const sessions = ['S1', 'S2', 'S3'].map((id, n) => published('sessions', id, { ...session, id }, n + 1))

const store = () => {
  let looks = 0
  return {
    looks: () => looks,
    async find() {
      looks++
      return published('locations', 'LOC1', location)
    },
    list: async (_t: string, _m: RoamingModule, _f: object, { limit }: { readonly limit: number }) => ({
      items: sessions.slice(0, limit),
      isMore: sessions.length > limit,
    }),
    count: async () => sessions.length,
    since: async () => [],
  }
}

const partner = (version: '2.1.1' | '2.2.1', quirks: Partial<Quirks> = {}): RoamingPartner => ({
  tenant: 'default',
  id: 'old',
  state: 'registered',
  since: 0,
  version,
  roles: [],
  endpoints: [],
  quirks: { ...noQuirks, ...quirks },
  checks: [],
  changedAt: 0,
})

const list = (to: RoamingPartner, query = '') => {
  const from = store()
  const answer = listed(
    { published: from },
    { module: 'sessions', kind: 'session' },
    {
      partner: to,
      version: to.version ?? '2.2.1',
      method: 'GET',
      path: [],
      routing: {},
      base: 'https://us.example/ocpi/default/cpo/2.1.1/sessions',
      query: new URLSearchParams(query),
      headers: new Headers(),
      body: '',
    },
  )
  return { answer, from }
}

describe('a session for a partner of 2.1.1', () => {
  it('has its location within it, with the one connector, and no owner', async () => {
    const to = partner('2.1.1')
    const known = await knownTo(store(), to)(published('sessions', 'S1', session))
    const { body } = toWire(session, exchangeOf(to, 'session', known))
    expect([body?.['party_id'], body?.['auth_id'], body?.['location']]).toEqual([
      undefined,
      'NL-OLD-C00000001-X',
      expect.objectContaining({ id: 'LOC1', evses: [expect.objectContaining({ uid: 'E1' })] }),
    ])
  })

  it('costs one look for its location, however many are on the page', async () => {
    const { answer, from } = list(partner('2.1.1'))
    const { data } = await answer
    expect([(data as readonly unknown[]).length, from.looks()]).toEqual([3, 1])
  })

  it('needs nothing to be known from 2.2.1 on', async () => {
    const { answer, from } = list(partner('2.2.1'))
    const { data } = await answer
    expect([(data as readonly unknown[]).length, from.looks()]).toEqual([3, 0])
  })
})

it('a partner that bears short pages only gets those, whatever it asks for', async () => {
  const { answer } = list(partner('2.2.1', { pageLimit: 2 }), 'limit=50')
  const { data, headers } = await answer
  expect([(data as readonly unknown[]).length, headers?.['x-limit'], headers?.['link']]).toEqual([
    2,
    '2',
    expect.stringContaining('rel="next"'),
  ])
})
