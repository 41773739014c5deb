/** Reads RFC 4180 CSV with a header row into one object a line; empty fields are absent. */
export const parseCsv = (
  text: string,
): readonly { readonly line: number; readonly fields: Readonly<Record<string, string>> }[] => {
  const rows: { line: number; cells: string[] }[] = []
  let cells: string[] = []
  let cell = ''
  let quoted = false
  let line = 1
  let began = 1
  const endCell = (): void => {
    cells.push(cell)
    cell = ''
  }
  const endRow = (): void => {
    endCell()
    if (cells.length > 1 || cells[0] !== '') rows.push({ line: began, cells })
    cells = []
    began = line
  }
  for (let i = 0; i < text.length; i++) {
    const c = text[i] ?? ''
    if (c === '\n') line++
    if (quoted) {
      if (c !== '"') cell += c
      else if (text[i + 1] === '"') {
        cell += '"'
        i++
      } else quoted = false
    } else if (c === '"') quoted = true
    else if (c === ',') endCell()
    else if (c === '\n') endRow()
    else if (c !== '\r') cell += c
  }
  if (cell !== '' || cells.length > 0) endRow()
  const [header, ...body] = rows
  const names = header?.cells.map((name) => name.replace(/^\uFEFF/, '').trim()) ?? []
  return body.map(({ line: at, cells: values }) => ({
    line: at,
    fields: Object.fromEntries(
      values.map((value, i) => [names[i] ?? `column ${i + 1}`, value.trim()]).filter(([, value]) => value !== ''),
    ),
  }))
}

/**
 * One line of RFC 4180. A spreadsheet takes what begins like a formula for one: such a text is led by an apostrophe, a
 * number is left what it is.
 */
export const csvLine = (cells: readonly (string | number | undefined)[]): string =>
  `${cells.map((cell) => quoted(String(cell ?? ''))).join(',')}\r\n`

const quoted = (text: string): string => {
  const isFormula = /^[=+\-@\t\r]/.test(text) && !/^-?\d+(?:\.\d+)?$/.test(text)
  const safe = isFormula ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
