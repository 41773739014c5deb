// The section "SIM cards", and the sheet of a charge point's connection. Plain script like app.js, which hands in how the
// API is called and how an element is made; whatever comes from a station is put on the page as text and never as HTML.

import { actNodes, diagnosisNodes, simNodes } from './sims-sheet.js'
import { said, simStateWords, when } from './sims-words.js'

const mostSims = 100

export const hashOf = (identity) => `#connection=${encodeURIComponent(identity)}`

/** `$`: the parts of the page by their ids; `page`: api, element, wait, sure. */
export const simsSection = ($, page) => {
  const { api, element } = page
  let looking = new AbortController()

  const rowOf = (sim) =>
    element(
      'tr',
      {},
      element('td', {}, sim.iccid),
      element('td', {}, element('span', { class: `badge ${sim.state}` }, said(simStateWords, sim.state))),
      element('td', {}, sim.provider ?? '–'),
      element(
        'td',
        {},
        sim.chargePoint === null ? '–' : element('a', { href: hashOf(sim.chargePoint) }, sim.chargePoint),
      ),
      element('td', {}, sim.connectivity?.said ?? '–'),
      element('td', {}, when(sim.askedAt)),
    )

  const list = async () => {
    $('sims-note').textContent = ''
    try {
      const { items, next } = await api(`/api/v1/sims?limit=${mostSims}`)
      $('sims').replaceChildren(...items.map(rowOf))
      $('sims').closest('table').hidden = items.length === 0
      $('no-sims').hidden = items.length > 0
      if (next !== null) $('sims-note').textContent = `the first ${mostSims}`
    } catch (error) {
      $('sims-note').textContent = error.message
    }
  }

  /** The charge point that the address names: so it can be sent to somebody. */
  const follow = async (hash) => {
    const [, name] = /^#connection=([A-Za-z0-9%._~!*'()-]{1,800})$/.exec(hash) ?? []
    looking.abort()
    if (name === undefined) return $('connection').close()
    const mine = new AbortController()
    looking = mine
    let nodes
    try {
      const diagnosis = await api(`/api/v1/charge-points/${name}/diagnosis`)
      const sim = diagnosis.sim === null ? undefined : await api(`/api/v1/sims/${encodeURIComponent(diagnosis.sim)}`)
      if (mine.signal.aborted) return
      $('connection-what').textContent = diagnosis.chargePoint
      const again = () => {
        void follow(hash)
        void list()
      }
      nodes = [
        ...diagnosisNodes(diagnosis, element),
        ...(sim === undefined
          ? []
          : [...simNodes(sim, element), ...actNodes(page, sim, { signal: mine.signal, changed: again })]),
      ]
    } catch (error) {
      if (mine.signal.aborted) return
      $('connection-what').textContent = 'a charge point'
      nodes = [element('p', { role: 'alert' }, error.message)]
    }
    $('connection-body').replaceChildren(...nodes)
    if (!$('connection').open) $('connection').showModal()
  }

  $('connection').addEventListener('close', () => {
    looking.abort()
    $('connection-body').replaceChildren()
    if (location.hash.startsWith('#connection=')) history.replaceState(null, '', location.pathname)
  })
  return { list, follow }
}
