import { z } from '@hono/zod-openapi'
import { identityFault } from '../../core/domain/charge-point.ts'
import { formatInstant } from '../../core/domain/instant.ts'
import type { AssignmentView } from '../../core/ports/tariffs.ts'
import type { AssignedPlace } from '../../core/pricing/assignment.ts'
import { actOf } from './acts.ts'
import { msOf } from './params.ts'
import type { Api, ApiParts } from './parts.ts'
import { notFound, wrongField } from './problem.ts'
import { route } from './route.ts'
import { given, instant, json, missing, pageQuery, pageSchema, problems, unprocessable } from './schemas.ts'
import { isKept } from './tariff-body.ts'

const at = '/api/v1/tariff-assignments'

const byAssignment = z.object({
  id: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must be 1 to 64 letters, digits, points, hyphens or underscores')
    .openapi({ param: { name: 'id', in: 'path' }, example: 'everybody-at-night' }),
})

const name = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .refine(isKept, { error: 'has characters that cannot be stored', params: { rule: 'storableText' } })
const chargePoint = z
  .string()
  .max(255)
  .refine((text) => identityFault(text) === undefined, 'must be the identity of a charge point')
const number = z.number().int().min(1).max(10_000)

const drivers = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('contract'), contract: name.describe('its id or its EVCO ID') }),
    z.strictObject({ kind: z.literal('emp'), emp: name.describe('the id of its party, or its code: DE*ABC') }),
    z.strictObject({ kind: z.literal('tokenGroup'), group: name }),
    z.strictObject({ kind: z.literal('adHoc') }),
    z.strictObject({ kind: z.literal('everyone') }),
  ])
  .openapi('AssignedDrivers')

const place = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('connector'), chargePoint, evse: number, connector: number }),
    z.strictObject({ kind: z.literal('evse'), chargePoint, evse: number }),
    z.strictObject({ kind: z.literal('chargePoint'), chargePoint }),
    z.strictObject({ kind: z.literal('station'), station: name }),
    z.strictObject({ kind: z.literal('site'), site: name }),
    z.strictObject({ kind: z.literal('everywhere') }),
  ])
  .openapi('AssignedPlace')

const tariff = z.string().min(1).max(36)
const assignmentBody = z
  .strictObject({
    tariff: tariff.describe('its id'),
    drivers: drivers.default({ kind: 'everyone' }),
    place: place.default({ kind: 'everywhere' }),
    from: instant.nullish().describe('of sessions that begin then or later; null: from now on'),
    until: instant.nullish().describe('excluded'),
  })
  .refine(({ from, until }) => (msOf(from ?? undefined) ?? -Infinity) < (msOf(until ?? undefined) ?? Infinity), {
    path: ['until'],
    error: 'it ends before it begins, or at once',
    params: { rule: 'endsAfterStart' },
  })
  .openapi('TariffAssignmentBody')

const schema = z
  .object({
    id: z.string(),
    tariff,
    drivers,
    place,
    from: instant.nullable(),
    until: instant.nullable(),
    changedAt: instant,
    countsSince: instant.describe('sessions that began before are priced by what was in its place'),
  })
  .openapi('TariffAssignment')

const viewOf = ({ from, until, changedAt, since, ...rest }: AssignmentView): z.infer<typeof schema> => ({
  id: rest.id,
  tariff: rest.tariff,
  drivers: rest.drivers,
  place: rest.place,
  from: from === undefined ? null : formatInstant(from),
  until: until === undefined ? null : formatInstant(until),
  changedAt: formatInstant(changedAt),
  countsSince: formatInstant(since),
})

const missingPlace = (field: string, what: string): never => {
  throw wrongField(`/place/${field}`, `there is no such ${what}`, { rule: 'knownPlace' })
}

