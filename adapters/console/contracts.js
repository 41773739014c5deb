// The section "Contracts": what was agreed with the owners of sites, where it is missing, and which CDRs of partners wait for
// the price that a driver pays. Plain script like app.js; names are put on the page as text and never as HTML.

import { pagedTable } from './table.js'

const rows = 50

const until = (day) => day ?? 'for good'

/** What an owner gets, in a line: only what was agreed. */
export const termsOf = (contract) => {
  const { currency, sharePercent, perKwh, electricityPerKwh, perStation, perPort, floor } = contract
  const said = [
    sharePercent === null ? '' : `${sharePercent} %`,
    perKwh === null ? '' : `${perKwh} ${currency}/kWh`,
    electricityPerKwh === null ? '' : `electricity ${electricityPerKwh} ${currency}/kWh`,
    perStation === null ? '' : `${perStation} ${currency} a station and month`,
    perPort === null ? '' : `${perPort} ${currency} an EVSE and month`,
    floor === null ? '' : `at least ${floor} ${currency} a month`,
  ].filter((one) => one !== '')
  return said.length === 0 ? 'nothing' : said.join(', ')
}

const lists = [
  {
    title: 'With the owners of sites',
    path: `/api/v1/site-contracts?limit=${rows}`,
    table: {
      caption: 'Contracts with the owners of sites',
      heads: ['Contract', 'Owner', 'Of', 'From', 'Until', 'The owner gets'],
      cellsOf: (one) => [
        one.id,
        one.owner,
        `${one.subject.kind} ${one.subject.id}`,
        one.from,
        until(one.until),
        termsOf(one),
      ],
      more: 'More contracts',
      empty: 'There are no contracts.',
    },
  },
  {
    title: 'Missing from today on',
    path: `/api/v1/site-contracts/gaps?limit=${rows}`,
    table: {
      caption: 'Sites and stations with an owner, and no contract with it',
      heads: ['Site', 'Stations', 'Owner', 'From', 'Until', 'In its place'],
      cellsOf: (one) => [
        one.site,
        one.stations === null ? 'all' : one.stations.join(', '),
        one.owner,
        one.from,
        one.until,
        one.contract ?? 'none',
      ],
      more: 'More sites',
      empty: 'Every owner has a contract.',
    },
  },
  {
    title: "Partners' CDRs that wait for a price",
    path: `/api/v1/retail-prices?state=waiting&limit=${rows}`,
    table: {
      caption: "Partners' CDRs that drivers have no price for yet",
      heads: ['CDR', 'Of', 'From', 'What is missing'],
      cellsOf: (one) => [one.id, `${one.country}*${one.party}`, one.partner, one.reason],
      more: 'More CDRs',
      empty: 'None waits.',
    },
  },
]

export const contractNodes = (page) => {
  const { element } = page
  const made = lists.map(({ title, path, table }) => ({ title, path, list: pagedTable(page, table) }))
  return {
    nodes: made.flatMap(({ title, list }) => [element('h3', {}, title), ...list.nodes]),
    show: async () => {
      await Promise.all(made.map(({ path, list }) => list.show(path)))
    },
  }
}
