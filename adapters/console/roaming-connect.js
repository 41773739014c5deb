// Registering with a partner: its address and the token that it gave us; the answer comes when all is over, and meanwhile
// the partner is looked at again and again, to show how far it has come.

import { checkNodes, isUnderWay, standingOf } from './roaming-checks.js'

const at = '/api/v1/roaming-partners'
const lookEveryMs = 700

export const pathOf = (id) => `${at}/${encodeURIComponent(id)}`

/** Waits for a handshake, and calls `look` with the partner as it comes along. */
export const followed = async ({ api, wait }, id, { request, look }) => {
  let isOver = false
  const over = request.finally(() => (isOver = true))
  // its fault is told by what is waited for below
  const ended = over.catch(() => undefined)
  while (!isOver) {
    await Promise.race([wait(lookEveryMs), ended])
    if (isOver) break
    try {
      const partner = await api(pathOf(id))
      // as it stood before is no news
      if (!isOver && isUnderWay(partner)) look(partner)
    } catch {
      // it is not there yet, or cannot be read just now
    }
  }
  return over
}

export const field = (element, label, attributes) => {
  const input = element('input', { autocomplete: 'off', ...attributes })
  return { input, node: element('label', {}, `${label} `, input) }
}

/** The form for a new partner, or for one that is there and not registered; `done` is told of what it came to. */
export const connectForm = (page, { partner, done }) => {
  const { api, element } = page
  const id = field(element, 'What you call it', {
    required: '',
    maxlength: '64',
    pattern: '[A-Za-z0-9][A-Za-z0-9._\\-]*',
    value: partner?.id,
    readonly: partner && '',
  })
  const url = field(element, 'Address of its versions', {
    type: 'url',
    required: '',
    maxlength: '255',
    placeholder: 'https://…/ocpi/versions',
    value: partner?.versionsUrl ?? undefined,
  })
  const token = field(element, 'Token that it gave you', { required: '', maxlength: '64', type: 'password' })
  const send = element('button', { class: 'primary' }, 'Connect')
  const steps = element('ol', { class: 'steps' })
  const result = element('p', { role: 'status' })
  let made = partner?.id

  const submit = async () => {
    const name = id.input.value.trim()
    const body = { url: url.input.value.trim(), token: token.input.value.trim() }
    const post = (path, given) => api(path, { method: 'POST', body: JSON.stringify(given) })
    send.disabled = true
    steps.replaceChildren()
    result.textContent = 'Connecting …'
    try {
      const request = made === name ? post(`${pathOf(name)}/connect`, body) : post(at, { id: name, ...body })
      const found = await followed(page, name, {
        request,
        look: (partial) => steps.replaceChildren(...checkNodes(partial, element)),
      })
      made = found.id
      steps.replaceChildren(...checkNodes(found, element))
      result.textContent = standingOf(found)
      if (found.state === 'registered') token.input.value = ''
      done(found)
    } catch (error) {
      result.textContent = error.message
    }
    send.disabled = false
  }
  const onsubmit = (event) => {
    event.preventDefault()
    return submit()
  }
  return [
    element('form', { class: 'fields', onsubmit }, id.node, url.node, token.node, element('menu', {}, send)),
    result,
    steps,
  ]
}
