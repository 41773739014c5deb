import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { postgresStore } from '../../../adapters/postgres/store/index.ts'
import type { Command, Order } from '../../../core/domain/command.ts'
import type { Commander } from '../../../core/ports/commander.ts'
import type { Session } from '../../../core/roaming/model.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import { cdr, type Cpo, location, startCpo } from '../../support/oicp.ts'
import { outlet, site } from '../../support/roaming.ts'
import { startStrictHubject, type StrictHub } from '../../support/strict-hubject.ts'

const evco = 'NL-TNM-C00122045-K'

let database: TestDatabase
let hub: StrictHub
let cpo: Cpo
let given: { readonly identity: string; readonly order: Order }[]
/** Whoever gives an order dies before it is one. */
let dies = false
/** What the station says of an order. */
let says: Pick<Command, 'state'> & Partial<Command>

const commander = (): Pick<Commander, 'order' | 'wait'> => ({
  async order(ref, order, deadlineMs, { id = randomUUID() } = {}) {
    if (dies) throw new Error('killed')
    given.push({ identity: ref.identity, order })
    const at = Date.now()
    const command = {
      ...ref,
      id,
      order,
      state: 'queued' as const,
      waits: false,
      createdAt: at,
      deadline: at + deadlineMs,
      history: [],
    }
    return cpo.all.commands.create(command)
  },
  wait: async (command) => ({ ...command, ...says }),
})

beforeAll(async () => {
  database = await freshDatabase()
  hub = await startStrictHubject()
  await database.register(1)
  await placed()
})
afterAll(async () => {
  await hub.close()
  await database.close()
})

beforeEach(async () => {
  await database.admin`truncate roaming_objects, roaming_partners cascade`
  await database.admin`delete from commands`
  given = []
  says = { state: 'answered' }
  hub.forget()
  cpo = await startCpo(database, hub, { commander: commander() })
  await cpo.publish('locations', location([{ n: 1 }]))
  await cpo.settle()
})
afterEach(() => cpo[Symbol.asyncDispose]())

/** EVSE DE*ABC*E1 is plug 1 of CP-0. */
const placed = async (): Promise<void> => {
  const { sites, chargingStations, evses } = postgresStore(database.app, database.ingest)
  const act = { by: { key: 'test', label: 'test' }, at: Date.now() }
  await sites.put(site, act)
  await chargingStations.put({ tenant: 'default', id: 'A1', site: site.id }, act)
  const plug = { chargePoint: 'CP-0', evse: 1 }
  await evses.put(
    { tenant: 'default', uid: 'evse-1', station: 'A1', evseId: 'DE*ABC*E1', state: 'active', plug, outlets: [outlet] },
    act,
  )
}

const asked = async (
  operation: string,
  body: object,
  headers: Record<string, string> = { authorization: 'Bearer a shared secret' },
  { provider = 'DE-DCB', fingerprint }: { provider?: string; fingerprint?: string } = {},
) => {
  const service = operation.startsWith('reservation') ? 'reservation/v11' : 'charging/v21'
  const url = `https://cpo.test/oicp/default/hubject/api/oicp/${service}/providers/${provider}/${operation}`
  const answer = await cpo.oicp.serve(new Request(url, { method: 'POST', headers, body: JSON.stringify(body) }), {
    ...(fingerprint !== undefined && { fingerprint }),
  })
  const said = (await answer.json()) as { Result: boolean; StatusCode: { Code: string; AdditionalInfo?: string } }
  return {
    status: answer.status,
    code: said.StatusCode.Code,
    result: said.Result,
    info: said.StatusCode.AdditionalInfo,
  }
}

const wish = (session: string, more: object = {}) => ({
  SessionID: session,
  ProviderID: 'DE-DCB',
  EvseID: 'DE*ABC*E1',
  Identification: { RemoteIdentification: { EvcoID: evco } },
  ...more,
})

