import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { postgresCurrentState } from '../../../adapters/postgres/current-state.ts'
import { publishedObjects } from '../../../adapters/postgres/published-objects.ts'
import { publishedSources } from '../../../adapters/postgres/published-sources.ts'
import { postgresPublisher } from '../../../adapters/postgres/roaming-publisher.ts'
import { postgresStore } from '../../../adapters/postgres/store/index.ts'
import type { Evse } from '../../../core/domain/evse.ts'
import type { Outlet } from '../../../core/domain/outlet.ts'
import { noQuirks } from '../../../core/domain/roaming-partner.ts'
import type { Evse as EvseObject, Location, Tariff } from '../../../core/roaming/model.ts'
import type { ConnectorStatus } from '../../../core/domain/connector.ts'
import type { Act, Given } from '../../../core/ports/market.ts'
import type { PublishedObject, RoamingModule } from '../../../core/ports/roaming.ts'
import type { RoamingPublisher } from '../../../core/ports/roaming-publisher.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import { silence } from '../../support/quiet.ts'

let database: TestDatabase
let store: ReturnType<typeof postgresStore>
let publisher: RoamingPublisher
/** Tomorrow: some of it looks at the database's own clock, which must not be ahead of this one. */
const noon = Math.ceil(Date.now() / 86_400_000) * 86_400_000 + 12 * 3_600_000
const dayAfter = new Date(noon + 86_400_000).toISOString().slice(0, 10)
let now = 0

const tenant = 'default'
const act = (): Act => ({ by: { key: 'k1', label: 'a test' }, at: now })

beforeAll(async () => {
  database = await freshDatabase()
  store = postgresStore(database.app, database.ingest)
  await database.register(3)
}, 60_000)
afterAll(() => database.close())

const type2: Outlet = {
  id: '1',
  number: 1,
  standard: 'IEC_62196_T2',
  format: 'SOCKET',
  powerType: 'AC_3_PHASE',
  maxVolts: 230,
  maxAmps: 32,
}
const berlin = {
  tenant,
  id: 'SITE-1',
  name: 'North',
  address: { street: 'Hauptstraße 1', postalCode: '10827', city: 'Berlin', country: 'DE' },
  coordinates: { latitude: '52.520008', longitude: '13.404954' },
  zone: 'Europe/Berlin',
  published: true,
}
const evse = (uid: string, more: Partial<Given<Evse>> = {}): Given<Evse> => ({
  tenant,
  uid,
  station: 'ST-1',
  state: 'active',
  outlets: [type2],
  ...more,
})

/** Time goes on with each look, so that a stamp tells when something was published. */
const settle = async (ms = 10_000): Promise<void> => {
  now += ms
  while ((await publisher.collect(now)).isMore);
  while (await publisher.sweep(now));
  for (const one of await publisher.due(now)) while ((await publisher.publish(one, now)).isMore);
}

const found = async (module: RoamingModule, partner = 'emp'): Promise<readonly PublishedObject[]> =>
  (await publishedObjects(database.app).list(tenant, module, { partner }, { start: { after: 0 }, limit: 100 })).items
const locations = async (): Promise<readonly Location[]> =>
  (await found('locations')).map(({ body }) => body as unknown as Location)
const location = async (): Promise<Location> => {
  const [only, ...others] = await locations()
  if (only === undefined || others.length > 0) throw new Error(`there are ${others.length} more than one location`)
  return only
}
const evseIn = ({ evses = [] }: Location, uid: string): EvseObject => {
  const one = evses.find((e) => e.uid === uid)
  if (one === undefined) throw new Error(`${uid} is not listed`)
  return one
}

const tells = (identity: string, of: number, status: Exclude<ConnectorStatus, 'unknown'>): Promise<unknown> =>
  postgresCurrentState(database.ingest).write([
    {
      kind: 'status',
      tenant,
      identity,
      epoch: 1,
      at: now,
      unchanged: false,
      irregular: false,
      before: 'unknown',
      report: { evse: of, connector: of === 0 ? 0 : 1, status, errorCode: 'NoError' },
    },
  ])

const connects = async (identity: string): Promise<void> => {
  await database.admin`insert into workers (worker, host, seen_at) values ('w1', 'here', now() + interval '1 day') on conflict (worker) do update set seen_at = excluded.seen_at`
  await postgresCurrentState(database.ingest).write([
    { kind: 'connected', tenant, identity, epoch: 1, at: now, worker: 'w1', protocol: 'ocpp1.6', address: '192.0.2.7' },
  ])
}

