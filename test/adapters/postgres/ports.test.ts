import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { postgresCredentials } from '../../../adapters/postgres/credentials.ts'
import { postgresCurrentState } from '../../../adapters/postgres/current-state.ts'
import { useZone } from '../../../adapters/postgres/places.ts'
import { billablePorts, connectedPorts, lookAtPorts, lookWhenDue } from '../../../adapters/postgres/ports.ts'
import { removeOld } from '../../../adapters/postgres/retention.ts'
import { postgresStore } from '../../../adapters/postgres/store/index.ts'
import { asTenant } from '../../../adapters/postgres/tenant.ts'
import type { StateReport } from '../../../core/ports/current-state.ts'
import type { Store } from '../../../core/ports/store.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'

const act = { by: { key: '00000000-0000-7000-8000-000000000000', label: 'test' }, at: Date.UTC(2026, 10, 1) }
/** By the clock of Berlin, an hour before UTC in winter. */
const berlin = (day: number, hour = 12, at = 0): number => Date.UTC(2026, 10, day, hour - 1, at)

describe('which ports were connected when', () => {
  let database: TestDatabase
  let store: Store

  beforeAll(async () => {
    database = await freshDatabase()
    await useZone(database.ingest, 'Europe/Berlin')
    store = postgresStore(database.app, database.ingest)
    for (const reseller of ['r1', 'r2'])
      await store.tenantRegister.put(reseller, { name: reseller, kind: 'reseller', isClosed: false }, act)
    await store.tenantRegister.put('owner', { name: 'owner', kind: 'platform', isClosed: false }, act)
  })
  afterAll(() => database.close())

  const cpo = async (name: string, stations: number, parent?: string): Promise<void> => {
    const more = parent === undefined ? {} : { parent }
    await store.tenantRegister.put(name, { name, kind: 'cpo', isClosed: false, ...more }, act)
    await database.register(stations, name)
  }
  /** A socket from one time until another; the EVSEs that are reported over it; when it is looked. */
  const online = async (
    ref: { readonly tenant: string; readonly identity: string },
    { from, until, evses = [] }: { readonly from: number; readonly until: number; readonly evses?: readonly number[] },
  ): Promise<void> => {
    const { epoch } = await postgresCredentials(database.ingest).open(ref)
    const state = postgresCurrentState(database.ingest)
    const status = (evse: number): StateReport => ({
      kind: 'status',
      ...ref,
      epoch,
      at: from,
      before: 'unknown',
      irregular: false,
      unchanged: false,
      report: { evse, connector: 1, status: 'available', errorCode: 'NoError' },
    })
    const connected = { kind: 'connected', protocol: 'ocpp1.6', address: '', worker: 'w' } as const
    await state.write([{ ...connected, ...ref, epoch, at: from }, ...evses.map(status)])
    await state.write([{ kind: 'disconnected', ...ref, epoch, at: until, code: 1000, reason: '' }])
  }
  const daysOf = async (tenant: string): Promise<readonly string[]> => {
    const rows = await database.admin<
      { row: string }[]
    >`select concat_ws(' ', identity, evse, to_char(month, 'YYYY-MM'),
      (select string_agg(d::text, ',' order by d) from generate_series(1, 31) d where days & (1 << (d - 1)) <> 0)) as row
      from connected_ports where tenant = ${tenant} order by identity, evse, month`
    return rows.map(({ row }) => row)
  }
  const seenBy = (caller: string, tenant: string, month = '2026-11'): Promise<number> =>
    asTenant(database.app, caller, (tx) => connectedPorts(tx, tenant, month))

  it('a port has the days of its charge point’s sockets by the calendar of the installation, and is written once a day', async () => {
    await cpo('days', 3)
    await online(
      { tenant: 'days', identity: 'CP-0' },
      { from: berlin(2, 23, 50), until: berlin(3, 0, 1), evses: [1, 2] },
    )
    // by UTC it is the day before
    await online({ tenant: 'days', identity: 'CP-1' }, { from: berlin(3, 0, 1), until: berlin(3, 0, 2), evses: [0, 1] })
    expect(await lookAtPorts(database.ingest, berlin(3, 0, 5))).toBe(3)
    expect(await lookAtPorts(database.ingest, berlin(3, 0, 10))).toBe(0)
    expect(await daysOf('days')).toEqual(['CP-0 1 2026-11 2,3', 'CP-0 2 2026-11 2,3', 'CP-1 1 2026-11 3'])
  })

  it('a socket over the end of a month has days in both; a charge point that has reported no EVSE has one', async () => {
    await cpo('months', 1)
    await online({ tenant: 'months', identity: 'CP-0' }, { from: Date.UTC(2026, 9, 30, 12), until: berlin(3, 1) })
    await database.admin`update port_look set looked_at = at_ms(${Date.UTC(2026, 9, 30, 12)})`
    await lookAtPorts(database.ingest, berlin(3, 2))
    expect(await daysOf('months')).toEqual(['CP-0 1 2026-10 30,31', 'CP-0 1 2026-11 1,2,3'])
  })

  it('counts a port for a month in which it was connected on one day, and for no other', async () => {
    await cpo('counts', 2)
    await online({ tenant: 'counts', identity: 'CP-0' }, { from: berlin(3, 2), until: berlin(3, 2, 1), evses: [1, 2] })
    await lookAtPorts(database.ingest, berlin(3, 2, 5))
    expect([await seenBy('counts', 'counts'), await seenBy('counts', 'counts', '2026-12')]).toEqual([2, 0])
  })

  it('two that look at once write each once', async () => {
    await cpo('twice', 40)
    for (let i = 0; i < 40; i++)
      await online({ tenant: 'twice', identity: `CP-${i}` }, { from: berlin(3, 3), until: berlin(3, 3, 1) })
    const written = await Promise.all([1, 2, 3].map(() => lookAtPorts(database.ingest, berlin(3, 3, 5))))
    await lookAtPorts(database.ingest, berlin(3, 3, 6))
    expect([written.reduce((sum, n) => sum + n, 0), await seenBy('twice', 'twice')]).toEqual([40, 40])
  })

  it('is looked at every half an hour, whoever looks', async () => {
    await cpo('due', 1)
    await online({ tenant: 'due', identity: 'CP-0' }, { from: berlin(3, 3, 20), until: berlin(3, 3, 21) })
    const written: number[] = []
    for (const minute of [30, 35, 36]) written.push(await lookWhenDue(database.ingest, berlin(3, 3, minute)))
    expect(written).toEqual([0, 0, 1])
  })

  it('what was connected stays when its charge point and its events have gone', async () => {
    await cpo('gone', 1)
    await online({ tenant: 'gone', identity: 'CP-0' }, { from: berlin(3, 4), until: berlin(3, 4, 1), evses: [1] })
    await lookAtPorts(database.ingest, berlin(3, 4, 5))
    await store.chargePoints.remove({ tenant: 'gone', identity: 'CP-0' }, Date.now())
    await removeOld(database.ingest, 0)
    expect(await seenBy('gone', 'gone')).toBe(1)
  })

  describe('of a CPO that moves', () => {
    const days = (tenant: string, identity: string, of: readonly number[]) =>
      database.admin`insert into connected_ports (tenant, month, identity, evse, days)
        values (${tenant}, '2026-11-01', ${identity}, 1, ${of.reduce((bits, day) => bits | (1 << (day - 1)), 0)})`
    const every = (from: number, until: number): readonly number[] =>
      Array.from({ length: until - from }, (_, i) => from + i)

    beforeAll(async () => {
      await cpo('moves', 0, 'r1')
      await store.tenantRegister.move('moves', { reseller: 'r2', day: '2026-11-11' }, act)
      await store.tenantRegister.move('moves', { day: '2026-11-26' }, { ...act, at: berlin(12) })
      await days('moves', 'BEFORE', every(1, 11))
      await days('moves', 'MOSTLY-AFTER', every(1, 31))
      await days('moves', 'EQUAL', [9, 10, 11, 12])
      await days('moves', 'AFTER', [11])
      await days('moves', 'THE-DAY-BEFORE', [10])
      await days('moves', 'BELOW-NONE', [26, 30])
      await cpo('stays', 0, 'r1')
      await days('stays', 'S', [30])
    })

    const billed = async (reseller: string) =>
      asTenant(database.app, reseller, (tx) => billablePorts(tx, reseller, '2026-11'))

    it('each port counts once: for the reseller below which it was connected on more days, of two that are equal the first', async () => {
      expect(await billed('r1')).toEqual([
        { cpo: 'moves', ports: 3 },
        { cpo: 'stays', ports: 1 },
      ])
      expect(await billed('r2')).toEqual([{ cpo: 'moves', ports: 2 }])
      const { items } = await store.resale.ports('r1', '2026-11', { limit: 10 })
      expect(items.map(({ chargePoint, days: on }) => [chargePoint, on.length])).toEqual([
        ['BEFORE', 10],
        ['EQUAL', 2],
        ['THE-DAY-BEFORE', 1],
        ['S', 1],
      ])
    })

    it('all of them are what the platform sees, and the CPO itself; a reseller sees what counts for it', async () => {
      expect(
        await Promise.all(['owner', 'moves', 'r1', 'r2', 'stays', 'nobody'].map((caller) => seenBy(caller, 'moves'))),
      ).toEqual([6, 6, 3, 2, 0, 0])
    })

    it('the platform bills what the reseller sees; nobody else sees what counts for it but what is its own', async () => {
      const seen = (caller: string) => asTenant(database.app, caller, (tx) => billablePorts(tx, 'r1', '2026-11'))
      expect(await seen('owner')).toEqual(await billed('r1'))
      expect([await seen('r2'), await seen('stays'), await seen('days')]).toEqual([
        [],
        [{ cpo: 'stays', ports: 1 }],
        [],
      ])
    })

    it('each side’s books have what their contract makes of them, and both the same', async () => {
      const terms = {
        currency: 'EUR',
        from: '2026-01-01',
        tiers: [
          { from: 0, perPort: '2.50' },
          { from: 4, perPort: '2' },
        ],
      }
      for (const tenant of ['owner', 'r1']) {
        await store.parties.put({ tenant, id: 'R1', role: 'csr', name: 'Reseller' }, act)
        await store.agreements.resale.put(tenant, { ...terms, id: 'up', seller: 'platform', buyer: 'R1' }, act)
      }
      await store.parties.put({ tenant: 'r1', id: 'moves', role: 'cpo', name: 'Moves', reseller: 'R1' }, act)
      await store.agreements.resale.put('r1', { ...terms, id: 'down', seller: 'R1', buyer: 'moves' }, act)
      const bills = async (tenant: string): Promise<readonly string[]> =>
        (await store.resale.bills(tenant, '2026-11')).map(
          ({ contract, side, other, ports, fee }) => `${contract.id}: ${side}, ${other}, ${ports} ports, ${fee.net}`,
        )
      expect(await bills('owner')).toEqual(['up: seller, reseller, 4 ports, 8.00'])
      expect(await bills('r1')).toEqual(['down: seller, cpo, 3 ports, 7.50', 'up: buyer, platform, 4 ports, 8.00'])
      expect(await bills('moves')).toEqual([])
    })

    it('port by port, page by page', async () => {
      const seen: string[] = []
      let cursor: string | null = ''
      while (cursor !== null) {
        const page = await store.resale.ports('r1', '2026-11', { limit: 1, ...(cursor !== '' && { cursor }) })
        seen.push(...page.items.map(({ cpo: of, chargePoint }) => `${of}/${chargePoint}`))
        cursor = page.next
      }
      expect(seen).toEqual(['moves/BEFORE', 'moves/EQUAL', 'moves/THE-DAY-BEFORE', 'stays/S'])
    })
  })

  it('the database refuses two on one day, and a reseller that is none, whoever writes it', async () => {
    const put = (tenant: string, reseller: string, from: string) =>
      asTenant(
        database.app,
        tenant,
        (tx) =>
          tx`insert into tenant_parents (tenant, reseller, from_day, changed_at) values (${tenant}, ${reseller}, ${from}::text::date, now())`,
      )
    await expect(put('stays', 'r2', '2027-01-01')).rejects.toThrow(/tenant_parents_no_overlap/)
    await expect(put('days', 'moves', '2027-01-01')).rejects.toThrow(/foreign key/)
    await expect(
      asTenant(
        database.app,
        'r2',
        (tx) => tx`insert into tenant_parents (tenant, reseller, changed_at) values ('days', 'r2', now())`,
      ),
    ).rejects.toThrow(/row-level security/)
    const seen = await asTenant(
      database.app,
      'r2',
      (tx) => tx<{ tenant: string }[]>`select distinct tenant from tenant_parents`,
    )
    expect(seen.map(({ tenant }) => tenant)).toEqual(['moves'])
  })
})
