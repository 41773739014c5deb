import { createSealer } from '../../adapters/seal.ts'
import { commandGrants } from '../../adapters/postgres/command-grants.ts'
import { publishedObjects } from '../../adapters/postgres/published-objects.ts'
import { oicpStore } from '../../adapters/postgres/oicp-store.ts'
import { postgresStore } from '../../adapters/postgres/store/index.ts'
import { oicpOrders } from '../../adapters/oicp-orders.ts'
import { openOicp } from '../../adapters/roaming/oicp/open.ts'
import { reachOver } from '../../adapters/roaming/reach.ts'
import { systemClock, systemIds, systemTimers } from '../../adapters/system.ts'
import { noQuirks } from '../../core/domain/roaming-partner.ts'
import type { Commander } from '../../core/ports/commander.ts'
import type { Exchange, RoamingModule } from '../../core/ports/roaming.ts'
import type { Cdr, Location, Session } from '../../core/roaming/model.ts'
import type { OicpSettings } from '../../core/roaming/oicp/settings.ts'
import type { TestDatabase } from './database.ts'
import { silence } from './quiet.ts'
import type { StrictHub } from './strict-hubject.ts'

export const operatorId = 'DE*ABC'

export const location = (
  evses: readonly { readonly n: number; readonly status?: string }[],
  id = 'north',
): Location => ({
  country_code: 'DE',
  party_id: 'ABC',
  id,
  publish: true,
  name: 'North',
  address: 'Hauptstraße 1',
  city: 'Berlin',
  postal_code: '10827',
  country: 'DEU',
  coordinates: { latitude: '52.520008', longitude: '13.404954' },
  evses: evses.map(({ n, status = 'AVAILABLE' }) => ({
    uid: `evse-${n}`,
    evse_id: `DE*ABC*E${n}`,
    status: status as 'AVAILABLE',
    capabilities: ['RFID_READER', 'REMOTE_START_STOP_CAPABLE'],
    connectors: [
      {
        id: '1',
        standard: 'IEC_62196_T2',
        format: 'SOCKET',
        power_type: 'AC_3_PHASE',
        max_voltage: 230,
        max_amperage: 32,
        last_updated: '2026-11-01T00:00:00Z',
      },
    ],
    last_updated: '2026-11-01T00:00:00Z',
  })),
  time_zone: 'Europe/Berlin',
  opening_times: { twentyfourseven: true },
  last_updated: '2026-11-01T00:00:00Z',
})

