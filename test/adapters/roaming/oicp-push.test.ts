import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import { cdr, type Cpo, location, startCpo } from '../../support/oicp.ts'
import { startStrictHubject, type StrictHub } from '../../support/strict-hubject.ts'

let database: TestDatabase
let hub: StrictHub
let cpo: Cpo

beforeAll(async () => {
  database = await freshDatabase()
  hub = await startStrictHubject()
})
afterAll(async () => {
  await hub.close()
  await database.close()
})

beforeEach(async () => {
  await database.admin`truncate roaming_objects, roaming_partners cascade`
  hub.forget()
  cpo = await startCpo(database, hub)
})
afterEach(async () => {
  // what is under way ends with it
  hub.hangUp()
  await cpo[Symbol.asyncDispose]()
})

const many = (count: number, status?: string) =>
  location(Array.from({ length: count }, (_, i) => ({ n: i + 1, ...(status !== undefined && { status }) })))

describe('EVSEs at a hub', () => {
  it('are all there at first, with their status, and then what has changed of them', async () => {
    await cpo.publish('locations', many(3))
    await cpo.settle()
    await cpo.publish('locations', { ...many(4, 'CHARGING'), name: 'South' })
    await cpo.settle()
    await cpo.publish('locations', many(2))
    await cpo.settle()
    expect([hub.pushes, hub.refusals, [...hub.statuses], [...hub.evses.keys()]]).toEqual([
      [
        'evseData fullLoad 3',
        'evseStatus fullLoad 3',
        'evseData insert 1',
        'evseData update 3',
        'evseStatus insert 1',
        'evseStatus update 3',
        'evseData delete 2',
        'evseData update 2',
        'evseStatus update 2',
      ],
      [],
      [
        ['DE*ABC*E1', 'Available'],
        ['DE*ABC*E2', 'Available'],
      ],
      ['DE*ABC*E1', 'DE*ABC*E2'],
    ])
  })

  it('before there is anything of ours nothing is pushed: a full load of nothing would take away what is there', async () => {
    hub.evses.set('DE*ABC*E7', {})
    await cpo.settle()
    await cpo.publish('locations', many(1))
    await cpo.settle()
    expect(hub.pushes).toEqual(['evseData fullLoad 1', 'evseStatus fullLoad 1'])
  })

  it('that have not changed are not pushed again', async () => {
    await cpo.publish('locations', many(1))
    await cpo.settle()
    await cpo.publish('locations', { ...many(1), last_updated: '2026-11-02T00:00:00Z' })
    await cpo.settle()
    expect(hub.pushes).toEqual(['evseData fullLoad 1', 'evseStatus fullLoad 1'])
  })

  it('of many changes of status only the last is told', async () => {
    await cpo.publish('locations', many(1))
    await cpo.settle()
    for (const status of ['CHARGING', 'AVAILABLE', 'OUTOFORDER']) await cpo.publish('locations', many(1, status))
    await cpo.settle()
    expect([hub.pushes.slice(2), hub.statuses.get('DE*ABC*E1')]).toEqual([['evseStatus update 1'], 'OutOfService'])
  })

  it('one that the hub refuses is found and named, and holds the others up no longer', async () => {
    await cpo.publish('locations', many(5))
    await cpo.settle()
    await cpo.publish('locations', many(8))
    // somebody else has given it one of them
    hub.evses.set('DE*ABC*E7', {})
    await cpo.settle()
    const { evses } = await cpo.store.overview(cpo.ref)
    expect([hub.evses.size, evses.refused.map(({ evseId }) => evseId), evses.refused[0]?.reason]).toEqual([
      8,
      ['DE*ABC*E7'],
      expect.stringContaining('022'),
    ])
  })

  it('of a push whose answer never came everything is said again at once', async () => {
    await cpo.publish('locations', many(2))
    await cpo.settle()
    hub.meets('evseData', 'cutAfter')
    await cpo.publish('locations', many(4))
    await cpo.settle()
    expect([hub.pushes.filter((push) => push.startsWith('evseData')), hub.refusals, hub.evses.size]).toEqual([
      ['evseData fullLoad 2', 'evseData insert 2', 'evseData fullLoad 4'],
      [],
      4,
    ])
  })

  it.each(['broken', 'limited', 'noJson'] as const)('arrive also after the hub was %s', async (mishap) => {
    hub.meets('evseData', mishap, mishap)
    hub.meets('evseStatus', mishap)
    await cpo.publish('locations', many(2))
    await cpo.settle()
    expect([hub.evses.size, hub.statuses.size]).toEqual([2, 2])
  })

  it('pushes of one operation are never parallel, however many processes look after the hub', async () => {
    hub.latencyMs = 30
    const others = await Promise.all([1, 2, 3].map(() => startCpo(database, hub)))
    const all = [cpo, ...others]
    for (let round = 0; round < 6; round++) {
      await cpo.publish('locations', many(3 + round, round % 2 === 0 ? 'CHARGING' : 'AVAILABLE'))
      await Promise.all(all.flatMap((one) => [one.oicp.runner.work(cpo.ref), one.oicp.runner.work(cpo.ref)]))
    }
    await cpo.settle()
    expect([hub.overlaps(), hub.refusals, hub.evses.size, hub.statuses.get('DE*ABC*E8')]).toEqual([
      0,
      [],
      8,
      'Available',
    ])
    for (const one of others) await one[Symbol.asyncDispose]()
  })

  it('017: with the certificate of another operator nothing is taken, and operators are told why', async () => {
    await cpo[Symbol.asyncDispose]()
    await database.admin`truncate roaming_partners cascade`
    cpo = await startCpo(database, hub, { client: 'DE*XYZ' })
    await cpo.publish('locations', many(1))
    await cpo.oicp.runner.work(cpo.ref)
    const { lanes } = await cpo.store.overview(cpo.ref)
    expect([hub.evses.size, lanes.find(({ lane }) => lane === 'evseData')?.reason]).toEqual([
      0,
      expect.stringContaining('017'),
    ])
  })

  it('an operator has everything said again', async () => {
    await cpo.publish('locations', many(2))
    await cpo.settle()
    hub.evses.clear()
    await cpo.store.reload(cpo.ref)
    await cpo.settle()
    expect([hub.evses.size, hub.pushes.slice(2)]).toEqual([2, ['evseData fullLoad 2', 'evseStatus fullLoad 2']])
  })
})

