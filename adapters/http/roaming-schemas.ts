import { z } from '@hono/zod-openapi'
import { formatInstant } from '../../core/domain/instant.ts'
import {
  checkSteps,
  interfaceRoles,
  noQuirks,
  ocpiVersions,
  type Quirks,
  registrationStates,
  type RoamingPartner,
  roamingProtocols,
  stateAt,
} from '../../core/domain/roaming-partner.ts'
import { clean } from '../../core/domain/text.ts'
import { given, instant } from './schemas.ts'

/** Roaming partners, as the API shows them. */

const tokenForm = z.enum(['base64', 'raw'])

export const quirksSchema = z
  .strictObject({
    tokenIn: z
      .enum(['base64', 'raw', 'either'])
      .default(noQuirks.tokenIn)
      .describe('how it writes our token into its requests'),
    tokenOut: tokenForm.default(noQuirks.tokenOut).describe('how it wants its own token'),
    trailingSlash: z.boolean().default(noQuirks.trailingSlash).describe('its addresses need a slash at their end'),
    dataAsList: z.boolean().default(noQuirks.dataAsList).describe('it puts a single object into a list of one'),
    version: z.enum(ocpiVersions).optional().describe('what is spoken with it, whatever else it offers'),
    lacks: z
      .array(z.string().regex(/^[A-Za-z0-9-]{1,64}$/))
      .max(20)
      .default([])
      .describe('modules that nobody insists on, although its role should have them'),
  })
  .openapi('RoamingQuirks')

export const quirksOf = ({ version, ...quirks }: z.infer<typeof quirksSchema>): Quirks => ({
  ...quirks,
  ...given({ version }),
})

export const partnerSchema = z
  .object({
    id: z.string().openapi({ example: 'greenflux' }),
    name: z.string().nullable(),
    protocol: z.enum(roamingProtocols),
    state: z
      .enum(registrationStates)
      .describe(
        'known: nothing done yet; invited: it has a token to register with; connecting, offering: we are registering; renewing: registered, and new tokens are on their way; ended: was registered',
      ),
    since: instant,
    registeredAt: instant.nullable(),
    versionsUrl: z.string().nullable(),
    version: z.string().nullable().describe('of OCPI, as it is spoken'),
    hub: z.string().nullable().describe('the hub that its parties are reached through'),
    roles: z.array(
      z.object({
        role: z.string().openapi({ example: 'EMSP' }),
        countryCode: z.string(),
        partyId: z.string(),
        name: z.string(),
        website: z.string().nullable(),
      }),
    ),
    endpoints: z.array(z.object({ module: z.string(), role: z.enum(interfaceRoles), url: z.string() })),
    quirks: quirksSchema,
    checks: z
      .array(z.object({ step: z.enum(checkSteps), passed: z.boolean(), detail: z.string(), at: instant }))
      .describe('of the last handshake: what was looked at, what was found, and where it failed'),
    changedAt: instant,
  })
  .openapi('RoamingPartner')

export const partnerView = (p: RoamingPartner, now: number): z.infer<typeof partnerSchema> => ({
  id: p.id,
  name: p.name ?? null,
  protocol: p.protocol ?? 'ocpi',
  state: stateAt(p, now),
  since: formatInstant(p.since),
  registeredAt: p.registeredAt === undefined ? null : formatInstant(p.registeredAt),
  versionsUrl: p.versionsUrl ?? null,
  version: p.version ?? null,
  hub: p.hub ?? null,
  roles: p.roles.map(({ role, code, name, website }) => ({
    role,
    countryCode: code.country,
    partyId: code.party,
    name,
    website: website ?? null,
  })),
  endpoints: p.endpoints.map((endpoint) => ({ ...endpoint })),
  quirks: { ...p.quirks, lacks: [...p.quirks.lacks] },
  checks: p.checks.map((check) => ({ ...check, at: formatInstant(check.at) })),
  changedAt: formatInstant(p.changedAt),
})

const id = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/)
export const byPartner = z.object({ id: id.openapi({ param: { name: 'id', in: 'path' }, example: 'greenflux' }) })

const name = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .transform((text) => clean(text, 100))

export const partnerBody = z
  .strictObject({ name: name.optional(), quirks: quirksSchema.default({ ...noQuirks, lacks: [] }) })
  .openapi('RoamingPartnerBody')

const url = z
  .url({ protocol: /^https?$/ })
  .max(255)
  .describe('where it says which versions it speaks')
const token = z
  .string()
  .trim()
  .regex(/^[\u0021-\u007e]{1,64}$/, 'must be 1 to 64 printable characters without a space')
  .describe('what it has given us to register with')

export const connectBody = z
  .strictObject({ url: url.optional(), token: token.optional() })
  .describe('what is not given is as it was')
  .openapi('RoamingConnect')

export const newPartnerBody = z.strictObject({ ...partnerBody.shape, id, url, token }).openapi('NewRoamingPartner')
