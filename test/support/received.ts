import type { PartnerRole, RoamingPartner } from '../../core/domain/roaming-partner.ts'
import { noQuirks } from '../../core/domain/roaming-partner.ts'
import type { ObjectRef, ReceivedObject, ReceivedStore, RoamingAlarm } from '../../core/ports/roaming.ts'
import type { OwnTokens } from '../../core/ports/roaming-tokens.ts'
import type { OwnToken } from '../../core/roaming/own-token.ts'
import { parseInstant } from '../../core/domain/instant.ts'
import type { Answer } from '../../adapters/roaming/ocpi/envelope.ts'
import type { ModuleRequest, OcpiModule } from '../../adapters/roaming/ocpi/module.ts'

/** Partners' objects in memory; they change as the rows of PostgreSQL do. */
export interface MemoryReceived extends ReceivedStore {
  all(): readonly ReceivedObject[]
}

export const memoryReceived = (): MemoryReceived => {
  const objects = new Map<string, ReceivedObject & { readonly crawl?: number }>()
  const keyOf = ({ tenant, module, owner, id }: ObjectRef): string =>
    `${tenant}/${module}/${owner.country}${owner.party}/${id}`.toLowerCase()
  return {
    all: () => [...objects.values()],
    async change(ref, { partner, at, verdict, crawl }, decide) {
      const had = objects.get(keyOf(ref))
      if (had !== undefined && crawl !== undefined) objects.set(keyOf(ref), { ...had, crawl })
      const body = decide(had)
      if (body === 'stale' || body === 'unknown') return body
      const mark = crawl ?? had?.crawl
      const marked = mark === undefined ? {} : { crawl: mark }
      if (body === 'removed') {
        if (had === undefined) return 'unknown'
        const object = { ...had, ...marked, partner, receivedAt: at, isRemoved: true }
        objects.set(keyOf(ref), object)
        return object
      }
      const said = parseInstant(String(body['last_updated']))?.ms ?? at
      const object = {
        ...ref,
        ...marked,
        partner,
        lastUpdated: said,
        receivedAt: at,
        isRemoved: false,
        body,
        ...(verdict !== undefined && { verdict }),
      }
      objects.set(keyOf(ref), object)
      return object
    },
    async find(ref, partner) {
      const found = objects.get(keyOf(ref))
      return found === undefined || found.isRemoved || (partner !== undefined && found.partner !== partner)
        ? undefined
        : found
    },
    list: async () => ({ items: [...objects.values()].filter(({ isRemoved }) => !isRemoved), next: null }),
    async newest({ module, partner }) {
      const its = [...objects.values()].filter((one) => one.module === module && one.partner === partner)
      return its.length === 0 ? undefined : Math.max(...its.map(({ lastUpdated }) => lastUpdated))
    },
    async seen(ref, crawl) {
      const had = objects.get(keyOf(ref))
      if (had !== undefined) objects.set(keyOf(ref), { ...had, crawl })
    },
    async sweep({ module, partner }, { number, began }) {
      let removed = 0
      for (const [key, one] of objects) {
        if (one.module !== module || one.partner !== partner || one.isRemoved) continue
        if (one.crawl === number || one.receivedAt >= began) continue
        objects.set(key, { ...one, isRemoved: true })
        removed++
      }
      return removed
    },
  }
}

const operator: PartnerRole = { role: 'CPO', code: { country: 'DE', party: 'ABC' }, name: 'ABC' }

/** A CPO that we are registered with. */
export const cpo = (more: Partial<RoamingPartner> = {}): RoamingPartner => ({
  tenant: 'default',
  id: 'cpo',
  state: 'registered',
  since: 0,
  version: '2.3.0',
  roles: [operator],
  endpoints: ['locations', 'tariffs', 'sessions', 'cdrs'].map((module) => ({
    module,
    role: 'SENDER' as const,
    url: `https://cpo.example/ocpi/2.3.0/${module}`,
  })),
  quirks: noQuirks,
  checks: [],
  changedAt: 0,
  ...more,
})

export interface Said {
  readonly http: number
  readonly code: number
  readonly message: string | undefined
  readonly data: unknown
  readonly headers: Readonly<Record<string, string>>
}

/** One request of a partner to a module of ours: `ask(module, 'PATCH', 'DE/ABC/LOC1', { … })`. */
export const ask =
  (partner: RoamingPartner = cpo(), version: ModuleRequest['version'] = '2.3.0') =>
  async (module: OcpiModule, method: string, path: string, body?: unknown): Promise<Said> => {
    const answer: Answer = await module.answer({
      partner: { ...partner, version },
      version,
      method,
      path: path === '' ? [] : path.split('/'),
      base: `https://emp.example/ocpi/default/${version}/emsp/${module.module}`,
      routing: {},
      query: new URLSearchParams(),
      headers: new Headers(),
      body: typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body),
    })
    const { http = 200, code, message, data, headers = {} } = answer
    return { http, code, message, data, headers }
  }

