import {
  isTold,
  keyOfLane,
  laneOfKey,
  type LaneRef,
  leaseMs,
  openPace,
  type Pace,
  type PushedModule,
  registrationMark,
} from '../../core/domain/push-lane.ts'
import { isRegistered, noQuirks, type Quirks, type RoamingPartner } from '../../core/domain/roaming-partner.ts'
import type { PushLanes, Settled, Shadow } from '../../core/ports/push-lanes.ts'
import type { ObjectRef, PublishedObject, PublishedStore } from '../../core/ports/roaming.ts'
import type { Json } from '../../core/roaming/field.ts'

/** What is published and how far partners have been told of it, in memory: as strict as the lanes in PostgreSQL. */

interface Lane {
  revision: number
  pace: Pace
  held?: { readonly by: string; readonly until: number }
  toldAs?: string
  readonly shadows: Map<string, Shadow>
  readonly retries: Map<string, NonNullable<Settled['again']> & { readonly revision: number }>
}

export type Published = Pick<PublishedObject, 'module' | 'owner' | 'id' | 'lastUpdated' | 'body'> &
  Partial<Pick<PublishedObject, 'isRemoved' | 'partner'>>

export interface MemoryLanes {
  readonly lanes: PushLanes
  readonly published: Pick<PublishedStore, 'since'>
  readonly partners: Map<string, RoamingPartner>
  readonly objects: Map<string, PublishedObject>
  /** By their keys: `<partner>/<module>`. */
  readonly outbox: Map<string, number>
  readonly deadlines: Map<string, number>
  readonly rows: Map<string, Lane>
  publish(object: Published): void
  /** Has the lanes of a partner looked after, as its registration does. */
  leave(partner: string, module: PushedModule): void
}

const keyOf = ({ module, owner, id }: Pick<ObjectRef, 'module' | 'owner' | 'id'>): string =>
  `${module}/${owner.country}/${owner.party}/${id.toLowerCase()}`

export const memoryLanes = (): MemoryLanes => {
  const partners = new Map<string, RoamingPartner>()
  const objects = new Map<string, PublishedObject>()
  const outbox = new Map<string, number>()
  const deadlines = new Map<string, number>()
  const rows = new Map<string, Lane>()
  let revision = 0
  let serial = 0
  let jobs = 0

  const rowOf = (ref: Pick<LaneRef, 'partner' | 'module'>): Lane => {
    const key = keyOfLane(ref)
    const row = rows.get(key) ?? { revision: 0, pace: openPace, shadows: new Map(), retries: new Map() }
    rows.set(key, row)
    return row
  }
  const leave = (partner: string, module: PushedModule): void => {
    rowOf({ partner, module })
    const key = keyOfLane({ partner, module })
    if (!outbox.has(key)) outbox.set(key, ++jobs)
  }
  const since = (module: string, partner: string, above: number): readonly PublishedObject[] =>
    [...objects.values()]
      .filter((one) => one.module === module && one.revision > above && (one.partner ?? partner) === partner)
      .toSorted((a, b) => a.revision - b.revision)

  return {
    partners,
    objects,
    outbox,
    deadlines,
    rows,
    leave,
    publish(object) {
      const key = keyOf(object)
      const had = objects.get(key)
      objects.set(key, {
        tenant: 'default',
        isRemoved: false,
        serial: had?.serial ?? ++serial,
        ...object,
        revision: ++revision,
      })
      for (const { id, state, ...partner } of partners.values()) {
        const module = object.module as PushedModule
        if (!isRegistered({ state }) || !isTold(partner, module)) continue
        if (since(module, id, rowOf({ partner: id, module }).revision).length > 0) leave(id, module)
      }
    },
    published: {
      since: async (_, module, { partner, revision: above, limit }) => since(module, partner, above).slice(0, limit),
    },
    lanes: {
      async enter({ tenant, key }, holder, at) {
        outbox.delete(key)
        const ref = laneOfKey(tenant, key)
        const to = ref && partners.get(ref.partner)
        if (ref === undefined || to === undefined || !isRegistered(to) || !isTold(to, ref.module)) return undefined
        const row = rowOf(ref)
        if (row.held !== undefined && row.held.until > at) return void deadlines.set(key, row.held.until)
        const mark = registrationMark(to, ref.module)
        if (row.toldAs !== mark) {
          row.shadows.clear()
          row.retries.clear()
          Object.assign(row, { revision: 0, pace: openPace, toldAs: mark })
        } else if (row.held !== undefined)
          for (const [object, shadow] of row.shadows)
            if ((objects.get(object)?.revision ?? 0) > row.revision || row.retries.has(object))
              row.shadows.set(object, { ...shadow, isDoubtful: true })
        if ((row.pace.pausedUntil ?? 0) > at) return void deadlines.set(key, row.pace.pausedUntil ?? at)
        row.held = { by: holder, until: at + leaseMs }
        deadlines.set(key, at + leaseMs)
        return { ...ref, holder, to, revision: row.revision, pace: row.pace }
      },
      async due(lane, at, limit) {
        return [...rowOf(lane).retries]
          .filter(([, { nextAt }]) => nextAt !== undefined && nextAt <= at)
          .toSorted(([, a], [, b]) => (a.nextAt ?? 0) - (b.nextAt ?? 0))
          .slice(0, limit)
          .flatMap(([key]) => objects.get(key) ?? [])
      },
      async known(lane, refs) {
        const { shadows, retries } = rowOf(lane)
        return refs.map((ref) => {
          const shadow = shadows.get(keyOf(ref))
          return { attempts: retries.get(keyOf(ref))?.attempts ?? 0, ...(shadow !== undefined && { shadow }) }
        })
      },
      async settle(lane, { revision: told, settled, pace }, at) {
        const row = rowOf(lane)
        if (row.held?.by !== lane.holder) return undefined
        for (const { object, shadow, again } of settled) {
          const key = keyOf(object)
          if (shadow === 'gone') row.shadows.delete(key)
          else if (shadow !== undefined) row.shadows.set(key, { ...shadow, isDoubtful: false })
          if (again === undefined) row.retries.delete(key)
          else row.retries.set(key, { ...again, revision: object.revision })
        }
        Object.assign(row, { revision: Math.max(row.revision, told), pace })
        const to = partners.get(lane.partner)
        if (
          to === undefined ||
          !isRegistered(to) ||
          !isTold(to, lane.module) ||
          registrationMark(to, lane.module) !== row.toldAs
        ) {
          delete row.held
          deadlines.set(keyOfLane(lane), at)
          return undefined
        }
        row.held = { by: lane.holder, until: at + leaseMs }
        deadlines.set(keyOfLane(lane), at + leaseMs)
        return { ...lane, to, revision: row.revision, pace }
      },
      async leave(lane, at, stops) {
        const row = rowOf(lane)
        if (row.held?.by !== lane.holder) return true
        const isBehind = since(lane.module, lane.partner, row.revision).length > 0
        const waiting = [...row.retries.values()].flatMap(({ nextAt }) => nextAt ?? [])
        const next = isBehind ? at : waiting.length === 0 ? undefined : Math.min(...waiting)
        const paused = lane.pace.pausedUntil ?? 0
        if (next !== undefined && next <= at && paused <= at && !stops) return false
        const all = [...objects.values()].filter(({ module }) => module === lane.module)
        if (!isBehind) row.revision = Math.max(row.revision, ...all.map((one) => one.revision))
        delete row.held
        if (next === undefined) deadlines.delete(keyOfLane(lane))
        else deadlines.set(keyOfLane(lane), Math.max(next, paused, at))
        return true
      },
    },
  }
}