export const cdr = (id: string, more: Partial<Cdr> = {}): Cdr => ({
  country_code: 'DE',
  party_id: 'ABC',
  id,
  start_date_time: '2026-11-20T10:00:00Z',
  end_date_time: '2026-11-20T11:00:00Z',
  session_id: '01930000-0000-7000-8000-000000000002',
  cdr_token: { country_code: 'NL', party_id: 'EMP', uid: '04A1B2C3', type: 'RFID', contract_id: 'NL-EMP-C00000001-X' },
  auth_method: 'AUTH_REQUEST',
  cdr_location: {
    id: 'north',
    address: 'Hauptstraße 1',
    city: 'Berlin',
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
  charging_periods: [
    { start_date_time: '2026-11-20T10:00:00Z', dimensions: [{ type: 'ENERGY', volume: '12.3456' }] },
    { start_date_time: '2026-11-20T10:40:00Z', dimensions: [{ type: 'PARKING_TIME', volume: '0.3333' }] },
  ],
  total_cost: { before_taxes: '5.00' },
  total_energy: '12.3456',
  total_time: '1.0000',
  last_updated: '2026-11-20T11:00:01Z',
  ...more,
})

export interface Cpo extends AsyncDisposable {
  readonly oicp: ReturnType<typeof openOicp>
  readonly store: ReturnType<typeof oicpStore>
  readonly all: ReturnType<typeof postgresStore>
  readonly exchanges: Exchange[]
  readonly ref: { readonly tenant: string; readonly partner: string }
  /** As the publisher does, for this partner alone. */
  publish(module: RoamingModule, body: Location | Cdr | Session, isRemoved?: boolean): Promise<void>
  /** Until nothing is left to do, over the pauses of lanes. */
  settle(): Promise<void>
  /** Pauses are over, and holds of processes that died. */
  hurry(): Promise<void>
  change(settings: Partial<OicpSettings>): Promise<void>
}

/** A CPO with a database of its own, registered with a hub. */
export const startCpo = async (
  database: TestDatabase,
  hub: StrictHub,
  {
    partner = 'hubject',
    client = operatorId,
    commander,
  }: { partner?: string; client?: string; commander?: Pick<Commander, 'order' | 'wait'> } = {},
): Promise<Cpo> => {
  const { app, ingest, admin } = database
  const sealer = createSealer(new Uint8Array(32))
  const all = postgresStore(app, ingest)
  const store = oicpStore(app, ingest)
  const exchanges: Exchange[] = []
  const reach = reachOver(async () => [{ address: '127.0.0.1', family: 4 }])
  const { certificate, key } = await hub.clientFor(client)
  const now = Date.now()
  const ref = { tenant: 'default', partner }
  await admin`insert into tenants (tenant, name) values ('default', 'default') on conflict do nothing`
  await all.roamingPartners.create(
    {
      tenant: 'default',
      id: partner,
      state: 'registered',
      since: now,
      roles: [],
      endpoints: [],
      quirks: noQuirks,
      checks: [],
      changedAt: now,
      protocol: 'oicp',
      oicp: {
        baseUrl: hub.url,
        operatorId,
        operatorName: 'ABC',
        subOperators: [],
        hotline: '+4930123456',
        language: 'de',
        accessibility: 'Free publicly accessible',
        calibration: 'Not Available',
        certificate: sealer.seal(certificate),
        key: sealer.seal(key),
        authority: hub.authority,
        secret: sealer.seal('a shared secret'),
        hubFingerprint: 'ab'.repeat(32),
      },
    },
    { at: now },
  )
  const none = () => Promise.reject(new Error('nothing is ordered here'))
  const oicp = openOicp({
    store,
    partners: all.roamingPartners,
    published: publishedObjects(app),
    orders: oicpOrders({
      hubs: store,
      grants: commandGrants(app),
      store: all,
      commander: commander ?? { order: none, wait: none },
      clock: systemClock,
      ids: systemIds,
    }),
    reach,
    ledger: { note: (exchange) => void exchanges.push(exchange) },
    sealer,
    clock: systemClock,
    ids: systemIds,
    log: silence,
    timers: systemTimers,
    shows: (given, wanted) => given === wanted,
  })
  let revision = 0
  const hurry = async (): Promise<void> => {
    await admin`update oicp_lanes set paused_until = null, held_until = null where partner = ${partner}`
    await admin`update oicp_cdrs set next_at = null where partner = ${partner}`
  }
  return {
    oicp,
    store,
    all,
    exchanges,
    ref,
    hurry,
    async publish(module, body, isRemoved = false) {
      revision++
      await admin`insert into roaming_objects (tenant, module, country_code, party_id, id, partner, serial, revision, last_updated, is_removed, body, source)
        values ('default', ${module}, 'DE', 'ABC', ${body.id}, ${partner}, ${revision}, ${revision}, now(), ${isRemoved}, ${JSON.stringify(body)}::text::jsonb, ${body.id})
        on conflict (tenant, module, country_code, party_id, key) do update set revision = excluded.revision, is_removed = excluded.is_removed, body = excluded.body`
    },
    async settle() {
      for (let round = 0; round < 8; round++) {
        await oicp.runner.work(ref)
        await hurry()
        const { lanes, evses, cdrs } = await store.overview(ref)
        const isIdle = lanes.every(({ faults }) => faults === 0) && evses.toTell + cdrs.waiting + cdrs.sending === 0
        if (isIdle) return
      }
    },
    async change(settings) {
      await all.roamingPartners.change(
        ref,
        (before) => ({ partner: { ...before, oicp: { ...before.oicp!, ...settings } } }),
        { at: Date.now() },
      )
    },
    async [Symbol.asyncDispose]() {
      await oicp.runner.stop()
      reach.close()
    },
  }
}
