import { z } from '@hono/zod-openapi'
import { marketId } from '../../core/domain/party.ts'
import { periodFault } from '../../core/domain/tenure.ts'
import type { AgreementFault } from '../../core/settlement/agreement.ts'
import { resaleContractFaults } from '../../core/settlement/resale-contract.ts'
import { roamingPriceFaults } from '../../core/settlement/roaming-price.ts'
import { siteContractFaults } from '../../core/settlement/site-contract.ts'
import type { Period, ResaleContract, RoamingPrice, SiteContract } from '../../core/settlement/terms.ts'
import { line, named } from './party-schemas.ts'
import { wrongField } from './problem.ts'
import { given } from './schemas.ts'
import { decimalText } from './tariff-body.ts'

/** Contracts as the API takes and shows them: what is not agreed is null, or not given. */

const day = z.iso.date().openapi({ example: '2026-12-01' })
const currency = z.string().max(3).openapi({ example: 'EUR' })
const price = (about: string) => decimalText.nullish().describe(about)
const perCent = (about: string) => decimalText.nullish().describe(`per cent: ${about}`)

const period = {
  from: day.describe('its first day, by the calendar of the site, or of the installation where there is none'),
  until: day.nullish().describe('the first day on which it does not hold any more; null: for good'),
}
const vat = perCent('the VAT that comes on top; null: none')

export const byAgreement = z.object({
  id: z
    .string()
    .regex(marketId, 'must be up to 36 letters, digits and . _ * - between them')
    .openapi({ param: { name: 'id', in: 'path' }, example: 'mall-2026' }),
})

/** Without what is null: that is the same as not given. */
type Stated<Body> = { readonly [Key in keyof Body]: Exclude<Body[Key], null> }

const stated = <Body extends object>(body: Body): Stated<Body> =>
  given(Object.fromEntries(Object.entries(body).map(([name, value]) => [name, value ?? undefined]))) as Stated<Body>

/** The faults of the contract that a body makes, each at its field; it makes none where a field has not the right form. */
const faultless =
  <Body extends object>(faultsOf: (body: Body) => readonly AgreementFault[]) =>
  (body: Body, context: z.core.$RefinementCtx<Body>): void => {
    if (context.issues.length > 0) return
    for (const { pointer, detail } of faultsOf(body))
      context.addIssue({ code: 'custom', path: pathOf(pointer), message: detail })
  }

const pathOf = (pointer: string): (string | number)[] =>
  pointer
    .slice(1)
    .split('/')
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part))

const siteFields = {
  owner: named.describe('a party that owns sites or stations: siteOwner, cpo or csr'),
  subject: z
    .strictObject({ kind: z.enum(['site', 'station']), id: named })
    .describe('all of a site, or one charging station, which goes before its site'),
  ...period,
  currency,
  sharePercent: perCent('of the net amount of each session'),
  perKwh: price('for each kWh that is sold, before tax'),
  perStation: price('for each station and month, before tax'),
  perPort: price('for each EVSE and month, before tax'),
  floor: price('what the owner gets in a month at least, before tax; electricity is not counted'),
  electricityPerKwh: price('for the electricity of the owner, for each kWh'),
  vat,
}
export type SiteBody = z.infer<z.ZodObject<typeof siteFields>>

const resaleFields = {
  seller: named.describe('a csr; or `platform`, which sells to resellers'),
  buyer: named.describe('a cpo; a csr where the platform sells'),
  ...period,
  currency,
  tiers: z
    .array(z.strictObject({ from: z.number().int().min(0).max(10_000_000), perPort: decimalText }))
    .max(100)
    .default([])
    .describe('from the lowest; all ports of a month cost what the tier costs that their number falls in'),
  minimum: price('what is charged for a month at least, before tax'),
  sharePercent: perCent("of the CPO's net turnover"),
  vat,
}
export type ResaleBody = z.infer<z.ZodObject<typeof resaleFields>>

const roamingFields = {
  partner: z.string().min(1).max(36).nullish().describe('the roaming partner that the CDR comes from; null: of any'),
  contract: line(64).nullish().describe('an EV contract by its name or EVCO ID; null: of any'),
  ...period,
  currency: currency.describe('of the CDRs that it is for: amounts are not converted'),
  markupPercent: perCent('of what the CDR costs before its tax'),
  markupPerSession: price('for each session, before tax'),
  markupPerKwh: price('for each kWh, before tax'),
  markupCap: price('the mark-ups of a session at most, together'),
  priceCap: price('what a session costs at most, before tax'),
  vat,
}
export type RoamingBody = z.infer<z.ZodObject<typeof roamingFields>>

