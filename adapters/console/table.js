// Tables of the console that are drawn by scripts: a caption, heads, rows; and such that are read page by page.

const cellOf = (element, cell) =>
  cell?.number === undefined ? element('td', {}, cell ?? '–') : element('td', { class: 'number' }, cell.number ?? '–')

export const rowNode = (element, cells) => element('tr', {}, ...cells.map((cell) => cellOf(element, cell)))

/** `heads`: a text each, `{ number: text }` above figures; `body` holds the rows. */
export const tableNode = (element, { caption, heads }, body) =>
  element(
    'div',
    { class: 'wide', tabindex: '0', role: 'group', 'aria-label': caption },
    element(
      'table',
      {},
      element('caption', { class: 'hidden' }, caption),
      element(
        'thead',
        {},
        element(
          'tr',
          {},
          ...heads.map((head) =>
            head.number === undefined
              ? element('th', { scope: 'col' }, head)
              : element('th', { scope: 'col', class: 'number' }, head.number),
          ),
        ),
      ),
      body,
    ),
  )

/**
 * A table of a list of the API, with a button for the next page. `show(path)` reads it from its beginning; what was asked
 * for before and comes after is not shown.
 */
export const pagedTable = ({ api, element }, { caption, heads, cellsOf, more, empty }) => {
  const body = element('tbody')
  const note = element('p', { class: 'empty', role: 'status' })
  const next = element('button', { type: 'button', onclick: () => void take() }, more)
  const table = tableNode(element, { caption, heads }, body)
  let at = { path: '', cursor: undefined, rows: 0 }
  const take = async () => {
    const mine = at
    next.disabled = true
    try {
      const page = await api(
        mine.cursor === undefined ? mine.path : `${mine.path}&cursor=${encodeURIComponent(mine.cursor)}`,
      )
      if (mine !== at) return
      body.append(...page.items.map((item) => rowNode(element, cellsOf(item))))
      at = { ...mine, cursor: page.next ?? undefined, rows: mine.rows + page.items.length }
      table.hidden = at.rows === 0
      next.hidden = page.next === null
      note.textContent = at.rows === 0 ? empty : page.next === null ? 'That is all.' : `${at.rows} shown`
    } catch (error) {
      if (mine === at) note.textContent = error.message
    }
    next.disabled = false
  }
  table.hidden = true
  next.hidden = true
  return {
    nodes: [table, note, next],
    show(path) {
      at = { path, cursor: undefined, rows: 0 }
      body.replaceChildren()
      note.textContent = 'Looking …'
      return take()
    },
  }
}
