import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { placeOf, useZone } from '../../../adapters/postgres/places.ts'
import { postgresStore } from '../../../adapters/postgres/store/index.ts'
import { asTenant } from '../../../adapters/postgres/tenant.ts'
import type { Evse } from '../../../core/domain/evse.ts'
import type { Given } from '../../../core/ports/market.ts'
import type { Store } from '../../../core/ports/store.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'

const site = {
  id: 'north',
  name: 'North',
  address: { street: 'Road 1', city: 'Berlin', country: 'DE' },
  coordinates: { latitude: '52.52000', longitude: '13.40000' },
  zone: 'Europe/Berlin',
  published: true,
}
const [t0, hour] = [Date.UTC(2026, 10, 1), 3_600_000]
const by = { key: 'k', label: 'tests' }

describe('where a plug is', () => {
  let database: TestDatabase
  let store: Store
  beforeAll(async () => {
    database = await freshDatabase()
    await database.register(5)
    await database.register(5, 'other')
    store = postgresStore(database.app, database.ingest)
    for (const tenant of ['default', 'other']) {
      await store.sites.put({ tenant, ...site }, { by, at: t0 })
      await store.chargingStations.put({ tenant, id: 'n1', site: 'north' }, { by, at: t0 })
    }
  })
  afterAll(() => database.close())

  const put = (uid: string, at: number, more: Partial<Given<Evse>> = {}) =>
    store.evses.put({ tenant: 'default', uid, station: 'n1', state: 'active', outlets: [], ...more }, { by, at })
  const place = (chargePoint: string, evse: number, at?: number, tenant = 'default') =>
    asTenant(database.app, tenant, (tx) => placeOf(tx, { tenant, identity: chargePoint }, evse, at))

  it('is its site, its station and its EVSEID', async () => {
    await put('1', t0, { evseId: 'DE*ABC*E1', plug: { chargePoint: 'cp-0', evse: 1 } })
    const north = { zone: 'Europe/Berlin', site: 'north', station: 'n1', country: 'DE' }
    expect(await place('CP-0', 1)).toEqual({ ...north, evseId: 'DE*ABC*E1' })
    expect(await place('cp-0', 1)).toEqual({ ...north, evseId: 'DE*ABC*E1' })
    await put('2', t0, { plug: { chargePoint: 'CP-0', evse: 2 } })
    expect(await place('CP-0', 2)).toEqual(north)
  })

  it('is nowhere in particular where nobody has said: by the zone of the installation', async () => {
    expect(await place('CP-0', 9)).toEqual({ zone: 'UTC' })
    await useZone(database.ingest, 'Asia/Kolkata')
    expect(await place('CP-0', 9)).toEqual({ zone: 'Asia/Kolkata' })
    await useZone(database.ingest, 'UTC')
  })

  it('has no zone that the database does not know, for sums by the day are made there', async () => {
    await expect(useZone(database.ingest, 'Mars/Phobos')).rejects.toThrow('does not know the time zone Mars/Phobos')
    expect(await place('CP-0', 9)).toEqual({ zone: 'UTC' })
    const put = await store.sites.put({ tenant: 'default', ...site, id: 'mars', zone: 'Mars/Phobos' }, { by, at: t0 })
    expect(put).toEqual({ pointer: '/timeZone', refused: 'is not known to the database' })
    expect(await store.sites.find('default', 'mars')).toBeUndefined()
  })

  it("is never another tenant's", async () => {
    expect(await place('CP-0', 1, undefined, 'other')).toEqual({ zone: 'UTC' })
    // whoever asks for one tenant in the name of another
    expect(
      await asTenant(database.app, 'other', (tx) => placeOf(tx, { tenant: 'default', identity: 'CP-0' }, 1)),
    ).toEqual({ zone: 'UTC' })
  })

  it('is what it was then: an EVSE that moves to another plug leaves sessions of before where they were', async () => {
    await put('old', t0, { evseId: 'DE*ABC*EOLD', plug: { chargePoint: 'CP-1', evse: 1 } })
    await put('old', t0 + 5 * hour, { evseId: 'DE*ABC*EOLD', plug: { chargePoint: 'CP-2', evse: 1 } })
    await put('new', t0 + 6 * hour, { evseId: 'DE*ABC*ENEW', plug: { chargePoint: 'CP-1', evse: 1 } })
    const ids = async (identity: string, hours: readonly number[]) => {
      const found = []
      for (const n of hours) found.push((await place(identity, 1, t0 + n * hour)).evseId)
      return found
    }
    expect(await ids('CP-1', [1, 4.9, 6, 7])).toEqual(['DE*ABC*EOLD', 'DE*ABC*EOLD', 'DE*ABC*ENEW', 'DE*ABC*ENEW'])
    expect(await ids('CP-2', [6])).toEqual(['DE*ABC*EOLD'])
  })

  it('is told late for what was before: one that charged before anybody said which EVSE it is was that one', async () => {
    await put('late', t0 + 5 * hour, { evseId: 'DE*ABC*ELATE', plug: { chargePoint: 'CP-3', evse: 1 } })
    expect((await place('CP-3', 1, t0)).evseId).toBe('DE*ABC*ELATE')
    await store.evses.remove('default', 'late', { by, at: t0 + 6 * hour })
    expect((await place('CP-3', 1, t0 + 5.5 * hour)).evseId).toBe('DE*ABC*ELATE')
    expect((await place('CP-3', 1, t0 + 7 * hour)).evseId).toBeUndefined()
  })

  it('is another one as soon as its EVSE has another name', async () => {
    await put('moved', t0, { evseId: 'DE*ABC*EM1', plug: { chargePoint: 'CP-4', evse: 1 } })
    expect((await place('CP-4', 1)).evseId).toBe('DE*ABC*EM1')
    await put('moved', t0 + hour, { evseId: 'DE*ABC*EM2', plug: { chargePoint: 'CP-4', evse: 1 } })
    expect((await place('CP-4', 1)).evseId).toBe('DE*ABC*EM2')
  })

  it('is found by an index, however many there are', async () => {
    await database.admin`insert into evses (tenant, uid, station, state, created_at, changed_at)
      select 'other', 'many-' || n, 'n1', 'active', now(), now() from generate_series(1, 5000) n`
    await database.admin`insert into evse_plugs (tenant, uid, identity, evse, from_at)
      select 'other', 'many-' || n, 'CP-' || n, 1, now() from generate_series(1, 5000) n`
    await database.admin`analyze evse_plugs`
    const plan = await asTenant(database.app, 'other', async (tx) => {
      const rows = await tx.unsafe<
        { 'QUERY PLAN': string }[]
      >(`explain select uid from evse_plugs p where p.tenant = 'other' and p.key = lower('CP-7') and p.evse = 1
        and (p.until_at is null or p.until_at > now()) order by p.from_at limit 1`)
      return rows.map((row) => row['QUERY PLAN']).join('\n')
    })
    expect(plan).toMatch(/Index Cond: .*tenant = .*key = .*evse = /)
  })
})
