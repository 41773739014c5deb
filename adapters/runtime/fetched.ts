import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { apologise } from './door.ts'

type Application = (request: Request) => Response | Promise<Response>

/**
 * Node's requests as the fetch API's, so that one application serves all runtimes. Bodies stream both ways; when the
 * client goes away, the request's signal is aborted and the body of the response cancelled.
 */
export const serveFetch = async (
  { request, response, secure }: { request: IncomingMessage; response: ServerResponse; secure: boolean },
  application: Application,
): Promise<void> => {
  const left = new AbortController()
  response.on('close', () => response.writableFinished || left.abort())
  const asked = requestOf(request, secure, left.signal)
  const answer =
    asked === undefined ? new Response('bad request\n', { status: 400 }) : await answerOf(asked, application)
  await reply(response, answer)
}

const answerOf = async (asked: Request, application: Application): Promise<Response> => {
  try {
    return await application(asked)
  } catch (fault) {
    return apologise(fault)
  }
}

const requestOf = (request: IncomingMessage, secure: boolean, signal: AbortSignal): Request | undefined => {
  const { method = 'GET', url: target = '/' } = request
  const headers = new Headers()
  const body = method === 'GET' || method === 'HEAD' ? null : (Readable.toWeb(request) as unknown as ReadableStream)
  try {
    for (const [name, values] of Object.entries(request.headersDistinct))
      for (const value of values ?? []) headers.append(name, value)
    // put together as text: resolved against a base, `//x/y` would name another host
    const origin = `http${secure ? 's' : ''}://${request.headers.host ?? 'localhost'}`
    const url = new URL(target.startsWith('/') ? origin + target : target)
    return new Request(url, { method, headers, body, signal, ...(body && { duplex: 'half' }) } as RequestInit)
  } catch {
    return undefined
  }
}

const reply = async (response: ServerResponse, answer: Response): Promise<void> => {
  const cookies = answer.headers.getSetCookie()
  response.writeHead(answer.status, {
    ...Object.fromEntries(answer.headers),
    ...(cookies.length > 0 && { 'set-cookie': cookies }),
  })
  const reader = answer.body?.getReader()
  if (reader === undefined) return void response.end()
  const cancel = (): void => void reader.cancel().catch(() => {})
  // the client may have left while the application was still thinking
  if (response.destroyed || response.req.method === 'HEAD') {
    cancel()
    return void response.end()
  }
  response.on('close', cancel)
  response.flushHeaders()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return void response.end()
    if (response.destroyed) return
    if (!response.write(value)) await new Promise<void>((go) => response.once('drain', go).once('close', go))
  }
}
