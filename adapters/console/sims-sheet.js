// How one charge point is connected: why it is silent and what that rests on, its SIM, what it uses, what can be done.

import {
  actWords,
  age,
  causeWords,
  certaintyWords,
  commandWords,
  said,
  simStateWords,
  when,
  witnessWords,
} from './sims-words.js'

const pollMs = 1_000
/** A charge point has minutes to come: it is looked at for so long, and then whoever wants to looks again. */
const mostPolls = 60

export const diagnosisNodes = (diagnosis, element) => {
  const doubt = said(certaintyWords, diagnosis.certainty)
  return [
    element(
      'p',
      { class: diagnosis.cause === 'none' ? 'online' : 'refused' },
      element('strong', {}, said(causeWords, diagnosis.cause)),
      doubt === '' ? '' : ` (${doubt})`,
    ),
    element('p', {}, diagnosis.text),
    ...diagnosis.contradictions.map((text) => element('p', { role: 'note' }, `Contradiction: ${text}.`)),
    element(
      'table',
      {},
      element(
        'thead',
        {},
        element('tr', {}, ...['What', 'From', 'Ago'].map((text) => element('th', { scope: 'col' }, text))),
      ),
      element(
        'tbody',
        {},
        ...diagnosis.evidence.map((one) =>
          element(
            'tr',
            {},
            element('td', {}, one.text),
            element('td', {}, said(witnessWords, one.from)),
            element('td', {}, `${age(one.ageS)}${one.stale ? ', old' : ''}`),
          ),
        ),
      ),
    ),
  ]
}

const pair = (element, name, value) => [element('dt', {}, name), element('dd', {}, value)]

export const simNodes = (sim, element) => [
  element('h3', {}, `SIM ${sim.iccid}`),
  element(
    'dl',
    {},
    ...pair(element, 'State', said(simStateWords, sim.state)),
    ...pair(element, 'Provider', sim.provider ?? 'none is known to have it'),
    ...pair(
      element,
      'Network',
      sim.connectivity === null ? '–' : `${sim.connectivity.said}, ${when(sim.connectivity.at)}`,
    ),
    ...pair(element, 'IMSI', sim.imsi ?? '–'),
    ...pair(element, 'IMEI', sim.imei ?? '–'),
    ...pair(element, `Used in ${sim.usage.month}`, `${sim.usage.dataMb} MB, ${sim.usage.sms} SMS`),
    ...pair(
      element,
      'Was in',
      sim.stays.map(({ chargePoint, from }) => `${chargePoint} since ${when(from)}`).join('; ') || '–',
    ),
    ...pair(
      element,
      'Cost',
      sim.costs
        .map(
          ({ month, net, currency, postedAt }) =>
            `${month}: ${net} ${currency}${postedAt === null ? ' (not posted yet)' : ''}`,
        )
        .join('; ') || '–',
    ),
  ),
]

/** Buttons for what can be done, and how far it has come. */
export const actNodes = ({ api, element, wait, sure }, sim, { signal, changed }) => {
  const note = element('p', { role: 'status' })
  const act = async (type) => {
    if (type === 'suspend' && !sure(`Switch SIM ${sim.iccid} off? Its charge point will not be heard of.`)) return
    const at = `/api/v1/sims/${encodeURIComponent(sim.iccid)}/commands`
    const tell = ({ state, outcome, reason }) => {
      note.textContent = `${said(actWords, type)}: ${said(commandWords, outcome ?? state)}${reason ? ` – ${reason}` : ''}`
    }
    try {
      let command = await api(at, { method: 'POST', body: JSON.stringify({ type }) })
      for (let polls = 0; command.state !== 'done' && polls < mostPolls && !signal.aborted; polls++) {
        tell(command)
        await wait(pollMs)
        command = await api(`${at}/${command.id}`)
      }
      tell(command)
      if (command.state === 'done' && !signal.aborted) changed()
    } catch (error) {
      note.textContent = error.message
    }
  }
  const acts = Object.keys(actWords).filter(
    (type) => (type !== 'activate' || sim.state !== 'active') && (type !== 'suspend' || sim.state === 'active'),
  )
  return [
    element(
      'p',
      { class: 'acts' },
      ...(sim.provider === null ? [] : acts).map((type) =>
        element('button', { type: 'button', onclick: () => act(type) }, actWords[type]),
      ),
    ),
    note,
  ]
}
