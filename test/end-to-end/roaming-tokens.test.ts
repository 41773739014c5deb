import type postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { administrator, startServer, type TestServer, until } from '../support/server.ts'
import { type ForeignStation, foreignStation } from '../support/station.ts'
import { berlin, type2 } from '../support/market.ts'

const password = 'a-password-of-the-station'
const partners = '/api/v1/roaming-partners'

/** A CPO and an EMP: two tenants of one server that roam with each other over its own port. */
describe('a driver of an EMP at a station of a CPO', () => {
  let test: TestServer
  let admin: postgres.Sql
  let station: ForeignStation

  const as = (tenant: string, method: string, path: string, body?: unknown) =>
    test.api(method, path, body, { 'sm-tenant': tenant })
  const made = async (tenant: string, method: string, path: string, body?: unknown): Promise<never> => {
    const answer = await as(tenant, method, path, body)
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
    return answer.body
  }
  beforeAll(async () => {
    test = await startServer({}, { roamingHosts: ['127.0.0.1'] })
    await test.addTenant('emp')
    admin = administrator(test.server.target, test.data)
    await made('default', 'PUT', '/api/v1/parties/cpo', { role: 'cpo', name: 'CPO', code: 'DE*CPO' })
    await made('emp', 'PUT', '/api/v1/parties/emp', { role: 'emp', name: 'EMP', code: 'DE*EMP', isOurs: true })
    await made('emp', 'PUT', '/api/v1/contracts/c1', {
      emp: 'DE*EMP',
      evcoId: 'DE-EMP-C12345678',
      validFrom: '2026-01-01T00:00:00Z',
    })
    await made('emp', 'PUT', '/api/v1/contracts/c1/tokens/04AABB', { type: 'RFID' })
    await made('default', 'PUT', '/api/v1/charge-points/CP-1', { password })
    await made('default', 'PUT', '/api/v1/sites/S1', berlin)
    await made('default', 'PUT', '/api/v1/charging-stations/ST1', { site: 'S1' })
    await made('default', 'PUT', '/api/v1/evses/E1', {
      station: 'ST1',
      connectors: [type2],
      plug: { chargePoint: 'CP-1', evse: 1 },
    })
    await made('emp', 'PUT', `${partners}/cpo`, { quirks: { lacks: ['locations'] } })
    const given: { readonly token: string; readonly url: string } = await made(
      'emp',
      'POST',
      `${partners}/cpo/invitation`,
    )
    await made('default', 'POST', partners, { id: 'emp', ...given, authorization: { asksUnknown: true } })
    station = await foreignStation(test.url, 'CP-1', password)
    await station.call('BootNotification', { chargePointVendor: 'V', chargePointModel: 'M' })
  })
  afterAll(async () => {
    await station?.close()
    await admin?.end({ timeout: 1 })
    await test?.stop()
  })

  const authorize = async (idTag: string) => (await station.call('Authorize', { idTag }))['idTagInfo']

  it('presents a card that nobody has told of: its EMP is asked, and its session begins with the reference', async () => {
    const before = await authorize('04CCDD')
    const answer = await authorize('04aabb')
    const timestamp = new Date().toISOString()
    const start = await station.call('StartTransaction', { connectorId: 1, idTag: '04aabb', meterStart: 0, timestamp })
    const rows = await until('a note of the yes', async () => {
      const found = await admin<{ reference: string; partner: string; identity: string; contract: string }[]>`
        select authorization_reference as reference, partner, identity, contract from roaming_authorizations where tenant = 'default'`
      return found.length > 0 ? found : undefined
    })
    const grants = await admin<{ reference: string; location_id: string; evse_uids: readonly string[] }[]>`
      select reference, location_id, evse_uids from roaming_grants where tenant = 'emp'`
    const [session] = (
      (await made('default', 'GET', '/api/v1/sessions?token=04aabb')) as {
        readonly items: readonly { readonly contract: string; readonly state: string }[]
      }
    ).items
    expect({ before, answer, start: start['idTagInfo'], rows, grants, session }).toMatchObject({
      before: { status: 'Invalid' },
      answer: { status: 'Accepted' },
      start: { status: 'Accepted' },
      rows: [{ reference: grants[0]?.reference, partner: 'emp', identity: 'CP-1', contract: 'DE-EMP-C12345678-X' }],
      grants: [{ location_id: 'S1', evse_uids: ['E1'] }],
      session: { state: 'open', contract: 'DE-EMP-C12345678-X' },
    })
    // asked once for the card, and not again for its session
    expect(grants).toHaveLength(1)
  })

  it('is known from then on, by what its EMP has said of it', async () => {
    const rows = await admin`select issuer, uid, type, whitelist, partner from tokens where tenant = 'default'`
    expect(rows).toEqual([{ issuer: 'DE*EMP', uid: '04AABB', type: 'RFID', whitelist: 'ALLOWED', partner: 'emp' }])
  })
})
