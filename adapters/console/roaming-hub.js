// What a hub that speaks OICP has of us, what it has refused, and which CDRs were kept because it would.

import { pathOf } from './roaming-connect.js'
import { countsOf, when } from './roaming-words.js'
import { rowNode, tableNode } from './table.js'

const laneOf = ({ lane, faults, reason, pausedUntil }) =>
  [
    `${lane}: ${faults === 0 ? 'as it should be' : `${faults} attempts in a row failed`}`,
    ...(reason === null ? [] : [reason]),
    ...(pausedUntil === null ? [] : [`nothing is sent before ${when(pausedUntil)}`]),
  ].join('; ')

/** A table, or nothing where there is nothing to be in it. */
const tableOf = (element, about, rows) =>
  rows.length === 0
    ? []
    : [tableNode(element, about, element('tbody', {}, ...rows.map((cells) => rowNode(element, cells))))]

export const overviewNodes = ({ lanes, evses, cdrs, unsent }, element) => [
  element(
    'p',
    {},
    `It has ${evses.told} EVSEs; ${evses.toTell} are to be told, ${evses.refused.length} were refused. CDRs: ${countsOf(cdrs) || 'none'}.`,
  ),
  element('ul', {}, ...lanes.map((lane) => element('li', {}, laneOf(lane)))),
  ...tableOf(
    element,
    { caption: 'EVSEs that it has refused', heads: ['EVSE', 'Why'] },
    evses.refused.map(({ evseId, reason }) => [evseId, reason]),
  ),
  ...tableOf(
    element,
    { caption: 'CDRs that it has not got', heads: ['CDR', 'Session', 'State', 'Why'] },
    unsent.map(({ id, session, state, reason }) => [id, session, state, reason]),
  ),
]

export const hubNodes = ({ api, element }, id) => {
  const shown = element('div', { role: 'status' })
  const show = async () => {
    try {
      shown.replaceChildren(...overviewNodes(await api(`${pathOf(id)}/oicp`), element))
    } catch (error) {
      shown.replaceChildren(element('p', {}, error.message))
    }
  }
  return { nodes: [shown], show }
}
