import { html, raw } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'
import { formatInstant } from '../../core/domain/instant.ts'
import { dayIn } from '../../core/domain/time-zone.ts'
import type { CurrencyStatement, PartyStatement, StatementPosting } from '../../core/settlement/statement.ts'
import { balanceWords, partyWords, purposeWords } from '../../core/settlement/words.ts'
import { csvLine } from './csv.ts'

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

// nothing in them is awaited
const text = (part: HtmlEscapedString | Promise<HtmlEscapedString>): string => (part as HtmlEscapedString).toString()

/** Where the postings come. */
const cut = '<!-- postings -->'

export const settlementPage = async function* (statement: PartyStatement, postings: Postings): AsyncGenerator<string> {
  const [before = '', after = ''] = text(pageOf(statement)).split(cut)
  yield before
  for await (const posting of postings) yield text(rowOf(posting, statement.zone))
  yield after
}

const stateOf = ({ state, closedAt, last }: PartyStatement): string =>
  state === 'closed' && closedAt !== undefined
    ? `Closed ${formatInstant(closedAt)}.`
    : `Not closed yet: as of voucher ${last}.`

const pageOf = (statement: PartyStatement) => {
  const { month, party, name, zone, digest, currencies } = statement
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Statement ${month}: ${partyWords(party, name)}</title>
        <link rel="stylesheet" href="/style.css" />
      </head>
      <body class="statement">
        <header>
          <h1>Statement ${month}</h1>
          <p>${partyWords(party, name)}. ${stateOf(statement)} Month by the calendar of ${zone}.</p>
          ${digest === undefined ? '' : html`<p>Digest of the month: <code>${digest}</code></p>`}
        </header>
        <main>
          ${currencies.map(balancesOf)}
          <table>
            <caption>
              Postings
            </caption>
            <thead>
              <tr>
                <th scope="col">Voucher</th>
                <th scope="col">Day</th>
                <th scope="col">What</th>
                <th scope="col">Purpose</th>
                <th scope="col">Contract</th>
                <th scope="col">Currency</th>
                <th scope="col">Amount</th>
              </tr>
            </thead>
            <tbody>
              ${raw(cut)}
            </tbody>
          </table>
        </main>
      </body>
    </html>`
}

const balancesOf = ({ currency, opening, sums, total, closing }: CurrencyStatement) =>
  html`<table>
    <caption>
      Balance in ${currency}
    </caption>
    <thead>
      <tr>
        <th scope="col">What</th>
        <th scope="col">Contract</th>
        <th scope="col">Postings</th>
        <th scope="col">Amount</th>
      </tr>
    </thead>
    <tbody>
      <tr>
        <th scope="row">Opening balance</th>
        <td></td>
        <td></td>
        <td>${opening}</td>
      </tr>
      ${sums.map(
        ({ purpose, contract, postings, amount }) =>
          html`<tr>
            <th scope="row">${purposeWords[purpose]}</th>
            <td>${contract ?? ''}</td>
            <td>${postings}</td>
            <td>${amount}</td>
          </tr>`,
      )}
      <tr>
        <th scope="row">This month</th>
        <td></td>
        <td></td>
        <td>${total}</td>
      </tr>
      <tr>
        <th scope="row">Closing balance</th>
        <td>${balanceWords(closing)}</td>
        <td></td>
        <td>${closing}</td>
      </tr>
    </tbody>
  </table>`

const rowOf = ({ voucher, at, text: what, purpose, contract, currency, amount }: StatementPosting, zone: string) =>
  html`<tr>
    <th scope="row">${voucher}</th>
    <td>${dayIn(zone, at)}</td>
    <td>${what}</td>
    <td>${purposeWords[purpose]}</td>
    <td>${contract ?? ''}</td>
    <td>${currency}</td>
    <td>${amount}</td>
  </tr>`
