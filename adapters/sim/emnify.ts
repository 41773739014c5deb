import { z } from 'zod'
import { iccidKey, iccidSpellings } from '../../core/domain/iccid.ts'
import { imeiOf } from '../../core/domain/sim-numbers.ts'
import type { SimState } from '../../core/domain/sim.ts'
import { type SimProvider, type SimRecord, SimUnavailable, type SimVerdict } from '../../core/ports/sim.ts'
import type { SimKind } from '../../core/ports/sim-kinds.ts'
import { baseUrl, dealings, kindOf, timeoutS } from './kind.ts'
import { type Answer, type Asked, listOf, type Loose, looseOf, sessionOf, type SimOutside, textOf } from './session.ts'
import { connectivityOf, eventsOf, recordOf, usageOf, verdictOf } from './words.ts'

const settingsOf = ({ namedHosts }: SimOutside) =>
  z.strictObject({
    url: baseUrl('https://cdn.emnify.net', namedHosts),
    timeoutS,
    // 2,000 requests in five minutes are published for an address: others may stand behind the same one
    ...dealings(400, 200),
  })

const secrets = z.strictObject({
  /** An application token: what a token for requests is asked for with. */
  applicationToken: z.string().min(1).max(5_000),
})

const mostListed = 1_000
/** Of a token that does not say until when it counts. */
const usualMs = 10 * 60_000

/**
 * emnify, by its public description (REST, OpenAPI 3.1): an application token is traded for a token, a JWT; a SIM is found
 * by its ICCID and has a number of its own, and an endpoint with connectivity, SMS and reset; `status` 0 issued, 1
 * activated, 2 suspended, 3 deleted, 4 in test. Requests for a token are limited to 100 in five minutes: it is kept until
 * the `exp` in it. Assumed: that words and times of connectivity are those of 1NCE, whose descriptions are written alike
 * (the schema says nothing of them); that `status` alone may be sent to change it, though the schema names others as
 * required, for its text says that customers may change nothing else; that days of usage are days of UTC.
 */
export const emnifyKind = (outside: SimOutside): SimKind =>
  kindOf({ settings: settingsOf(outside), secrets }, ({ settings: given, secrets: kept, access, turn }) =>
    emnify(
      sessionOf({
        outside,
        name: `${access.tenant}/${access.id}`,
        turn,
        url: given.url,
        timeoutMs: given.timeoutS * 1_000,
        secret: kept.applicationToken,
        login: {
          path: '/api/v1/authenticate',
          body: { application_token: kept.applicationToken },
          read: (json, now) => tokenIn(looseOf(json), now),
        },
      }),
    ),
  )

const tokenIn = (
  { auth_token: text }: Loose,
  now: number,
): { readonly text: string; readonly until: number } | undefined =>
  typeof text !== 'string' || text === '' ? undefined : { text, until: expiryOf(text) ?? now + usualMs }

/** What a JWT says of its own end (RFC 7519 §4.1.4), in ms since 1970. It is the provider's to judge: nothing is verified. */
const expiryOf = (jwt: string): number | undefined => {
  try {
    const { exp } = looseOf(JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString('utf8')))
    return typeof exp === 'number' ? exp * 1_000 : undefined
  } catch {
    return undefined
  }
}

const states: Readonly<Record<number, SimState>> = {
  0: 'inactive',
  1: 'active',
  2: 'suspended',
  3: 'retired',
  4: 'active',
}
const numberOf = { active: 1, suspended: 2 } as const

/** A SIM of its own, by its numbers. */
interface Known {
  readonly record: SimRecord
  readonly id: string
  readonly endpoint?: string
}