describe('a remote start of a hub', () => {
  it('is an order, its driver has a token, and its CDR carries the hub’s SessionID', async () => {
    const session = randomUUID()
    hub.sessions.set(session, evco)
    const answer = await asked('authorize-remote/start', wish(session, { EMPPartnerSessionID: 'emp-1' }))
    const ours = randomUUID()
    const [grant] = await database.admin`select a.partner, a.method, a.authorization_reference as reference, a.identity,
        a.country_code || a.party_id as emp, a.uid, a.type, a.contract
      from roaming_authorizations a join commands c on c.id = a.command`
    await cpo.publish('cdrs', cdr('C1', { session_id: ours, authorization_reference: String(grant?.['reference']) }))
    await cpo.settle()
    expect(grant).toEqual({
      partner: 'hubject',
      method: 'COMMAND',
      reference: session,
      identity: 'CP-0',
      emp: 'DEDCB',
      uid: evco,
      type: 'APP',
      contract: evco,
    })
    expect([answer.code, given, hub.refusals, hub.cdrs.get(session)]).toEqual([
      '000',
      [{ identity: 'CP-0', order: { type: 'startCharging', evse: 1, token: evco, tokenType: 'APP' } }],
      [],
      expect.objectContaining({
        SessionID: session,
        CPOPartnerSessionID: ours,
        EMPPartnerSessionID: 'emp-1',
        Identification: { RemoteIdentification: { EvcoID: evco } },
      }),
    ])
  })

  it('that is said twice is ordered once', async () => {
    const session = randomUUID()
    const first = await asked('authorize-remote/start', wish(session))
    await database.admin`update commands set state = 'answered'`
    const second = await asked('authorize-remote/start', wish(session))
    expect([first.code, second.code, given.length]).toEqual(['000', '000', 1])
  })

  it.each([
    [{ state: 'done', outcome: 'rejected' } as const, '602'],
    [{ state: 'done', outcome: 'notDelivered' } as const, '501'],
    [{ state: 'done', outcome: 'unsupported' } as const, '320'],
    [{ state: 'done', outcome: 'timeoutUnknown' } as const, '501'],
  ])('%o is %s', async (said, code) => {
    says = said
    expect(await asked('authorize-remote/start', wish(randomUUID()))).toMatchObject({
      status: 200,
      code,
      result: false,
    })
  })

  it('603: at an EVSE that the hub has not of us nothing is ordered', async () => {
    expect([(await asked('authorize-remote/start', wish(randomUUID(), { EvseID: 'DE*ABC*E9' }))).code, given]).toEqual([
      '603',
      [],
    ])
  })

  it('022: what is missing is named; and a ProviderID that is not that of the address', async () => {
    const { Identification: _, ...rest } = wish(randomUUID())
    const missing = await asked('authorize-remote/start', rest)
    const foreign = await asked('authorize-remote/start', wish(randomUUID(), { ProviderID: 'DE-XYZ' }))
    expect([missing.code, missing.info, foreign.code, given]).toEqual(['022', '/Identification is missing', '022', []])
  })

  it('017: of nobody whom we do not know', async () => {
    const session = randomUUID()
    const wrong = await asked('authorize-remote/start', wish(session), { authorization: 'Bearer another secret' })
    const none = await asked('authorize-remote/start', wish(session), {})
    const stranger = await asked('authorize-remote/start', wish(session), {}, { fingerprint: 'cd'.repeat(32) })
    expect([wrong.status, wrong.code, none.status, stranger.status, given]).toEqual([401, '017', 401, 401, []])
  })

  it('needs no secret of a hub that has shown its certificate', async () => {
    const shown = await asked('authorize-remote/start', wish(randomUUID()), {}, { fingerprint: 'ab'.repeat(32) })
    expect([shown.status, shown.code]).toEqual([200, '000'])
  })

  it('whose process died before it was ordered is not ordered by whoever hears it again', async () => {
    const session = randomUUID()
    dies = true
    const first = await asked('authorize-remote/start', wish(session))
    dies = false
    const second = await asked('authorize-remote/start', wish(session))
    expect([first.code, second.code, given]).toEqual(['021', '021', []])
  })

  it('is stopped by its SessionID, once its session has begun', async () => {
    const session = randomUUID()
    await asked('authorize-remote/start', wish(session))
    const early = await asked('authorize-remote/stop', wish(session))
    const ours = randomUUID()
    await database.admin`insert into sessions (id, tenant, identity, day, start_key, evse, connector, state, token, started_at, version)
      values (${ours}, 'default', 'CP-0', current_date, ${ours}, 1, 1, 'open', ${evco}, now(), 1)`
    await database.admin`update commands set session = ${ours}`
    const stopped = await asked('authorize-remote/stop', wish(session))
    expect([early.code, stopped.code, given.at(-1)?.order]).toEqual([
      '400',
      '000',
      { type: 'stopCharging', session: ours },
    ])
  })

  it('400: a stop of a session that nobody knows', async () => {
    expect((await asked('authorize-remote/stop', wish(randomUUID()))).code).toBe('400')
  })
})

