// The ledger of a partner: every exchange, the newest first, by module and by what came of it.

import { kindWords, resultWords, said, size, when } from './roaming-words.js'
import { pagedTable } from './table.js'

const rowsAtOnce = 50

const ledgerPath = ({ partner, module, result }) => {
  const wanted = { partner, module, result }
  const given = Object.entries(wanted).filter(([, value]) => value !== '' && value !== undefined)
  return `/api/v1/roaming/exchanges?${new URLSearchParams([...given, ['limit', String(rowsAtOnce)]])}`
}

/** What the other side said, as far as it said anything. */
const answerOf = ({ status, code }) =>
  status === null ? 'no answer' : code === null ? `HTTP ${status}` : `HTTP ${status}, OCPI ${code}`

const ledgerCells = (line) => [
  when(line.at),
  said(kindWords, line.kind),
  `${line.method} ${line.module}`,
  line.object ?? '–',
  line.attempt > 1 ? `${said(resultWords, line.result)} (attempt ${line.attempt})` : said(resultWords, line.result),
  answerOf(line),
  { number: `${line.tookMs} ms` },
  { number: `${size(line.bytesOut)} / ${size(line.bytesIn)}` },
  line.detail ?? '–',
]

const heads = [
  'When',
  'What',
  'Request',
  'Object',
  'Result',
  'Answer',
  { number: 'Took' },
  { number: 'Out / in' },
  'Why',
]

const choice = (element, label, onchange) => {
  const select = element('select', { onchange }, element('option', { value: '' }, 'all'))
  const offer = (options) => select.append(...options.map(([value, text]) => element('option', { value }, text)))
  return { select, offer, node: element('label', {}, `${label} `, select) }
}

/** `offer` is told the modules that can be chosen, as soon as they are known. */
export const ledgerNodes = (page, partner) => {
  const { element } = page
  const table = pagedTable(page, {
    caption: 'Exchanges, the newest first',
    heads,
    cellsOf: ledgerCells,
    more: 'Older',
    empty: 'No such exchange.',
  })
  const show = () => table.show(ledgerPath({ partner, module: module.select.value, result: result.select.value }))
  const module = choice(element, 'Module', show)
  const result = choice(element, 'Result', show)
  result.offer(Object.entries(resultWords))
  return {
    nodes: [element('p', { class: 'acts' }, module.node, result.node), ...table.nodes],
    show,
    offer: (modules) => module.offer(modules.map((name) => [name, name])),
  }
}
