// The section "Settlement": months and how far each is on its way to being closed, what every party owes or is owed in one,
// and the proof that nothing is left over. Plain script like app.js, which hands in how the API is called and how an element
// is made; whatever a party is called is put on the page as text and never as HTML.

import { rowNode, tableNode } from './table.js'
import { canSettle, farOf, lastMonthOf, runWords, statementPath, when } from './settlement-words.js'

const mostRuns = 24
const lookMs = 1_000

/** `$`: the parts of the page by their ids; `page`: api, element, wait, sure. */
export const settlementSection = ($, page, now = () => new Date()) => {
  const { api, element, wait } = page
  let looking = false

  const open = (month) => element('button', { type: 'button', onclick: () => void look(month) }, 'Trial balance')
  const runRow = (run) =>
    rowNode(element, [
      run.month,
      run.fault === null ? runWords[run.state] : `${runWords[run.state]}, and waits: ${run.fault}`,
      farOf(run),
      run.digest === null ? '–' : element('code', {}, run.digest.slice(0, 16)),
      when(run.changedAt),
      open(run.month),
    ])

  const list = async () => {
    $('settlement-note').textContent = ''
    try {
      const { items } = await api(`/api/v1/settlement-runs?limit=${mostRuns}`)
      $('runs').replaceChildren(...items.map(runRow))
      $('runs').closest('table').hidden = items.length === 0
      $('no-runs').hidden = items.length > 0
      return items
    } catch (error) {
      $('settlement-note').textContent = error.message
      return []
    }
  }

  /** As long as a month is on its way, how far it is. */
  const load = async () => {
    if (looking) return
    looking = true
    while ((await list()).some(({ state }) => state !== 'closed')) await wait(lookMs)
    looking = false
  }

  const linkTo = (month, party, as) =>
    element('a', { href: statementPath(month, party, as), target: '_blank', rel: 'noopener' }, as.toUpperCase())
  const accountRow = (month, account) =>
    rowNode(element, [
      account.name === null ? account.party : `${account.party} (${account.name})`,
      account.currency,
      { number: account.opening },
      { number: account.debits },
      { number: account.credits },
      { number: account.closing },
      element('span', {}, ...['html', 'pdf', 'csv'].flatMap((as) => [linkTo(month, account.party, as), ' '])),
    ])
  const heads = [
    'Party',
    'Currency',
    { number: 'Opening' },
    { number: 'Debits' },
    { number: 'Credits' },
    { number: 'Closing' },
    'Statement',
  ]
  const sumRow = ({ currency, opening, debits, credits, closing }) =>
    rowNode(element, [
      'All together',
      currency,
      ...[opening, debits, credits, closing].map((number) => ({ number })),
      '',
    ])
  const trialNodes = (trial) => [
    element(
      'p',
      { role: 'status' },
      trial.balanced ? 'Debits and credits are equal: nothing is left over.' : 'Debits and credits are not equal.',
    ),
    element(
      'p',
      {},
      trial.state === 'closed' ? `Closed ${when(trial.closedAt)}. Digest ${trial.digest}` : 'Not closed yet.',
      trial.unpriced > 0 ? ` ${trial.unpriced} without a price are posted nowhere.` : '',
    ),
    tableNode(
      element,
      { caption: `Accounts in ${trial.month}`, heads },
      element(
        'tbody',
        {},
        ...trial.accounts.map((account) => accountRow(trial.month, account)),
        ...trial.sums.map(sumRow),
      ),
    ),
  ]

  const look = async (month) => {
    let nodes
    try {
      nodes = trialNodes(await api(`/api/v1/settlement/${month}`))
    } catch (error) {
      nodes = [element('p', { role: 'alert' }, error.message)]
    }
    $('month-what').textContent = month
    $('month-body').replaceChildren(...nodes)
    if (!$('month').open) $('month').showModal()
  }

  const settle = async () => {
    const month = $('settle-month').value
    const refused = canSettle(month, now())
    if (refused !== undefined) {
      $('settlement-note').textContent = refused
      return
    }
    if (!page.sure(`Close ${month} for good? What comes later is posted into the next month.`)) return
    try {
      await api('/api/v1/settlement-runs', { method: 'POST', body: JSON.stringify({ month }) })
      await load()
    } catch (error) {
      $('settlement-note').textContent = error.message
    }
  }

  $('settle-month').value = lastMonthOf(now())
  $('settle').addEventListener('click', () => settle())
  $('this-month').addEventListener('click', () => look(now().toISOString().slice(0, 7)))
  $('month').addEventListener('close', () => $('month-body').replaceChildren())
  return { list, load, look }
}
