// The first page of a reseller: the CPOs below it, how it stands with each, and the ports that it is billed for. Plain script
// like app.js, which hands in how the API is called and how one of them is entered.

import { pagedTable, rowNode, tableNode } from './table.js'

const kWh = (wh) => (wh / 1000).toFixed(2)

const heads = ['CPO', { number: 'Online' }, { number: 'Charging now' }, { number: 'kWh in 24 hours' }]

/** One CPO; its name opens it. */
const cpoCells = ({ element, enter }, { cpo, name, chargePoints, online, openSessions, energyWh }) => [
  element('button', { type: 'button', onclick: () => void enter(cpo) }, name),
  { number: `${online} of ${chargePoints}` },
  { number: openSessions },
  { number: kWh(energyWh) },
]

/** `$`: the parts of the page by their ids; `page`: api, element, enter (a CPO by its name), now (ms). */
export const resaleSection = ($, page) => {
  const { api, element, now } = page
  const cpos = pagedTable(page, {
    caption: 'CPOs',
    heads,
    cellsOf: (item) => cpoCells(page, item),
    more: 'Show more',
    empty: 'No CPO is below you today.',
  })
  let wanted = ''

  const showPorts = async (month) => {
    wanted = month
    $('ports-note').textContent = 'Looking …'
    try {
      // what counts is told of every page
      const counted = await api(`/api/v1/resale/${encodeURIComponent(month)}?limit=1`)
      if (wanted !== month) return
      const rows = counted.cpos.map(({ name, ports }) => rowNode(element, [name, { number: ports }]))
      $('ports').replaceChildren(
        ...(rows.length === 0
          ? []
          : [
              tableNode(
                element,
                { caption: 'Connected ports', heads: ['CPO', { number: 'Ports' }] },
                element('tbody', {}, ...rows),
              ),
            ]),
      )
      $('ports-note').textContent = counted.ports === 0 ? 'No port was connected.' : `${counted.ports} in all`
    } catch (error) {
      if (wanted !== month) return
      $('ports').replaceChildren()
      $('ports-note').textContent = error.message
    }
  }

  $('ports-month').addEventListener('change', () => {
    if ($('ports-month').value !== '') return showPorts($('ports-month').value)
    return undefined
  })

  return {
    async load() {
      $('cpos').replaceChildren(...cpos.nodes)
      const month = new Date(now()).toISOString().slice(0, 7)
      $('ports-month').value = month
      await cpos.show('/api/v1/resale?limit=20')
      await showPorts(month)
    },
  }
}
