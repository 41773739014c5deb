import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startServer, type TestServer, until } from '../../support/server.ts'

interface Event {
  readonly id: string | undefined
  readonly event: string
  readonly data: Readonly<Record<string, unknown>>
}
interface Reader {
  readonly events: readonly Event[]
  /** Settles when the server ends the stream. */
  readonly ended: Promise<void>
  next(what: string, wanted: (event: Event) => boolean): Promise<Event>
  close(): void
}

describe('following events', () => {
  let test: TestServer
  const open = new Set<Reader>()

  beforeAll(async () => {
    test = await startServer()
    await test.addTenant('other')
  })
  afterEach(() => {
    for (const reader of open) reader.close()
    open.clear()
  })
  afterAll(() => test?.stop())

  const follow = async (headers: Record<string, string> = {}, query = ''): Promise<Reader> => {
    const aborted = new AbortController()
    const response = await fetch(new URL(`/api/v1/events${query}`, test.url), {
      headers: { authorization: `Bearer ${test.key}`, ...headers },
      signal: aborted.signal,
    })
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream'])
    expect(response.headers.get('cache-control')).toBe('no-store')
    const events: Event[] = []
    const read = async (): Promise<void> => {
      let text = ''
      const decoder = new TextDecoder()
      for await (const chunk of response.body ?? []) {
        text += decoder.decode(chunk, { stream: true })
        const blocks = text.split('\n\n')
        text = blocks.pop() ?? ''
        for (const block of blocks) {
          const field = (name: string) => new RegExp(`^${name}: ?(.*)$`, 'm').exec(block)?.[1]
          const data = field('data')
          if (data !== undefined)
            events.push({
              id: field('id'),
              event: field('event') ?? '',
              data: JSON.parse(data) as Event['data'],
            })
        }
      }
    }
    // it ends with its connection
    const ended = read().catch(() => {})
    const reader: Reader = {
      events,
      ended,
      next: (what, wanted) => until(what, async () => events.find(wanted), 5_000),
      close: () => aborted.abort(),
    }
    open.add(reader)
    await reader.next('the hello', ({ event }) => event === 'hello')
    return reader
  }
  const putToken = async (uid: string, headers: Record<string, string> = {}): Promise<void> => {
    expect((await test.api('PUT', `/api/v1/tokens/${uid}`, {}, headers)).status).toBeLessThan(300)
  }
  const tokensOf = (events: readonly Event[]): unknown[] =>
    events.filter(({ event }) => event === 'token.changed').map(({ data }) => data['token'])
  const ofToken =
    (uid: string) =>
    ({ event, data }: Event): boolean =>
      event === 'token.changed' && data['token'] === uid

  it('begins with a hello that names the tenant and where the reader stands', async () => {
    const { events } = await follow()
    expect(events[0]).toMatchObject({
      event: 'hello',
      id: expect.stringMatching(/^\d+-\d+$/),
      data: { tenant: 'default' },
    })
  })

  it('a changed token is heard of soon, once, and with an id', async () => {
    const reader = await follow()
    const began = performance.now()
    await putToken('HEARD')
    const event = await reader.next('the token', ofToken('HEARD'))
    expect(performance.now() - began).toBeLessThan(2_000)
    expect(event).toMatchObject({
      id: expect.stringMatching(/^\d+-\d+$/),
      data: { token: 'HEARD', at: expect.stringMatching(/Z$/) },
    })
    await putToken('AFTER')
    await reader.next('the one after', ofToken('AFTER'))
    expect(tokensOf(reader.events)).toEqual(['HEARD', 'AFTER'])
  })

  it('D-17: a reader that comes back misses nothing and hears nothing twice, wherever it broke off', async () => {
    const whole = await follow()
    const from = whole.events[0]?.id ?? ''
    const uids = Array.from({ length: 12 }, (_, i) => `RESUMED-${i}`)
    for (const uid of uids) await putToken(uid)
    await whole.next('the last', ofToken('RESUMED-11'))
    expect(tokensOf(whole.events)).toEqual(uids)
    const ids = [from, ...whole.events.filter(({ event }) => event === 'token.changed').map(({ id }) => id ?? '')]
    expect(new Set(ids).size).toBe(ids.length)
    for (const brokenOff of [0, 1, 6, 11]) {
      const id = ids[brokenOff] ?? ''
      for (const resumed of [await follow({ 'last-event-id': id }), await follow({}, `?after=${id}`)]) {
        await resumed.next('the last', ofToken('RESUMED-11'))
        expect(tokensOf(resumed.events)).toEqual(uids.slice(brokenOff))
        resumed.close()
      }
    }
  })

  it('D-17: a reader that broke off after the hello has not been told what followed it', async () => {
    const first = await follow()
    const from = first.events[0]?.id ?? ''
    await putToken('UNTOLD')
    await first.next('the token', ofToken('UNTOLD'))
    const resumed = await follow({ 'last-event-id': from })
    const hello = resumed.events[0]
    expect(hello?.event).toBe('hello')
    const again = await follow({ 'last-event-id': hello?.id ?? '' })
    await again.next('the token', ofToken('UNTOLD'))
  })

  it('D-17: thirty changes at once come in one order to every reader, each once', async () => {
    const readers = [await follow(), await follow()]
    const uids = Array.from({ length: 30 }, (_, i) => `STORM-${i}`)
    await Promise.all(uids.map((uid) => putToken(uid)))
    const heard: unknown[][] = []
    for (const reader of readers) {
      await until('all of them', async () => tokensOf(reader.events).length >= uids.length, 5_000)
      heard.push(tokensOf(reader.events))
    }
    expect(heard[0]?.toSorted()).toEqual(uids.toSorted())
    expect(heard[1]).toEqual(heard[0])
  })

  it('only the wanted types are told', async () => {
    const reader = await follow({}, '?types=charge-point.registered,api-key.changed')
    await putToken('UNWANTED')
    await test.api('PUT', '/api/v1/charge-points/WANTED', {})
    await reader.next('the charge point', ({ event }) => event === 'charge-point.registered')
    expect(reader.events.map(({ event }) => event)).toEqual(['hello', 'charge-point.registered'])
  })

  it("BI-51: a tenant hears nothing of another's events, not even by resuming from the beginning", async () => {
    const reader = await follow({ 'sm-tenant': 'other' })
    const fromBeginning = await follow({ 'sm-tenant': 'other', 'last-event-id': '0-0' })
    await putToken('OURS')
    await putToken('THEIRS', { 'sm-tenant': 'other' })
    for (const one of [reader, fromBeginning]) {
      await one.next('their own', ofToken('THEIRS'))
      expect(tokensOf(one.events)).toEqual(['THEIRS'])
    }
  })

  it('BI-50: a stream ends soon after its key was revoked', async () => {
    const made: { id: string; key: string } = (await test.api('POST', '/api/v1/api-keys', { label: 'stream' })).body
    const reader = await follow({ authorization: `Bearer ${made.key}` })
    await test.api('DELETE', `/api/v1/api-keys/${made.id}`)
    const began = performance.now()
    await reader.ended
    expect(performance.now() - began).toBeLessThan(3_500)
    await putToken('SECRET')
    expect(tokensOf(reader.events)).not.toContain('SECRET')
  })
})
