import { html, raw } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'
import { withDigits } from '../../core/domain/decimal.ts'
import { formatInstant } from '../../core/domain/instant.ts'
import type { Statement, StatementLine, StatementRole } from '../../core/domain/statement.ts'
import { dayIn } from '../../core/domain/time-zone.ts'
import { csvLine } from './csv.ts'

/** A statement as a table for machines, and as a page that a person reads and prints; line by line, as they are read. */

export type Lines = AsyncIterable<StatementLine>

/** Whole mWh as kWh: three decimals, more where there are more. */
const kwh = (mwh: number): string => {
  const text = withDigits(BigInt(Math.abs(mwh)), 6).replace(/0{1,3}$/, '')
  return mwh < 0 ? `-${text}` : text
}

const columns = [
  'number',
  'kind',
  'sealedAt',
  'startedAt',
  'chargePoint',
  'evseId',
  'contract',
  'cdr',
  'energyKwh',
  'currency',
  'net',
  'tax',
  'gross',
]

export const statementCsv = async function* (lines: Lines): AsyncGenerator<string> {
  yield csvLine(columns)
  for await (const line of lines) {
    const { number, kind, sealedAt, startedAt, chargePoint, evseId, contract, cdr, energyMwh } = line
    const place = [chargePoint, evseId, contract, cdr, kwh(energyMwh)]
    const money = [line.currency, line.net, line.tax, line.gross]
    yield csvLine([number, kind, formatInstant(sealedAt), formatInstant(startedAt), ...place, ...money])
  }
}

const about: Readonly<Record<StatementRole, string>> = { emp: 'EMP', 'site-owner': 'Site owner' }

// nothing in them is awaited
const text = (part: HtmlEscapedString | Promise<HtmlEscapedString>): string => (part as HtmlEscapedString).toString()

/** Where the documents come. */
const cut = '<!-- documents -->'

export const statementPage = async function* (statement: Statement, lines: Lines): AsyncGenerator<string> {
  const [before = '', after = ''] = text(pageOf(statement)).split(cut)
  yield before
  for await (const line of lines) yield text(rowOf(line, statement.zone))
  yield after
}

const pageOf = ({ month, role, party, name, zone, totals }: Statement) =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Statement ${month}: ${name ?? party ?? 'nobody'}</title>
        <link rel="stylesheet" href="/style.css" />
      </head>
      <body class="statement">
        <header>
          <h1>Statement ${month}</h1>
          <p>
            ${about[role]}: ${name ?? ''} ${party ?? 'none that is known'}. Documents sealed in this month (${zone}).
          </p>
        </header>
        <main>
          <table>
            <caption>
              Totals
            </caption>
            <thead>
              <tr>
                <th scope="col">Currency</th>
                <th scope="col">Documents</th>
                <th scope="col">Of them credits</th>
                <th scope="col">kWh</th>
                <th scope="col">Net</th>
                <th scope="col">Tax</th>
                <th scope="col">Gross</th>
              </tr>
            </thead>
            <tbody>
              ${totals.map(
                (total) =>
                  html`<tr>
                    <th scope="row">${total.currency ?? 'not priced'}</th>
                    <td>${total.documents}</td>
                    <td>${total.credits}</td>
                    <td>${kwh(total.energyMwh)}</td>
                    <td>${total.net ?? ''}</td>
                    <td>${total.tax ?? ''}</td>
                    <td>${total.gross ?? ''}</td>
                  </tr>`,
              )}
            </tbody>
          </table>
          <table>
            <caption>
              Documents
            </caption>
            <thead>
              <tr>
                <th scope="col">Number</th>
                <th scope="col">Kind</th>
                <th scope="col">Sealed</th>
                <th scope="col">Session</th>
                <th scope="col">EVSE</th>
                <th scope="col">Contract</th>
                <th scope="col">kWh</th>
                <th scope="col">Currency</th>
                <th scope="col">Net</th>
                <th scope="col">Tax</th>
                <th scope="col">Gross</th>
              </tr>
            </thead>
            <tbody>
              ${raw(cut)}
            </tbody>
          </table>
        </main>
      </body>
    </html>`

const rowOf = (line: StatementLine, zone: string) =>
  html`<tr>
    <th scope="row">${line.number}</th>
    <td>${line.kind}</td>
    <td>${dayIn(zone, line.sealedAt)}</td>
    <td>${dayIn(zone, line.startedAt)}</td>
    <td>${line.evseId ?? line.chargePoint}</td>
    <td>${line.contract ?? ''}</td>
    <td>${kwh(line.energyMwh)}</td>
    <td>${line.currency ?? ''}</td>
    <td>${line.net ?? ''}</td>
    <td>${line.tax ?? ''}</td>
    <td>${line.gross ?? ''}</td>
  </tr>`
