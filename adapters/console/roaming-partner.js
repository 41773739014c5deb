// All about one partner: how it stands, what can be done about it, how it goes, and what was exchanged with it.

import { actNodes } from './roaming-acts.js'
import { checkNodes, standingOf } from './roaming-checks.js'
import { pathOf } from './roaming-connect.js'
import { deliveriesNodes } from './roaming-deliveries.js'
import { hubNodes } from './roaming-hub.js'
import { ledgerNodes } from './roaming-ledger.js'
import { rolesOf, spokenWith } from './roaming-partners.js'
import { receivedNodes } from './roaming-received.js'
import { scoreNodes } from './roaming-score.js'
import { when } from './roaming-words.js'

/** Pairs of what and how it is, as the partner stands. */
const partnerFacts = (partner) => [
  ['It stands', standingOf(partner)],
  ['Since', when(partner.since)],
  ['Spoken', spokenWith(partner)],
  ['Roles', rolesOf(partner) || '–'],
  ['Modules', [...new Set(partner.endpoints.map(({ module }) => module))].join(', ') || '–'],
  ['Address of its versions', partner.versionsUrl ?? '–'],
]

/** A part that is looked at when it is opened, and again each time. */
const part = (element, title, { nodes, show }) => {
  const details = element(
    'details',
    { ontoggle: () => (details.open ? show() : undefined) },
    element('summary', {}, title),
    ...nodes,
  )
  return details
}

/** The nodes of one partner; `connect` opens the form for it, `changed` is told how it is now. */
export const partnerNodes = (page, partner, { signal, connect, changed }) => {
  const { api, element } = page
  const facts = element('dl', { class: 'facts' })
  const acts = element('p', { class: 'acts' })
  const result = element('p', { role: 'status', tabindex: '-1' })
  const results = element('div', {})
  const steps = element('ol', { class: 'steps' })
  const score = element('div', {}, 'Looking …')
  const ledger = ledgerNodes(page, partner.id)

  const view = {
    signal,
    connect,
    tell(text, nodes) {
      if (signal.aborted) return
      result.textContent = text
      results.replaceChildren(...nodes)
    },
    changed(now) {
      stand(now)
      // the button that was pressed is gone
      if (!signal.aborted) result.focus()
      changed(now)
    },
  }
  const stand = (now) => {
    facts.replaceChildren(
      ...partnerFacts(now).flatMap(([what, text]) => [element('dt', {}, what), element('dd', {}, text)]),
    )
    acts.replaceChildren(...actNodes(page, now, view))
    steps.replaceChildren(...checkNodes(now, element))
  }
  stand(partner)
  api(`${pathOf(partner.id)}/scorecard`).then(
    (card) => {
      score.replaceChildren(...scoreNodes(card, element))
      ledger.offer(card.modules.map(({ module }) => module))
    },
    (error) => score.replaceChildren(element('p', { role: 'alert' }, error.message)),
  )
  return [
    facts,
    acts,
    result,
    results,
    element('h3', {}, 'How it goes'),
    score,
    part(element, 'Ledger', ledger),
    ...(partner.protocol === 'oicp'
      ? [part(element, 'What it has', hubNodes(page, partner.id))]
      : [
          part(element, 'CDRs that wait for a person', deliveriesNodes(page, partner.id)),
          part(element, 'Sessions from it', receivedNodes(page, partner.id, 'sessions')),
          part(element, 'CDRs from it', receivedNodes(page, partner.id, 'cdrs')),
          element('details', {}, element('summary', {}, 'The last handshake'), steps),
        ]),
  ]
}
