import { html } from 'hono/html'
import { withDigits } from '../../core/domain/decimal.ts'
import { formatInstant } from '../../core/domain/instant.ts'
import type { Statement, StatementLine, StatementRole, StatementTotal } from '../../core/domain/statement.ts'
import { dayIn } from '../../core/domain/time-zone.ts'
import { csvLine } from './csv.ts'
import { type Html, pageByRows, rowOf, statementPageOf, tableOf } from './statement-page.ts'

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
    const price = [line.currency, line.net, line.tax, line.gross]
    yield csvLine([number, kind, formatInstant(sealedAt), formatInstant(startedAt), ...place, ...price])
  }
}

const about: Readonly<Record<StatementRole, string>> = { emp: 'EMP', 'site-owner': 'Site owner' }

export const statementPage = (statement: Statement, lines: Lines): AsyncGenerator<string> =>
  pageByRows(
    (rows) => pageOf(statement, rows),
    lines,
    (line) => lineRow(line, statement.zone),
  )

const money = ['Net', 'Tax', 'Gross']
const totalColumns = ['Currency', 'Documents', 'Of them credits', 'kWh', ...money]
const lineColumns = ['Number', 'Kind', 'Sealed', 'Session', 'EVSE', 'Contract', 'kWh', 'Currency', ...money]

const pageOf = ({ month, role, party, name, zone, totals }: Statement, rows: Html): Html =>
  statementPageOf({
    month,
    of: name ?? party ?? 'nobody',
    about: html`<p>
      ${about[role]}: ${name ?? ''} ${party ?? 'none that is known'}. Documents sealed in this month (${zone}).
    </p>`,
    tables: [tableOf('Totals', totalColumns, totals.map(totalRow)), tableOf('Documents', lineColumns, rows)],
  })

const totalRow = ({ currency, documents, credits, energyMwh, net, tax, gross }: StatementTotal): Html =>
  rowOf(currency ?? 'not priced', documents, credits, kwh(energyMwh), net ?? '', tax ?? '', gross ?? '')

const lineRow = (line: StatementLine, zone: string): Html =>
  rowOf(
    line.number,
    line.kind,
    dayIn(zone, line.sealedAt),
    dayIn(zone, line.startedAt),
    line.evseId ?? line.chargePoint,
    line.contract ?? '',
    kwh(line.energyMwh),
    line.currency ?? '',
    line.net ?? '',
    line.tax ?? '',
    line.gross ?? '',
  )
