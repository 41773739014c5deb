import type { Admission, Gateway, UpgradeRequest } from '../../core/ports/gateway.ts'

/** What the three runtimes have in common about the opening handshake (RFC 6455 §4.2). */

const ocpp = /^(?:[a-z]+:\/\/[^/]*)?\/+ocpp(?:\/|\?|$)/i

/** Whether a request target is a charge point's, as opposed to the API's. */
export const isForChargePoints = (target: string): boolean => ocpp.test(target)

export type Refusal = Extract<Admission, { readonly admitted: false }>

const refused = (status: number, reason: string, headers: Readonly<Record<string, string>> = {}): Refusal => ({
  admitted: false,
  status,
  reason,
  headers,
})

/** Looks at the handshake itself, then asks the gateway. */
export const knock = async (gateway: Gateway, request: UpgradeRequest): Promise<Admission> => {
  if (request.method !== 'GET') return refused(405, 'charge points connect with GET', { allow: 'GET' })
  if (request.header('upgrade')?.toLowerCase() !== 'websocket')
    return refused(426, 'this is a WebSocket endpoint', { upgrade: 'websocket', connection: 'Upgrade' })
  if (request.header('sec-websocket-version') !== '13')
    return refused(426, 'WebSocket version 13 is spoken here', { 'sec-websocket-version': '13' })
  if (request.header('sec-websocket-key') === undefined) return refused(400, 'Sec-WebSocket-Key is missing')
  return gateway.admit(request)
}

/** A refusal as a response: its status, its headers, and one line of why. */
export const respond = ({ status, reason, headers }: Refusal): Response =>
  new Response(`${reason}\n`, { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...headers } })

const utf8 = new TextEncoder()

/** Whether a text is longer than `most` bytes of UTF-8; counted only where the length in characters leaves it open. */
export const isTooLong = (text: string, most: number): boolean =>
  text.length > most || (text.length * 3 > most && utf8.encode(text).length > most)

/** How much more than the allowed size a runtime may take in before it drops the socket, so that we can close it properly. */
export const headRoom = (most: number): number => Math.max(most * 16, 1024 * 1024)
