import { formatInstant } from '../../core/domain/instant.ts'
import { dayIn } from '../../core/domain/time-zone.ts'
import type { StatementPrinter } from '../../core/ports/statement-printer.ts'
import type { CurrencyStatement, PartyStatement, StatementPosting } from '../../core/settlement/statement.ts'
import { balanceWords, partyWords, purposeWords } from '../../core/settlement/words.ts'
import { type Column, sheetPdf, type SheetRow } from './sheet.ts'

const sums: readonly Column[] = [
  { width: 170 },
  { width: 170 },
  { width: 60, align: 'right' },
  { width: 97, align: 'right' },
]
const lines: readonly Column[] = [
  { width: 44, align: 'right' },
  { width: 54 },
  { width: 178 },
  { width: 66 },
  { width: 64 },
  { width: 79, align: 'right' },
]

const blank: SheetRow = { cells: [], columns: sums }
const sum = (cells: readonly string[], over: Partial<SheetRow> = {}): SheetRow => ({ cells, columns: sums, ...over })

const currencyRows = ({ currency, opening, sums: of, total, closing }: CurrencyStatement): readonly SheetRow[] => [
  sum([`Balance in ${currency}`, 'Contract', 'Postings', 'Amount'], { isStrong: true }),
  sum(['Opening balance', '', '', opening]),
  ...of.map(({ purpose, contract = '', postings, amount }) =>
    sum([purposeWords[purpose], contract, String(postings), amount]),
  ),
  sum(['This month', '', '', total], { isTotal: true }),
  sum(['Closing balance', balanceWords(closing), '', closing], { isStrong: true }),
  blank,
]

const head: SheetRow = {
  cells: ['Voucher', 'Day', 'What', 'Purpose', 'Contract', 'Amount'],
  columns: lines,
  isStrong: true,
}

const rowOf = (zone: string, posting: StatementPosting): SheetRow => {
  const { voucher, at, text, purpose, contract = '', currency, amount } = posting
  const cells = [String(voucher), dayIn(zone, at), text, purposeWords[purpose], contract, `${amount} ${currency}`]
  return { cells, columns: lines }
}

/** A statement of the general ledger as a PDF. */
export const printedStatement: StatementPrinter = (statement, postings) => {
  const { month, zone, state, party, name, digest, closedAt } = statement
  const above = [...statement.currencies.flatMap(currencyRows), head]
  return sheetPdf(
    {
      title: `Statement ${month}: ${partyWords(party, name)}`,
      subtitle:
        state === 'closed' && closedAt !== undefined
          ? `Closed ${formatInstant(closedAt)} (${zone}), ${digest ?? ''}`
          : `Not closed yet: as of voucher ${statement.last} (${zone})`,
      rows: above.length + statement.postings,
      at: closedAt ?? 0,
    },
    rowsOf(statement, above, postings),
  )
}

const rowsOf = async function* (
  { zone }: PartyStatement,
  above: readonly SheetRow[],
  postings: AsyncIterable<StatementPosting>,
): AsyncGenerator<SheetRow> {
  yield* above
  for await (const posting of postings) yield rowOf(zone, posting)
}
