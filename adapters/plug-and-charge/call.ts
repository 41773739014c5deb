import { request as plain, type RequestOptions } from 'node:http'
import { request as secured } from 'node:https'
import type { Resolve } from './addresses.ts'

export interface Call {
  readonly url: string
  /** Absent = GET. */
  readonly body?: Uint8Array
  readonly type?: string
  readonly accept: string
  readonly mostBytes: number
  readonly signal: AbortSignal
}

/**
 * Fetches a short answer from an address that somebody else has chosen (S-26): http and https only, to the addresses that
 * were looked at and no others, no redirects, no more bytes than agreed. Rejects for everything but 200.
 */
export const call = async (resolve: Resolve, wanted: Call): Promise<Uint8Array> => {
  const url = URL.canParse(wanted.url) ? new URL(wanted.url) : undefined
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) throw new Error('not an address of http')
  if (url.username !== '' || url.password !== '') throw new Error('an address with a password in it')
  const host = url.hostname.replace(/^\[(.+)\]$/, '$1')
  const addresses = await resolve(host)
  wanted.signal.throwIfAborted()
  const options: RequestOptions = {
    method: wanted.body === undefined ? 'GET' : 'POST',
    agent: false,
    signal: wanted.signal,
    headers: {
      accept: wanted.accept,
      ...(wanted.type !== undefined && { 'content-type': wanted.type }),
      ...(wanted.body !== undefined && { 'content-length': wanted.body.length }),
    },
    // what was looked at is what is called, whatever its name means by now
    lookup: (_, { all }, found) =>
      all === true ? found(null, [...addresses]) : found(null, addresses[0]?.address ?? '', addresses[0]?.family ?? 4),
  }
  return send(url, options, wanted)
}

const send = (url: URL, options: RequestOptions, { body, mostBytes }: Call): Promise<Uint8Array> =>
  new Promise((done, fail) => {
    const request = (url.protocol === 'https:' ? secured : plain)(url, options, (response) => {
      const refuse = (why: string): void => {
        fail(new Error(why))
        request.destroy()
      }
      if (response.statusCode !== 200) return refuse(`it answered ${response.statusCode}`)
      const chunks: Uint8Array[] = []
      let length = 0
      response.on('data', (chunk: Uint8Array) => {
        length += chunk.length
        if (length > mostBytes) return refuse(`it answered more than ${mostBytes} bytes`)
        chunks.push(chunk)
      })
      response.on('end', () => done(Buffer.concat(chunks)))
      response.on('error', fail)
      response.on('close', () => fail(new Error('it stopped in the middle')))
    })
    request.on('error', fail)
    request.end(body)
  })
