import { z } from '@hono/zod-openapi'
import { identityFault, remoteStarts, securityProfiles } from '../../core/domain/charge-point.ts'
import { protocols } from '../../core/ocpp/version.ts'
import type { ChargePointPut, Verifier } from '../../core/ports/store.ts'
import type { DisplayPrice } from '../../core/pricing/display-price.ts'
import { knownChargePoint } from './known.ts'
import { byIdentity } from './params.ts'
import type { Api, ApiParts } from './parts.ts'
import { notFound, Problem } from './problem.ts'
import { route } from './route.ts'
import {
  chargePointOf,
  chargePointSchema,
  displayPriceSchema,
  given,
  json,
  missing,
  pageQuery,
  pageSchema,
  problems,
  supplySchema,
  unprocessable,
} from './schemas.ts'

const at = '/api/v1/charge-points'

export const chargePointBody = z.strictObject({
  password: z.string().min(16).max(64).optional().describe('as text; sent by the station as these bytes'),
  passwordHex: z
    .string()
    .regex(/^(?:[0-9a-fA-F]{2}){16,20}$/, 'must be 32 to 40 hexadecimal digits')
    .optional()
    .describe('16–20 bytes as digits (OCPP 1.6 AuthorizationKey)'),
  registration: z.enum(['accepted', 'pending', 'rejected']).optional().describe('what its BootNotification is told'),
  blocked: z.boolean().optional(),
  securityProfile: z
    .literal(securityProfiles)
    .optional()
    .describe('the least it must come with: 0 nothing, 1 password, 2 password over TLS, 3 client certificate over TLS'),
  clockless: z.boolean().optional().describe('an equal start after its stop is another session'),
  remoteStart: z
    .enum(remoteStarts)
    .optional()
    .describe('what a remote start of OCPP 1.6 presents: a tag made for the order, or the token itself'),
  supply: supplySchema.optional().describe('what it charges with, to compute limits; else three phases of 230 V'),
  assumeProtocol: z
    .enum([...protocols, 'none'])
    .optional()
    .describe('what it speaks where it names no sub-protocol; none: it is refused then'),
  maxPowerW: z
    .number()
    .int()
    .min(1)
    .max(100_000_000)
    .optional()
    .describe(
      'the most that one connector can deliver, in W; more energy than that holds a CDR (400,000 where not given)',
    ),
  displayPrice: displayPriceSchema
    .nullable()
    .optional()
    .describe('what its display says that a session costs, taxes included (OCPP 2.x); null: nothing any more'),
})

const priceOf = ({ currency, ...prices }: z.infer<typeof displayPriceSchema>): DisplayPrice => ({
  currency,
  ...given(prices),
})

/** A record to store, and the password if one had to be made; its owner is told it once. */
export const prepared = (
  parts: ApiParts,
  name: string,
  body: z.infer<typeof chargePointBody>,
  isNew: boolean,
): { readonly put: ChargePointPut; readonly password?: string } => {
  const fault = identityFault(name)
  if (fault !== undefined)
    throw new Problem(422, `the identity ${fault}`, { faults: [{ pointer: '/identity', detail: fault }] })
  if (body.password !== undefined && body.passwordHex !== undefined)
    throw new Problem(422, 'give password or passwordHex, not both', {
      faults: [{ pointer: '/passwordHex', detail: 'password is given too' }],
    })
  const generated =
    body.password === undefined && body.passwordHex === undefined && isNew
      ? Buffer.from(parts.randomBytes(20)).toString('hex')
      : undefined
  const digits = body.passwordHex ?? generated
  const secret =
    digits !== undefined
      ? Buffer.from(digits, 'hex')
      : body.password === undefined
        ? undefined
        : new TextEncoder().encode(body.password)
  return {
    put: {
      identity: name,
      firstTransaction: parts.randomInteger(1_000_000, 1_000_000_000),
      ...(secret !== undefined && { verifier: sealed(parts, secret) }),
      ...given({
        registration: body.registration,
        blocked: body.blocked,
        securityProfile: body.securityProfile,
        clockless: body.clockless,
        remoteStart: body.remoteStart,
        supply: body.supply,
        assumeProtocol: body.assumeProtocol,
        maxPowerW: body.maxPowerW,
        displayPrice: body.displayPrice && priceOf(body.displayPrice),
      }),
    },
    ...(generated !== undefined && { password: generated }),
  }
}

