// The section "Roaming": whom we roam with, and what can be done about it. Plain script like app.js, which hands in how the
// API is called and how an element is made; whatever comes from a partner is put on the page as text and never as HTML.

import { connectForm, pathOf } from './roaming-connect.js'
import { inviteForm } from './roaming-invite.js'
import { partnerNodes } from './roaming-partner.js'
import { partnerRow, partnerRowNode } from './roaming-partners.js'

const mostPartners = 100

/** `$`: the parts of the page by their ids; `page`: api, element, wait, copy, sure, reason. */
export const roamingSection = ($, page) => {
  const { api, element } = page
  let partners = []
  let cards = new Map()
  let looking = new AbortController()

  const draw = () => {
    $('partners').replaceChildren(
      ...partners.map((partner) => partnerRowNode(partnerRow(partner, cards.get(partner.id)), element)),
    )
    $('partners').closest('table').hidden = partners.length === 0
    $('no-partners').hidden = partners.length > 0
  }

  /** Whom there is; what is known of how it goes with each is kept. */
  const list = async () => {
    $('roaming-note').textContent = ''
    try {
      const { items, next } = await api(`/api/v1/roaming-partners?limit=${mostPartners}`)
      partners = items
      if (next !== null) $('roaming-note').textContent = `the first ${mostPartners}`
    } catch (error) {
      $('roaming-note').textContent = error.message
    }
    draw()
  }
  /** Whom there is at once, and one after the other how it goes with each. */
  const load = async () => {
    const mine = new Map(cards)
    cards = mine
    await list()
    for (const { id } of partners) {
      // somebody has looked again since
      if (cards !== mine) return
      try {
        mine.set(id, await api(`${pathOf(id)}/scorecard`))
        draw()
      } catch (error) {
        $('roaming-note').textContent = error.message
      }
    }
  }

  const open = (title, nodes) => {
    $('handshake-title').textContent = title
    $('handshake-body').replaceChildren(...nodes)
    $('handshake').showModal()
  }
  const connect = (partner) =>
    open(
      partner === undefined ? 'Connect a partner' : `Connect ${partner.name ?? partner.id}`,
      connectForm(page, { partner, done: () => void list() }),
    )

  /** The partner that the address names: so it can be sent to somebody. */
  const follow = async (hash) => {
    const [, id] = /^#partner=([A-Za-z0-9%._-]{1,200})$/.exec(hash) ?? []
    looking.abort()
    if (id === undefined) return $('partner').close()
    const mine = new AbortController()
    looking = mine
    let nodes
    try {
      const partner = await api(`/api/v1/roaming-partners/${id}`)
      if (mine.signal.aborted) return
      $('partner-what').textContent = partner.name ?? partner.id
      nodes = partnerNodes(page, partner, { signal: mine.signal, connect, changed: () => void list() })
    } catch (error) {
      if (mine.signal.aborted) return
      $('partner-what').textContent = 'a partner'
      nodes = [element('p', { role: 'alert' }, error.message)]
    }
    $('partner-body').replaceChildren(...nodes)
    if (!$('partner').open) $('partner').showModal()
  }

  $('connect-partner').addEventListener('click', () => connect())
  $('invite-partner').addEventListener('click', () =>
    open('Invite a partner', inviteForm(page, { done: () => void list() })),
  )
  $('look-again').addEventListener('click', () => void load())
  // what was shown once is not kept on the page
  $('handshake').addEventListener('close', () => {
    $('handshake-body').replaceChildren()
    // it may stand otherwise than the partner below the form says
    if ($('partner').open) void follow(location.hash)
  })
  $('partner').addEventListener('close', () => {
    looking.abort()
    $('partner-body').replaceChildren()
    if (location.hash.startsWith('#partner=')) history.replaceState(null, '', location.pathname)
  })
  return { list, load, follow }
}
