// What an operator can do about a partner as it stands: each a button, and what came of it in words.

import { checkNodes, standingOf } from './roaming-checks.js'
import { orderChores } from './roaming-chores.js'
import { followed, pathOf } from './roaming-connect.js'
import { invitationNodes, invited } from './roaming-invite.js'

const isRegistered = ({ state }) => state === 'registered' || state === 'renewing'

const rotate = async (page, { id }, { tell, changed }) => {
  tell('Exchanging new tokens …', [])
  const request = page.api(`${pathOf(id)}/rotate`, { method: 'POST', body: '{}' })
  const steps = (partner) => [page.element('ol', { class: 'steps' }, ...checkNodes(partner, page.element))]
  const partner = await followed(page, id, {
    request,
    look: (partial) => tell('Exchanging new tokens …', steps(partial)),
  })
  changed(partner)
  tell(standingOf(partner), steps(partner))
}

const unregister = async (page, { id, name }, { tell, changed }) => {
  if (!page.sure(`End the registration with ${name ?? id}? Its token is no more in any case.`)) return
  tell('Ending the registration …', [])
  const partner = await page.api(`${pathOf(id)}/unregister`, { method: 'POST', body: '{}' })
  changed(partner)
  tell(standingOf(partner), [])
}

const invite = async (page, { id }, { tell, changed }) => {
  const invitation = await invited(page, id)
  changed(await page.api(pathOf(id)))
  tell('It is invited.', invitationNodes(page, invitation))
}

const loadFully = async ({ api }, { id }, { tell }) => {
  await api(`${pathOf(id)}/oicp/full-load`, { method: 'POST', body: '{}' })
  tell('It will be told everything again.', [])
}

const chores =
  (kind) =>
  (page, { id }, view) =>
    orderChores(page, id, { kind, ...view })

const ending = { name: 'End registration', act: unregister }

/** Names of buttons, and what each does. */
const actsFor = (partner) => {
  const isHub = partner.protocol === 'oicp'
  if (isRegistered(partner))
    return isHub
      ? [{ name: 'Tell it everything again', act: loadFully }, ending]
      : [
          { name: 'New tokens', act: rotate },
          { name: 'Read its lists', act: chores('pull') },
          { name: 'Compare what it has', act: chores('reconcile') },
          ending,
        ]
  return isHub
    ? []
    : [
        { name: 'Connect', act: (_, known, { connect }) => connect(known) },
        { name: 'Invite', act: invite },
      ]
}

/** The buttons; one at a time, and a fault is said where results are. */
export const actNodes = (page, partner, view) => {
  const buttons = actsFor(partner).map(({ name, act }) =>
    page.element(
      'button',
      {
        type: 'button',
        async onclick() {
          for (const button of buttons) button.disabled = true
          try {
            await act(page, partner, view)
          } catch (error) {
            view.tell(`${name}: ${error.message}`, [])
          }
          for (const button of buttons) button.disabled = false
        },
      },
      name,
    ),
  )
  return buttons
}
