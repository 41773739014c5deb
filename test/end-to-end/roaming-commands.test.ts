import type postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { berlin, type2 } from '../support/market.ts'
import { administrator, startServer, type TestServer, until } from '../support/server.ts'
import { type ForeignStation, foreignStation } from '../support/station.ts'

const password = 'a-password-of-the-station'

interface Shown {
  readonly id: string
  readonly state: string
  readonly response: string | null
  readonly result: string | null
  readonly reason: string | null
}

describe('an EMP has the station of a CPO do something: two tenants of one server, over its own port', () => {
  let test: TestServer
  let admin: postgres.Sql
  let station: ForeignStation

  const as = (tenant: string, method: string, path: string, body?: unknown) =>
    test.api(method, `/api/v1/${path}`, body, { 'sm-tenant': tenant })
  const made = async (path: string, body: unknown, tenant = 'default'): Promise<void> => {
    const { status, body: said } = await as(tenant, 'PUT', path, body)
    if (status >= 300) throw new Error(`${path}: ${status} ${JSON.stringify(said)}`)
  }
  beforeAll(async () => {
    test = await startServer({}, { roamingHosts: ['127.0.0.1'] })
    await test.addTenant('other')
    admin = administrator(test.server.target, test.data)
    await made('parties/us', { role: 'cpo', name: 'CPO', code: 'DE*ABC' })
    await made('parties/them', { role: 'emp', name: 'EMP', code: 'DE*EMP', isOurs: true }, 'other')
    await made('charge-points/FOREIGN-1', { password })
    await made('sites/north', { ...berlin, published: true })
    await made('sites/north/roles/operator', { party: 'us' })
    await made('charging-stations/one', { site: 'north' })
    const plug = { chargePoint: 'FOREIGN-1', evse: 1 }
    await made('evses/one', { station: 'one', evseId: 'DE*ABC*E1', connectors: [type2], plug })
    await made('tokens/04EMPCARD', { status: 'Accepted', type: 'RFID', contract: 'DE-EMP-C12345678-X' }, 'other')
    await made('roaming-partners/emp', {})
    const { body: invitation } = await as('default', 'POST', 'roaming-partners/emp/invitation')
    const { body } = await as('other', 'POST', 'roaming-partners', { id: 'cpo', ...(invitation as object) })
    if ((body as { state: string }).state !== 'registered') throw new Error(JSON.stringify(body))
    station = await foreignStation(test.url, 'FOREIGN-1', password)
    await station.call('BootNotification', { chargePointVendor: 'Foreign', chargePointModel: 'Client' })
    await station.call('StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Available' })
    // what the CPO publishes, and tells the EMP of
    await until('the EMP knows a free EVSE', async () => {
      const { body: known } = await as('other', 'GET', 'roaming/locations/DE/ABC/north')
      return JSON.stringify(known).includes('"AVAILABLE"')
    })
  }, 60_000)
  afterAll(async () => {
    await station?.close()
    await admin?.end({ timeout: 1 })
    await test?.stop()
  })

  const ask = async (body: object): Promise<Shown> => {
    const { status, body: said } = await as('other', 'POST', 'roaming-partners/cpo/commands?wait=20', body)
    if (status !== 201) throw new Error(`${status} ${JSON.stringify(said)}`)
    return said
  }
  const outcome = ({ state, response, result }: Shown) => [state, response, result]
  const sessions = async () =>
    (
      (await as('default', 'GET', 'sessions?limit=1')).body as {
        items: { id: string; token: string; state: string }[]
      }
    ).items

  it('and starts a session of its driver with a token that the CPO has never heard of, and stops it', async () => {
    let [idTag, transaction] = ['', 0]
    station.on('RemoteStartTransaction', (request) => {
      idTag = String(request['idTag'])
      return { status: 'Accepted' }
    })
    const started = await ask({ type: 'START_SESSION', location: 'north', token: '04EMPCARD', reference: 'REF-1' })
    expect(outcome(started)).toEqual(['done', 'ACCEPTED', 'ACCEPTED'])
    // a station that asks first is told the same, of what stands for the card and of the card itself
    const asked = [idTag, '04empcard'].map((shown) => station.call('Authorize', { idTag: shown }))
    expect(await Promise.all(asked)).toMatchObject([
      { idTagInfo: { status: 'Accepted' } },
      { idTagInfo: { status: 'Accepted' } },
    ])
    const kept = await admin`select issuer, uid, partner, whitelist from tokens where tenant = 'default'`
    expect([...kept]).toEqual([{ issuer: 'DE*EMP', uid: '04EMPCARD', partner: 'emp', whitelist: 'ALLOWED' }])
    const begun = await station.call('StartTransaction', {
      connectorId: 1,
      idTag,
      meterStart: 1_000,
      timestamp: new Date().toISOString(),
    })
    transaction = begun['transactionId'] as number
    expect(begun['idTagInfo']).toMatchObject({ status: 'Accepted' })
    const [session] = await sessions()
    expect(session).toMatchObject({ token: '04EMPCARD', state: 'open' })
    station.on('RemoteStopTransaction', ({ transactionId }) => ({
      status: transactionId === transaction ? 'Accepted' : 'Rejected',
    }))
    const stopped = await ask({ type: 'STOP_SESSION', session: session?.id })
    expect(outcome(stopped)).toEqual(['done', 'ACCEPTED', 'ACCEPTED'])
    await station.call('StopTransaction', {
      transactionId: transaction,
      meterStop: 2_000,
      timestamp: new Date().toISOString(),
      reason: 'Remote',
    })
    expect((await ask({ type: 'STOP_SESSION', session: session?.id })).response).toBe('REJECTED')
    const [word] = await admin<{ method: string; reference: string }[]>`
      select a.method, a.authorization_reference as reference from roaming_authorizations a join sessions s on s.command = a.command
      where s.id = ${session?.id ?? ''}`
    expect(word).toEqual({ method: 'COMMAND', reference: 'REF-1' })
  })

  it('and reserves under a name of its own; what the CPO cancels later it hears of', async () => {
    let reservation = 0
    station.on('ReserveNow', ({ reservationId }) => {
      reservation = Number(reservationId)
      return { status: 'Accepted' }
    })
    station.on('CancelReservation', () => ({ status: 'Accepted' }))
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString()
    const body = {
      type: 'RESERVE_NOW',
      location: 'north',
      evse: 'one',
      token: '04EMPCARD',
      reservation: 'MINE',
      expiresAt,
    }
    const reserved = await ask(body)
    expect([outcome(reserved), reservation > 0]).toEqual([['done', 'ACCEPTED', 'ACCEPTED'], true])
    const order = { type: 'cancelReservation', reservation }
    await as('default', 'POST', 'charge-points/FOREIGN-1/commands?wait=10', order)
    const withdrawn = await until('the word of the CPO', async () => {
      const { body: now } = await as('other', 'GET', `roaming-partners/cpo/commands/${reserved.id}`)
      return (now as Shown).state === 'withdrawn' && (now as Shown)
    })
    expect(withdrawn.result).toBe('CANCELED_RESERVATION')
  })

  it('and is told what a station says that does not unlock, and that there is no answer from one that is offline', async () => {
    station.on('UnlockConnector', () => ({ status: 'UnlockFailed' }))
    const unlock = { type: 'UNLOCK_CONNECTOR', location: 'north', evse: 'one', connector: '1' }
    expect(outcome(await ask(unlock))).toEqual(['done', 'ACCEPTED', 'FAILED'])
    await station.close()
    await until('the station is away', async () => {
      const { body } = await as('default', 'GET', 'charge-points/FOREIGN-1')
      return (body as { online: boolean }).online === false
    })
    expect(outcome(await ask(unlock))).toEqual(['done', 'ACCEPTED', 'TIMEOUT'])
    const { items } = (await as('other', 'GET', 'roaming-partners/cpo/commands')).body as { items: Shown[] }
    expect(items.map(({ result }) => result)).toEqual([
      'TIMEOUT',
      'FAILED',
      'CANCELED_RESERVATION',
      null,
      'ACCEPTED',
      'ACCEPTED',
    ])
  })

  it('and is told which of its words make no sense', async () => {
    const wrong = async (body: object): Promise<unknown> => {
      const { status, body: said } = await as('other', 'POST', 'roaming-partners/cpo/commands', body)
      return [status, (said as { pointer?: string }).pointer]
    }
    const body = { type: 'START_SESSION', location: 'north', token: '04EMPCARD' }
    expect([
      await wrong({ ...body, location: 'south' }),
      await wrong({ ...body, token: 'NOBODYS' }),
      await wrong({ ...body, from: 'DE*XYZ' }),
      await wrong({ ...body, to: 'DE*XYZ' }),
      await wrong({ ...body, type: 'DANCE' }),
    ]).toEqual([
      [422, '/location'],
      [422, '/token'],
      [422, '/from'],
      [422, '/to'],
      [422, '/type'],
    ])
  })
})
