import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Deliveries } from '../../../actors/deliveries.ts'
import { booksDesk } from '../../../actors/delivery/desk.ts'
import { toPartners } from '../../../actors/delivery/words.ts'
import { postgresDeadlines } from '../../../adapters/postgres/deadlines.ts'
import { confirmedCdrs } from '../../../adapters/postgres/confirmed-cdrs.ts'
import { cdrsSource } from '../../../adapters/postgres/published-cdrs.ts'
import { sessionsSource } from '../../../adapters/postgres/published-sessions.ts'
import { postgresCdrLanes } from '../../../adapters/postgres/roaming-cdr-lanes.ts'
import { markDirty } from '../../../adapters/postgres/roaming-dirty.ts'
import { driversOf } from '../../../adapters/postgres/roaming-driver.ts'
import { postgresPublisher } from '../../../adapters/postgres/roaming-publisher.ts'
import { postgresStore } from '../../../adapters/postgres/store/index.ts'
import { asTenant } from '../../../adapters/postgres/tenant.ts'
import { cdrReceiver } from '../../../adapters/roaming/ocpi/cdr-receiver.ts'
import { reconcileCdrs } from '../../../adapters/roaming/ocpi/reconcile-cdrs.ts'
import { cdrText } from '../../../adapters/roaming/ocpi/cdr-text.ts'
import { leaseMs } from '../../../core/domain/delivery.ts'
import type { SealedDocument } from '../../../core/domain/document.ts'
import { noProgress } from '../../../core/ports/roaming-chores.ts'
import type { ModuleCall, ModuleReply } from '../../../core/ports/roaming.ts'
import { TestClock } from '../../support/clock.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import { type DocumentOptions, insertDocuments, sampleDocument } from '../../support/documents.ts'
import { deaf, silence } from '../../support/quiet.ts'

const noon = Date.UTC(2026, 10, 24, 12)
const base = 'https://emp.example/cdrs'
const done = (headers: Readonly<Record<string, string>> = {}): ModuleReply => ({
  type: 'done',
  data: undefined,
  code: 1000,
  status: 200,
  headers,
})

