import { html } from 'hono/html'
import { formatInstant } from '../../core/domain/instant.ts'
import { dayIn } from '../../core/domain/time-zone.ts'
import type { CurrencyStatement, PartyStatement, StatementPosting } from '../../core/settlement/statement.ts'
import { balanceWords, partyWords, purposeWords } from '../../core/settlement/words.ts'
import { csvLine } from './csv.ts'
import { type Html, pageByRows, rowOf, statementPageOf, tableOf } from './statement-page.ts'

/** A statement of the general ledger as a table for machines, and as a page that a person reads and prints. */

type Postings = AsyncIterable<StatementPosting>

const columns = ['voucher', 'line', 'source', 'key', 'at', 'text', 'purpose', 'contract', 'currency', 'amount']

/** Opening and closing balances are lines of their own, so that each currency adds up by itself. */
export const settlementCsv = async function* (
  { currencies, month }: PartyStatement,
  postings: Postings,
): AsyncGenerator<string> {
  const balance = (text: string, currency: string, amount: string): string =>
    csvLine(['', '', 'balance', month, '', text, '', '', currency, amount])
  yield csvLine(columns)
  for (const { currency, opening } of currencies) yield balance('opening balance', currency, opening)
  for await (const { voucher, line, source, at, text, purpose, contract, currency, amount } of postings)
    yield csvLine([
      voucher,
      line,
      source.kind,
      source.key,
      formatInstant(at),
      text,
      purpose,
      contract,
      currency,
      amount,
    ])
  for (const { currency, closing } of currencies) yield balance('closing balance', currency, closing)
}

export const settlementPage = (statement: PartyStatement, postings: Postings): AsyncGenerator<string> =>
  pageByRows(
    (rows) => pageOf(statement, rows),
    postings,
    (posting) => postingRow(posting, statement.zone),
  )

const stateOf = ({ state, closedAt, last }: PartyStatement): string =>
  state === 'closed' && closedAt !== undefined
    ? `Closed ${formatInstant(closedAt)}.`
    : `Not closed yet: as of voucher ${last}.`

const postingColumns = ['Voucher', 'Day', 'What', 'Purpose', 'Contract', 'Currency', 'Amount']

const pageOf = (statement: PartyStatement, rows: Html): Html => {
  const { month, party, name, zone, digest, currencies } = statement
  const of = partyWords(party, name)
  return statementPageOf({
    month,
    of,
    about: [
      html`<p>${of}. ${stateOf(statement)} Month by the calendar of ${zone}.</p>`,
      ...(digest === undefined ? [] : [html`<p>Digest of the month: <code>${digest}</code></p>`]),
    ],
    tables: [currencies.map(balancesOf), tableOf('Postings', postingColumns, rows)],
  })
}

const balancesOf = ({ currency, opening, sums, total, closing }: CurrencyStatement): Html =>
  tableOf(
    `Balance in ${currency}`,
    ['What', 'Contract', 'Postings', 'Amount'],
    [
      rowOf('Opening balance', '', '', opening),
      ...sums.map(({ purpose, contract, postings, amount }) =>
        rowOf(purposeWords[purpose], contract ?? '', postings, amount),
      ),
      rowOf('This month', '', '', total),
      rowOf('Closing balance', balanceWords(closing), '', closing),
    ],
  )

const postingRow = (posting: StatementPosting, zone: string): Html => {
  const { voucher, at, text, purpose, contract, currency, amount } = posting
  return rowOf(voucher, dayIn(zone, at), text, purposeWords[purpose], contract ?? '', currency, amount)
}
