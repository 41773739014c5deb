import { z } from '@hono/zod-openapi'
import { streamSSE } from 'hono/streaming'
import { mayHear } from '../../core/domain/access.ts'
import { formatInstant } from '../../core/domain/instant.ts'
import { seenFigures } from './live-figures.ts'
import type { Api, ApiParts } from './parts.ts'
import { Problem } from './problem.ts'
import { route } from './route.ts'
import { problems } from './schemas.ts'

const pollMs = 400
const quietMs = 15_000
const batch = 500
const mostLive = 200

/** Events as they are committed, resumable for as long as they are kept; live meter figures beside them, which are not. */
export const eventRoutes = (api: Api, { store, bus, clock, log }: ApiParts): void => {
  api.openapi(
    route({
      method: 'get',
      path: '/api/v1/events',
      'x-permission': 'events.read',
      tags: ['Events'],
      summary: 'Follow what happens (server-sent events)',
      description:
        'Each event has an id; a reader that comes back with it in Last-Event-ID (or ?after=) misses nothing and hears nothing twice. `session.meter` events have no id: they are figures of the moment.',
      request: {
        query: z.object({
          after: z.string().max(100).optional(),
          types: z.string().max(1_000).optional().describe('comma-separated'),
        }),
      },
      responses: {
        200: { description: 'A stream', content: { 'text/event-stream': { schema: z.string() } } },
        ...problems,
      },
    }),
    async (c) => {
      const caller = c.get('caller')
      const { tenant } = caller
      const { after, types } = c.req.valid('query')
      const wanted = types === undefined ? undefined : new Set(types.split(','))
      const from = c.req.header('last-event-id') ?? after
      // a bad cursor is an answer, not a stream that breaks off
      let { cursor, events } = await store.events.after(tenant, from, batch)
      if (from !== undefined && !/^\d+-\d+$/.test(from)) throw new Problem(400, 'Last-Event-ID is not one of ours')
      c.header('x-accel-buffering', 'no')
      const alive = c.get('alive')
      const figuresSeen = seenFigures(store, caller)
      const response = streamSSE(c, async (stream) => {
        let left = false
        let wake = (): void => {}
        let live: string[] = []
        const unsubscribe = [
          bus.subscribe('events', () => wake()),
          bus.subscribe(`live/${tenant}`, (message) => {
            // a reader that is slow hears fewer figures of the moment; no event is lost
            if (live.length < mostLive) live.push(message)
            wake()
          }),
        ]
        stream.onAbort(() => {
          left = true
          wake()
        })
        let saidAt = clock.monotonic()
        try {
          // its id is where the reader stands: the events read already have not been told yet
          await stream.writeSSE({ event: 'hello', data: JSON.stringify({ tenant }), id: from ?? cursor, retry: 2_000 })
          // a key that was revoked or has expired hears no more
          while (!left && (await alive())) {
            for (const event of events) {
              if ((wanted !== undefined && !wanted.has(event.type)) || !mayHear(caller, event.type)) continue
              await stream.writeSSE({
                id: event.cursor,
                event: event.type,
                data: JSON.stringify({ at: formatInstant(event.at), ...event.data }),
              })
              saidAt = clock.monotonic()
            }
            const figures = live
            live = []
            if (wanted === undefined || wanted.has('session.meter'))
              for (const figure of await figuresSeen(figures)) {
                await stream.writeSSE({ event: 'session.meter', data: figure })
                saidAt = clock.monotonic()
              }
            if (clock.monotonic() - saidAt > quietMs) {
              await stream.write(': still here\n\n')
              saidAt = clock.monotonic()
            }
            if (events.length < batch)
              await new Promise<void>((go) => {
                const timer = setTimeout(go, pollMs)
                wake = () => {
                  clearTimeout(timer)
                  go()
                }
              })
            if (!left) ({ cursor, events } = await store.events.after(tenant, cursor, batch))
          }
        } catch (error) {
          log.warn('an event stream broke off', { reason: String(error) })
        } finally {
          for (const stop of unsubscribe) stop()
        }
      })
      // streamSSE says no-cache
      response.headers.set('cache-control', 'no-store')
      return response
    },
  )
}
