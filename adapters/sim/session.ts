import { clean } from '../../core/domain/text.ts'
import type { Clock } from '../../core/ports/clock.ts'
import type { Reach, Reached } from '../../core/ports/roaming-partners.ts'
import { SimUnavailable, SimUnclear } from '../../core/ports/sim.ts'
import type { Turn } from '../../core/ports/sim-kinds.ts'

/** What the providers need of the outside. */
export interface SimOutside {
  /** HTTP, to addresses that were looked at and no others (S-26). */
  readonly reach: Reach
  readonly clock: Pick<Clock, 'now'>
  /** Hosts that need not be on the internet, and may be spoken to without TLS. */
  readonly namedHosts: readonly string[]
  /** Tokens by whose they are: they live longer than one look at a provider. */
  readonly tokens: Map<string, Token>
}

export interface Token {
  readonly text: string
  /** Milliseconds since 1970 UTC. */
  readonly until: number
  /** What it was given for: with other secrets it is not used. */
  readonly for: string
}

/** One request. What only reads may be asked again and again; what does something is never repeated by itself. */
export interface Asked {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH'
  readonly path: string
  readonly body?: unknown
  readonly reads: boolean
}

export type Answer =
  | {
      readonly type: 'answered'
      readonly status: number
      readonly json: unknown
      readonly headers: Readonly<Record<string, string | string[] | undefined>>
    }
  /** There is no such thing. */
  | { readonly type: 'absent' }
  | { readonly type: 'refused'; readonly reason: string }

interface Session {
  readonly outside: SimOutside
  /** `default/emnify` */
  readonly name: string
  readonly turn: Turn
  readonly url: string
  readonly timeoutMs: number
  readonly secret: string
  /** How a token is asked for, and read out of the answer. */
  readonly login: {
    readonly path: string
    readonly headers?: Readonly<Record<string, string>>
    readonly body: unknown
    readonly read: (json: unknown, now: number) => Omit<Token, 'for'> | undefined
  }
}

type Ask = (asked: Asked) => Promise<Answer>

/** Whoever does not let us in is not tried again soon: some lock an account that is refused a few times. */
const refusedMs = 10 * 60_000
/** A token is not used in the last of its time. */
const marginMs = 30_000
const mostBytes = 4_000_000

/** Requests with a token that is kept until it expires, and asked for anew when it is refused before. */
export const sessionOf = (session: Session): Ask => {
  const { outside, name, secret } = session
  const token = async (): Promise<string> => {
    const known = outside.tokens.get(name)
    if (known?.for === secret && known.until - marginMs > outside.clock.now()) return known.text
    const made = await logIn(session)
    outside.tokens.set(name, { ...made, for: secret })
    return made.text
  }
  return async (asked) => {
    const first = await request(session, asked, await token())
    if (first.type !== 'answered' || first.status !== 401) return answerOf(first, asked, outside.clock)
    // nothing was done with it: whoever asks again does so as somebody who is let in
    outside.tokens.delete(name)
    const second = await request(session, asked, await token())
    if (second.type === 'answered' && second.status === 401) {
      outside.tokens.delete(name)
      throw new SimUnavailable('it does not take the token that it has given us', refusedMs)
    }
    return answerOf(second, asked, outside.clock)
  }
}

const logIn = async (session: Session): Promise<Omit<Token, 'for'>> => {
  const { outside, login } = session
  const asked = { method: 'POST', path: login.path, body: login.body, reads: true } as const
  const said = await request(session, asked, undefined)
  // a password that is wrong stays wrong
  if (said.type === 'answered' && [400, 401, 403].includes(said.status))
    throw new SimUnavailable(`it does not let us in: ${wordsOf(said)}`, refusedMs)
  const answer = answerOf(said, asked, outside.clock)
  const token = answer.type === 'answered' ? login.read(answer.json, outside.clock.now()) : undefined
  if (token === undefined) throw new SimUnavailable('it gives us no token that can be read')
  return token
}

