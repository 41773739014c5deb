import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connect, Refused, type Wire } from '../../../bench/wire.ts'
import { startServer, type TestServer, until } from '../../support/server.ts'

const password = 'a-password-of-the-station'

/** A station without any manners, to say what no library would. */
const rude = async (test: TestServer, identity: string) => {
  const heard: unknown[][] = []
  let closed: number | undefined
  const wire: Wire = await connect({
    url: `${test.url.replace('http', 'ws')}ocpp`,
    identity,
    password,
    protocol: 'ocpp1.6',
    opened: () => {},
    heard: (text) => heard.push(JSON.parse(text) as unknown[]),
    closed: (code) => (closed = code),
  })
  let serial = 0
  return {
    wire,
    isClosed: () => closed,
    async ask(action: string, payload: object): Promise<unknown[]> {
      const id = `r${++serial}`
      wire.send(JSON.stringify([2, id, action, payload]))
      return until(`the answer to ${action}`, async () => heard.find((frame) => frame[1] === id))
    },
  }
}

const status = (connectorId: number, of = 'Available') => ({ connectorId, errorCode: 'NoError', status: of })

describe('a server with stations on it', () => {
  let test: TestServer
  beforeAll(async () => {
    test = await startServer()
  })
  afterAll(() => test.stop())
  const register = (identity: string, body: object = { password }) =>
    test.api('PUT', `/api/v1/charge-points/${identity}`, body)
  const statusOf = async (identity: string): Promise<unknown> => {
    const view: { evses: { connectors: { status: string }[] }[] } = (
      await test.api('GET', `/api/v1/charge-points/${identity}`)
    ).body
    return view.evses[0]?.connectors[0]?.status
  }

  it('INV-64 BI-27 BI-43: a number that no store holds is refused, and the status of others is stored all the same', async () => {
    await register('ODD')
    await register('EVEN')
    const [odd, even] = [await rude(test, 'ODD'), await rude(test, 'EVEN')]
    const answer = await odd.ask('StatusNotification', status(3_000_000_000))
    expect([answer[0], answer[2]]).toEqual([4, 'PropertyConstraintViolation'])
    await even.ask('StatusNotification', status(1))
    await until('the status of the other', async () => (await statusOf('EVEN')) === 'available')
  })

  it('BI-14 D-20: a station that is blocked hears of it at once, by PUT or by import, and does not come back', async () => {
    await register('BLOCKED-1')
    await register('BLOCKED-2')
    const [one, two] = [await rude(test, 'BLOCKED-1'), await rude(test, 'BLOCKED-2')]
    await register('BLOCKED-1', { blocked: true })
    await test.api('POST', '/api/v1/imports/charge-points?dryRun=false', '{"identity":"BLOCKED-2","blocked":true}', {
      'content-type': 'application/x-ndjson',
    })
    await until('both to be cut off', async () => one.isClosed() !== undefined && two.isClosed() !== undefined)
    for (const identity of ['BLOCKED-1', 'BLOCKED-2'])
      await expect(rude(test, identity)).rejects.toMatchObject({ name: Refused.name, status: 403 })
  })

  it('a station that was pending is accepted on the socket it has', async () => {
    await register('PENDING', { password, registration: 'pending' })
    const station = await rude(test, 'PENDING')
    const boot = async () =>
      ((await station.ask('BootNotification', { chargePointVendor: 'v', chargePointModel: 'm' }))[2] as never)['status']
    expect(await boot()).toBe('Pending')
    await register('PENDING', { registration: 'accepted' })
    await until('to be accepted', async () => (await boot()) === 'Accepted')
  })

  it('INV-05: what was refused of billing is kept and listed, with its reason', async () => {
    await register('UNTIDY')
    const station = await rude(test, 'UNTIDY')
    const answer = await station.ask('StartTransaction', { connectorId: 1, idTag: 'CARD-1', meterStart: 'x' })
    expect(answer[0]).toBe(4)
    const page: { items: { reason: string; frame: unknown }[] } = (
      await test.api('GET', '/api/v1/quarantine?chargePoint=UNTIDY')
    ).body
    expect(page.items).toMatchObject([{ chargePoint: 'UNTIDY', action: 'StartTransaction' }])
    expect(JSON.stringify(page.items)).not.toContain('CARD-1')
  })

  it('a platform key sees the keys of the platform, its own among them, and can revoke them', async () => {
    const list = async (): Promise<{ id: string; label: string; revokedAt: string | null }[]> => {
      const page: { items: { id: string; label: string; revokedAt: string | null }[] } = (
        await test.api('GET', '/api/v1/api-keys')
      ).body
      return page.items
    }
    const own = (await list()).find(({ label }) => label === 'SM_API_KEY')
    expect(own?.revokedAt).toBeNull()
    const made: { id: string; key: string } = (await test.api('POST', '/api/v1/api-keys', { label: 'tenant' })).body
    const asTenant = await test.api('GET', '/api/v1/api-keys', undefined, { authorization: `Bearer ${made.key}` })
    expect(JSON.stringify(asTenant.body)).not.toContain('SM_API_KEY')
    const foreign = await test.api('DELETE', `/api/v1/api-keys/${own?.id}`, undefined, {
      authorization: `Bearer ${made.key}`,
    })
    expect(foreign.status).toBe(404)
  })

  it('INV-15: a charge point that was removed and comes back is never given an id it had', async () => {
    await test.api('PUT', '/api/v1/tokens/CARD1', {})
    const ids = new Set<number>()
    for (let life = 0; life < 4; life++) {
      await register('AGAIN')
      // every worker has heard by then that the one before is gone
      await new Promise((go) => setTimeout(go, 700))
      const station = await rude(test, 'AGAIN')
      await station.ask('BootNotification', { chargePointVendor: 'v', chargePointModel: 'm' })
      const started = await station.ask('StartTransaction', {
        connectorId: 1,
        idTag: 'CARD1',
        meterStart: life,
        timestamp: '2026-11-24T12:00:00Z',
      })
      ids.add((started[2] as { transactionId: number }).transactionId)
      await test.api('DELETE', '/api/v1/charge-points/AGAIN')
    }
    expect(ids.size).toBe(4)
  })

  it('R-12: a station that reconnects five times at once does not disturb its neighbour, and health tells the truth', async () => {
    await register('FLAPPING')
    await register('WITNESS')
    const witness = await rude(test, 'WITNESS')
    for (let i = 0; i < 5; i++) {
      const flapping = await rude(test, 'FLAPPING')
      if (i < 4) flapping.wire.drop()
      else expect((await flapping.ask('Heartbeat', {}))[0]).toBe(3)
    }
    expect((await witness.ask('Heartbeat', {}))[0]).toBe(3)
    expect((await fetch(new URL('/readyz', test.url))).status).toBe(200)
    await register('NEWCOMER')
    expect((await (await rude(test, 'NEWCOMER')).ask('Heartbeat', {}))[0]).toBe(3)
  })

  it('BI-05: a NUL in the name of a tenant is nobody, and whoever connects beside it is let in', async () => {
    const names = Array.from({ length: 10 }, (_, i) => `BESIDE-${i}`)
    for (const name of names) await register(name)
    const hostile = Promise.all(
      names.map((name) =>
        fetch(new URL(`/ocpp/a%00/${name}`, test.url), {
          headers: {
            connection: 'upgrade',
            upgrade: 'websocket',
            'sec-websocket-version': '13',
            'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
            'sec-websocket-protocol': 'ocpp1.6',
          },
        }).then((response) => response.status),
      ),
    )
    const stations = await Promise.all(names.map((name) => rude(test, name)))
    expect(stations.length).toBe(10)
    expect(new Set(await hostile)).toEqual(new Set([404]))
  })
})
