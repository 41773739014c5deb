import type { DocumentContent, SealedDocument } from '../../../core/domain/document.ts'
import { billOf } from '../../../core/invoicing/bill.ts'
import { headOf } from '../../../core/invoicing/invoice-of.ts'
import type { Bill, InvoiceHead } from '../../../core/invoicing/invoice.ts'
import { currencyDigits } from '../../../core/pricing/currency.ts'
import type { Clock } from '../../../core/ports/clock.ts'
import { type Erp, ErpUnavailable, ErpUnclear, type ErpVerdict } from '../../../core/ports/erp.ts'
import type { ErpKind } from '../../../core/ports/erp-kinds.ts'
import type { Resolve } from '../http.ts'
import { ofProvider } from '../invoice-settings.ts'
import { kindOf } from '../kind.ts'
import { originalFor, type OriginalOf } from '../original.ts'
import { faultText } from '../ubl/invoice-xml.ts'
import { type Json2, json2, OdooRefusal } from './json2.ts'
import { moveOf, roundingOf } from './move.ts'
import { currencyOf, type Domain, type Move, movesBy, partnerOf } from './records.ts'
import { odooSecrets, type OdooSettings, odooSettings } from './settings.ts'

interface Outside {
  readonly resolve: Resolve
  readonly clock: Pick<Clock, 'now'>
  readonly originalOf: OriginalOf
}

/**
 * Odoo 19 and later: each document is a customer invoice (or credit note), a draft or posted. Its number stands in `ref`,
 * its id in `invoice_origin`: by these it is looked for before anything is made.
 */
export const odooKind = (outside: Outside): ErpKind =>
  kindOf({ settings: odooSettings, secrets: odooSecrets }, (settings, { apiKey }) => {
    const { url, database, timeoutS } = settings
    const api = json2({ ...outside, url, database, apiKey, timeoutMs: timeoutS * 1_000 })
    return odoo(settings, api, outside.originalOf)
  })

const odoo = (settings: OdooSettings, api: Json2, originalOf: OriginalOf): Erp => ({
  guard: 'lookup',

  async send(document) {
    try {
      return await invoiced(document, settings, { api, originalOf })
    } catch (error) {
      if (error instanceof OdooRefusal) return { accepted: false, reason: error.message }
      throw error
    }
  },

  async find(document) {
    try {
      const billed = await billedOf(document, settings, originalOf)
      const [move] = await movesBy(api, domainOf(billed, settings))
      // what is there by half is not there: sending it again finishes it
      return move !== undefined && isDone(move, billed, settings) ? { reference: referenceOf(move) } : undefined
    } catch (error) {
      throw error instanceof ErpUnavailable ? error : new ErpUnavailable(messageOf(error))
    }
  },

  async ping() {
    try {
      const moves = await movesBy(api, [['move_type', '=', 'out_invoice']])
      return moves.length === 0 ? 'it has no invoices yet' : 'it shows its invoices'
    } catch (error) {
      if (error instanceof OdooRefusal) return `it refuses: ${error.message}`
      throw error
    }
  },
})

/** A document as it is to stand in Odoo. */
interface Billed {
  readonly content: DocumentContent
  readonly head: InvoiceHead
  readonly bill: Bill
}

const billedOf = async (document: SealedDocument, settings: OdooSettings, originalOf: OriginalOf): Promise<Billed> => {
  const content = JSON.parse(new TextDecoder().decode(document.bytes)) as DocumentContent
  const billed = billOf(content, settings, ofProvider(content, settings.reverseCharge) ?? false)
  if ('faults' in billed) throw new OdooRefusal(faultText(billed.faults))
  const head = headOf(content, settings, await originalFor(document, originalOf))
  return { content, head, bill: billed.bill }
}

const domainOf = ({ content, head }: Pick<Billed, 'content' | 'head'>, { company }: OdooSettings): Domain => [
  ['ref', '=', head.number],
  ['invoice_origin', '=', content.id],
  ['move_type', '=', head.kind === 'invoice' ? 'out_invoice' : 'out_refund'],
  ...(company === undefined ? [] : [['company_id', '=', company] as const]),
]

const isDone = ({ state, total }: Move, { bill }: Billed, { post }: OdooSettings): boolean =>
  (state !== 'draft' || !post) && isSame(total, bill)

