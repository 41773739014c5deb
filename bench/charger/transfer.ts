import type { Charger } from './charger.ts'
import { pause } from './pause.ts'

/** One job at a time: a newer one takes its place, and it hears of that here. */
export interface Job {
  isCancelled: boolean
}

/** How often, and after what pauses, something is tried (`retries` and `retryInterval` of the order). */
export interface Patience {
  readonly retries?: number
  readonly retryInterval?: number
}

const timeoutMs = 30_000

/** fetch takes no credentials in an address; HTTP does, as a header. */
const requestTo = (location: string): { readonly url: URL; readonly headers: Record<string, string> } => {
  const url = new URL(location)
  const { username, password } = url
  url.username = ''
  url.password = ''
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return {
    url,
    headers: username === '' ? {} : { authorization: `Basic ${Buffer.from(pair).toString('base64')}` },
  }
}

export const isHttp = (location: string): boolean => /^https?:\/\//i.test(location) && URL.canParse(location)

/** The file behind an address; throws where there is none. */
export const download = async (location: string): Promise<Uint8Array> => {
  const { url, headers } = requestTo(location)
  const response = await fetch(url, { headers, signal: AbortSignal.timeout(timeoutMs) })
  if (!response.ok) throw new Error(`${url.href} answered ${response.status}`)
  return new Uint8Array(await response.arrayBuffer())
}

/** Puts a file to an address, or posts it where putting is not done; answers the HTTP status. */
export const upload = async (location: string, name: string, text: string): Promise<number> => {
  const { url, headers } = requestTo(location)
  const send = (method: 'PUT' | 'POST'): Promise<Response> =>
    fetch(url, {
      method,
      headers: {
        ...headers,
        'content-type': 'text/plain; charset=utf-8',
        'content-disposition': `attachment; filename="${name}"`,
      },
      body: text,
      signal: AbortSignal.timeout(timeoutMs),
    })
  const first = await send('PUT')
  return first.status === 405 ? (await send('POST')).status : first.status
}

/** Tries until it works, or was tried often enough; undefined where it did not, or where nobody wants it any more. */
export const persist = async <Value>(
  {
    charger,
    job,
    retries = 0,
    retryInterval = 10,
  }: Patience & { readonly charger: Pick<Charger, 'after' | 'note'>; readonly job: Job },
  attempt: () => Promise<Value | undefined>,
): Promise<Value | undefined> => {
  for (let left = retries; !job.isCancelled; left--) {
    const value = await attempt().catch((error: unknown) => {
      charger.note(`a transfer failed: ${String(error)}`)
      return undefined
    })
    if (value !== undefined || left <= 0) return value
    await pause(charger, retryInterval * 1_000)
  }
  return undefined
}
