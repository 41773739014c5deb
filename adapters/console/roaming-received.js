// Sessions and CDRs that a partner has told us of, and whether its CDRs cost what they say.

import { said, textOf, verdictWords, when } from './roaming-words.js'
import { pagedTable } from './table.js'

const rowsAtOnce = 50

const moneyOf = (price, currency) =>
  typeof price?.before_taxes === 'string' || typeof price?.before_taxes === 'number'
    ? `${price.before_taxes} ${textOf(currency)}`
    : '–'
const instantOf = (value) => (typeof value === 'string' && !Number.isNaN(Date.parse(value)) ? when(value) : '–')
const energyOf = (value) => (textOf(value) === '–' ? '–' : `${textOf(value)} kWh`)
const driverOf = ({ cdr_token: token }) => textOf(token?.contract_id ?? token?.uid)
const partyOf = ({ countryCode, partyId }) => `${countryCode}*${partyId}`

/** What we found when we worked it out again; what differs with both figures. */
export const verdictOf = (verdict) => {
  if (verdict === null) return 'not checked'
  const word = said(verdictWords, verdict.verdict)
  const figures = (one) => `says ${textOf(one?.said)}, comes to ${textOf(one?.computed)}`
  const lines = (list) => (Array.isArray(list) ? list : [])
  if (verdict.verdict === 'differs')
    return `${word}: ${lines(verdict.differences)
      .map((one) => `${textOf(one?.field)} ${figures(one)}`)
      .join('; ')}`
  if (verdict.verdict === 'uncomputable') return `${word}: ${lines(verdict.why).map(textOf).join('; ')}`
  return verdict.total === undefined ? word : `${word}: ${figures(verdict.total)}`
}

const sessionCells = (object) => [
  object.id,
  partyOf(object),
  textOf(object.body.status),
  instantOf(object.body.start_date_time),
  textOf(object.body.location_id),
  driverOf(object.body),
  { number: energyOf(object.body.kwh) },
  { number: moneyOf(object.body.total_cost, object.body.currency) },
]

/** `badge` shows a verdict by its colour too. */
const cdrCells = (object, badge) => [
  object.id,
  partyOf(object),
  instantOf(object.body.end_date_time),
  textOf(object.body.cdr_location?.name ?? object.body.cdr_location?.id),
  driverOf(object.body),
  { number: energyOf(object.body.total_energy) },
  { number: moneyOf(object.body.total_cost, object.body.currency) },
  badge(object.verdict?.verdict, verdictOf(object.verdict)),
]

const about = {
  sessions: {
    caption: 'Sessions that it has told us of, in the order in which they came',
    heads: [
      'Session',
      'CPO',
      'State',
      'Since',
      'Location',
      'Driver',
      { number: 'Energy' },
      { number: 'Cost before tax' },
    ],
    empty: 'It has told us of no session.',
    cellsOf: () => sessionCells,
  },
  cdrs: {
    caption: 'CDRs that it has sent us, in the order in which they came',
    heads: [
      'CDR',
      'CPO',
      'Ended',
      'Location',
      'Driver',
      { number: 'Energy' },
      { number: 'Cost before tax' },
      'Worked out again',
    ],
    empty: 'It has sent us no CDR.',
    cellsOf: (element) => (object) =>
      cdrCells(object, (word, text) =>
        element('span', { class: Object.hasOwn(verdictWords, word ?? '') ? `verdict ${word}` : 'verdict' }, text),
      ),
  },
}

export const receivedNodes = (page, partner, module) => {
  const { cellsOf, ...words } = about[module]
  const table = pagedTable(page, { ...words, more: 'Later', cellsOf: cellsOf(page.element) })
  const path = `/api/v1/roaming/${module}?${new URLSearchParams({ partner, limit: String(rowsAtOnce) })}`
  return { nodes: table.nodes, show: () => table.show(path) }
}
