import { z } from '@hono/zod-openapi'
import { isCountry } from '../../core/domain/country.ts'
import { formatInstant } from '../../core/domain/instant.ts'
import { type Contact, marketId, type Party, partyRoles, type PostalAddress } from '../../core/domain/party.ts'
import { formatPartyCode, parsePartyCode, type PartyCode } from '../../core/domain/party-code.ts'
import type { Given } from '../../core/ports/market.ts'
import { given, instant } from './schemas.ts'

/** A text that is stored and shown: no control characters, not blank. */
export const line = (longest: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(longest)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'must have no control characters')

const idPattern = 'must be up to 36 letters, digits and . _ * - between them'

/** A name that an operator gives, in the path. */
export const byMarketId = z.object({
  id: z
    .string()
    .regex(marketId, idPattern)
    .openapi({ param: { name: 'id', in: 'path' }, example: 'north-1' }),
})
export const byUid = z.object({
  uid: z
    .string()
    .regex(marketId, idPattern)
    .openapi({ param: { name: 'uid', in: 'path' }, example: '3256' }),
})
/** The same where a body or a query names it. */
export const named = z.string().regex(marketId, idPattern)

export const country = z
  .string()
  .refine(isCountry, 'must be a country of ISO 3166-1 in two capitals')
  .openapi({ example: 'DE' })

export const addressBody = z
  .strictObject({
    street: line(255).describe('with its number'),
    postalCode: line(10).nullish(),
    city: line(45),
    country,
  })
  .openapi('PostalAddress')

export const addressOf = ({ postalCode, ...rest }: z.infer<typeof addressBody>): PostalAddress => ({
  ...rest,
  ...given({ postalCode: postalCode ?? undefined }),
})

const code = z
  .string()
  .superRefine((text, context) => {
    const parsed = parsePartyCode(text)
    if ('fault' in parsed) context.addIssue({ code: 'custom', message: parsed.fault })
    else if (!isCountry(parsed.country))
      context.addIssue({ code: 'custom', message: `there is no country ${parsed.country} in ISO 3166-1` })
  })
  .openapi({ example: 'DE*ABC' })

const codeOf = (text: string | null | undefined): PartyCode | undefined => {
  const parsed = text == null ? undefined : parsePartyCode(text)
  return parsed === undefined || 'fault' in parsed ? undefined : parsed
}

const contactBody = z.strictObject({
  name: line(100).nullish(),
  email: z.email().max(254).nullish(),
  phone: z
    .string()
    .regex(/^\+?[0-9][0-9 ()/-]{3,24}$/, 'must be a telephone number')
    .nullish(),
})

export const partyBody = z.strictObject({
  role: z.enum(partyRoles).describe('csr: a reseller, above CPOs; cpo; siteOwner; emp'),
  name: line(100),
  reseller: named.nullish().describe('of a CPO: the csr that offers its service'),
  code: code.nullish().describe('country and three characters, as roaming partners name it; one for each role'),
  isOurs: z.boolean().optional().describe('of an EMP: it is one of your own, and roams from here'),
  legalName: line(200).nullish(),
  vatNumber: z
    .string()
    .regex(/^[A-Z]{2}[A-Z0-9+*.\- ]{2,18}$/, 'must be a VAT number with its country before it')
    .nullish()
    .openapi({ example: 'DE136695976' }),
  website: z
    .url({ protocol: /^https?$/ })
    .max(255)
    .nullish(),
  language: z
    .string()
    .regex(/^[a-z]{2}$/, 'must be a language of ISO 639-1')
    .nullish(),
  address: addressBody.nullish(),
  contact: contactBody.nullish(),
})

const text = z.string().nullable()

export const partySchema = z
  .object({
    id: z.string(),
    role: z.enum(partyRoles),
    name: z.string(),
    reseller: text,
    code: text,
    isOurs: z.boolean(),
    legalName: text,
    vatNumber: text,
    website: text,
    language: text,
    address: z.object({ street: z.string(), postalCode: text, city: z.string(), country: z.string() }).nullable(),
    contact: z.object({ name: text, email: text, phone: text }).nullable(),
    changedAt: instant,
  })
  .openapi('Party')

export const addressView = ({ postalCode, ...address }: PostalAddress) => ({
  ...address,
  postalCode: postalCode ?? null,
})

export const partyView = (party: Party): z.infer<typeof partySchema> => {
  const { contact } = party
  return {
    id: party.id,
    role: party.role,
    name: party.name,
    reseller: party.reseller ?? null,
    code: party.code === undefined ? null : formatPartyCode(party.code),
    isOurs: party.isOurs === true,
    legalName: party.legalName ?? null,
    vatNumber: party.vatNumber ?? null,
    website: party.website ?? null,
    language: party.language ?? null,
    address: party.address === undefined ? null : addressView(party.address),
    contact: contact === undefined ? null : contactView(contact),
    changedAt: formatInstant(party.changedAt),
  }
}

const contactView = ({ name, email, phone }: Contact) => ({
  name: name ?? null,
  email: email ?? null,
  phone: phone ?? null,
})

const contactOf = (body: z.infer<typeof contactBody> | null | undefined): Party['contact'] => {
  const contact = given({
    name: body?.name ?? undefined,
    email: body?.email ?? undefined,
    phone: body?.phone ?? undefined,
  })
  return Object.keys(contact).length === 0 ? undefined : contact
}

export const partyFrom = (tenant: string, id: string, body: z.infer<typeof partyBody>): Given<Party> => ({
  tenant,
  id,
  role: body.role,
  name: body.name,
  ...(body.isOurs === true && body.role === 'emp' && { isOurs: true as const }),
  ...given({
    reseller: body.reseller ?? undefined,
    code: codeOf(body.code),
    legalName: body.legalName ?? undefined,
    vatNumber: body.vatNumber ?? undefined,
    website: body.website ?? undefined,
    language: body.language ?? undefined,
    address: body.address == null ? undefined : addressOf(body.address),
    contact: contactOf(body.contact),
  }),
})