/** Odoo's amounts are doubles, rounded to the digits of their currency. */
const isSame = (total: number, { totals }: Bill): boolean => Math.abs(total - Number(totals.payable)) < 0.0005

const referenceOf = ({ id, name }: Move): string => (name === '' || name === '/' ? `draft ${id}` : name)

interface Way {
  readonly api: Json2
  readonly originalOf: OriginalOf
}

const invoiced = async (document: SealedDocument, settings: OdooSettings, way: Way): Promise<ErpVerdict> => {
  const { api } = way
  const billed = await billedOf(document, settings, way.originalOf)
  const [there] = await movesBy(api, domainOf(billed, settings))
  const id = there?.id ?? (await created(billed, settings, api))
  try {
    return { accepted: true, reference: referenceOf(await finished(id, billed, { settings, api })) }
  } catch (error) {
    // only what was made just now: a draft that was there before may be a person's work
    if (error instanceof OdooRefusal) throw there === undefined ? await withdrawn(id, error, api) : error
    // a draft is in the books by now; where it was to be posted it counts for nothing yet
    throw error instanceof ErpUnavailable && !settings.post ? new ErpUnclear(error.message) : error
  }
}

const created = async ({ content, head, bill }: Billed, settings: OdooSettings, api: Json2): Promise<number> => {
  const partner = await partnerOf(api, content, settings)
  const currency = await currencyOf(api, bill.currency)
  const reversed = head.original === undefined ? undefined : (await reversedOf({ content, head }, settings, api))?.id
  const move = moveOf({ head, bill, origin: content.id, partner, currency, reversed }, settings)
  const ids = await api.write({ model: 'account.move', method: 'create', arguments: { vals_list: [move] } })
  const [id] = Array.isArray(ids) ? (ids as readonly unknown[]) : [ids]
  if (typeof id !== 'number' || !Number.isSafeInteger(id)) throw new ErpUnclear('Odoo answered no number of the move')
  return id
}

const reversedOf = async ({ content, head }: Pick<Billed, 'content' | 'head'>, settings: OdooSettings, api: Json2) => {
  const of = {
    content: { ...content, id: content.account.id },
    head: { ...head, kind: 'invoice', number: head.original?.number ?? '' },
  } as const
  return (await movesBy(api, domainOf(of, settings)))[0]
}

/** The move, when it is what it has to be. Throws `OdooRefusal` where it cannot be. */
const finished = async (
  id: number,
  billed: Billed,
  { settings, api }: { readonly settings: OdooSettings; readonly api: Json2 },
): Promise<Move> => {
  const seen = async (): Promise<Move> => {
    const [move] = await movesBy(api, [['id', '=', id]])
    if (move === undefined) throw new ErpUnclear(`Odoo does not show the move ${id} that it has made`)
    return move
  }
  const { totals, lines, adjustments, currency } = billed.bill
  let move = await seen()
  const difference = Number(totals.payable) - move.total
  const most = (lines.length + adjustments.length + 2) * 10 ** -currencyDigits(currency)
  if (move.state === 'draft' && !isSame(move.total, billed.bill) && Math.abs(difference) <= most) {
    const rounding = [0, 0, roundingOf(difference.toFixed(3), settings)]
    await api.write({
      model: 'account.move',
      method: 'write',
      arguments: { ids: [id], vals: { invoice_line_ids: [rounding] } },
    })
    move = await seen()
  }
  if (!isSame(move.total, billed.bill))
    throw new OdooRefusal(`Odoo makes ${move.total} of it, the account is ${totals.payable}`)
  if (move.state !== 'draft' || !settings.post) return move
  await api.write({ model: 'account.move', method: 'action_post', arguments: { ids: [id] } })
  return seen()
}

/** What is refused leaves no draft behind; where it does, a person is told. */
const withdrawn = async (id: number, refusal: OdooRefusal, api: Json2): Promise<Error> => {
  try {
    await api.write({ model: 'account.move', method: 'unlink', arguments: { ids: [id] } })
    return refusal
  } catch (error) {
    if (!(error instanceof OdooRefusal)) return new ErpUnclear(messageOf(error))
    return new OdooRefusal(`${refusal.message} (the move ${id} is left in Odoo: ${error.message})`)
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