/** Which sessions a tariff prices: whose they are, and where. */
export const tariffAssignmentRoutes = (api: Api, { store, clock }: ApiParts): void => {
  /** As it was registered. What nobody knows is a slip of the pen, and its sessions would cost nothing. */
  const known = async (tenant: string, assigned: AssignedPlace): Promise<AssignedPlace> => {
    if (assigned.kind === 'everywhere') return assigned
    if (assigned.kind === 'site') {
      const { id: site } = (await store.sites.find(tenant, assigned.site)) ?? missingPlace('site', 'site')
      return { ...assigned, site }
    }
    if (assigned.kind === 'station') {
      const found = await store.chargingStations.find(tenant, assigned.station)
      return { ...assigned, station: (found ?? missingPlace('station', 'charging station')).id }
    }
    const view = await store.chargePoints.find({ tenant, identity: assigned.chargePoint })
    return { ...assigned, chargePoint: (view ?? missingPlace('chargePoint', 'charge point')).identity }
  }

  api.openapi(
    route({
      method: 'get',
      path: at,
      'x-permission': 'tariffs.read',
      tags: ['Tariffs'],
      summary: 'List assignments of tariffs',
      request: { query: z.object({ ...pageQuery, tariff: tariff.optional() }) },
      responses: { 200: json(pageSchema(schema), 'Assignments, by id'), ...problems },
    }),
    async (c) => {
      const { limit, cursor, tariff: of } = c.req.valid('query')
      const page = await store.tariffs.assignments.list(c.get('caller').tenant, given({ tariff: of }), {
        limit,
        ...given({ cursor }),
      })
      return c.json({ items: page.items.map(viewOf), next: page.next }, 200)
    },
  )

  api.openapi(
    route({
      method: 'get',
      path: `${at}/{id}`,
      'x-permission': 'tariffs.read',
      tags: ['Tariffs'],
      summary: 'One assignment of a tariff',
      request: { params: byAssignment },
      responses: { 200: json(schema, 'The assignment'), ...problems, ...missing },
    }),
    async (c) => {
      const view = await store.tariffs.assignments.find(c.get('caller').tenant, c.req.valid('param').id)
      if (view === undefined) throw notFound('assignment of a tariff')
      return c.json(viewOf(view), 200)
    },
  )

  api.openapi(
    route({
      method: 'put',
      path: `${at}/{id}`,
      'x-permission': 'tariffs.write',
      tags: ['Tariffs'],
      summary: 'Say whose sessions a tariff prices, and where',
      description:
        'The most specific one counts: by drivers (contract, EMP, token group or ad hoc, everyone), then by place (connector, EVSE, charge point, station, site, everywhere), then the one whose tariff is of the type of the session, then the one that began last. Sessions that have begun keep what was said when they did.',
      request: {
        params: byAssignment,
        body: { content: { 'application/json': { schema: assignmentBody } }, required: true },
      },
      responses: { 200: json(schema, 'As it is now'), 201: json(schema, 'Made'), ...problems, ...unprocessable },
    }),
    async (c) => {
      const caller = c.get('caller')
      const body = c.req.valid('json')
      const assignment = {
        id: c.req.valid('param').id,
        tariff: body.tariff,
        drivers: body.drivers,
        place: await known(caller.tenant, body.place),
        ...given({ from: msOf(body.from ?? undefined), until: msOf(body.until ?? undefined) }),
      }
      const act = actOf({ clock }, caller)
      const result = await store.tariffs.assignments.put(caller.tenant, assignment, act)
      if (result === undefined) throw wrongField('/tariff', 'there is no such tariff', { rule: 'knownTariff' })
      const { isNew, ...view } = result
      return isNew ? c.json(viewOf(view), 201) : c.json(viewOf(view), 200)
    },
  )

  api.openapi(
    route({
      method: 'delete',
      path: `${at}/{id}`,
      'x-permission': 'tariffs.write',
      tags: ['Tariffs'],
      summary: 'End an assignment of a tariff',
      request: { params: byAssignment },
      responses: { 204: { description: 'Ended: it counts for sessions that began before' }, ...problems, ...missing },
    }),
    async (c) => {
      const caller = c.get('caller')
      const act = actOf({ clock }, caller)
      if (!(await store.tariffs.assignments.remove(caller.tenant, c.req.valid('param').id, act)))
        throw notFound('assignment of a tariff')
      return c.body(null, 204)
    },
  )
}