/** A platform of an EMP and a CPO, which is told of everything. */
export const toldPartner = (
  id: string,
  quirks: Partial<Quirks> = {},
  base = `https://${id}.example`,
): RoamingPartner => ({
  tenant: 'default',
  id,
  state: 'registered',
  since: 0,
  version: '2.2.1',
  roles: [
    { role: 'EMSP', code: { country: 'NL', party: 'EMP' }, name: id },
    { role: 'CPO', code: { country: 'NL', party: 'CPO' }, name: id },
  ],
  endpoints: ['locations', 'tariffs', 'tokens', 'sessions'].map((module) => ({
    module,
    role: 'RECEIVER' as const,
    url: `${base}/${module}`,
  })),
  quirks: { ...noQuirks, ...quirks },
  checks: [],
  registeredAt: 0,
  changedAt: 0,
})

export const ourCode = { country: 'DE', party: 'ABC' }

export const aLocation = (id: string, evses: number, at: string): Json => ({
  country_code: 'DE',
  party_id: 'ABC',
  id,
  publish: true,
  name: 'North',
  address: 'Hauptstraße 1',
  city: 'Berlin',
  country: 'DEU',
  coordinates: { latitude: '52.520008', longitude: '13.404954' },
  evses: Array.from({ length: evses }, (_, n) => anEvse(n + 1, at)),
  time_zone: 'Europe/Berlin',
  last_updated: at,
})

export const anEvse = (n: number, at: string): Json => ({
  uid: `evse-${n}`,
  evse_id: `DE*ABC*E${n}`,
  status: 'AVAILABLE',
  connectors: [aConnector('1', at)],
  last_updated: at,
})

export const aConnector = (id: string, at: string): Json => ({
  id,
  standard: 'IEC_62196_T2',
  format: 'SOCKET',
  power_type: 'AC_3_PHASE',
  max_voltage: 230,
  max_amperage: 32,
  last_updated: at,
})

export const aTariff = (id: string, price: string, at: string): Json => ({
  country_code: 'DE',
  party_id: 'ABC',
  id,
  currency: 'EUR',
  elements: [{ price_components: [{ type: 'ENERGY', price, step_size: 1 }] }],
  tax_included: 'NO',
  last_updated: at,
})

export const aToken = (uid: string, valid: boolean, at: string): Json => ({
  country_code: 'DE',
  party_id: 'ABC',
  uid,
  type: 'RFID',
  contract_id: 'DE-ABC-C00000001-X',
  issuer: 'ABC',
  valid,
  whitelist: 'ALLOWED',
  last_updated: at,
})

export const aSession = (id: string, periods: number, at: string, more: Json = {}): Json => ({
  country_code: 'DE',
  party_id: 'ABC',
  id,
  start_date_time: '2026-11-24T12:00:00Z',
  kwh: String(periods),
  cdr_token: { country_code: 'NL', party_id: 'EMP', uid: '04A1', type: 'RFID', contract_id: 'NL-EMP-C00000001-X' },
  auth_method: 'WHITELIST',
  location_id: 'LOC1',
  evse_uid: 'evse-1',
  connector_id: '1',
  currency: 'EUR',
  charging_periods: Array.from({ length: periods }, (_, n) => ({
    start_date_time: new Date(Date.UTC(2026, 10, 24, 12, n)).toISOString().replace('.000', ''),
    dimensions: [{ type: 'ENERGY', volume: '1' }],
  })),
  status: 'ACTIVE',
  last_updated: at,
  ...more,
})
