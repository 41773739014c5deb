import type { DocumentContent } from '../../../core/domain/document.ts'
import { ErpUnavailable } from '../../../core/ports/erp.ts'
import { ofProvider, providerOf } from '../invoice-settings.ts'
import { type Json2, type Json2Call, OdooRefusal } from './json2.ts'
import type { OdooSettings } from './settings.ts'

/** An `account.move` as it was read. */
export interface Move {
  readonly id: number
  /** `/` or nothing while it is a draft. */
  readonly name: string
  readonly state: string
  readonly total: number
}

/** One condition, or several that all have to hold. */
export type Domain = readonly (readonly [field: string, operator: string, value: unknown])[]

const search = (model: string, domain: Domain, fields: readonly string[]): Json2Call => ({
  model,
  method: 'search_read',
  arguments: { domain, fields, limit: 2, order: 'id' },
})

/** Records that were found; what is no list of them is no answer of Odoo's. */
const recordsIn = (answer: unknown): readonly Readonly<Record<string, unknown>>[] => {
  const isRecords =
    Array.isArray(answer) && answer.every((one) => Number.isSafeInteger((one as { id?: unknown } | null)?.id))
  if (!isRecords) throw new ErpUnavailable('Odoo answered no records')
  return answer as readonly Readonly<Record<string, unknown>>[]
}

const found = async (api: Json2, call: Json2Call): Promise<readonly Readonly<Record<string, unknown>>[]> => {
  const answer = await api.read(call)
  return recordsIn(answer)
}

/** The moves that a condition holds of, oldest first; at most two. */
export const movesBy = async (api: Json2, domain: Domain): Promise<readonly Move[]> => {
  const records = await found(api, search('account.move', domain, ['name', 'state', 'amount_total']))
  return records.map(({ id, name, state, amount_total: total }) => ({
    id: Number(id),
    name: typeof name === 'string' ? name : '',
    state: String(state),
    total: Number(total),
  }))
}

/** The only record that a condition holds of. Throws `OdooRefusal` for none, and for several: a person must say which. */
const only = async (api: Json2, [model, domain]: readonly [string, Domain], what: string): Promise<number> => {
  const [first, second] = await found(api, search(model, domain, ['id']))
  if (first === undefined) throw new OdooRefusal(`Odoo has no ${what}`)
  if (second !== undefined) throw new OdooRefusal(`Odoo has more than one ${what}`)
  return Number(first['id'])
}

export const currencyOf = (api: Json2, code: string): Promise<number> =>
  only(api, ['res.currency', [['name', '=', code]]], `active currency ${code}`)

/** The customer: as the settings say, or whoever has the code of the provider as its reference, or who pays the rest. */
export const partnerOf = async (
  api: Json2,
  content: DocumentContent,
  { partners, partner }: OdooSettings,
): Promise<number> => {
  const named = ofProvider(content, partners)
  if (named !== undefined) return partnerBy(api, named)
  const provider = providerOf(content)
  const [country, party] = [provider?.slice(0, 2), provider?.slice(2)]
  const spellings = provider === undefined ? [] : ['', '*', '-'].map((separator) => `${country}${separator}${party}`)
  const isKnown =
    spellings.length > 0 && (await found(api, search('res.partner', [['ref', 'in', spellings]], ['id']))).length > 0
  if (isKnown) return only(api, ['res.partner', [['ref', 'in', spellings]]], `partner with the reference ${provider}`)
  if (partner !== undefined) return partnerBy(api, partner)
  throw new OdooRefusal(
    provider === undefined
      ? 'the settings name no partner for who has no contract'
      : `Odoo has no partner with the reference ${provider}, and the settings name none`,
  )
}

/** Addresses below a company have its VAT number too: the company pays. */
const partnerBy = async (api: Json2, partner: number | string): Promise<number> =>
  typeof partner === 'number'
    ? partner
    : only(
        api,
        [
          'res.partner',
          [
            ['vat', '=', partner],
            ['parent_id', '=', false],
          ],
        ],
        `partner with the VAT number ${partner}`,
      )
