import { sleep } from '../sleep.ts'
import { ask, type Door } from './door.ts'

/** One request that the server has made to a partner. */
export interface Heard {
  readonly method: string
  /** Behind the address of the module: `locations/DE/ABC/LOC1/3256`. */
  readonly path: string
  readonly body: unknown
  /** `performance.now()` */
  readonly at: number
}

export interface PartnerOptions {
  /** The operator's name for it. */
  readonly id: string
  readonly party: string
  readonly role: 'EMSP' | 'CPO'
  readonly latencyMs?: number
  readonly hear?: (heard: Heard) => void
  /** What it says to a driver's token; absent = ALLOWED. */
  readonly authorize?: (uid: string) => object
}

export interface Partner {
  readonly url: string
  /** With what it is asked, and asks. */
  readonly token: string
  latencyMs: number
  /** Tells the server of an object of its own, as the module's receiver is told. */
  tell(path: string, body: object): Promise<void>
  stop(): void
}

const modules = [
  ['locations', 'RECEIVER'],
  ['tariffs', 'RECEIVER'],
  ['sessions', 'RECEIVER'],
  ['cdrs', 'RECEIVER'],
  ['tokens', 'SENDER'],
] as const

/** The platform of an EMP as far as a CPO needs one: it registers itself, takes whatever it is told, and knows every token. */
export const startPartner = async (door: Door, options: PartnerOptions): Promise<Partner> => {
  const { id, party, role, hear, authorize = () => ({ allowed: 'ALLOWED' }) } = options
  const token = `bench-${crypto.randomUUID()}`
  const state = { latencyMs: options.latencyMs ?? 0 }
  const answer = (data?: unknown, status = 200, headers: Record<string, string> = {}): Response =>
    Response.json(
      { ...(data !== undefined && { data }), status_code: 1000, timestamp: new Date().toISOString() },
      { status, headers },
    )
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    async fetch(request) {
      const at = performance.now()
      const { pathname, origin } = new URL(request.url)
      const path = pathname.slice(1)
      if (path === 'versions') return answer([{ version: '2.2.1', url: `${origin}/2.2.1` }])
      if (path === '2.2.1')
        return answer({
          version: '2.2.1',
          endpoints: [
            { identifier: 'credentials', role: 'SENDER', url: `${origin}/credentials` },
            ...modules.map(([identifier, side]) => ({ identifier, role: side, url: `${origin}/${identifier}` })),
          ],
        })
      if (state.latencyMs > 0) await sleep(state.latencyMs)
      const body: unknown = request.body === null ? undefined : await request.json()
      hear?.({ method: request.method, path, body, at })
      if (path.endsWith('/authorize')) return answer(authorize(decodeURIComponent(path.split('/')[1] ?? '')))
      if (request.method === 'GET') return path === 'tokens' ? answer([]) : answer(undefined, 404)
      if (request.method === 'POST')
        return answer(undefined, 201, { location: `${origin}/${path}/${crypto.randomUUID()}` })
      return answer()
    },
  })
  const url = `http://127.0.0.1:${server.port}/versions`
  await ask(door, 'PUT', `roaming-partners/${id}`, { name: id })
  const invited = await ask<{ readonly token: string; readonly url: string }>(
    door,
    'POST',
    `roaming-partners/${id}/invitation`,
  )
  const registered = await fetch(new URL(invited.url.replace(/versions$/, '2.2.1/credentials')), {
    method: 'POST',
    headers: {
      authorization: `Token ${Buffer.from(invited.token).toString('base64')}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({
      token,
      url,
      roles: [{ role, country_code: 'DE', party_id: party, business_details: { name: id } }],
    }),
  })
  const said = (await registered.json()) as {
    readonly data?: { readonly token: string }
    readonly status_message?: string
  }
  if (said.data === undefined) throw new Error(`${id} could not register: ${said.status_message ?? registered.status}`)
  return {
    url,
    token: said.data.token,
    get latencyMs() {
      return state.latencyMs
    },
    set latencyMs(ms) {
      state.latencyMs = ms
    },
    async tell(path, body) {
      const told = await fetch(new URL(`/ocpi/default/2.2.1/receiver/${path}`, door.api), {
        method: 'PUT',
        headers: {
          authorization: `Token ${Buffer.from(said.data?.token ?? '').toString('base64')}`,
          'content-type': 'application/json',
        },
        body: JSON.stringify(body),
      })
      const text = await told.text()
      if (!text.includes('"status_code":1000')) throw new Error(`${path}: ${told.status} ${text}`)
    },
    stop: () => void server.stop(true),
  }
}
