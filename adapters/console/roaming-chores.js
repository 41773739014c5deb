// Pulls and reconciliations on an operator's word: asked for, followed while they are done, and what came of them.

import { pathOf } from './roaming-connect.js'
import { countsOf, said } from './roaming-words.js'
import { rowNode, tableNode } from './table.js'

const lookEveryMs = 1500
const stateWords = { waiting: 'waiting', running: 'under way', done: 'done', failed: 'failed' }
const names = { pull: 'Reading its lists', reconcile: 'Comparing what it has' }

/** One line of a chore: how far it has come, and what was found. */
const choreCells = ({ module, state, items, total, counts, detail, notes }) => [
  module,
  said(stateWords, state),
  { number: total === null ? items : `${items} of ${total}` },
  countsOf(counts) || '–',
  [...(detail === null ? [] : [detail]), ...notes].join('; ') || '–',
]

const isOver = ({ state }) => state === 'done' || state === 'failed'

const summary = (kind, chores) => {
  const failed = chores.filter(({ state }) => state === 'failed').length
  if (!chores.every(isOver)) return `${names[kind]} …`
  return `${names[kind]}: ${failed === 0 ? 'done' : `${failed} of ${chores.length} failed`}`
}

/** Asks for one kind of chore of all modules, and shows how it goes until it is over or nobody looks any more. */
export const orderChores = async ({ api, element, wait }, id, { kind, tell, signal }) => {
  const heads = ['Module', 'State', { number: 'Looked at' }, 'What came of it', 'Remarks']
  const show = (chores) => {
    const rows = chores.map((chore) => rowNode(element, choreCells(chore)))
    tell(summary(kind, chores), [tableNode(element, { caption: names[kind], heads }, element('tbody', {}, ...rows))])
  }
  let { items: chores } = await api(`${pathOf(id)}/${kind}`, { method: 'POST', body: '{}' })
  const modules = new Set(chores.map(({ module }) => module))
  show(chores)
  while (!chores.every(isOver)) {
    await wait(lookEveryMs)
    if (signal.aborted) return
    const { items } = await api(`${pathOf(id)}/chores`)
    if (signal.aborted) return
    chores = items.filter((chore) => chore.kind === kind && modules.has(chore.module))
    show(chores)
  }
}