beforeEach(async () => {
  await database.admin`truncate roaming_dirty, roaming_feed, roaming_objects, roaming_publishers, roaming_sweeps, roaming_partners, events,
    evse_connectors, evse_plugs, evses, charging_stations, sites, market_roles, tariff_assignments, connectors, configuration cascade`
  await database.admin`update connections set connected_at = null, closed_at = null, worker = null, epoch = 1`
  now = Math.max(now, noon)
  publisher = postgresPublisher({ ...database, sources: publishedSources, log: silence })
  await store.parties.put(
    { tenant, id: 'cpo', role: 'cpo', name: 'Operator', code: { country: 'DE', party: 'ABC' } },
    act(),
  )
  await store.parties.put(
    { tenant, id: 'cpo2', role: 'cpo', name: 'Other', code: { country: 'DE', party: 'XYZ' } },
    act(),
  )
  await store.sites.put(berlin, act())
  await store.chargingStations.put({ tenant, id: 'ST-1', site: 'SITE-1', name: 'Left' }, act())
  await store.tenures.put({ tenant, kind: 'site', id: 'SITE-1' }, { role: 'operator', party: 'cpo' }, act())
  await store.evses.put(evse('E1', { evseId: 'DE*ABC*E1', plug: { chargePoint: 'CP-0', evse: 1 } }), act())
  await store.evses.put(evse('E2', { plug: { chargePoint: 'CP-0', evse: 2 } }), act())
  await store.roamingPartners.create(
    {
      tenant,
      id: 'emp',
      state: 'registered',
      since: now,
      roles: [{ role: 'EMSP', code: { country: 'NL', party: 'EMP' }, name: 'Their EMP' }],
      endpoints: [],
      quirks: noQuirks,
      checks: [],
      changedAt: now,
    },
    { at: now },
  )
  await database.admin`insert into roaming_parties (tenant, partner, role, country_code, party_id, name, place) values (${tenant}, 'emp', 'EMSP', 'NL', 'EMP', 'Their EMP', 0)`
  await settle()
})