/** One contract of an EMP of ours, which has one card. */
export const oneOwnToken = (): OwnTokens => {
  const own: OwnToken = {
    token: { issuer: '', uid: '04A1', type: 'RFID', status: 'Accepted' },
    code: { country: 'NL', party: 'EMP' },
    issuer: 'EMP',
    whitelist: 'ALLOWED',
  }
  return {
    find: async (_, uid) => (uid === own.token.uid ? own : undefined),
    ofContract: async (_, contract) => (contract === token.contract_id ? own : undefined),
    grant: async () => {},
  }
}

/** Alarms, as they were raised. */
export const alarms = (): { readonly raised: RoamingAlarm[]; readonly alarm: (one: RoamingAlarm) => Promise<void> } => {
  const raised: RoamingAlarm[] = []
  return { raised, alarm: async (one) => void raised.push(one) }
}

/** `2026-11-27T12:00:00Z` and so many seconds. */
export const second = (n: number): string =>
  new Date(Date.UTC(2026, 10, 27, 12) + n * 1_000).toISOString().replace('.000', '')

const owner = { country_code: 'DE', party_id: 'ABC' } as const

export const connectorBody = (more: object = {}) => ({
  id: '1',
  standard: 'IEC_62196_T2',
  format: 'SOCKET',
  power_type: 'AC_3_PHASE',
  max_voltage: 230,
  max_amperage: 32,
  last_updated: second(0),
  ...more,
})

export const evseBody = (uid: string, more: object = {}) => ({
  uid,
  status: 'AVAILABLE',
  connectors: [connectorBody()],
  last_updated: second(0),
  ...more,
})

export const locationBody = (id: string, more: object = {}) => ({
  ...owner,
  id,
  publish: true,
  address: 'Hauptstraße 1',
  city: 'Berlin',
  country: 'DEU',
  coordinates: { latitude: '52.520008', longitude: '13.404954' },
  time_zone: 'Europe/Berlin',
  evses: [evseBody('E1')],
  last_updated: second(0),
  ...more,
})

export const tariffBody = (id: string, more: object = {}) => ({
  ...owner,
  id,
  currency: 'EUR',
  tax_included: 'NO',
  elements: [{ price_components: [{ type: 'ENERGY', price: 0.5, vat: 19, step_size: 1 }] }],
  last_updated: second(0),
  ...more,
})

const token = { country_code: 'NL', party_id: 'EMP', uid: '04A1', type: 'RFID', contract_id: 'NL-EMP-C00000001-X' }

export const sessionBody = (id: string, more: object = {}) => ({
  ...owner,
  id,
  start_date_time: second(0),
  kwh: 0,
  cdr_token: token,
  auth_method: 'WHITELIST',
  location_id: 'LOC1',
  evse_uid: 'E1',
  connector_id: '1',
  currency: 'EUR',
  status: 'ACTIVE',
  last_updated: second(0),
  ...more,
})

/** An hour and 10 kWh at 0.50 a kWh and 19 per cent. */
export const cdrBody = (id: string, more: object = {}) => ({
  ...owner,
  id,
  start_date_time: second(0),
  end_date_time: second(3_600),
  session_id: 'S1',
  cdr_token: token,
  auth_method: 'WHITELIST',
  cdr_location: {
    id: 'LOC1',
    address: 'Hauptstraße 1',
    city: 'Berlin',
    country: 'DEU',
    coordinates: { latitude: '52.520008', longitude: '13.404954' },
    evse_uid: 'E1',
    evse_id: 'DE*ABC*E1',
    connector_id: '1',
    connector_standard: 'IEC_62196_T2',
    connector_format: 'SOCKET',
    connector_power_type: 'AC_3_PHASE',
  },
  currency: 'EUR',
  tariffs: [tariffBody('T1')],
  charging_periods: [
    {
      start_date_time: second(0),
      dimensions: [
        { type: 'ENERGY', volume: 10 },
        { type: 'TIME', volume: 1 },
      ],
      tariff_id: 'T1',
    },
  ],
  total_cost: { before_taxes: 5, taxes: [{ name: 'VAT', percentage: 19, amount: 0.95 }] },
  total_energy: 10,
  total_time: 1,
  last_updated: second(3_600),
  ...more,
})
