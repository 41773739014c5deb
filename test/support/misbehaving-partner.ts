import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Said, type ToldPlatform, toldPlatform } from './told-platform.ts'

/**
 * How a partner misbehaves: says when to come again, breaks now and then before or after it has done what it was asked,
 * takes its time, answers half of it, something else, or nothing; knows no PATCH.
 */
export const badManners = [
  'tooMany',
  'broken',
  'brokenAfter',
  'slow',
  'truncated',
  'wrongEnvelope',
  'ok200',
  'noPatch',
  'hangs',
] as const
export type Manners = (typeof badManners)[number] | 'good'

export interface MisbehavingPartner {
  readonly url: string
  /** What it has been told. */
  readonly platform: ToldPlatform
  /** For each request that comes. */
  manners: (method: string) => Manners
  /** How long it takes over a request to which it is `slow`, in ms. */
  slowMs: number
  close(): Promise<void>
}

/** A partner's platform over real sockets, as badly behaved as it is told to be. */
export const startMisbehavingPartner = async (): Promise<MisbehavingPartner> => {
  const platform = toldPlatform()
  const partner = { platform, manners: (): Manners => 'good', slowMs: 8_000 } as Omit<
    MisbehavingPartner,
    'url' | 'close'
  >
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => answer(partner, { request, text: Buffer.concat(chunks).toString() }, response))
  })
  await new Promise<void>((go) => server.listen(0, '127.0.0.1', go))
  return Object.assign(partner, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise<void>((go) => {
        server.close(() => go())
        server.closeAllConnections()
      }),
  })
}

interface Heard {
  readonly request: IncomingMessage
  readonly text: string
}

const answer = (
  partner: Omit<MisbehavingPartner, 'url' | 'close'>,
  { request, text }: Heard,
  response: ServerResponse,
): void => {
  const { method = '', url = '' } = request
  const [, module = '', ...path] = new URL(url, 'http://it').pathname.split('/').map(decodeURIComponent)
  const body = text === '' ? undefined : (JSON.parse(text) as Record<string, unknown>)
  const hear = (): Said => partner.platform.hear({ module, method, path, body })
  const manners = partner.manners(method)
  if (manners === 'hangs') return
  if (manners === 'tooMany') return void response.writeHead(429, { 'retry-after': '1' }).end()
  if (manners === 'broken') return void response.writeHead(500).end('out of memory')
  if (manners === 'noPatch' && method === 'PATCH') return write(response, { status: 405, code: 2000 })
  const said = hear()
  if (manners === 'brokenAfter') return void response.writeHead(500).end('out of memory')
  if (manners === 'wrongEnvelope') return void response.writeHead(200).end('<html>Welcome!</html>')
  if (manners === 'slow') return void setTimeout(() => write(response, said), partner.slowMs)
  if (manners === 'truncated') {
    const whole = envelope(said)
    response.writeHead(said.status, { 'content-length': whole.length + 50 }).write(whole.slice(0, -5))
    return void setTimeout(() => response.destroy(), 5)
  }
  write(response, manners === 'ok200' && said.status === 201 ? { ...said, status: 200 } : said)
}

const envelope = ({ code, data }: Said): string =>
  JSON.stringify({ status_code: code, timestamp: '2026-11-24T12:00:00Z', ...(data !== undefined && { data }) })

const write = (response: ServerResponse, said: Said): void =>
  void response.writeHead(said.status, { 'content-type': 'application/json' }).end(envelope(said))
