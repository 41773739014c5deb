import type { OcpiVersion } from '../../core/domain/roaming-partner.ts'
import type { Network } from './roaming-platforms.ts'

/**
 * A hub between a platform of ours and some EMPs: it takes nothing that is not routed as OCPI wants it, and passes on by the
 * headers alone. What it was sent wrongly is a fault, and kept.
 */
export interface Hub {
  readonly url: string
  readonly faults: string[]
  /** What came to which party. */
  readonly delivered: { readonly to: string; readonly from: string; readonly what: string }[]
  /** What its own list of parties says. */
  clients: readonly object[]
  /** What it shows to us. */
  shows: string
  /** One of its parties says something to ours; answers HTTP's status, OCPI's code, and who answered whom. */
  say(
    by: Saying,
  ): Promise<{ readonly http: number; readonly code: unknown; readonly from: string; readonly to: string }>
}

interface Saying {
  readonly from: string
  readonly to?: string
  readonly method: string
  readonly url: string
  readonly body?: unknown
}

const code = 'NLHUB'
const modules = [
  ['credentials', 'SENDER'],
  ['hubclientinfo', 'SENDER'],
  ['tokens', 'SENDER'],
  ['locations', 'RECEIVER'],
  ['sessions', 'RECEIVER'],
  ['cdrs', 'RECEIVER'],
] as const

const envelope = (data: unknown): string =>
  JSON.stringify({ data, status_code: 1000, timestamp: '2026-11-24T12:00:00Z' })

const headersFor = (name: 'from' | 'to', party: string): Readonly<Record<string, string>> => ({
  [`ocpi-${name}-country-code`]: party.slice(0, 2),
  [`ocpi-${name}-party-id`]: party.slice(2),
})

const partyIn = (headers: Headers, name: 'from' | 'to'): string =>
  `${headers.get(`ocpi-${name}-country-code`) ?? ''}${headers.get(`ocpi-${name}-party-id`) ?? ''}`

export const hub = (
  net: Network,
  { version, emps }: { readonly version: OcpiVersion; readonly emps: readonly string[] },
): Hub => {
  const base = 'https://hub.example'
  let senders: readonly string[] = []
  const partyOf = (role: string, party: string): object => ({
    role,
    country_code: party.slice(0, 2),
    party_id: party.slice(2),
    business_details: { name: party },
  })
  const credentials = (): object => ({
    token: 'of-the-hub',
    url: `${base}/versions`,
    ...(version === '2.3.0'
      ? { hub_party_id: code, roles: emps.map((emp) => partyOf('EMSP', emp)) }
      : { roles: [partyOf('HUB', code)] }),
  })
  const pass = (request: Request, what: string, module: string): string => {
    const [from, to] = [partyIn(request.headers, 'from'), partyIn(request.headers, 'to')]
    const fault = (why: string): void => void it.faults.push(`${what}: ${why}`)
    if (module === 'hubclientinfo') {
      if (from !== '' || to !== '') fault('parties in a request to the hub itself')
      return envelope(it.clients)
    }
    if (!senders.includes(from)) fault(`from ${from}, which is nobody there`)
    if (to === code && (module === 'sessions' || module === 'cdrs')) fault('to all')
    if (to === code && request.method === 'GET' && what.split('/').length > 1) fault('one object, of all')
    if (to !== '' && to !== code && !emps.includes(to)) fault(`to ${to}, which is nobody here`)
    // without a receiver the hub has to find it by itself: this one knows one way only
    const receivers = to === code ? emps : to === '' ? emps.slice(0, 1) : [to]
    for (const one of receivers) it.delivered.push({ to: one, from, what })
    return envelope(module === 'tokens' ? [] : null)
  }
  const it: Hub = {
    url: `${base}/versions`,
    faults: [],
    delivered: [],
    clients: [],
    shows: '',
    async say({ from, to, method, url, body }) {
      const answer = await net.hosts.get(new URL(url).hostname)?.(
        new Request(url, {
          method,
          headers: {
            authorization: `Token ${Buffer.from(it.shows).toString('base64')}`,
            ...(from !== '' && headersFor('from', from)),
            ...(to !== undefined && headersFor('to', to)),
          },
          ...(body !== undefined && { body: JSON.stringify(body) }),
        }),
        '192.0.2.4',
      )
      if (answer === undefined) throw new Error(`nobody is at ${url}`)
      const { status_code: said } = (await answer.json()) as Readonly<Record<string, unknown>>
      return {
        http: answer.status,
        code: said,
        from: partyIn(answer.headers, 'from'),
        to: partyIn(answer.headers, 'to'),
      }
    },
  }
  net.hosts.set('hub.example', async (request) => {
    const path = new URL(request.url).pathname
    if (path === '/versions') return new Response(envelope([{ version, url: `${base}/${version}` }]))
    if (path === `/${version}`) {
      const endpoints = modules.map(([identifier, role]) => ({ identifier, role, url: `${base}/to/${identifier}` }))
      return new Response(envelope({ version, endpoints }))
    }
    const [, , module = '', ...rest] = path.split('/')
    if (module !== 'credentials')
      return new Response(pass(request, [`${request.method} ${module}`, ...rest].join('/'), module))
    const { token, roles } = (await request.json()) as {
      readonly token: string
      readonly roles: readonly { readonly country_code: string; readonly party_id: string }[]
    }
    it.shows = token
    senders = roles.map((one) => one.country_code + one.party_id)
    return new Response(envelope(credentials()))
  })
  return it
}
