import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startServer, type TestServer, until } from '../../support/server.ts'
import { type ForeignStation, foreignStation } from '../../support/station.ts'

const password = 'a-password-of-the-station'
const at = '/api/v1/campaigns'

interface Campaign {
  readonly id: string
  readonly createdAt: string
  readonly state: string
  readonly reason: string | null
  readonly progress: {
    readonly targets: number
    readonly waiting: number
    readonly ordered: number
    readonly succeeded: number
    readonly failed: number
    readonly notReached: number
    readonly byOutcome: Readonly<Record<string, number>>
    readonly expectedEnd: string | null
  }
}
interface Target {
  readonly chargePoint: string
  readonly state: string
  readonly command: string | null
  readonly orders: number
}

const plan = {
  name: 'clear the cache',
  order: { type: 'clearCache', deadlineS: 30 },
  targets: { all: true },
  ratePerS: 20,
  stopRule: { failureShare: 0.2, atLeast: 5 },
}

describe('a campaign for forty charge points', () => {
  let test: TestServer
  const stations = new Map<string, ForeignStation>()
  /** Who heard the order, and when. */
  let heard: { readonly identity: string; readonly at: number }[] = []
  let refuses: (identity: string) => boolean = () => false

  const connect = async (identity: string): Promise<void> => {
    const station = await foreignStation(test.url, identity, password)
    station.on('ClearCache', () => {
      heard.push({ identity, at: Date.now() })
      return { status: refuses(identity) ? 'Rejected' : 'Accepted' }
    })
    await station.call('BootNotification', { chargePointVendor: 'V', chargePointModel: identity < 'CP-20' ? 'A' : 'B' })
    stations.set(identity, station)
  }

  beforeAll(async () => {
    test = await startServer()
    await test.addTenant('other')
    const identities = Array.from({ length: 40 }, (_, i) => `CP-${10 + i}`)
    await Promise.all(identities.map((identity) => test.api('PUT', `/api/v1/charge-points/${identity}`, { password })))
    await Promise.all(identities.map(connect))
    await until('all to be online', async () => {
      const page = await test.api('GET', '/api/v1/charge-points?online=true&limit=100')
      const { items }: { items: { model: string | null }[] } = page.body
      return items.filter(({ model }) => model !== null).length === 40
    })
  })
  afterAll(async () => {
    const unexpected = test?.log.filter((line) => /a request failed|cannot go on just now/.test(line))
    await Promise.all([...stations.values()].map((station) => station.close()))
    await test?.stop()
    expect(unexpected).toEqual([])
  })

  const begin = async (more: object = {}): Promise<Campaign> => {
    heard = []
    refuses = () => false
    const answer = await test.api('POST', at, { ...plan, ...more })
    expect([answer.status, answer.body]).toEqual([201, expect.objectContaining({ id: expect.any(String) })])
    return answer.body
  }
  const look = async (id: string): Promise<Campaign> => (await test.api('GET', `${at}/${id}`)).body
  const targetsOf = async (id: string, state?: string): Promise<readonly Target[]> => {
    const query = state === undefined ? '' : `&state=${state}`
    const page: { items: Target[] } = (await test.api('GET', `${at}/${id}/targets?limit=100${query}`)).body
    return page.items
  }
  const comesTo = (id: string, state: string, ms = 20_000): Promise<Campaign> =>
    until(state, async () => ((c) => (c.state === state ? c : undefined))(await look(id)), ms)
  const ask = (id: string, wish: string) => test.api('POST', `${at}/${id}/${wish}`, {})
  /** By how many orders it was ahead of its rate at most: whoever is late may catch up, and nobody may be early. */
  const aheadBy = (began: string): number =>
    Math.max(...heard.map(({ at: when }, i) => i - ((when - Date.parse(began)) * plan.ratePerS) / 1_000))

  it('S-27: orders each once, a canary first, at its rate, and is followed on the API and among the events', async () => {
    const events: string[] = []
    const stream = await fetch(new URL('/api/v1/events?types=campaign.changed', test.url), {
      headers: { authorization: `Bearer ${test.key}` },
    })
    const reading = (async () => {
      for await (const chunk of stream.body as AsyncIterable<Uint8Array>) {
        events.push(
          ...[...new TextDecoder().decode(chunk).matchAll(/^data: (\{.*"campaign".*\})$/gm)].map(([, d]) => d ?? ''),
        )
        if (events.some((event) => event.includes('"done"'))) return
      }
    })()
    const { id, createdAt } = await begin({ canary: { share: 0.1 } })
    await comesTo(id, 'canary')
    const { progress } = await comesTo(id, 'done')
    expect(progress).toMatchObject({
      targets: 40,
      waiting: 0,
      ordered: 0,
      succeeded: 40,
      failed: 0,
      notReached: 0,
      byOutcome: { succeeded: 40 },
      expectedEnd: null,
    })
    expect(heard.map((h) => h.identity).toSorted()).toEqual([...stations.keys()].toSorted())
    const targets = await targetsOf(id)
    expect(aheadBy(createdAt)).toBeLessThanOrEqual(3)
    expect(targets.length).toBe(40)
    expect(
      targets
        .slice(0, 4)
        .map(({ chargePoint }) => chargePoint)
        .toSorted(),
    ).toEqual(
      heard
        .slice(0, 4)
        .map(({ identity }) => identity)
        .toSorted(),
    )
    await reading
    const states = events.map((event) => (JSON.parse(event) as { state: string }).state)
    expect([...new Set(states)]).toEqual(['scheduled', 'canary', 'running', 'done'])
    const command: { history: { note: string | null }[] } = (
      await test.api('GET', `/api/v1/commands/${targets[0]?.command}`)
    ).body
    expect(command.history[0]?.note).toBe(`campaign ${id}`)
  })

  it('S-27: stops by itself when too much fails, and the others are never asked', async () => {
    const { id } = await begin()
    refuses = () => true
    const stopped = await comesTo(id, 'stopped')
    expect(stopped.reason).toMatch(/^\d+ of \d+ failed$/)
    const { waiting, failed, ordered } = stopped.progress
    expect([failed, ordered, waiting]).toEqual([heard.length, 0, 40 - heard.length])
    expect(waiting).toBeGreaterThan(10)
    const left = await targetsOf(id, 'waiting')
    expect(left.length).toBe(waiting)
    expect(left.map((t) => t.chargePoint).filter((identity) => heard.some((h) => h.identity === identity))).toEqual([])
    expect((await ask(id, 'resume')).status).toBe(409)
  })

  it('is paused and resumed: nobody is ordered meanwhile, and nobody twice', async () => {
    const { id } = await begin()
    await until('some orders', async () => heard.length >= 10)
    const paused = await ask(id, 'pause')
    expect([paused.status, paused.body]).toMatchObject([200, { state: 'paused' }])
    await new Promise((go) => setTimeout(go, 300))
    const { length } = heard
    await new Promise((go) => setTimeout(go, 2_000))
    expect(heard.length).toBe(length)
    const again = await ask(id, 'pause')
    expect([again.status, again.body]).toMatchObject([
      409,
      { detail: 'the campaign is paused: only one that is running can be paused' },
    ])
    expect((await ask(id, 'resume')).status).toBe(200)
    await comesTo(id, 'done')
    expect(heard.map((h) => h.identity).toSorted()).toEqual([...stations.keys()].toSorted())
  })

  it('waits for its go after the canary, and is cancelled there', async () => {
    const { id } = await begin({ canary: { count: 3, needsGo: true } })
    const { progress } = await comesTo(id, 'awaitingGo')
    expect([heard.length, progress.succeeded]).toEqual([3, 3])
    expect((await ask(id, 'cancel')).status).toBe(200)
    await comesTo(id, 'cancelled')
    expect(heard.length).toBe(3)
    const other = await begin({ canary: { count: 3, needsGo: true } })
    await comesTo(other.id, 'awaitingGo')
    expect((await ask(other.id, 'continue')).status).toBe(200)
    expect((await comesTo(other.id, 'done')).progress.succeeded).toBe(40)
  })

  it('counts those that are away as not reached, and orders them when they come back', async () => {
    for (const identity of ['CP-10', 'CP-11']) await stations.get(identity)?.close()
    const identities = ['CP-10', 'CP-11', 'CP-12', 'CP-13']
    const { id } = await begin({
      targets: { identities },
      retryOffline: true,
      stopRule: { failureShare: 0, atLeast: 1 },
    })
    const progress = await until('the others', async () => {
      const now = (await look(id)).progress
      return now.notReached + now.succeeded === 4 ? now : undefined
    })
    expect(progress).toMatchObject({ succeeded: 2, failed: 0, notReached: 2 })
    await Promise.all([connect('CP-10'), connect('CP-11')])
    await comesTo(id, 'done', 40_000)
    expect(heard.map((h) => h.identity).toSorted()).toEqual(identities)
    const targets = await targetsOf(id)
    expect(targets.map(({ orders }) => orders > 1)).toEqual([true, true, false, false])
  })

  it('chooses by what stations are, and begins when it is told to', async () => {
    const startAt = new Date(Date.now() + 2_500).toISOString()
    const { id, progress } = await begin({ targets: { filter: { model: 'A', online: true } }, startAt, name: 'later' })
    expect(progress.targets).toBe(10)
    await new Promise((go) => setTimeout(go, 1_500))
    expect([(await look(id)).state, heard.length]).toEqual(['scheduled', 0])
    await comesTo(id, 'done')
    expect(heard.map((h) => h.identity).every((identity) => identity < 'CP-20')).toBe(true)
    const page: { items: { name: string }[] } = (await test.api('GET', `${at}?limit=1`)).body
    expect(page.items[0]?.name).toBe('later')
  })

  it('INV-17: is begun once by two requests with one Idempotency-Key', async () => {
    const send = () =>
      test.api('POST', at, { ...plan, targets: { identities: ['CP-12'] } }, { 'idempotency-key': 'once' })
    heard = []
    const answers = [await send(), await send()]
    expect(answers.map(({ status }) => status)).toEqual([201, 201])
    const made = answers.map(({ body }): Campaign => body)
    expect(made[0]).toEqual(made[1])
    for (const { id } of made) await comesTo(id, 'done')
    expect(heard.length).toBe(1)
  })

  it('BI-51: is not there for another tenant, which has no charge points to choose', async () => {
    const { id } = await begin({ targets: { identities: ['CP-12'] } })
    const theirs = { 'sm-tenant': 'other' }
    expect((await test.api('GET', `${at}/${id}`, undefined, theirs)).status).toBe(404)
    expect((await test.api('GET', `${at}/${id}/targets`, undefined, theirs)).status).toBe(404)
    expect((await test.api('POST', `${at}/${id}/cancel`, {}, theirs)).status).toBe(404)
    expect((await test.api('POST', at, plan, theirs)).body).toMatchObject({ status: 422, pointer: '/targets' })
    expect((await test.api('POST', at, plan, { 'sm-tenant': 'nobody' })).status).toBe(404)
    await comesTo(id, 'done')
  })

  const wrong: readonly (readonly [object, string])[] = [
    [{ name: '' }, '/name'],
    [{ order: { type: 'explode' } }, '/order/type'],
    [{ order: { type: 'reset', kind: 'gentle' } }, '/order/kind'],
    [{ order: { type: 'stopCharging', session: 'x' } }, '/order/type'],
    [{ targets: {} }, '/targets'],
    [{ targets: { all: true, identities: ['CP-12'] } }, '/targets'],
    [{ targets: { all: false } }, '/targets/all'],
    [{ targets: { filter: {} } }, '/targets/filter'],
    [{ targets: { filter: { tenant: 'other' } } }, '/targets/filter/tenant'],
    [{ targets: { filter: { model: 'nobody has it' } } }, '/targets'],
    [{ targets: { identities: [] } }, '/targets/identities'],
    [{ targets: { identities: ['CP-12', 'CP-NOT'] } }, '/targets/identities/1'],
    [{ targets: { identities: ['CP-12', 'cp-12'] } }, '/targets/identities/1'],
    [{ targets: { identities: ['a\u0000b'] } }, '/targets/identities/0'],
    [{ ratePerS: 0 }, '/ratePerS'],
    [{ ratePerS: 1_001 }, '/ratePerS'],
    [{ jitter: 1.1 }, '/jitter'],
    [{ canary: {} }, '/canary'],
    [{ canary: { share: 0.1, count: 2 } }, '/canary'],
    [{ canary: { share: 0 } }, '/canary/share'],
    [{ stopRule: undefined }, '/stopRule'],
    [{ stopRule: { failureShare: 2 } }, '/stopRule/failureShare'],
    [{ stopRule: { failureShare: 0.1, atLeast: 0 } }, '/stopRule/atLeast'],
    [{ startAt: 'soon' }, '/startAt'],
    [{ endAt: '2020-01-01T00:00:00Z' }, '/endAt'],
    [{ window: { from: '24:00', to: '06:00' } }, '/window/from'],
    [{ window: { from: '06:00', to: '06:00' } }, '/window/to'],
    [{ tenant: 'other' }, '/tenant'],
  ]
  it.each(wrong)('BI-53: %j is 422 at %s', async (more, pointer) => {
    const answer = await test.api('POST', at, { ...plan, ...more })
    expect([answer.status, answer.body]).toMatchObject([422, { pointer, errors: expect.anything() }])
  })

  it('BI-53: what is no campaign is not there, and a junk cursor or state is refused', async () => {
    for (const id of ['junk', '00000000-0000-0000-0000-000000000000']) {
      expect((await test.api('GET', `${at}/${id}`)).status).toBe(404)
      expect((await ask(id, 'pause')).status).toBe(404)
    }
    const { id } = await begin({ targets: { identities: ['CP-12'] } })
    const text = Buffer.from(JSON.stringify(['x'])).toString('base64url')
    for (const query of ['cursor=junk', `cursor=${text}`, 'state=odd', 'limit=0'])
      expect([query, (await test.api('GET', `${at}/${id}/targets?${query}`)).status]).toEqual([query, 400])
    expect((await test.api('GET', `${at}?cursor=${text}`)).status).toBe(400)
    expect((await test.api('POST', at, { ...plan, name: 'a\u0000b' })).status).toBe(400)
    await comesTo(id, 'done')
  })
})
