import type { DocumentContent, SealedDocument } from '../../../core/domain/document.ts'
import { formatInstant } from '../../../core/domain/instant.ts'
import { wattHours } from '../../../core/domain/units.ts'
import type { StatementContent, StatementLine } from '../../../core/settlement/closed-statement.ts'
import type { PlainFormat } from './format.ts'

type Value = string | number | undefined
type Row = readonly (readonly [column: string, value: Value])[]

/**
 * A header and one row (RFC 4180): what bookkeeping asks of a document, amounts as exact decimals. A credit has the
 * negative of the total it takes back, and no other figure.
 */
export const csv: PlainFormat = {
  extension: 'csv',
  type: 'text/csv; charset=utf-8',
  encode(document) {
    const row = rowOf(document, JSON.parse(new TextDecoder().decode(document.bytes)) as DocumentContent)
    return table([row.map(([column]) => column), row.map(([, value]) => value)])
  },
  statement: ({ bytes }) => table(statementRows(JSON.parse(new TextDecoder().decode(bytes)) as StatementContent)),
}

const table = (rows: readonly (readonly Value[])[]): Uint8Array =>
  new TextEncoder().encode(rows.map((cells) => `${cells.map(cell).join(',')}\r\n`).join(''))

/** A row for each posting, or for each sum where there are too many; with the balances before and after they add up. */
const statementRows = ({ id, month, party, currency, opening, sums, lines, closing, digest }: StatementContent) => {
  const row = (source: string, key: Value, amount: string, more: Partial<StatementLine> = {}): readonly Value[] => [
    id,
    month,
    party,
    source,
    key,
    more.at,
    more.text,
    more.purpose,
    more.contract,
    currency,
    amount,
    digest,
  ]
  return [
    statementColumns,
    row('opening', undefined, opening),
    ...(lines?.map((line) => row(line.source.kind, line.source.key, line.amount, line)) ??
      sums.map((sum) => row('sum', undefined, sum.amount, sum))),
    row('closing', undefined, closing),
  ]
}

const statementColumns = [
  'statement',
  'month',
  'party',
  'source',
  'key',
  'at',
  'text',
  'purpose',
  'contract',
  'currency',
  'amount',
  'digest',
] as const

const rowOf = (
  { number, id, kind, cdr, digest }: SealedDocument,
  { sealedAt, account, credit }: DocumentContent,
): Row => {
  const total = credit === undefined ? account.priced?.total : credit.total
  const ofCdr = <Value>(value: Value): Value | undefined => (credit === undefined ? value : undefined)
  return [
    ['number', number],
    ['id', id],
    ['kind', kind],
    ['sealed_at', sealedAt],
    ['cdr', cdr],
    ['session', account.session],
    ['charge_point', account.chargePoint],
    ['evse', account.evse],
    ['evse_id', account.evseId],
    ['site', account.site],
    ['token', account.token],
    ['contract', account.contract],
    ['started_at', formatInstant(account.startedAt)],
    ['ended_at', formatInstant(account.endedAt)],
    ['duration_s', ofCdr(Math.round(account.durationMs / 1_000))],
    ['energy_wh', ofCdr(wattHours(account.energyMwh))],
    ['currency', account.priced?.tariff.currency],
    ['net', total?.net],
    ['tax', total?.tax],
    ['gross', total?.gross],
    ['tariff', account.priced?.tariff.id],
    ['tariff_version', account.priced?.tariff.version],
    ['reason', credit?.reason],
    ['notes', account.notes.join('; ')],
    ['digest', digest],
  ]
}

const amount = /^-?\d+(?:\.\d+)?$/

/** What a spreadsheet would take for a formula is text to it with an apostrophe before it. */
const cell = (value: Value): string => {
  const text = String(value ?? '')
  const safe = /^[=+\-@\t\r]/.test(text) && !amount.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