describe('a reservation of a hub', () => {
  it('is kept for as long as it is wanted, and cancelled by its SessionID', async () => {
    const session = randomUUID()
    const kept = await asked('reservation-start-request', wish(session, { Duration: 20 }))
    const cancelled = await asked('reservation-stop-request', wish(session))
    const [reserve, cancel] = given.map(({ order }) => order)
    const [{ number }] = (await database.admin`select number from commands where type = 'reserve'`) as unknown as [
      { number: number },
    ]
    expect([kept.code, cancelled.code, reserve?.type, cancel]).toEqual([
      '000',
      '000',
      'reserve',
      { type: 'cancelReservation', reservation: Number(number) },
    ])
  })

  it('becomes a session by a start of the same SessionID', async () => {
    const session = randomUUID()
    await asked('reservation-start-request', wish(session))
    const start = await asked('authorize-remote/start', wish(session))
    await database.admin`update commands set state = 'answered'`
    const again = await asked('authorize-remote/start', wish(session))
    expect([start.code, again.code, given.map(({ order }) => order.type)]).toEqual([
      '000',
      '000',
      ['reserve', 'startCharging'],
    ])
  })
})

describe('a card that nobody here knows', () => {
  const ask = async (uid: string) => {
    const partner = await cpo.all.roamingPartners.find(cpo.ref)
    if (partner === undefined) throw new Error('no hub')
    return cpo.oicp.ask(partner, {
      uid,
      type: 'RFID',
      place: { location_id: 'north', evse_uids: ['evse-1'] },
      withinMs: 2_500,
    })
  }

  it('is one of an EMP behind the hub: its session is told of, and its CDR arrives', async () => {
    hub.drivers.set('04A1B2C3', 'NL-EMP')
    const answer = await ask('04a1b2c3')
    if (answer.type !== 'said') throw new Error(answer.type)
    const reference = answer.info.authorization_reference ?? ''
    const session = {
      country_code: 'DE',
      party_id: 'ABC',
      id: 's1',
      start_date_time: '2026-11-20T10:00:00Z',
      kwh: '1.0000',
      cdr_token: cdr('C1').cdr_token,
      auth_method: 'AUTH_REQUEST',
      authorization_reference: reference,
      location_id: 'north',
      evse_uid: 'evse-1',
      connector_id: '1',
      currency: 'EUR',
      status: 'ACTIVE',
      last_updated: '2026-11-20T10:00:00Z',
    } satisfies Session
    await cpo.publish('sessions', session)
    await cpo.settle()
    await cpo.publish('sessions', { ...session, status: 'COMPLETED', end_date_time: '2026-11-20T11:00:00Z' })
    await cpo.publish('cdrs', cdr('C1', { authorization_reference: reference, session_id: 's1' }))
    await cpo.settle()
    const partner = await cpo.all.roamingPartners.find(cpo.ref)
    expect([
      answer.info.allowed,
      answer.info.token.issuer,
      partner?.roles.map(({ role, code }) => `${role} ${code.country}${code.party}`),
      hub.notifications.map(({ Type }) => Type),
      [...hub.cdrs.keys()],
      hub.refusals,
    ]).toEqual(['ALLOWED', 'NL-EMP', ['EMSP NLEMP'], ['Start', 'End'], [reference], []])
  })

  it('is nobody’s there either', async () => {
    expect([(await ask('04A1B2C4')).type, (await ask('no UID at all')).type]).toEqual(['unknown', 'unknown'])
  })

  it('is not known of where the hub does not answer', async () => {
    hub.meets('authorizeStart', 'broken')
    expect((await ask('04A1B2C3')).type).toBe('silent')
  })
})
