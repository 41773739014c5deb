import { z } from '@hono/zod-openapi'
import { clientStatuses } from '../../core/domain/hub-client.ts'
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
  usualAuthorization,
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
    party: z
      .strictObject({
        role: z.enum(['CPO', 'EMSP']),
        countryCode: z.string().regex(/^[A-Za-z]{2}$/),
        partyId: z.string().regex(/^[A-Za-z0-9]{3}$/),
      })
      .optional()
      .describe('as which of your parties you speak with it in 2.1.1; not needed where you have one only'),
    lengths: z
      .record(z.string().regex(/^[A-Za-z]{1,64}\.[a-z_]{1,64}$/), z.int().min(1).max(10_000))
      .default({})
      .describe('the longest texts that it takes, by class and field'),
    decimals: z
      .int()
      .min(0)
      .max(4)
      .optional()
      .describe('the most decimals that it takes in totals of CDRs and sessions: halves are rounded away from zero'),
    pageLimit: z.int().min(1).max(1_000).optional().describe('the most objects in one page, of its lists and of ours'),
    namesParties: z
      .boolean()
      .default(noQuirks.namesParties)
      .describe('requests and answers say in their headers which parties speak'),
    creditCdrs: z
      .boolean()
      .default(noQuirks.creditCdrs)
      .describe('it takes credit CDRs; else they, and what replaces a CDR, are held for a person'),
    only200: z.boolean().default(noQuirks.only200).describe('it takes HTTP 200 also where 201 would be right'),
    patches: z
      .boolean()
      .default(noQuirks.patches)
      .describe('it takes PATCH; else it is told with PUT what has changed'),
    sessionPushS: z
      .int()
      .min(0)
      .max(3_600)
      .default(noQuirks.sessionPushS)
      .describe('it is told of a session at most once in so many seconds, and at once of its end'),
  })
  .openapi('RoamingQuirks')

export const quirksOf = ({ version, party, decimals, pageLimit, ...quirks }: z.infer<typeof quirksSchema>): Quirks => ({
  ...quirks,
  ...given({ version, decimals, pageLimit }),
  ...(party !== undefined && {
    party: {
      role: party.role,
      code: { country: party.countryCode.toUpperCase(), party: party.partyId.toUpperCase() },
    },
  }),
})

const quirksView = ({ party, ...quirks }: Quirks): z.infer<typeof quirksSchema> => ({
  ...quirks,
  lacks: [...quirks.lacks],
  lengths: { ...quirks.lengths },
  ...(party !== undefined && {
    party: { role: party.role, countryCode: party.code.country, partyId: party.code.party },
  }),
})

export const authorizationSchema = z
  .strictObject({
    asksUnknown: z
      .boolean()
      .default(usualAuthorization.asksUnknown)
      .describe('it is also asked about tokens that nobody has told us of'),
    whenUnreachable: z
      .enum(['refuse', 'allow'])
      .default(usualAuthorization.whenUnreachable)
      .describe('whether a token that has to be asked about may charge where it does not answer within 2.5 s'),
    rememberS: z
      .int()
      .min(0)
      .max(86_400)
      .default(usualAuthorization.rememberS)
      .describe('for so many seconds its yes holds at the same station; never of a token that is NEVER whitelisted'),
    needsLocation: z
      .boolean()
      .default(usualAuthorization.needsLocation)
      .describe('as a CPO it must say where a driver of yours stands'),
  })
  .openapi('RoamingAuthorizationPolicy')

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
        status: z.enum(clientStatuses).nullable().describe('what the hub says of it that it is reached through'),
      }),
    ),
    endpoints: z.array(z.object({ module: z.string(), role: z.enum(interfaceRoles), url: z.string() })),
    quirks: quirksSchema,
    authorization: authorizationSchema,
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
  roles: p.roles.map(({ role, code, name, website, client }) => ({
    role,
    countryCode: code.country,
    partyId: code.party,
    name,
    website: website ?? null,
    status: client?.status ?? null,
  })),
  endpoints: p.endpoints.map((endpoint) => ({ ...endpoint })),
  quirks: quirksView(p.quirks),
  authorization: { ...(p.authorization ?? usualAuthorization) },
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
  .strictObject({
    name: name.optional(),
    quirks: quirksSchema.default(quirksView(noQuirks)),
    authorization: authorizationSchema.default(usualAuthorization),
  })
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
