import type { Side } from '../../core/domain/roaming-partner.ts'
import type { Network } from './roaming-platforms.ts'

/**
 * A platform of somebody else that speaks OCPI 2.1.1 and nothing newer, and is strict about it: tokens as they are, flat
 * credentials, endpoints without sides, no header that came later. What it does not know is a fault, and kept.
 */
export interface OlderPeer {
  readonly url: string
  /** What was not as 2.1.1 has it. */
  readonly faults: string[]
  /** Requests to its modules, with their bodies. */
  readonly heard: { readonly method: string; readonly path: string; readonly body: unknown }[]
  /** Whatever it answers to a request to one of its modules. */
  answers: (method: string, path: string) => unknown
  /** What it shows to us, and what we are to show to it. */
  shows: string
  wants: string
  /** Registers itself at our address; answers what we told it. */
  register(url: string, method?: 'POST' | 'PUT'): Promise<Answer>
  /** One request as its program makes it. */
  ask(url: string, options?: Asking): Promise<Answer>
}

interface Asking {
  readonly method?: string
  readonly body?: unknown
}

export interface Answer {
  readonly http: number
  readonly code: unknown
  readonly data: unknown
  readonly headers: Headers
}

const later = ['x-request-id', 'x-correlation-id', 'ocpi-from-party-id', 'ocpi-to-party-id', 'ocpi-from-country-code']

const modulesOf: Readonly<Record<Side, readonly string[]>> = {
  CPO: ['cdrs', 'commands', 'locations', 'sessions', 'tariffs', 'tokens'],
  EMSP: ['cdrs', 'locations', 'sessions', 'tariffs', 'tokens'],
}

const envelope = (data: unknown, code = 1000): string =>
  JSON.stringify({ data, status_code: code, timestamp: '2026-11-24T12:00:00Z' })

export const olderPeer = (
  net: Network,
  { host, side, party = 'OLD' }: { readonly host: string; readonly side: Side; readonly party?: string },
): OlderPeer => {
  const base = `https://${host}/${side.toLowerCase()}`
  const credentials = () => ({
    token: peer.wants,
    url: `${base}/versions`,
    business_details: { name: 'Old & Co' },
    party_id: party,
    country_code: 'NL',
  })
  const take = (body: unknown): string | undefined => {
    const names = Object.keys(body as object)
      .toSorted()
      .join()
    if (names !== 'business_details,country_code,party_id,token,url') peer.faults.push(`credentials with ${names}`)
    const { token, url } = body as { readonly token: string; readonly url: string }
    peer.shows = token
    return url
  }
  const peer: OlderPeer = {
    url: `${base}/versions`,
    faults: [],
    heard: [],
    answers: () => null,
    shows: '',
    wants: 'their-token-for-us',
    async register(url, method = 'POST') {
      const versions = (await peer.ask(url)).data as readonly { readonly version: string; readonly url: string }[]
      const details = await peer.ask(
        versions.find(({ version }) => version === '2.1.1')?.url ?? 'https://nobody.example',
      )
      const { endpoints } = details.data as { readonly endpoints: readonly Readonly<Record<string, string>>[] }
      for (const one of endpoints)
        if (Object.keys(one).join() !== 'identifier,url')
          peer.faults.push(`an endpoint with ${Object.keys(one).join()}`)
      const at = endpoints.find(({ identifier }) => identifier === 'credentials')?.['url'] ?? ''
      const answer = await peer.ask(at, { method, body: credentials() })
      if (answer.code === 1000) take(answer.data)
      return answer
    },
    async ask(url, { method = 'GET', body } = {}) {
      const ours = net.hosts.get(new URL(url).hostname)
      if (ours === undefined) throw new Error(`nobody is at ${url}`)
      const answer = await ours(
        new Request(url, {
          method,
          headers: { authorization: `Token ${peer.shows}` },
          ...(body !== undefined && { body: JSON.stringify(body) }),
        }),
        '192.0.2.3',
      )
      const { status_code: code, data } = (await answer.json()) as Readonly<Record<string, unknown>>
      return { http: answer.status, code, data, headers: answer.headers }
    },
  }
  net.hosts.set(host, async (request) => {
    for (const name of later) if (request.headers.has(name)) peer.faults.push(`a header ${name}`)
    if (request.headers.get('authorization') !== `Token ${peer.wants}`) {
      peer.faults.push(`a token that is not ours: ${request.method} ${request.url}`)
      return new Response(envelope(null, 2001), { status: 401 })
    }
    const path = new URL(request.url).pathname.slice(side.length + 1)
    if (path === '/versions') return new Response(envelope([{ version: '2.1.1', url: `${base}/2.1.1` }]))
    const endpoints = ['credentials', ...modulesOf[side]].map((name) => ({
      identifier: name,
      url: `${base}/2.1.1/${name}`,
    }))
    if (path === '/2.1.1') return new Response(envelope({ version: '2.1.1', endpoints }))
    const body: unknown = request.method === 'GET' || request.method === 'DELETE' ? undefined : await request.json()
    if (path !== '/2.1.1/credentials') {
      peer.heard.push({ method: request.method, path, body })
      return new Response(envelope(peer.answers(request.method, path)))
    }
    if (request.method === 'DELETE') return new Response(envelope(null))
    take(body)
    peer.wants = `${peer.wants}-anew`
    return new Response(envelope(credentials()))
  })
  return peer
}