describe('a location', () => {
  it('is a site with the EVSEs of its operator', async () => {
    const { country_code, party_id, id, operator, evses = [] } = await location()
    expect([country_code, party_id, id, operator?.name, evses.map(({ uid, status }) => `${uid} ${status}`)]).toEqual([
      'DE',
      'ABC',
      'SITE-1',
      'Operator',
      ['E1 UNKNOWN', 'E2 UNKNOWN'],
    ])
  })

  it('says in its own words what its charge points tell', async () => {
    await connects('CP-0')
    await tells('CP-0', 1, 'charging')
    await tells('CP-0', 2, 'available')
    await settle()
    const one = await location()
    expect([evseIn(one, 'E1').status, evseIn(one, 'E2').status]).toEqual(['CHARGING', 'AVAILABLE'])
  })

  it('roaming.md §2.4: a status bumps its EVSE and the location, and nothing else', async () => {
    const before = await location()
    await connects('CP-0')
    await tells('CP-0', 1, 'charging')
    await settle()
    const after = await location()
    const [e1, e2] = [evseIn(after, 'E1'), evseIn(after, 'E2')]
    expect(after.last_updated > before.last_updated).toBe(true)
    expect(e1.last_updated).toBe(after.last_updated)
    expect(e1.connectors).toEqual(evseIn(before, 'E1').connectors)
    expect({ ...e2, capabilities: undefined }).toEqual({
      ...evseIn(before, 'E2'),
      last_updated: e2.last_updated,
      capabilities: undefined,
    })
  })

  it('roaming.md §2.4: a connector change bumps EVSE and location', async () => {
    const before = await location()
    await store.evses.put(
      evse('E1', { evseId: 'DE*ABC*E1', plug: { chargePoint: 'CP-0', evse: 1 }, outlets: [{ ...type2, maxAmps: 16 }] }),
      act(),
    )
    await settle()
    const after = await location()
    const stamps = [after, evseIn(after, 'E1'), evseIn(after, 'E1').connectors[0]].map((one) => one?.last_updated)
    expect([new Set(stamps).size, after.last_updated > before.last_updated, evseIn(after, 'E2')]).toEqual([
      1,
      true,
      evseIn(before, 'E2'),
    ])
  })

  it('roaming.md §2.4: only real changes bump last_updated', async () => {
    await connects('CP-0')
    await tells('CP-0', 1, 'preparing')
    await settle()
    const before = await found('locations')
    await tells('CP-0', 1, 'charging')
    await tells('CP-0', 1, 'suspendedByVehicle')
    await connects('CP-0')
    await store.parties.put({ tenant, id: 'else', role: 'siteOwner', name: 'Someone' }, act())
    await settle()
    expect(await found('locations')).toEqual(before)
  })

  it('roaming.md §11.3: a REMOVED EVSE stays listed, also when its station is gone', async () => {
    await store.evses.put(evse('E3'), act())
    await settle()
    await store.chargingStations.put({ tenant, id: 'ST-2', site: 'SITE-1' }, act())
    await store.evses.put(evse('E4', { station: 'ST-2' }), act())
    await settle()
    await store.evses.remove(tenant, 'E4', act())
    await settle()
    await store.chargingStations.remove(tenant, 'ST-2', act())
    await settle()
    expect(evseIn(await location(), 'E4').status).toBe('REMOVED')
  })

  it('of a charge point that is away is UNKNOWN after a grace time, and not before', async () => {
    await connects('CP-0')
    await tells('CP-0', 1, 'available')
    await settle()
    await postgresCurrentState(database.ingest).write([
      { kind: 'disconnected', tenant, identity: 'CP-0', epoch: 1, at: now, code: 1006, reason: '' },
    ])
    const at = now
    await settle()
    const soon = evseIn(await location(), 'E1').status
    await settle(at + 10 * 60_000 - now)
    expect([soon, evseIn(await location(), 'E1').status]).toEqual(['AVAILABLE', 'UNKNOWN'])
  })

  it('goes over to another operator on the day, and stays with the first as one without EVSEs', async () => {
    await store.tenures.put(
      { tenant, kind: 'site', id: 'SITE-1' },
      { role: 'operator', party: 'cpo', until: dayAfter },
      act(),
    )
    await store.tenures.put(
      { tenant, kind: 'site', id: 'SITE-1' },
      { role: 'operator', party: 'cpo2', from: dayAfter },
      act(),
    )
    await settle()
    const before = (await locations()).map(({ party_id }) => party_id)
    now = Math.max(now, noon + 12.5 * 3_600_000)
    await settle()
    const after = (await locations()).map(({ party_id, publish, evses = [] }) => [
      party_id,
      publish,
      new Set(evses.map(({ status }) => status)),
    ])
    expect([before, after]).toEqual([
      ['ABC'],
      [
        ['ABC', false, new Set(['REMOVED'])],
        ['XYZ', true, new Set(['UNKNOWN'])],
      ],
    ])
  })

  it('is one for each operator on a site', async () => {
    await store.chargingStations.put({ tenant, id: 'ST-2', site: 'SITE-1' }, act())
    await store.tenures.put({ tenant, kind: 'station', id: 'ST-2' }, { role: 'operator', party: 'cpo2' }, act())
    await store.evses.put(evse('E5', { station: 'ST-2' }), act())
    await settle()
    expect((await locations()).map(({ party_id, evses = [] }) => [party_id, evses.map(({ uid }) => uid)])).toEqual([
      ['ABC', ['E1', 'E2']],
      ['XYZ', ['E5']],
    ])
  })

  it('is nobody’s business where its site is not to be shown, and is taken back where it was', async () => {
    await store.sites.put({ ...berlin, id: 'SITE-2', published: false }, act())
    await store.chargingStations.put({ tenant, id: 'ST-3', site: 'SITE-2' }, act())
    await store.tenures.put({ tenant, kind: 'site', id: 'SITE-2' }, { role: 'operator', party: 'cpo' }, act())
    await store.evses.put(evse('E6', { station: 'ST-3' }), act())
    await store.sites.put({ ...berlin, published: false }, act())
    await settle()
    expect((await locations()).map(({ id, publish }) => [id, publish])).toEqual([['SITE-1', false]])
  })

  it('S-07: says nothing of the OCPP identity of a charge point', async () => {
    await connects('CP-0')
    await tells('CP-0', 1, 'available')
    await settle()
    expect(JSON.stringify(await found('locations'))).not.toContain('CP-0')
  })

  it('promises what its charge point can do, and no more', async () => {
    await connects('CP-0')
    await database.admin`insert into configuration (tenant, identity, key, value, reported_at) values (${tenant}, 'CP-0', 'SupportedFeatureProfiles', 'Core, Reservation,SmartCharging', now())`
    await tells('CP-0', 1, 'available')
    await settle()
    expect(evseIn(await location(), 'E1').capabilities).toEqual([
      'CHARGING_PROFILE_CAPABLE',
      'REMOTE_START_STOP_CAPABLE',
      'RESERVABLE',
      'UNLOCK_CAPABLE',
    ])
  })

  it('is looked for when the worker of its charge point has died without a word', async () => {
    await connects('CP-0')
    await tells('CP-0', 1, 'available')
    await settle()
    await database.admin`delete from workers`
    await database.admin`update connections set last_seen = now() - interval '11 minutes' where identity = 'CP-0'`
    await settle(60_000)
    expect(evseIn(await location(), 'E1').status).toBe('UNKNOWN')
  })
})

