// Letting a partner register with us: a token that is shown once, and the address of our versions, to be given to it.

import { field, pathOf } from './roaming-connect.js'

const copied = (page, label, value) => {
  const { element, copy } = page
  const { input, node } = field(element, label, { readonly: '', value })
  const said = element('span', { role: 'status' })
  const button = element(
    'button',
    {
      type: 'button',
      async onclick() {
        try {
          await copy(value)
          said.textContent = ' copied'
        } catch {
          input.select()
          said.textContent = ' is selected: copy it with the keyboard'
        }
      },
    },
    'Copy',
    element('span', { class: 'hidden' }, ` ${label.toLowerCase()}`),
  )
  return element('p', {}, node, ' ', button, said)
}

export const invitationNodes = (page, { url, token }) => [
  page.element(
    'p',
    {},
    'Give both to the partner on a way that nobody else can read. The token is shown here and never again; it is good for one registration.',
  ),
  copied(page, 'Address of our versions', url),
  copied(page, 'Token', token),
]

/** A new invitation; one that was given before is no more. */
export const invited = (page, id) => page.api(`${pathOf(id)}/invitation`, { method: 'POST', body: '{}' })

/** The form that makes a partner and invites it. */
export const inviteForm = (page, { done }) => {
  const { api, element } = page
  const id = field(element, 'What you call it', {
    required: '',
    maxlength: '64',
    pattern: '[A-Za-z0-9][A-Za-z0-9._\\-]*',
  })
  const name = field(element, 'Its name', { maxlength: '100' })
  const send = element('button', { class: 'primary' }, 'Invite')
  const result = element('p', { role: 'status' })
  const given = element('div', {})

  const isThere = (wanted) =>
    api(pathOf(wanted)).then(
      () => true,
      (error) => {
        if (error.status === 404) return false
        throw error
      },
    )
  const submit = async () => {
    const wanted = id.input.value.trim()
    const called = name.input.value.trim()
    send.disabled = true
    given.replaceChildren()
    try {
      // to put one that is there would change what it is
      if (await isThere(wanted)) throw new Error('There is a partner of this name: invite it where it is shown.')
      await api(pathOf(wanted), { method: 'PUT', body: JSON.stringify(called === '' ? {} : { name: called }) })
      given.replaceChildren(...invitationNodes(page, await invited(page, wanted)))
      result.textContent = `${wanted} is invited.`
    } catch (error) {
      result.textContent = error.message
    }
    done()
    send.disabled = false
  }
  const onsubmit = (event) => {
    event.preventDefault()
    return submit()
  }
  return [element('form', { class: 'fields', onsubmit }, id.node, name.node, element('menu', {}, send)), result, given]
}
