// Why a CDR costs what it costs: its time as a bar, its lines as a table that adds up, and all of it in words. Whatever
// comes from the server is put on the page as text and never as HTML.

import { svg } from './svg.js'

const wide = 1000
const kinds = {
  charging: 'charging',
  parking: 'parked, asking for no power',
  reserved: 'reserved',
  reservationExpired: 'reserved, and nobody came',
}
const lineNames = {
  fixed: 'fixed',
  energy: 'energy',
  time: 'time',
  parking: 'parking',
  reservation: 'reservation',
  minPrice: 'up to the lowest price',
  maxPrice: 'down to the highest price',
  rounding: 'rounding of the total',
}

/** Its periods side by side, each as wide as it is long; one of no length is seen all the same. */
export const segmentsOf = ({ periods }) => {
  const begin = Date.parse(periods[0]?.from ?? 0)
  const end = Date.parse(periods.at(-1)?.until ?? 0)
  const place = (iso) => (end > begin ? ((Date.parse(iso) - begin) / (end - begin)) * wide : 0)
  return periods.map((period) => ({
    kind: period.kind,
    x: place(period.from),
    width: Math.max(end > begin ? place(period.until) - place(period.from) : wide, 2),
    title: `${kinds[period.kind] ?? period.kind}, ${(period.energyWh / 1000).toFixed(3)} kWh`,
  }))
}

const used = (line, of) =>
  of === null || line.component === null || line.component.dimension === 'FLAT'
    ? ''
    : line.component.dimension === 'ENERGY'
      ? `${(of / 1000).toFixed(3)} kWh`
      : `${(of / 60).toFixed(2)} min`

/** Lines as they are shown, and the total below them. */
export const rowsOf = ({ lines, total, tariff }) => [
  ...lines.map((line) => ({
    what:
      line.component === null
        ? lineNames[line.kind]
        : `${lineNames[line.kind]} (element ${line.component.element + 1})`,
    billed: used(line, line.billed),
    price: line.price === null ? '' : `${line.price} ${tariff.currency}`,
    vat: line.vat === null ? '' : `${line.vat} %`,
    net: line.net,
    tax: line.tax,
    gross: line.gross,
  })),
  { what: `Total in ${tariff.currency}`, billed: '', price: '', vat: '', ...total },
]

const bar = (explanation) => {
  const segments = segmentsOf(explanation)
  return svg(
    'svg',
    { viewBox: `0 0 ${wide} 40`, preserveAspectRatio: 'none', class: 'timeline', role: 'img' },
    svg('title', {}, `${segments.length} periods: ${segments.map(({ title }) => title).join('; ')}`),
    ...segments.map(({ kind, x, width, title }) =>
      svg('rect', { x, y: 0, width, height: 40, class: kind }, svg('title', {}, title)),
    ),
  )
}

const heads = { what: '', billed: 'Billed', price: 'Price', vat: 'VAT', net: 'Net', tax: 'Tax', gross: 'Gross' }

/** The nodes of an explanation; `element` makes one with attributes and children. */
export const explanationNodes = (explanation, element) => {
  const { startedAt, endedAt, text } = explanation
  const cells = (row, name) =>
    Object.keys(heads).map((key) => element(name, { class: key === 'what' ? undefined : 'number' }, row[key]))
  return [
    bar(explanation),
    element(
      'p',
      { class: 'ends' },
      element('span', {}, new Date(startedAt).toLocaleString()),
      element('span', {}, new Date(endedAt).toLocaleString()),
    ),
    element(
      'div',
      { class: 'wide' },
      element(
        'table',
        { class: 'lines' },
        element('thead', {}, element('tr', {}, ...cells(heads, 'th'))),
        element('tbody', {}, ...rowsOf(explanation).map((row) => element('tr', {}, ...cells(row, 'td')))),
      ),
    ),
    element('pre', { tabindex: '0' }, text),
  ]
}