describe('a tariff', () => {
  const price = (amount: string) => ({
    currency: 'EUR',
    taxIncluded: 'NO' as const,
    elements: [{ components: [{ dimension: 'ENERGY' as const, price: amount, stepSize: 1 }] }],
  })
  const tariffs = async (partner = 'emp'): Promise<readonly string[]> =>
    (await found('tariffs', partner)).map(
      ({ id, body }) => `${id} ${(body as unknown as Tariff).elements[0]?.price_components[0]?.price}`,
    )

  beforeEach(async () => {
    await store.tariffs.put({ tenant, id: 'day' }, price('0.40'), act())
    await store.tariffs.put({ tenant, id: 'unused' }, price('9'), act())
    await store.tariffs.assignments.put(
      tenant,
      { id: 'all', tariff: 'day', drivers: { kind: 'everyone' }, place: { kind: 'everywhere' } },
      act(),
    )
    await settle()
  })

  it('is there where it is assigned, in its newest version, and named at each connector', async () => {
    await store.tariffs.put({ tenant, id: 'day' }, price('0.50'), act())
    await settle()
    const ids = evseIn(await location(), 'E1').connectors.map(({ tariff_ids }) => tariff_ids)
    expect([await tariffs(), ids]).toEqual([['day 0.50'], [['day']]])
  })

  it('gives way to one for a single connector, there alone', async () => {
    await store.tariffs.put({ tenant, id: 'one' }, price('0.10'), act())
    await store.tariffs.assignments.put(
      tenant,
      { id: 'c', tariff: 'one', drivers: { kind: 'everyone' }, place: { kind: 'evse', chargePoint: 'CP-0', evse: 2 } },
      act(),
    )
    await settle()
    const one = await location()
    const ids = ['E1', 'E2'].map((uid) => evseIn(one, uid).connectors[0]?.tariff_ids)
    expect([await tariffs(), ids]).toEqual([
      ['day 0.40', 'one 0.10'],
      [['day'], ['one']],
    ])
  })

  it('comes and goes by the hour without a word', async () => {
    await store.tariffs.put({ tenant, id: 'later' }, price('0.20'), act())
    await store.tariffs.assignments.put(
      tenant,
      {
        id: 's',
        tariff: 'later',
        drivers: { kind: 'everyone' },
        place: { kind: 'site', site: 'SITE-1' },
        from: now + 3_600_000,
      },
      act(),
    )
    await settle()
    const before = evseIn(await location(), 'E1').connectors[0]?.tariff_ids
    await settle(3_600_000)
    expect([before, evseIn(await location(), 'E1').connectors[0]?.tariff_ids]).toEqual([['day'], ['later']])
  })

  it('is gone from the list and from its connectors when it is not assigned any more', async () => {
    await store.tariffs.assignments.remove(tenant, 'all', act())
    await settle()
    expect([await tariffs(), evseIn(await location(), 'E1').connectors[0]?.tariff_ids]).toEqual([[], undefined])
  })

  it('for the drivers of one EMP is seen by that partner alone', async () => {
    await store.tariffs.put({ tenant, id: 'agreed' }, price('0.30'), act())
    await store.tariffs.assignments.put(
      tenant,
      { id: 'e', tariff: 'agreed', drivers: { kind: 'emp', emp: 'NL*EMP' }, place: { kind: 'everywhere' } },
      act(),
    )
    await settle()
    expect([await tariffs(), await tariffs('another')]).toEqual([['day 0.40', 'agreed 0.30'], ['day 0.40']])
  })
})