export const siteContractFrom = (id: string, body: SiteBody): SiteContract => ({ id, ...stated(body) }) as SiteContract
export const resaleContractFrom = (id: string, body: ResaleBody): ResaleContract =>
  ({ id, ...stated(body) }) as ResaleContract
export const roamingPriceFrom = (id: string, body: RoamingBody): RoamingPrice =>
  ({ id, ...stated(body) }) as RoamingPrice

export const siteContractBody = z
  .strictObject(siteFields)
  .superRefine(faultless((body: SiteBody) => siteContractFaults(siteContractFrom('', body))))
export const resaleContractBody = z
  .strictObject(resaleFields)
  .superRefine(faultless((body: ResaleBody) => resaleContractFaults(resaleContractFrom('', body))))
export const roamingPriceBody = z
  .strictObject(roamingFields)
  .superRefine(faultless((body: RoamingBody) => roamingPriceFaults(roamingPriceFrom('', body))))

const amount = z.string().nullable()
const shownPeriod = { id: z.string(), from: z.string(), until: z.string().nullable(), currency: z.string() }

export const siteContractSchema = z
  .object({
    ...shownPeriod,
    owner: z.string(),
    subject: z.object({ kind: z.enum(['site', 'station']), id: z.string() }),
    sharePercent: amount,
    perKwh: amount,
    perStation: amount,
    perPort: amount,
    floor: amount,
    electricityPerKwh: amount,
    vat: amount,
  })
  .openapi('SiteContract')

export const siteContractView = (contract: SiteContract): z.infer<typeof siteContractSchema> => ({
  ...contract,
  ...until(contract),
  ...amounts(contract, ['sharePercent', 'perKwh', 'perStation', 'perPort', 'floor', 'electricityPerKwh', 'vat']),
})

export const resaleContractSchema = z
  .object({
    ...shownPeriod,
    seller: z.string(),
    buyer: z.string(),
    tiers: z.array(z.object({ from: z.number().int(), perPort: z.string() })),
    minimum: amount,
    sharePercent: amount,
    vat: amount,
  })
  .openapi('ResaleContract')

export const resaleContractView = (contract: ResaleContract): z.infer<typeof resaleContractSchema> => ({
  ...contract,
  ...until(contract),
  tiers: contract.tiers.map((tier) => ({ ...tier })),
  ...amounts(contract, ['minimum', 'sharePercent', 'vat']),
})

export const roamingPriceSchema = z
  .object({
    ...shownPeriod,
    partner: amount,
    contract: amount,
    markupPercent: amount,
    markupPerSession: amount,
    markupPerKwh: amount,
    markupCap: amount,
    priceCap: amount,
    vat: amount,
  })
  .openapi('RoamingPrice')

export const roamingPriceView = (of: RoamingPrice): z.infer<typeof roamingPriceSchema> => ({
  ...of,
  ...until(of),
  ...amounts(of, [
    'partner',
    'contract',
    'markupPercent',
    'markupPerSession',
    'markupPerKwh',
    'markupCap',
    'priceCap',
    'vat',
  ]),
})

const until = (of: Period): { readonly until: string | null } => ({ until: of.until ?? null })

const amounts = <Name extends string>(
  of: { readonly [Key in Name]?: string },
  names: readonly Name[],
): Readonly<Record<Name, string | null>> =>
  Object.fromEntries(names.map((name) => [name, of[name] ?? null])) as Record<Name, string | null>

/** A time that is looked at. */
export const windowQuery = z.object({
  from: day.optional().describe('not given: today, by UTC'),
  until: day.optional().describe('excluded; not given: a year after the first day'),
})

/** What was asked for, or what is to come. */
export const windowFrom = ({ from, until }: z.infer<typeof windowQuery>, today: string): Required<Period> => {
  const first = from ?? today
  const last =
    until ?? `${String(Number(first.slice(0, 4)) + 1).padStart(4, '0')}${first.slice(4).replace('-02-29', '-03-01')}`
  const window = { from: first, until: last }
  const fault = periodFault(window)
  if (fault !== undefined) throw wrongField('/until', fault, { status: 400 })
  return window
}

export const gapSchema = z
  .object({
    site: z.string(),
    stations: z.array(z.string()).nullable().describe('null: all of the site, or it has none'),
    owner: z.string().describe('the owner by its role at the site or station'),
    from: z.string(),
    until: z.string().describe('excluded'),
    contract: z
      .string()
      .nullable()
      .describe('the one that counts in its place, with somebody else; null: there is none'),
  })
  .openapi('ContractGap')