const emnify = (ask: (asked: Asked) => Promise<Answer>): SimProvider => {
  const read = async (path: string): Promise<unknown> => {
    const answer = await ask({ method: 'GET', path, reads: true })
    return answer.type === 'answered' ? answer.json : undefined
  }
  // a look asks several things about one SIM: it is found once
  const found = new Map<string, Known>()
  const find = async (iccid: string): Promise<Known | undefined> => {
    for (const spelling of iccidSpellings(iccid)) {
      const [said] = listOf((await read(`/api/v1/sim?q=iccid:${spelling}&per_page=1`)) ?? [])
      const known = said && knownOf(said)
      if (known?.record.iccid === iccid) {
        found.set(iccid, known)
        return known
      }
    }
    return undefined
  }
  const known = async (iccid: string): Promise<Known | undefined> => found.get(iccid) ?? (await find(iccid))
  const at = (endpoint: string): string => `/api/v1/endpoint/${endpoint}`
  const write = async (iccid: string, asked: (sim: Known) => Omit<Asked, 'reads'> | string): Promise<SimVerdict> => {
    const sim = await known(iccid)
    if (sim === undefined) return { accepted: false, reason: 'it has no such SIM' }
    const wanted = asked(sim)
    return typeof wanted === 'string'
      ? { accepted: false, reason: wanted }
      : verdictOf(await ask({ ...wanted, reads: false }))
  }
  const atEndpoint = (
    { endpoint }: Known,
    asked: (path: string) => Omit<Asked, 'reads'>,
  ): Omit<Asked, 'reads'> | string => (endpoint === undefined ? 'the SIM has no endpoint' : asked(at(endpoint)))
  return {
    async getSim(iccid) {
      const sim = await find(iccid)
      if (sim?.endpoint === undefined) return sim?.record
      const imei = imeiOf(textOf(looseOf(await read(at(sim.endpoint)))['imei']) ?? '')
      return { ...sim.record, ...(imei !== undefined && { imei }) }
    },
    async connectivity(iccid) {
      const sim = await known(iccid)
      if (sim?.endpoint === undefined) return undefined
      const said = await read(`${at(sim.endpoint)}/connectivity`)
      return said === undefined ? undefined : connectivityOf(said)
    },
    async usage(iccid, { from, to }) {
      const sim = await known(iccid)
      if (sim === undefined) return undefined
      // counted by endpoint, whose words are described; of a SIM without one nothing is used
      if (sim.endpoint === undefined) return []
      const said = await read(`${at(sim.endpoint)}/stats/daily?start_date=${from}&end_date=${to}`)
      return said === undefined ? undefined : usageOf(said)
    },
    sendSms: (iccid, payload) =>
      write(iccid, (sim) => atEndpoint(sim, (path) => ({ method: 'POST', path: `${path}/sms`, body: { payload } }))),
    setState: (iccid, state) =>
      write(iccid, ({ id }) => ({
        method: 'PATCH',
        path: `/api/v1/sim/${id}`,
        body: { status: { id: numberOf[state] } },
      })),
    reset: (iccid) =>
      write(iccid, (sim) =>
        atEndpoint(sim, (path) => ({
          method: 'PATCH',
          path: `${path}/connectivity`,
          body: { location: null, pdp_context: null },
        })),
      ),
    async events(iccid, most) {
      const sim = await known(iccid)
      if (sim === undefined) return undefined
      const said = await read(`/api/v1/sim/${sim.id}/event?page=1&per_page=${most}&sort=-timestamp`)
      return said === undefined ? undefined : eventsOf(said, most)
    },
    async list(cursor = '1') {
      const said = listOf((await read(`/api/v1/sim?page=${cursor}&per_page=${mostListed}&sort=id`)) ?? [])
      return {
        sims: said.flatMap((one) => knownOf(one)?.record ?? []),
        ...(said.length === mostListed && { next: String(Number(cursor) + 1) }),
      }
    },
  }
}

const knownOf = (said: Loose): Known | undefined => {
  const id = textOf(said['id'])
  const status = looseOf(said['status'])['id']
  const state = typeof status === 'number' ? states[status] : undefined
  const endpoint = textOf(looseOf(said['endpoint'])['id'])
  if (id === undefined || !/^\d+$/.test(id) || iccidKey(textOf(said['iccid']) ?? '') === undefined)
    throw new SimUnavailable('its answer about a SIM cannot be read')
  const record = recordOf(said, state ?? 'unknown')
  return record && { record, id, ...(endpoint !== undefined && /^\d+$/.test(endpoint) && { endpoint }) }
}