describe('CDRs for a hub', () => {
  const known = (session = randomUUID()): string => {
    hub.sessions.set(session, '04A1B2C3')
    return session
  }

  it('carry the hub’s name of the session, and arrive once', async () => {
    const session = known()
    await cpo.publish('cdrs', cdr('C1', { authorization_reference: session }))
    await cpo.settle()
    expect([hub.refusals, hub.cdrs.get(session)]).toEqual([
      [],
      {
        SessionID: session,
        CPOPartnerSessionID: '01930000-0000-7000-8000-000000000002',
        PartnerProductID: 'AC3',
        EvseID: 'DE*ABC*E1',
        Identification: { RFIDMifareFamilyIdentification: { UID: '04A1B2C3' } },
        ChargingStart: '2026-11-20T10:00:00Z',
        ChargingEnd: '2026-11-20T10:40:00Z',
        SessionStart: '2026-11-20T10:00:00Z',
        SessionEnd: '2026-11-20T11:00:00Z',
        ConsumedEnergy: 12.345,
      },
    ])
  })

  it.each(['broken', 'limited', 'cutAfter', 'noJson'] as const)(
    'arrive once also where an answer was %s',
    async (mishap) => {
      const session = known()
      hub.meets('cdr', mishap)
      await cpo.publish('cdrs', cdr('C1', { authorization_reference: session }))
      await cpo.settle()
      const { cdrs } = await cpo.store.overview(cpo.ref)
      expect([hub.cdrs.size, cdrs]).toEqual([1, { waiting: 0, sending: 0, sent: 1, refused: 0, kept: 0 }])
    },
  )

  it('that the hub refuses stay, with the reason', async () => {
    await cpo.publish('cdrs', cdr('C1', { authorization_reference: randomUUID() }))
    await cpo.settle()
    expect((await cpo.store.overview(cpo.ref)).unsent).toMatchObject([
      { id: 'C1', state: 'refused', reason: expect.stringContaining('400') },
    ])
  })

  it('022: implausible ones are not sent, and kept with the reason', async () => {
    const future = new Date(Date.now() + 3_600_000).toISOString()
    const session = known()
    const wrong = [
      cdr('C1', { authorization_reference: session, end_date_time: '2026-11-20T09:00:00Z' }),
      cdr('C2', { authorization_reference: session, end_date_time: future }),
      cdr('C3', { authorization_reference: session, total_energy: '-1.0000' }),
      cdr('C4', { authorization_reference: session, total_energy: '1000.0010' }),
      cdr('C5'),
      cdr('C6', { authorization_reference: session, credit: true }),
    ]
    for (const one of wrong) await cpo.publish('cdrs', one)
    await cpo.settle()
    const { unsent } = await cpo.store.overview(cpo.ref)
    const reasons = Object.fromEntries(unsent.map(({ id, reason, state }) => [id, `${state}: ${reason}`]))
    expect([hub.cdrs.size, hub.refusals, reasons]).toEqual([
      0,
      [],
      {
        C1: 'kept: the session ends before it starts',
        C2: 'kept: it ends in the future',
        C3: 'kept: its energy is negative: -1 kWh',
        C4: 'kept: its energy is more than 1000 kWh: 1000.001',
        C5: 'kept: the hub has given its session no SessionID',
        C6: 'kept: OICP has no credit: what was wrong is settled outside of it',
      },
    ])
  })

  it('whoever dies between the hub’s commit and its answer leaves exactly one', async () => {
    const session = known()
    await cpo.publish('cdrs', cdr('C1', { authorization_reference: session }))
    hub.meets('cdr', 'silent')
    void cpo.oicp.runner.work(cpo.ref)
    await expect.poll(() => hub.cdrs.size, { interval: 20 }).toBe(1)
    // of the process that has sent it nobody hears again
    const next = await startCpo(database, hub)
    await next.hurry()
    await next.settle()
    expect([hub.cdrs.size, (await next.store.overview(cpo.ref)).cdrs.sent]).toEqual([1, 1])
    await next[Symbol.asyncDispose]()
  })

  it('are there about a second after they were closed', async () => {
    cpo.oicp.runner.start()
    const session = known()
    const began = Date.now()
    await cpo.publish('cdrs', cdr('C1', { authorization_reference: session }))
    await expect.poll(() => hub.cdrs.size, { timeout: 5_000, interval: 20 }).toBe(1)
    expect(Date.now() - began).toBeLessThan(3_000)
  })
})
