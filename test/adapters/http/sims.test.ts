import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { apiOf, startServer, type TestServer, until } from '../../support/server.ts'
import { simulatedIccid as iccid } from '../../support/sims.ts'
import { foreignStation } from '../../support/station.ts'

interface Diagnosis {
  readonly cause: string
  readonly certainty: string
  readonly sim: string | null
  readonly evidence: readonly { readonly fact: string; readonly from: string; readonly stale: boolean }[]
}

describe('SIM cards over the API', () => {
  let test: TestServer
  beforeAll(async () => {
    test = await startServer()
    await test.addTenant('elsewhere')
    for (const [identity, password] of [
      ['CP-1', 'a-password-of-the-station'],
      ['CP-2', 'a-password-of-the-other-1'],
    ])
      await test.api('PUT', `/api/v1/charge-points/${identity}`, { password })
  })
  afterAll(() => test?.stop())

  const put = (settings: object) =>
    test.api('PUT', '/api/v1/sim-providers/sims', {
      kind: 'simulator',
      settings: { first: iccid, count: 2, ...settings },
    })
  const diagnosis = async (identity = 'CP-1'): Promise<Diagnosis> =>
    (await test.api('GET', `/api/v1/charge-points/${identity}/diagnosis`)).body
  const command = async (type: string): Promise<{ id: string; state: string; outcome: string | null }> =>
    (await test.api('POST', `/api/v1/sims/${iccid}/commands`, { type })).body
  const done = (id: string) =>
    until('the command', async () => {
      const { body } = await test.api('GET', `/api/v1/sims/${iccid}/commands/${id}`)
      const now: { state: string; outcome: string } = body
      return now.state === 'done' && now
    })
  const boot = async (identity: string, password: string, its: string) => {
    const station = await foreignStation(test.url, identity, password)
    await station.call('BootNotification', { chargePointVendor: 'V', chargePointModel: 'M', iccid: its })
    return station
  }

  it('a charge point that has never connected is said to be so, and that its SIM is not known', async () => {
    expect(await diagnosis()).toMatchObject({ cause: 'noSim', certainty: 'sure', sim: null, evidence: [] })
  })

  it('a charge point that boots has its SIM found, and is diagnosed in each state of it', async () => {
    await put({})
    const station = await boot('CP-1', 'a-password-of-the-station', `${iccid}F`)
    await until('its SIM', async () => {
      const { status, body } = await test.api('GET', `/api/v1/sims/${iccid}`)
      const sim: { chargePoint: string; askedAt: string | null; state: string } = body
      return status === 200 && sim.askedAt !== null && sim.chargePoint === 'CP-1' && sim.state === 'active'
    })
    expect(await diagnosis()).toMatchObject({ cause: 'none', certainty: 'sure', sim: iccid })
    await station.close()
    await until('the silence', async () => (await diagnosis()).cause !== 'none')
    const seen: (readonly [string, string, string])[] = []
    for (const standing of ['online', 'attached', 'detached', 'blocked', 'suspended']) {
      await put({ standings: { [iccid]: standing } })
      expect(await done((await command('look')).id)).toMatchObject({ outcome: 'succeeded' })
      const { cause, certainty } = await diagnosis()
      seen.push([standing, cause, certainty])
    }
    expect(seen).toEqual([
      ['online', 'noOcpp', 'sure'],
      ['attached', 'noDataSession', 'sure'],
      ['detached', 'notAttached', 'sure'],
      ['blocked', 'simInactive', 'sure'],
      ['suspended', 'simInactive', 'sure'],
    ])
    expect((await diagnosis()).evidence.map(({ fact, from }) => `${fact} by ${from}`)).toEqual([
      'sim by station',
      'simState by provider',
      'attachment by provider',
      'dataSession by provider',
      'usage by provider',
      'socket by server',
      'registration by server',
    ])
  })

  it('a SIM is switched on, and a wake-up succeeds when its charge point comes', async () => {
    await put({ standings: { [iccid]: 'suspended' } })
    expect(await done((await command('activate')).id)).toMatchObject({ outcome: 'succeeded' })
    const { id, state } = await command('wakeUp')
    expect(state).toBe('queued')
    await until('its provider', async () => {
      const { body } = await test.api('GET', `/api/v1/sims/${iccid}/commands/${id}`)
      return (body as { state: string }).state === 'waiting'
    })
    const station = await boot('CP-1', 'a-password-of-the-station', iccid)
    expect(await done(id)).toMatchObject({ outcome: 'succeeded', reason: 'the charge point has connected' })
    await station.close()
  })

  it('INV-17: the same request with the same key is one command', async () => {
    const headers = { 'idempotency-key': 'once' }
    const [one, two] = [
      await test.api('POST', `/api/v1/sims/${iccid}/commands`, { type: 'look' }, headers),
      await test.api('POST', `/api/v1/sims/${iccid}/commands`, { type: 'look' }, headers),
    ]
    expect(one.status).toBe(201)
    expect((two.body as { id: string }).id).toBe((one.body as { id: string }).id)
  })

  it('shows what it has used, where it was, and filters', async () => {
    const { body } = await test.api('GET', `/api/v1/sims/${iccid}`)
    const sim: { stays: { chargePoint: string }[]; usage: { days: unknown[]; dataMb: string }; diagnosis: Diagnosis } =
      body
    expect(sim.stays.map(({ chargePoint }) => chargePoint)).toEqual(['CP-1'])
    expect(sim.usage.days.length).toBeGreaterThan(0)
    const listed = async (query: string): Promise<readonly string[]> =>
      ((await test.api('GET', `/api/v1/sims?${query}`)).body as { items: { iccid: string }[] }).items.map(
        (item) => item.iccid,
      )
    await test.api('POST', '/api/v1/sim-providers/sims/import')
    await until('the import', async () => (await listed('placed=false')).length === 1)
    expect(await listed('provider=sims')).toHaveLength(2)
    expect(await listed('chargePoint=CP-1')).toEqual([iccid])
    expect(await listed('state=retired')).toEqual([])
    expect((await test.api('GET', '/api/v1/sims?state=happy')).status).toBe(400)
  })

  it.each([
    ['17', 404],
    ['89883030001234567890', 404],
    ['8988303000123456789', 404],
    ['x'.repeat(41), 400],
  ])('the SIM %s is not there', async (text, status) => {
    expect((await test.api('GET', `/api/v1/sims/${text}`)).status).toBe(status)
  })

  it('nobody can be waked where there is nobody, nor by a provider that is not known', async () => {
    const other = `${iccid.slice(0, -1)}1`
    expect((await test.api('POST', `/api/v1/sims/${other}/commands`, { type: 'wakeUp' })).status).toBe(409)
    const station = await boot('CP-2', 'a-password-of-the-other-1', '8988303000123456789')
    await until('its SIM', async () => (await test.api('GET', '/api/v1/sims/8988303000123456789')).status === 200)
    await station.close()
    const refused = await test.api('POST', '/api/v1/sims/8988303000123456789/commands', { type: 'reset' })
    expect([refused.status, (refused.body as { detail: string }).detail]).toEqual([
      409,
      'no provider is known to have this SIM',
    ])
    await until('the silence', async () => (await diagnosis('CP-2')).cause === 'unknown')
  })

  it('secrets are sealed, never shown, and kept while nobody changes them', async () => {
    const body = {
      kind: '1nce',
      settings: {},
      secrets: { username: 'operator', password: 'geheim-17' },
      enabled: false,
    }
    const made = await test.api('PUT', '/api/v1/sim-providers/far', body)
    expect([made.status, JSON.stringify(made.body).includes('geheim-17')]).toEqual([201, false])
    const kept = await test.api('PUT', '/api/v1/sim-providers/far', { ...body, secrets: { username: 'other' } })
    expect([kept.status, (kept.body as { secrets: string[] }).secrets]).toEqual([200, ['username', 'password']])
    const gone = await test.api('PUT', '/api/v1/sim-providers/far', { ...body, secrets: { password: null } })
    expect([gone.status, (gone.body as { pointer: string }).pointer]).toEqual([422, '/secrets/password'])
    expect(test.log.join('\n')).not.toContain('geheim-17')
    const audit: { items: { action: string }[] } = (await test.api('GET', '/api/v1/audit')).body
    expect(JSON.stringify(audit)).not.toContain('geheim-17')
    expect(audit.items.map(({ action }) => action)).toContain('sim-provider.changed')
    expect((await test.api('POST', '/api/v1/sim-providers/far/import')).status).toBe(409)
    expect((await test.api('DELETE', '/api/v1/sim-providers/far')).status).toBe(204)
  })

  it('S-26: a provider in our own network is not called', async () => {
    const secrets = { applicationToken: 'x' }
    await test.api('PUT', '/api/v1/sim-providers/near', {
      kind: 'emnify',
      settings: { url: 'https://127.0.0.1:9' },
      secrets,
    })
    await test.api('POST', '/api/v1/sim-providers/near/import')
    const said = await until('the refusal', async () => {
      const { body } = await test.api('GET', '/api/v1/sim-providers/near')
      return (body as { said: string | null }).said ?? undefined
    })
    expect(said).toBe('127.0.0.1 is not on the internet')
    expect((await test.api('DELETE', '/api/v1/sim-providers/near')).status).toBe(204)
  })

  it('an installer of one charge point sees its SIM and why it is silent, and no other', async () => {
    const scope = { sites: [], stations: [], chargePoints: ['CP-1'] }
    const made = await test.api('POST', '/api/v1/api-keys', { label: 'installer', role: 'installer', scope })
    const installer = apiOf(test.url, (made.body as { key: string }).key)
    const { items }: { items: { iccid: string }[] } = (await installer('GET', '/api/v1/sims')).body
    expect(items.map((item) => item.iccid)).toEqual([iccid])
    const { sim }: Diagnosis = (await installer('GET', '/api/v1/charge-points/CP-1/diagnosis')).body
    expect(sim).toBe(iccid)
    expect((await installer('GET', '/api/v1/charge-points/CP-2/diagnosis')).status).toBe(404)
    expect((await installer('GET', '/api/v1/sims/8988303000123456789')).status).toBe(404)
    expect((await installer('POST', `/api/v1/sims/${iccid}/commands`, { type: 'reset' })).status).toBe(403)
  })

  it("another tenant's provider finds none of our SIMs, and its commands reach none", async () => {
    const made = await test.api('POST', '/api/v1/api-keys', { label: 'x' }, { 'sm-tenant': 'elsewhere' })
    const foreign = apiOf(test.url, (made.body as { key: string }).key)
    expect((await foreign('GET', '/api/v1/sims')).body).toEqual({ items: [], next: null })
    expect((await foreign('POST', `/api/v1/sims/${iccid}/commands`, { type: 'suspend' })).status).toBe(404)
    expect((await foreign('GET', '/api/v1/charge-points/CP-1/diagnosis')).status).toBe(404)
  })
})
