import { Agent as PlainAgent, request as plain, type RequestOptions } from 'node:http'
import { Agent as SecuredAgent, request as secured } from 'node:https'
import type { ClientIdentity, Reach, Reached, Wanted } from '../../core/ports/roaming-partners.ts'

/** Finds the addresses of a host; rejects where one of them is not to be called. */
export type Resolve = (host: string) => Promise<readonly { readonly address: string; readonly family: number }[]>

const usualBytes = 65_536
/** Idle connections to partners are kept for the next request: a handshake costs more than most of them. */
const idleMs = 20_000
const mostIdle = 8
/** Certificates are renewed: connections with those that nobody uses any more are closed in time. */
const mostIdentities = 100

/**
 * Calls partners: each connection to an address that was looked at and no other (S-26), no redirects. Whether something
 * has left us is all that matters of a failure.
 */
export const reachOver = (resolve: Resolve): Reach & { close(): void } => {
  const options = { keepAlive: true, keepAliveMsecs: idleMs, maxFreeSockets: mostIdle, timeout: idleMs }
  const agents = { plain: new PlainAgent(options), secured: new SecuredAgent(options) }
  const ownAgents = new Map<string, SecuredAgent>()
  // a connection is whose it was opened as
  const agentOf = ({ certificate: cert, key, authority: ca }: ClientIdentity): SecuredAgent => {
    const name = [cert, key, ca].join()
    const known = ownAgents.get(name)
    if (known !== undefined) return known
    const agent = new SecuredAgent({ ...options, cert, key, ...(ca !== undefined && { ca }) })
    const [oldest] = ownAgents
    if (oldest !== undefined && ownAgents.size >= mostIdentities) {
      ownAgents.delete(oldest[0])
      oldest[1].destroy()
    }
    ownAgents.set(name, agent)
    return agent
  }
  const reach = async (wanted: Wanted): Promise<Reached> => {
    const url = new URL(wanted.url)
    const isSecured = url.protocol === 'https:'
    const request: RequestOptions = {
      method: wanted.method,
      agent: !isSecured ? agents.plain : wanted.client === undefined ? agents.secured : agentOf(wanted.client),
      headers: { ...wanted.headers, ...(wanted.body !== undefined && { 'content-length': wanted.body.length }) },
      // asked for each new connection: what was looked at is what is called, whatever its name means by then
      lookup: (host, { all }, found) => {
        resolve(host).then(
          (addresses) => {
            if (all === true) found(null, [...addresses])
            else found(null, addresses[0]?.address ?? '', addresses[0]?.family ?? 4)
          },
          (error: Error) => found(error, '', 4),
        )
      },
    }
    const literal = url.hostname.replace(/^\[(.+)\]$/, '$1')
    try {
      // what is an address already is not looked up by anybody
      if (/^[\d.]+$|:/.test(literal)) await resolve(literal)
    } catch (error) {
      return { type: 'unreached', reason: messageOf(error) }
    }
    return exchange({ url, isSecured, options: request }, wanted)
  }
  return Object.assign(reach, {
    close() {
      agents.plain.destroy()
      agents.secured.destroy()
      for (const agent of ownAgents.values()) agent.destroy()
    },
  })
}

interface Line {
  readonly url: URL
  readonly isSecured: boolean
  readonly options: RequestOptions
}

const exchange = (
  { url, isSecured, options }: Line,
  { body, timeoutMs, mostBytes = usualBytes }: Wanted,
): Promise<Reached> =>
  new Promise((done) => {
    let hasLeft = false
    let broken = (error: unknown): void =>
      done({ type: hasLeft && !isOfHandshake(error) ? 'unclear' : 'unreached', reason: messageOf(error) })
    const request = (isSecured ? secured : plain)(url, options, (response) => {
      const chunks: Uint8Array[] = []
      let length = 0
      const answer = (isWhole: boolean): void => {
        clearTimeout(late)
        const { statusCode: status = 0, headers } = response
        const text = Buffer.concat(chunks).subarray(0, mostBytes).toString('utf8')
        done({ type: 'answered', status, headers, text, isWhole })
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

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
