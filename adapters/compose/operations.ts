import type { Worker } from '../../actors/worker.ts'
import type { Gateway } from '../../core/ports/gateway.ts'
import type { Readiness } from '../http/parts.ts'

/** A door behind which there are no charge points. */
export const closedGateway: Gateway = {
  admit: async () => ({ admitted: false, status: 404, headers: {}, reason: 'no charge points here' }),
  opened: (seat) => seat,
  abandoned: () => {},
  heard: () => {},
  heardBinary: () => {},
  ponged: () => {},
  pinged: () => {},
  closed: () => {},
}

interface Operations {
  readonly readiness: () => Readiness
  readonly metrics: () => Promise<string>
  readonly worker: Worker
}

export const operations = async (path: string, { readiness, metrics, worker }: Operations): Promise<Response> => {
  const json = (body: unknown, status = 200): Response =>
    new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } })
  if (path === '/metrics')
    return new Response(await metrics(), { headers: { 'content-type': 'text/plain; version=0.0.4' } })
  if (path === '/livez') return json({ alive: true })
  if (path === '/readyz') return json(readiness(), readiness().ready ? 200 : 503)
  if (path === '/workers')
    return json({ workers: [{ name: worker.name, sockets: worker.registry.size, pending: worker.journal.pending }] })
  return json({ paths: ['/metrics', '/readyz', '/livez', '/workers'] }, 404)
}
