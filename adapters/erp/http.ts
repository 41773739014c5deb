import { request as plain, type RequestOptions } from 'node:http'
import { request as secured } from 'node:https'
import type { Clock } from '../../core/ports/clock.ts'
import { ErpUnavailable, ErpUnclear } from '../../core/ports/erp.ts'

/** Finds the addresses of a host; rejects where one of them is not to be called. */
export type Resolve = (host: string) => Promise<readonly { readonly address: string; readonly family: number }[]>

export interface HttpCall {
  readonly method: 'POST' | 'PUT' | 'GET' | 'HEAD' | 'DELETE'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Uint8Array
  readonly timeoutMs: number
}

export interface HttpAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** At most `mostBytes` of it. */
  readonly text: string
  /** False where it broke off, or went on for too long. */
  readonly isWhole: boolean
}

const mostBytes = 65_536

/**
 * One request to a receiver of the books, to the addresses that were looked at and no others (S-26), no redirects. Answers
 * whatever it answered, as far as that came; throws `ErpUnavailable` where nothing has left us, `ErpUnclear` where it has
 * and no answer came.
 */
export const call = async (resolve: Resolve, { timeoutMs, ...wanted }: HttpCall): Promise<HttpAnswer> => {
  const url = new URL(wanted.url)
  const until = performance.now() + timeoutMs
  const addresses = await within(timeoutMs, resolve(url.hostname.replace(/^\[(.+)\]$/, '$1'))).catch(
    (error: unknown) => {
      throw new ErpUnavailable(messageOf(error))
    },
  )
  const options: RequestOptions = {
    method: wanted.method,
    agent: false,
    headers: { ...wanted.headers, ...(wanted.body !== undefined && { 'content-length': wanted.body.length }) },
    // what was looked at is what is called, whatever its name means by now
    lookup: (_, { all }, found) =>
      all === true ? found(null, [...addresses]) : found(null, addresses[0]?.address ?? '', addresses[0]?.family ?? 4),
  }
  return exchange(url, options, { body: wanted.body, timeoutMs: Math.max(1, until - performance.now()) })
}

const exchange = (
  url: URL,
  options: RequestOptions,
  { body, timeoutMs }: { readonly body: Uint8Array | undefined; readonly timeoutMs: number },
): Promise<HttpAnswer> =>
  new Promise((done, fail) => {
    let hasLeft = false
    let broken = (error: unknown): void =>
      fail(hasLeft && !isOfHandshake(error) ? new ErpUnclear(messageOf(error)) : new ErpUnavailable(messageOf(error)))
    const request = (url.protocol === 'https:' ? secured : plain)(url, options, (response) => {
      const chunks: Uint8Array[] = []
      let length = 0
      const answer = (isWhole: boolean): void => {
        clearTimeout(late)
        const { statusCode: status = 0, headers } = response
        done({ status, headers, text: Buffer.concat(chunks).subarray(0, mostBytes).toString('utf8'), isWhole })
        if (!isWhole) request.destroy()
      }
      broken = () => answer(false)
      response.on('data', (chunk: Uint8Array) => {
        chunks.push(chunk)
        length += chunk.length
        if (length > mostBytes) answer(false)
      })
      response.on('end', () => answer(response.complete))
      response.on('error', () => answer(false))
      response.on('close', () => answer(false))
    })
    const late = setTimeout(() => {
      broken(new Error(`no answer within ${Math.ceil(timeoutMs)} ms`))
      request.destroy()
    }, timeoutMs)
    request.on('socket', (socket) => {
      const isOpen = !socket.connecting
      if (isOpen) hasLeft = true
      else socket.once('connect', () => (hasLeft = true))
    })
    request.on('error', (error) => {
      clearTimeout(late)
      broken(error)
    })
    request.end(body)
  })

/** The other side's certificate is looked at before anything of ours leaves. */
const isOfHandshake = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  /^(?:CERT_|ERR_TLS_|ERR_SSL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|EPROTO$)/.test(String(error.code))

const within = <Answer>(ms: number, work: Promise<Answer>): Promise<Answer> => {
  let late: ReturnType<typeof setTimeout> | undefined
  const timeout = new Promise<never>((_, fail) => {
    late = setTimeout(() => fail(new Error('its name could not be looked up in time')), ms)
  })
  return Promise.race([work, timeout]).finally(() => clearTimeout(late))
}

/** `Retry-After` in ms, as seconds or as a date (RFC 9110 §10.2.3); undefined where it says nothing that can be read. */
export const retryAfterOf = (
  { headers }: Pick<HttpAnswer, 'headers'>,
  clock: Pick<Clock, 'now'>,
): number | undefined => {
  const said = headers['retry-after']
  if (typeof said !== 'string') return undefined
  if (/^\d{1,9}$/.test(said.trim())) return Number(said) * 1_000
  const at = Date.parse(said)
  return Number.isNaN(at) ? undefined : Math.max(0, at - clock.now())
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