const request = async (
  session: Session,
  { method, path, body }: Asked,
  token: string | undefined,
): Promise<Reached> => {
  const { outside, turn, url, timeoutMs, login } = session
  await turn()
  return outside.reach({
    method,
    url: url + path,
    headers: {
      accept: 'application/json',
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(token === undefined ? login.headers : { authorization: `Bearer ${token}` }),
    },
    ...(body !== undefined && { body: new TextEncoder().encode(JSON.stringify(body)) }),
    timeoutMs,
    mostBytes,
  })
}

type Said = Extract<Reached, { readonly type: 'answered' }>

const wordsOf = ({ status, text }: Said): string =>
  `it answered ${status}${text.trim() === '' ? '' : `: ${clean(text.trim(), 300)}`}`

/** It has not looked at what was asked: not now, or not so often. */
const notNow = [408, 425, 429, 503]

const answerOf = (said: Reached, { reads }: Asked, clock: Pick<Clock, 'now'>): Answer => {
  if (said.type === 'unreached') throw new SimUnavailable(said.reason)
  // what was only asked for is asked for again
  if (said.type === 'unclear') throw reads ? new SimUnavailable(said.reason) : new SimUnclear(said.reason)
  const { status, headers = {} } = said
  if (notNow.includes(status) || (status >= 300 && status < 400))
    throw new SimUnavailable(wordsOf(said), retryAfterOf(headers, clock))
  if (status === 404) return { type: 'absent' }
  if (status >= 400 && status < 500) {
    if (reads) throw new SimUnavailable(wordsOf(said))
    return { type: 'refused', reason: wordsOf(said) }
  }
  const json = status >= 500 ? undefined : jsonOf(said)
  if (json === undefined)
    throw reads ? new SimUnavailable(`${wordsOf(said)}, which cannot be read`) : new SimUnclear(wordsOf(said))
  return { type: 'answered', status, json: json.value, headers }
}

/** Whole JSON, or nothing at all. */
const jsonOf = ({ text, isWhole }: Said): { readonly value: unknown } | undefined => {
  if (!isWhole) return undefined
  if (text.trim() === '') return { value: undefined }
  try {
    return { value: JSON.parse(text) }
  } catch {
    return undefined
  }
}

/** `Retry-After` in ms, as seconds or as a date (RFC 9110 §10.2.3); undefined where it says nothing that can be read. */
const retryAfterOf = (
  headers: Readonly<Record<string, string | string[] | undefined>>,
  clock: Pick<Clock, 'now'>,
): number | undefined => {
  const said = headers['retry-after']
  if (typeof said !== 'string') return undefined
  if (/^\d{1,9}$/.test(said.trim())) return Number(said) * 1_000
  const at = Date.parse(said)
  return Number.isNaN(at) ? undefined : Math.max(0, at - clock.now())
}

/** An object of a provider's; what it leaves out or writes otherwise is not there. */
export type Loose = Readonly<Record<string, unknown>>
export const looseOf = (value: unknown): Loose =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Loose) : {}

/** A list of objects; throws where it is none: then this is not what was asked for. */
export const listOf = (value: unknown): readonly Loose[] => {
  if (!Array.isArray(value)) throw new SimUnavailable('its answer is no list')
  return value.map(looseOf)
}

export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? clean(value, 200) : typeof value === 'number' ? String(value) : undefined

/** A time as providers write it, ISO 8601 or nearly; undefined for what is none. */
export const timeOf = (value: unknown): number | undefined => {
  if (typeof value !== 'string') return undefined
  // `+0000` is no zone of ISO 8601 extended, and a blank no T
  const at = Date.parse(
    value
      .trim()
      .replace(' ', 'T')
      .replace(/([+-]\d{2})(\d{2})$/, '$1:$2')
      .replace(/(T[\d:.]+)$/, '$1Z'),
  )
  return Number.isNaN(at) ? undefined : at
}
