import { BadCursor, type Page, type PageRequest } from '../../../core/ports/store.ts'

/** Keyset paging: the cursor is the last key seen, so nothing is skipped or repeated while rows come and go. */
export const pageOf = <Row, Item>(
  rows: readonly Row[],
  { limit }: PageRequest,
  keyOf: (row: Row) => readonly (string | number)[],
  itemOf: (row: Row) => Item,
): Page<Item> => {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return {
    items: shown.map(itemOf),
    next:
      rows.length > limit && last !== undefined ? Buffer.from(JSON.stringify(keyOf(last))).toString('base64url') : null,
  }
}

/** The key of a cursor with `length` parts; undefined without one. Throws `BadCursor` for what we never gave out. */
export const keyOfCursor = (cursor: string | undefined, length: number): readonly string[] | undefined => {
  if (cursor === undefined) return undefined
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    if (
      Array.isArray(key) &&
      key.length === length &&
      key.every((part) => typeof part === 'string' || typeof part === 'number')
    )
      return key.map(String)
  } catch {
    // said below
  }
  throw new BadCursor('not a cursor of this list')
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Ids come from outside; what is no UUID is nobody's. */
export const isUuid = (text: string): boolean => uuid.test(text)

/** A cursor made of one UUID. */
export const uuidOfCursor = (cursor: string | undefined): string | null => {
  const id = keyOfCursor(cursor, 1)?.[0] ?? null
  if (id !== null && !isUuid(id)) throw new BadCursor('not a cursor of this list')
  return id
}
