import { z } from '@hono/zod-openapi'
import { formatInstant } from '../../core/domain/instant.ts'
import { installedUses } from '../../core/domain/order.ts'
import type { ChargePointView, ConfigurationView } from '../../core/ports/store.ts'
import { knownChargePoint } from './known.ts'
import { byIdentity } from './params.ts'
import type { Api, ApiParts } from './parts.ts'
import { notFound } from './problem.ts'
import { route } from './route.ts'
import { instant, json, missing, pageSchema, problems, unprocessable } from './schemas.ts'

const at = '/api/v1/charge-points/{identity}'
const when = (ms: number | undefined): string | null => (ms === undefined ? null : formatInstant(ms))

const keySchema = z
  .object({
    key: z.string(),
    value: z.string().nullable(),
    readonly: z.boolean(),
    known: z.boolean().describe('false: the station says that it has no such key'),
    reportedAt: instant.nullable(),
    desired: z.string().nullable(),
    drift: z.boolean().describe('it is not what is desired'),
    afterBoot: z.boolean().describe('the desired value has been taken, and is in force after a boot'),
  })
  .openapi('ConfigurationKey')

const keyOf = (key: ConfigurationView): z.infer<typeof keySchema> => ({
  key: key.key,
  value: key.value ?? null,
  readonly: key.readonly,
  known: key.known,
  reportedAt: when(key.reportedAt),
  desired: key.desired ?? null,
  drift: key.desired !== undefined && key.desired !== key.value,
  afterBoot: key.afterBoot,
})

const listSchema = z
  .object({
    version: z.number().int().nullable().describe('null: none was ever taken'),
    takenAt: instant.nullable(),
    uncertain: z.boolean().describe('a newer one was sent, and its answer is still out'),
    items: z.array(
      z.object({ uid: z.string(), status: z.string(), expiresAt: instant.nullable(), groupId: z.string().nullable() }),
    ),
  })
  .openapi('LocalList')

const certificateSchema = z
  .object({
    use: z.enum(installedUses),
    hashAlgorithm: z.string(),
    issuerNameHash: z.string(),
    issuerKeyHash: z.string(),
    serialNumber: z.string(),
    reportedAt: instant,
  })
  .openapi('InstalledCertificate')

/** What stations have told of themselves, and what is wanted of them. */
export const mirrorRoutes = (api: Api, { store, clock }: ApiParts): void => {
  const known = (tenant: string, identity: string): Promise<ChargePointView> =>
    knownChargePoint(store, { tenant, identity })

  api.openapi(
    route({
      method: 'get',
      path: `${at}/configuration`,
      'x-permission': 'chargePoints.read',
      tags: ['Configuration'],
      summary: 'Its configuration as last read, and where it is not what it should be',
      description:
        'Read anew by the order getConfig; what is desired is set by setConfig, or by PUT …/configuration/{key}.',
      request: { params: byIdentity },
      responses: { 200: json(pageSchema(keySchema), 'Keys'), ...problems, ...missing },
    }),
    async (c) => {
      const view = await known(c.get('caller').tenant, c.req.valid('param').identity)
      return c.json({ items: (await store.mirrors.configuration(view)).map(keyOf), next: null }, 200)
    },
  )

  api.openapi(
    route({
      method: 'put',
      path: `${at}/configuration/{key}`,
      'x-permission': 'chargePoints.write',
      tags: ['Configuration'],
      summary: 'Say what a key should be',
      description: 'It is shown as drift until the station says the same; nothing is sent. null: it does not matter.',
      request: {
        params: byIdentity.extend({
          key: z
            .string()
            .min(1)
            .max(50)
            .openapi({ param: { name: 'key', in: 'path' }, example: 'HeartbeatInterval' }),
        }),
        body: {
          content: { 'application/json': { schema: z.strictObject({ desired: z.string().max(2_048).nullable() }) } },
          required: true,
        },
      },
      responses: { 200: json(keySchema, 'The key'), ...problems, ...missing, ...unprocessable },
    }),
    async (c) => {
      const { identity: name, key } = c.req.valid('param')
      const view = await known(c.get('caller').tenant, name)
      await store.mirrors.desire(view, key, c.req.valid('json').desired, clock.now())
      const now = (await store.mirrors.configuration(view)).find((k) => k.key.toLowerCase() === key.toLowerCase())
      if (now === undefined) throw notFound('key')
      return c.json(keyOf(now), 200)
    },
  )

  api.openapi(
    route({
      method: 'get',
      path: `${at}/local-list`,
      'x-permission': 'tokens.read',
      tags: ['Charge points'],
      summary: 'The list of tokens that it keeps, as it was last taken',
      request: { params: byIdentity },
      responses: { 200: json(listSchema, 'The list'), ...problems, ...missing },
    }),
    async (c) => {
      const view = await known(c.get('caller').tenant, c.req.valid('param').identity)
      const kept = await store.mirrors.localList(view)
      const items = (kept?.list?.entries ?? []).map(({ uid, status, expiresAt, groupId }) => ({
        uid,
        status,
        expiresAt: when(expiresAt),
        groupId: groupId ?? null,
      }))
      const uncertain = kept?.uncertain !== undefined
      return c.json({ version: kept?.list?.version ?? null, takenAt: when(kept?.takenAt), uncertain, items }, 200)
    },
  )

  api.openapi(
    route({
      method: 'get',
      path: `${at}/installed-certificates`,
      'x-permission': 'chargePoints.read',
      tags: ['Certificates'],
      summary: 'The roots that it trusts, as it last said',
      description: 'Read anew by the order listCertificates.',
      request: { params: byIdentity },
      responses: { 200: json(pageSchema(certificateSchema), 'Certificates'), ...problems, ...missing },
    }),
    async (c) => {
      const view = await known(c.get('caller').tenant, c.req.valid('param').identity)
      const items = (await store.mirrors.certificates(view)).map(({ reportedAt, ...certificate }) => ({
        ...certificate,
        reportedAt: formatInstant(reportedAt),
      }))
      return c.json({ items, next: null }, 200)
    },
  )
}
