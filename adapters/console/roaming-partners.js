// Whom we roam with, one row each: how it stands, when something last went each way, what waits, and what needs a person.

import { said, stateWords, when } from './roaming-words.js'

const newest = (times) =>
  times
    .filter((time) => typeof time === 'string')
    .toSorted()
    .at(-1)

export const rolesOf = ({ roles }) =>
  roles.map(({ role, countryCode, partyId }) => `${role} ${countryCode}*${partyId}`).join(', ')

export const spokenWith = ({ protocol, version }) =>
  protocol === 'oicp' ? 'OICP' : version === null ? '–' : `OCPI ${version}`

/** Accounts that no machine will settle any more. */
const stuckIn = ({ deliveries }) => (deliveries.refused ?? 0) + (deliveries.unclear ?? 0)

/** A row of a partner; without its scorecard the figures are not known (yet). */
export const partnerRow = (partner, card) => ({
  id: partner.id,
  name: partner.name ?? partner.id,
  state: partner.state,
  words: said(stateWords, partner.state),
  spoken: spokenWith(partner),
  roles: rolesOf(partner) || '–',
  lastOut: when(newest((card?.modules ?? []).map(({ lastOut }) => lastOut))),
  lastIn: when(newest((card?.modules ?? []).map(({ lastIn }) => lastIn))),
  behind:
    card === undefined
      ? '–'
      : card.lanes
          .filter(({ behind }) => behind > 0)
          .map(({ module, behind }) => `${module} ${behind}`)
          .join(', ') || 'nothing',
  stuck: card === undefined ? '–' : stuckIn(card),
})

export const partnerRowNode = (row, element) =>
  element(
    'tr',
    {},
    element('td', {}, element('a', { href: `#partner=${encodeURIComponent(row.id)}` }, row.name)),
    element('td', {}, element('span', { class: `badge ${row.state}` }, row.words)),
    ...[row.spoken, row.roles, row.lastOut, row.lastIn, row.behind].map((text) => element('td', {}, text)),
    element('td', { class: row.stuck > 0 ? 'number refused' : 'number' }, row.stuck),
  )