describe('accounts on their way to roaming partners, on PostgreSQL', () => {
  let database: TestDatabase
  const clock = new TestClock(Date.now())
  let number = 0
  /** What was posted, by the id in it; and all that was asked. */
  let posted: { readonly id: string; readonly text: string }[] = []
  let asked: string[] = []
  let take: (call: ModuleCall, nth: number) => ModuleReply | Promise<ModuleReply> = () => done()

  beforeAll(async () => {
    database = await freshDatabase()
    await database.register(2)
    const { admin } = database
    const at = new Date(noon - 86_400_000)
    await admin`insert into parties (tenant, id, role, name, country_code, party_id, created_at, changed_at) values ('default', 'us', 'cpo', 'CPO', 'DE', 'ABC', ${at}, ${at}), ('default', 'theirs', 'emp', 'EMP', 'DE', 'EMP', ${at}, ${at})`
    await admin`insert into sites (tenant, id, name, address, city, country, latitude, longitude, zone, published, created_at, changed_at)
      values ('default', 'north', 'North', 'Hauptstraße 1', 'Berlin', 'DE', '52.520008', '13.404954', 'Europe/Berlin', true, ${at}, ${at})`
    await admin`insert into charging_stations (tenant, id, site, created_at, changed_at) values ('default', 'one', 'north', ${at}, ${at})`
    await admin`insert into evses (tenant, uid, station, evse_id, evse_key, state, created_at, changed_at) values ('default', 'one', 'one', 'DE*ABC*E1', 'DEABCE1', 'active', ${at}, ${at})`
    await admin`insert into evse_plugs (tenant, uid, identity, evse, from_at) values ('default', 'one', 'CP-1', 1, ${at})`
    await admin`insert into evse_connectors (tenant, uid, id, number, standard, format, power_type, max_volts, max_amps, changed_at)
      values ('default', 'one', '1', 1, 'IEC_62196_T2', 'SOCKET', 'AC_3_PHASE', 230, 32, ${at})`
    await admin`insert into tokens (tenant, issuer, type, uid, status, contract) values ('default', 'DE*EMP', 'RFID', 'Card1', 'Accepted', 'DE-EMP-C12345678-X'), ('default', '', 'RFID', 'OURS', 'Accepted', null)`
    const endpoints = [{ module: 'cdrs', role: 'RECEIVER', url: base }]
    await admin`insert into roaming_partners (tenant, id, state, since, version, endpoints, quirks, checks, registered_at, changed_at)
      values ('default', 'emp', 'registered', ${at}, '2.2.1', ${admin.json(endpoints)}, '{}', '[]', ${at}, ${at})`
    await admin`insert into roaming_parties (tenant, partner, role, country_code, party_id, name, place) values ('default', 'emp', 'EMSP', 'DE', 'EMP', 'EMP', 1)`
  }, 60_000)
  afterAll(() => database.close())
  beforeEach(async () => {
    ;[posted, asked, take] = [[], [], () => done()]
    await database.admin`update roaming_partners set state = 'registered', version = '2.2.1', quirks = '{}'`
  })

  const publisher = (more: object = {}) =>
    postgresPublisher({ ...database, sources: [sessionsSource, cdrsSource], log: silence, ...more })
  const publish = async (by = publisher()): Promise<void> => {
    while ((await by.publish('default', clock.now())).isMore);
  }
  /** A document as sealing leaves it: of a session with this token. */
  const sealed = async (options: DocumentOptions = {}, token = 'CARD1'): Promise<SealedDocument> => {
    const document = sampleDocument(++number, options)
    await insertDocuments(database.admin, [document])
    await database.admin`update sessions set token = ${token}, started_at = ${new Date(noon)}, ended_at = ${new Date(noon + 3_600_000)} where token is null`
    await asTenant(database.app, 'default', async (tx) => markDirty(tx, 'default', 'cdrs', [document.id], clock.now()))
    return document
  }
  const deliveries = () =>
    new Deliveries({
      lanes: postgresCdrLanes(database.app, cdrText),
      open: () =>
        cdrReceiver(async (_, call) => {
          asked.push(`${call.method} ${call.url ?? call.object}`)
          const reply = await take(call, asked.length)
          if (reply.type === 'done' && call.text !== undefined) posted.push({ id: idIn(call.text), text: call.text })
          return reply
        }),
      words: toPartners,
      clock,
      random: { integer: (least) => least },
      telemetry: deaf,
      log: silence,
    })
  const idIn = (text: string): string => String((JSON.parse(text) as { id: string }).id)
  /** Does what the relay, the sweeper and a worker do, until nothing is due at this moment. */
  const work = async (): Promise<void> => {
    for (;;) {
      await postgresDeadlines(database.ingest, clock).sweep(100)
      const jobs = await database.admin<{ id: number; tenant: string; key: string }[]>`
        select id::int, tenant, key from outbox where kind = 'roaming-cdrs' order by id`
      if (jobs.length === 0) return
      const its = deliveries()
      await Promise.all(jobs.map((job) => its.work(job)))
    }
  }
  const rowOf = async ({ id }: Pick<SealedDocument, 'id'>) =>
    (
      await database.admin<{ state: string; attempts: number; reason: string | null; reference: string | null }[]>`
        select state, attempts, reason, reference from roaming_deliveries where document = ${id}`
    )[0]
  const stateOf = async (document: Pick<SealedDocument, 'id'>) => (await rowOf(document))?.state

  it('each arrives once, and is found in the list for its partner alone; what is of nobody’s partner, nowhere', async () => {
    const theirs = await sealed()
    const ours = await sealed({}, 'OURS')
    await publish()
    await work()
    const objects = await database.admin`select source, partner from roaming_objects where module = 'cdrs'`
    expect(posted.map(({ id }) => id)).toEqual([theirs.id])
    expect(objects).toEqual([{ source: theirs.id, partner: 'emp' }])
    expect([await stateOf(theirs), await stateOf(ours)]).toEqual(['accepted', undefined])
  })

  it('killed between sealing and publishing: whoever lives publishes it, once', async () => {
    const document = await sealed()
    const dies = publisher({
      published: async () => {
        throw Object.assign(new Error('killed'), { code: '40P01' })
      },
    })
    await expect(publish(dies)).rejects.toThrow('killed')
    expect(await stateOf(document)).toBeUndefined()
    await publish()
    await publish()
    await work()
    expect(posted.map(({ id }) => id)).toEqual([document.id])
  })

  it('killed between publishing and its POST: the word in the outbox stays until another has it', async () => {
    const document = await sealed()
    await publish()
    const [job] = await database.admin<
      { id: number; tenant: string; key: string }[]
    >`select id::int, tenant, key from outbox where kind = 'roaming-cdrs'`
    await postgresCdrLanes(database.app, cdrText).enter(job ?? { id: 0, tenant: 'default', key: '' }, clock.now())
    await work()
    expect(posted).toEqual([])
    await clock.pass(30_000)
    await work()
    expect([posted.map(({ id }) => id), await stateOf(document)]).toEqual([[document.id], 'accepted'])
  })

  it('INV-42: killed between its POST and the answer: the very same bytes go out again, and the partner has it once', async () => {
    const document = await sealed()
    await publish()
    const partner = new Map<string, string>()
    const bytes: string[] = []
    let answers = false
    const posts = (call: ModuleCall): ModuleReply | Promise<ModuleReply> => {
      bytes.push(call.text ?? '')
      partner.set(idIn(call.text ?? ''), call.text ?? '')
      return answers ? done() : new Promise(() => {})
    }
    take = posts
    void work()
    while (bytes.length === 0) await new Promise((go) => setTimeout(go, 20))
    answers = true
    await clock.pass(leaseMs)
    await postgresCdrLanes(database.app, cdrText).rest({ tenant: 'default', target: 'emp' }, clock.now())
    await work()
    await clock.pass(60_000)
    await work()
    expect([await stateOf(document), partner.size, new Set(bytes).size, bytes.length]).toEqual(['accepted', 1, 1, 2])
  })

  it('an answer that cannot be read but says where it is: that is looked at before anything is sent again', async () => {
    const document = await sealed()
    await publish()
    take = ({ method, text }) => {
      if (method === 'GET') return { ...(done() as Extract<ModuleReply, { type: 'done' }>), data: { id: document.id } }
      return { type: 'unclear', reason: `broke off after ${text?.length} bytes`, headers: { location: '/cdrs/X/1' } }
    }
    await work()
    await clock.pass(60_000)
    await work()
    expect(asked).toEqual([`POST ${document.id}`, 'GET https://emp.example/cdrs/X/1'])
    expect(await rowOf(document)).toMatchObject({ state: 'accepted', reference: 'https://emp.example/cdrs/X/1' })
  })

  it('the token of the partner is shown to nobody else, wherever a Location leads', async () => {
    const document = await sealed()
    await publish()
    take = (_, nth) =>
      nth === 1 ? { type: 'unclear', reason: 'x', headers: { location: 'https://elsewhere.example/1' } } : done()
    await work()
    await clock.pass(60_000)
    await work()
    expect(asked).toEqual([`POST ${document.id}`, `POST ${document.id}`])
  })

  it('500, a refused way, then 200: it arrives; 2001 is a dead letter, which a person is told of', async () => {
    const document = await sealed()
    await publish()
    const replies: ModuleReply[] = [
      { type: 'failed', reason: 'it answered 500', status: 500 },
      { type: 'refused', reason: 'it answered 401', status: 401 },
    ]
    take = (_, nth) => replies[nth - 1] ?? done()
    for (let i = 0; i < 3; i++) {
      await work()
      await clock.pass(120_000)
    }
    expect([await stateOf(document), asked.length]).toEqual(['accepted', 3])
    const refused = await sealed()
    await publish()
    take = () => ({ type: 'refused', reason: 'it answered 2001: unknown location', status: 200, code: 2001 })
    await work()
    expect(await rowOf(refused)).toMatchObject({ state: 'refused', reason: 'it answered 2001: unknown location' })
    const events =
      await database.admin`select type, data ->> 'reason' as reason from events where subject = ${refused.id}`
    expect(events).toEqual([{ type: 'roaming.refused', reason: 'it answered 2001: unknown location' }])
  })

  it('what a partner has confirmed and lost is found missing, and sent anew as it was; what it loses again is not', async () => {
    // of those before nobody knows where they are
    await database.admin`update roaming_deliveries set reference = null`
    const [kept, lost] = [await sealed(), await sealed()]
    await publish()
    const has = new Map<string, string>()
    take = ({ method, text = '', url = '' }) => {
      if (method === 'POST') {
        has.set(idIn(text), text)
        return done({ location: `${base}/${idIn(text)}` })
      }
      const found = has.get(url.split('/').at(-1) ?? '')
      if (found === undefined) return { type: 'refused', reason: 'it answered 404', status: 404 }
      return { ...(done() as Extract<ModuleReply, { type: 'done' }>), data: JSON.parse(found) as unknown }
    }
    await work()
    const first = has.get(lost.id)
    const { roamingPartners } = postgresStore(database.app, database.ingest)
    const partner = await roamingPartners.find({ tenant: 'default', partner: 'emp' })
    if (partner === undefined) throw new Error('there is no partner')
    const look = async () => {
      const outcome = await reconcileCdrs({
        confirmed: confirmedCdrs(database.app),
        call: async (_, call) => take(call, 0),
        clock,
      })(
        partner,
        {
          tenant: 'default',
          partner: 'emp',
          kind: 'reconcile',
          module: 'cdrs',
          state: 'running',
          due: 0,
          wanted: { whole: true },
          run: 0,
          attempt: 0,
          progress: noProgress,
        },
        async () => true,
      )
      return 'progress' in outcome ? outcome.progress.counts : {}
    }
    has.delete(lost.id)
    const found = await look()
    expect(await rowOf(lost)).toMatchObject({ state: 'queued', reference: null })
    await work()
    expect([has.get(lost.id), await stateOf(lost), await stateOf(kept)]).toEqual([first, 'accepted', 'accepted'])
    const after = await look()
    has.delete(lost.id)
    const again = await look()
    expect([found, after, again]).toMatchObject([
      { same: 1, missing: 1, resent: 1 },
      { same: 2 },
      { same: 1, missing: 1 },
    ])
    expect([after['missing'], again['resent'], await stateOf(lost)]).toEqual([undefined, undefined, 'accepted'])
  })

  it('a partner that is not registered gets nothing, and all of it when it is again', async () => {
    const document = await sealed()
    await publish()
    await database.admin`update roaming_partners set state = 'ended'`
    await work()
    expect([await stateOf(document), posted]).toEqual(['queued', []])
    const { roamingPartners } = postgresStore(database.app, database.ingest)
    await roamingPartners.change(
      { tenant: 'default', partner: 'emp' },
      (partner) => ({ partner: { ...partner, state: 'registered' } }),
      { at: clock.now() },
    )
    await work()
    expect([await stateOf(document), posted.length]).toEqual(['accepted', 1])
  })

  it('a partner of another version now gets it in that; what was published stays as it was', async () => {
    const document = await sealed()
    await publish()
    take = () => ({ type: 'failed', reason: 'it answered 503', status: 503 })
    await work()
    await database.admin`update roaming_partners set version = '2.3.0'`
    take = () => done()
    await clock.pass(60_000)
    await work()
    const cost = (JSON.parse(posted[0]?.text ?? '{}') as { total_cost: object }).total_cost
    expect([await stateOf(document), Object.keys(cost).toSorted()]).toEqual(['accepted', ['before_taxes', 'taxes']])
    const [before] = await database.admin`select revision, body from roaming_objects where source = ${document.id}`
    await database.admin`update sites set name = 'Renamed'`
    await database.admin`delete from tokens where uid = 'Card1'`
    await asTenant(database.app, 'default', async (tx) => markDirty(tx, 'default', 'cdrs', [document.id], clock.now()))
    await publish()
    expect(await database.admin`select revision, body from roaming_objects where source = ${document.id}`).toEqual([
      before,
    ])
    await database.admin`insert into tokens (tenant, issuer, type, uid, status, contract) values ('default', 'DE*EMP', 'RFID', 'Card1', 'Accepted', 'DE-EMP-C12345678-X')`
  })

  it('a credit goes behind its account, with the total negated; and both once', async () => {
    const account = await sealed()
    await publish()
    take = () => ({ type: 'failed', reason: 'it answered 503', status: 503 })
    await work()
    const credit = await sealed({ creditOf: account.number })
    await publish()
    await work()
    expect([await stateOf(account), await stateOf(credit), asked.length]).toEqual(['queued', 'queued', 1])
    take = () => done()
    await clock.pass(60_000)
    await work()
    expect(posted.map(({ id }) => id)).toEqual([account.id, credit.id])
    const said = JSON.parse(posted[1]?.text ?? '{}') as Readonly<Record<string, unknown>>
    expect(said).toMatchObject({ credit: true, credit_reference_id: account.id, total_cost: { excl_vat: -6.05 } })
  })

  it('quirk creditCdrs: a credit is held with its reason, and a person may say that it was settled otherwise', async () => {
    await database.admin`update roaming_partners set quirks = '{"creditCdrs": false}'`
    const account = await sealed()
    const credit = await sealed({ creditOf: account.number })
    await publish()
    await work()
    expect(posted.map(({ id }) => id)).toEqual([account.id])
    expect(await rowOf(credit)).toMatchObject({ state: 'refused', reason: expect.stringContaining('no credit CDRs') })
    const desk = booksDesk({} as never)
    const { roamingDeliveries } = postgresStore(database.app, database.ingest)
    const at = clock.now()
    const changed = await roamingDeliveries.change(
      { tenant: 'default', target: 'emp', document: credit.id },
      (delivery) => desk.wished(delivery, { type: 'cancel' }, { guard: 'lookup', at }),
      { action: 'roaming-delivery.resolved', by: { key: 'k', label: 'a test' }, at },
    )
    expect(changed).toMatchObject({ state: 'cancelled' })
  })

  it('what cannot be said in OCPI waits for a person with its reason; looked at again, it goes', async () => {
    await database.admin`update evses set evse_id = null, evse_key = null`
    const document = await sealed()
    await publish()
    await work()
    expect(await rowOf(document)).toMatchObject({ state: 'refused', reason: expect.stringContaining('has no EVSEID') })
    await database.admin`update evses set evse_id = 'DE*ABC*E1', evse_key = 'DEABCE1'`
    const { roamingDeliveries } = postgresStore(database.app, database.ingest)
    const desk = booksDesk({} as never)
    const at = clock.now()
    await roamingDeliveries.change(
      { tenant: 'default', target: 'emp', document: document.id },
      (delivery) => desk.wished(delivery, { type: 'retry' }, { guard: 'lookup', at }),
      { action: 'roaming-delivery.retried', by: { key: 'k', label: 'a test' }, at },
    )
    await work()
    await publish()
    await work()
    expect([await stateOf(document), posted.map(({ id }) => id)]).toEqual(['accepted', [document.id]])
  })

  it('to a hub that speaks OICP nothing goes over OCPI; what cannot be said is in its own list, with the reason', async () => {
    const { admin } = database
    await admin`update roaming_partners set protocol = 'oicp', oicp = '{}'`
    await admin`update evses set evse_id = null, evse_key = null`
    const unsaid = await sealed()
    await publish()
    await admin`update evses set evse_id = 'DE*ABC*E1', evse_key = 'DEABCE1'`
    const said = await sealed()
    await publish()
    const jobs = await admin`select from outbox where kind = 'roaming-cdrs'`
    const kept = await admin`select id, state, reason from oicp_cdrs`
    await admin`update roaming_partners set protocol = 'ocpi', oicp = null`
    expect([await rowOf(unsaid), await rowOf(said), jobs.length, kept]).toMatchObject([
      undefined,
      undefined,
      0,
      [{ id: unsaid.id, state: 'kept', reason: expect.stringContaining('has no EVSEID') }],
    ])
  })

  describe('whose session it is', () => {
    const session = {
      id: '0193ffff-0000-7000-8000-000000000001',
      identity: 'CP-1',
      startedAt: noon,
      endedAt: noon + 60_000,
    }
    const whose = async (more: object) =>
      (await asTenant(database.app, 'default', (tx) => driversOf(tx, 'default', [{ ...session, ...more }]))).get(
        session.id,
      )
    const code = { country: 'DE', party: 'EMP' }

    it('says the issuer of its token, whatever the case', async () => {
      expect(await whose({ token: 'cARD1' })).toEqual({
        partner: 'emp',
        driver: { code, uid: 'Card1', type: 'RFID', contract: 'DE-EMP-C12345678-X' },
        authMethod: 'WHITELIST',
      })
    })

    it('says the EMP of its contract, or the party that its EVCO ID names', async () => {
      await database.admin`insert into contracts (tenant, id, emp, valid_from, state, created_at, changed_at) values ('default', 'c1', 'theirs', ${new Date(0)}, 'active', now(), now())`
      const ofContract = await whose({ token: 'UNKNOWN', authorization: { contract: 'c1' } })
      const ofEvco = await whose({ token: 'DE-EMP-C99999999' })
      expect([ofContract?.driver.contract, ofEvco?.driver]).toEqual([
        'c1',
        { code, uid: 'DE-EMP-C99999999', type: 'EVCO', contract: 'DE-EMP-C99999999' },
      ])
      expect([await whose({ token: 'OURS' }), await whose({ token: 'FR-XYZ-C99999999' }), await whose({})]).toEqual([
        undefined,
        undefined,
        undefined,
      ])
    })

    it('says the EMP whose order began it; of what it said later the last reference stays', async () => {
      const command = '0193ffff-0000-7000-8000-00000000000c'
      const said = (method: string, reference: string | null, at: number, of: string | null) =>
        database.admin`insert into roaming_authorizations (tenant, partner, method, authorization_reference, at, command, country_code, party_id, uid, type)
          values ('default', 'emp', ${method}, ${reference}, ${new Date(at)}, ${of}, 'DE', 'EMP', 'App-1', 'APP')`
      await said('COMMAND', 'first', noon - 60_000, command)
      const begun = await whose({ token: 'app-1', command })
      await said('AUTH_REQUEST', 'last', noon + 30_000, null)
      await said('AUTH_REQUEST', null, noon + 40_000, null)
      await said('AUTH_REQUEST', 'much later', noon + 86_400_000, null)
      const later = await whose({ token: 'app-1', command })
      expect([begun?.driver.uid, begun?.authMethod, begun?.authorizationReference]).toEqual([
        'App-1',
        'COMMAND',
        'first',
      ])
      expect([later?.authMethod, later?.authorizationReference]).toEqual(['AUTH_REQUEST', 'last'])
    })
  })
})
