import { html, raw } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'

/** The page of a statement, which a person reads and prints; it is sent row by row, as they are read. */

export type Html = HtmlEscapedString | Promise<HtmlEscapedString>

// nothing in them is awaited
const text = (part: Html): string => (part as HtmlEscapedString).toString()

/** Where the rows come. */
const cut = '<!-- rows -->'

export const pageByRows = async function* <Row>(
  page: (rows: Html) => Html,
  rows: AsyncIterable<Row>,
  rowOf: (row: Row) => Html,
): AsyncGenerator<string> {
  const [before = '', after = ''] = text(page(raw(cut))).split(cut)
  yield before
  for await (const row of rows) yield text(rowOf(row))
  yield after
}

interface Parts {
  readonly month: string
  /** Whose it is. */
  readonly of: string
  /** What stands below the heading. */
  readonly about: Html | readonly Html[]
  readonly tables: readonly (Html | readonly Html[])[]
}

export const statementPageOf = ({ month, of, about, tables }: Parts): Html =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Statement ${month}: ${of}</title>
        <link rel="stylesheet" href="/style.css" />
      </head>
      <body class="statement">
        <header>
          <h1>Statement ${month}</h1>
          ${about}
        </header>
        <main>${tables}</main>
      </body>
    </html>`

export const tableOf = (caption: string, columns: readonly string[], rows: Html | readonly Html[]): Html =>
  html`<table>
    <caption>
      ${caption}
    </caption>
    <thead>
      <tr>
        ${columns.map((column) => html`<th scope="col">${column}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table>`

/** A row, by its first cell. */
export const rowOf = (head: string | number, ...cells: readonly (string | number)[]): Html =>
  html`<tr>
    <th scope="row">${head}</th>
    ${cells.map((cell) => html`<td>${cell}</td>`)}
  </tr>`