const sealed = ({ digest, randomBytes }: ApiParts, secret: Uint8Array): Verifier => {
  const salt = randomBytes(16)
  return { salt, hash: digest.seal(salt, secret) }
}

const putSchema = chargePointSchema
  .extend({ password: z.string().optional().describe('generated; shown this once') })
  .openapi('ChargePointPut')

export const chargePointRoutes = (api: Api, parts: ApiParts): void => {
  const { store, commander, clock } = parts

  api.openapi(
    route({
      method: 'get',
      path: at,
      'x-permission': 'chargePoints.read',
      tags: ['Charge points'],
      summary: 'List charge points',
      request: { query: z.object({ ...pageQuery, online: z.enum(['true', 'false']).optional() }) },
      responses: { 200: json(pageSchema(chargePointSchema), 'Charge points by identity'), ...problems },
    }),
    async (c) => {
      const { limit, cursor, online } = c.req.valid('query')
      const page = await store.chargePoints.list(c.get('caller').tenant, {
        limit,
        ...given({ cursor, online: online === undefined ? undefined : online === 'true' }),
      })
      return c.json({ items: page.items.map(chargePointOf), next: page.next }, 200)
    },
  )

  api.openapi(
    route({
      method: 'get',
      path: `${at}/{identity}`,
      'x-permission': 'chargePoints.read',
      tags: ['Charge points'],
      summary: 'One charge point',
      request: { params: byIdentity },
      responses: { 200: json(chargePointSchema, 'The charge point'), ...problems, ...missing },
    }),
    async (c) => {
      const view = await knownChargePoint(store, {
        tenant: c.get('caller').tenant,
        identity: c.req.valid('param').identity,
      })
      return c.json(chargePointOf(view), 200)
    },
  )

  api.openapi(
    route({
      method: 'put',
      path: `${at}/{identity}`,
      'x-permission': 'chargePoints.write',
      tags: ['Charge points'],
      summary: 'Register or change a charge point',
      description:
        'Without a password a new charge point gets a generated one (20 bytes as 40 hexadecimal digits), shown once; the station may send the bytes or the digits. A changed password closes its socket.',
      request: {
        params: byIdentity,
        body: { content: { 'application/json': { schema: chargePointBody } }, required: true },
      },
      responses: { 200: json(putSchema, 'Changed'), 201: json(putSchema, 'Registered'), ...problems, ...unprocessable },
    }),
    async (c) => {
      const { tenant } = c.get('caller')
      const name = c.req.valid('param').identity
      const body = c.req.valid('json')
      const before = await store.chargePoints.find({ tenant, identity: name })
      const { put, password } = prepared(parts, name, body, before === undefined)
      const [result] = await store.chargePoints.put(tenant, [put], clock.now())
      const ref = { tenant, identity: result?.identity ?? name }
      if (before !== undefined && (put.verifier !== undefined || body.blocked === true))
        await commander.hangUp(ref, 'its credentials have changed')
      const view = await knownChargePoint(store, ref)
      const shown = { ...chargePointOf(view), ...(password !== undefined && { password }) }
      return result?.created === true ? c.json(shown, 201) : c.json(shown, 200)
    },
  )

  api.openapi(
    route({
      method: 'delete',
      path: `${at}/{identity}`,
      'x-permission': 'chargePoints.write',
      tags: ['Charge points'],
      summary: 'Remove a charge point',
      description: 'Its sessions and CDRs stay.',
      request: { params: byIdentity },
      responses: { 204: { description: 'Removed' }, ...problems, ...missing },
    }),
    async (c) => {
      const ref = { tenant: c.get('caller').tenant, identity: c.req.valid('param').identity }
      if (!(await store.chargePoints.remove(ref, clock.now()))) throw notFound('charge point')
      await commander.hangUp(ref, 'it was removed')
      return c.body(null, 204)
    },
  )
}
