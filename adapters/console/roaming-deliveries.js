// CDRs that a partner has refused, or of which nobody knows whether it has them: a person sends them again, or says that it
// is settled.

import { deliveryWords, said, when } from './roaming-words.js'
import { rowNode, tableNode } from './table.js'

const at = '/api/v1/roaming-deliveries'
const mostRows = 200

const stuckStates = ['refused', 'unclear']
/** What to say of one so that nothing more is sent. */
const settled = { refused: 'Settled otherwise', unclear: 'It has it' }

const heads = ['CDR', 'State', { number: 'Attempts' }, 'Why', 'Since', 'Decide']

const pathOf = ({ partner, document }, act) =>
  `${at}/${encodeURIComponent(partner)}/${encodeURIComponent(document)}/${act}`

export const deliveriesNodes = (page, partner) => {
  const { api, element, reason } = page
  const body = element('tbody')
  const note = element('p', { class: 'empty', role: 'status' })
  const table = tableNode(element, { caption: 'CDRs that wait for a person', heads }, body)
  table.hidden = true

  const decide = async (delivery, act) => {
    const why = reason(`Why? It is kept for whoever reads the audit log (CDR ${delivery.number}).`)?.trim()
    // whoever has closed the question wants nothing; a reason is needed where nothing more is sent
    if (why === undefined || (why === '' && act === 'resolve')) return
    try {
      const changed = await api(pathOf(delivery, act), {
        method: 'POST',
        body: JSON.stringify(why === '' ? {} : { note: why }),
      })
      await show()
      note.textContent = `CDR ${changed.number}: ${said(deliveryWords, changed.state)}`
    } catch (error) {
      note.textContent = `CDR ${delivery.number}: ${error.message}`
    }
  }
  const button = (delivery, name, act) =>
    element(
      'button',
      { type: 'button', onclick: () => decide(delivery, act) },
      name,
      element('span', { class: 'hidden' }, ` CDR ${delivery.number}`),
    )
  const rowOf = (delivery) =>
    rowNode(element, [
      delivery.number,
      said(deliveryWords, delivery.state),
      { number: delivery.attempts },
      delivery.reason ?? '–',
      when(delivery.changedAt),
      element(
        'span',
        { class: 'acts' },
        button(delivery, 'Send again', 'retry'),
        button(delivery, settled[delivery.state], 'resolve'),
      ),
    ])
  const show = async () => {
    try {
      const pages = await Promise.all(
        stuckStates.map((state) => api(`${at}?${new URLSearchParams({ partner, state, limit: String(mostRows) })}`)),
      )
      const items = pages.flatMap((one) => one.items)
      body.replaceChildren(...items.map(rowOf))
      table.hidden = items.length === 0
      note.textContent =
        items.length === 0
          ? 'No CDR waits for a person.'
          : pages.some(({ next }) => next !== null)
            ? `${items.length} shown, and there are more`
            : ''
    } catch (error) {
      note.textContent = error.message
    }
  }
  return { nodes: [table, note], show }
}
