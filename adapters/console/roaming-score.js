// How it goes with a partner: what part of the exchanges of each module came well, how long they took, what waits.

import { countsOf, deliveryWords, said, verdictWords, when } from './roaming-words.js'
import { svg } from './svg.js'
import { rowNode, tableNode } from './table.js'

const wide = 100

/** One row for each module and each span of days in which there was anything. */
const scoreRows = ({ modules }) =>
  modules.flatMap(({ module, days, lastOut, lastIn }) =>
    days
      .filter(({ exchanges }) => exchanges > 0)
      .map(({ days: span, exchanges, done, p50Ms, p95Ms }) => ({
        module,
        span: span === 1 ? '1 day' : `${span} days`,
        exchanges,
        done,
        share: `${((100 * done) / exchanges).toFixed(1)} %`,
        p50: `${p50Ms} ms`,
        p95: `${p95Ms} ms`,
        lastOut: when(lastOut),
        lastIn: when(lastIn),
      })),
  )

/** What was done, green, and the rest of what was tried. */
const bar = ({ exchanges, done, share }) => {
  const width = (wide * done) / exchanges
  return svg(
    'svg',
    { viewBox: `0 0 ${wide} 8`, preserveAspectRatio: 'none', class: 'share', role: 'img' },
    svg('title', {}, `${done} of ${exchanges} done, ${share}`),
    svg('rect', { x: 0, y: 0, width, height: 8, class: 'done' }),
    svg('rect', { x: width, y: 0, width: wide - width, height: 8, class: 'failed' }),
  )
}

const worded = (words, counts) =>
  countsOf(Object.fromEntries(Object.entries(counts).map(([word, times]) => [said(words, word), times])))

/** What is true of the partner as a whole, in pairs of what and how much; only what there is. */
const factsOf = ({ lanes, deliveries, verdicts, clockAheadMs }) =>
  [
    ['Not told yet', countsOf(Object.fromEntries(lanes.map(({ module, behind }) => [module, behind])))],
    [
      'Attempts in a row that failed',
      countsOf(Object.fromEntries(lanes.map(({ module, faults }) => [module, faults]))),
    ],
    ['CDRs to it', worded(deliveryWords, deliveries)],
    ['CDRs from it', worded(verdictWords, verdicts)],
    ['Its clock is ahead by', clockAheadMs > 0 ? `${(clockAheadMs / 1000).toFixed(1)} s` : ''],
  ].filter(([, text]) => text !== '')

const heads = [
  'Module',
  'Within',
  { number: 'Exchanges' },
  'Done',
  { number: 'Share' },
  { number: 'Half within' },
  { number: '95 % within' },
  'Last by us',
  'Last by it',
]

export const scoreNodes = (card, element) => {
  const rows = scoreRows(card).map((row) =>
    rowNode(element, [
      row.module,
      row.span,
      { number: row.exchanges },
      bar(row),
      { number: row.share },
      { number: row.p50 },
      { number: row.p95 },
      row.lastOut,
      row.lastIn,
    ]),
  )
  const reasons = card.modules.flatMap(({ module, reasons: known }) =>
    known.map(({ reason, times }) => element('li', {}, `${module}: ${reason} (${times} times)`)),
  )
  const facts = factsOf(card).flatMap(([what, text]) => [element('dt', {}, what), element('dd', {}, text)])
  return [
    ...(facts.length === 0 ? [] : [element('dl', { class: 'facts' }, ...facts)]),
    rows.length === 0
      ? element('p', { class: 'empty' }, 'Nothing was exchanged in the last 30 days.')
      : tableNode(element, { caption: 'Exchanges by module', heads }, element('tbody', {}, ...rows)),
    ...(reasons.length === 0 ? [] : [element('h4', {}, 'Why some were not done'), element('ul', {}, ...reasons)]),
  ]
}
