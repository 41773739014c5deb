/**
 * Columns of rows as one text each, taken apart again by `string_to_array`: re-serialised JSON, ids and numbers never
 * hold the separators, so nothing needs quoting, and a column costs one parameter however many rows there are.
 */
export const separator = '\u001e'
export const absent = '\u001d'

type Cell = string | number | undefined

export const hasEither = (text: string): boolean => text.includes(separator) || text.includes(absent)

export const column = <Row>(rows: readonly Row[], value: (row: Row) => Cell): string =>
  rows.map((row) => value(row) ?? absent).join(separator)
