import { z } from '@hono/zod-openapi'
import type { ChargingStation, ChargingStationView } from '../../core/domain/charging-station.ts'
import { formatInstant } from '../../core/domain/instant.ts'
import { dayIn } from '../../core/domain/time-zone.ts'
import type { Given } from '../../core/ports/market.ts'
import { actOf, putOrThrow, removedOrThrow } from './acts.ts'
import { msOf } from './params.ts'
import { byMarketId, line, named } from './party-schemas.ts'
import type { Api, ApiParts } from './parts.ts'
import { notFound } from './problem.ts'
import { route } from './route.ts'
import { given, instant, json, missing, pageQuery, pageSchema, problems, unprocessable } from './schemas.ts'
import { atQuery } from './sites.ts'
import { holdersSchema, holdersView } from './tenure-schemas.ts'

const path = '/api/v1/charging-stations'

export const stationBody = z.strictObject({
  site: named,
  name: line(100).nullish().describe('what is written on it'),
})

export const stationFrom = (
  tenant: string,
  id: string,
  { site, name }: z.infer<typeof stationBody>,
): Given<ChargingStation> => ({ tenant, id, site, ...given({ name: name ?? undefined }) })

const schema = z
  .object({
    id: z.string(),
    site: z.string(),
    name: z.string().nullable(),
    ...holdersSchema,
    changedAt: instant,
  })
  .openapi('ChargingStation')

/** Who has a role at a station is who has it there, else who has it at the site. */
const viewOf = (station: ChargingStationView, at: number): z.infer<typeof schema> => ({
  id: station.id,
  site: station.site,
  name: station.name ?? null,
  ...holdersView([station.tenures, station.siteTenures], dayIn(station.zone, at)),
  changedAt: formatInstant(station.changedAt),
})

/** The units that drivers see; OCPP knows nothing of them. */
export const chargingStationRoutes = (api: Api, parts: ApiParts): void => {
  const { store, clock } = parts
  const { chargingStations } = store

  api.openapi(
    route({
      method: 'get',
      path,
      'x-permission': 'market.read',
      tags: ['Market'],
      summary: 'List charging stations',
      request: { query: z.object({ ...pageQuery, ...atQuery, site: named.optional() }) },
      responses: { 200: json(pageSchema(schema), 'Charging stations, by their ids'), ...problems },
    }),
    async (c) => {
      const { limit, cursor, at, site } = c.req.valid('query')
      const page = await chargingStations.list(c.get('caller').tenant, given({ site }), { limit, ...given({ cursor }) })
      const when = msOf(at) ?? clock.now()
      return c.json({ items: page.items.map((station) => viewOf(station, when)), next: page.next }, 200)
    },
  )

  api.openapi(
    route({
      method: 'get',
      path: `${path}/{id}`,
      'x-permission': 'market.read',
      tags: ['Market'],
      summary: 'One charging station',
      request: { params: byMarketId, query: z.object(atQuery) },
      responses: { 200: json(schema, 'The station, and who owns, operates and provides it'), ...problems, ...missing },
    }),
    async (c) => {
      const station = await chargingStations.find(c.get('caller').tenant, c.req.valid('param').id)
      if (station === undefined) throw notFound('charging station')
      return c.json(viewOf(station, msOf(c.req.valid('query').at) ?? clock.now()), 200)
    },
  )

  api.openapi(
    route({
      method: 'put',
      path: `${path}/{id}`,
      'x-permission': 'market.write',
      tags: ['Market'],
      summary: 'Add or change a charging station',
      description: 'What is not given is not there any more. Put as it is already, nothing happens.',
      request: {
        params: byMarketId,
        body: { content: { 'application/json': { schema: stationBody } }, required: true },
      },
      responses: { 200: json(schema, 'As it is now'), 201: json(schema, 'Added'), ...problems, ...unprocessable },
    }),
    async (c) => {
      const caller = c.get('caller')
      const station = stationFrom(caller.tenant, c.req.valid('param').id, c.req.valid('json'))
      const { item, isNew } = putOrThrow(await chargingStations.put(station, actOf(parts, caller)))
      const shown = viewOf(item, clock.now())
      return isNew ? c.json(shown, 201) : c.json(shown, 200)
    },
  )

  api.openapi(
    route({
      method: 'delete',
      path: `${path}/{id}`,
      'x-permission': 'market.write',
      tags: ['Market'],
      summary: 'Remove a charging station',
      description: 'Not one that has EVSEs other than removed ones.',
      request: { params: byMarketId },
      responses: { 204: { description: 'Removed' }, ...problems, ...missing, ...unprocessable },
    }),
    async (c) => {
      const caller = c.get('caller')
      const removal = await chargingStations.remove(caller.tenant, c.req.valid('param').id, actOf(parts, caller))
      removedOrThrow('charging station', removal)
      return c.body(null, 204)
    },
  )
}
