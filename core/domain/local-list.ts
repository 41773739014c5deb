import { type Authorization, authorize, lastsUntil } from './authorization.ts'
import { type Token, tokenKey, type TokenType } from './token.ts'

/** The list of tokens that a station keeps, so that it may let drivers charge while it is offline (handbook §3.5). */
export interface ListEntry {
  readonly uid: string
  /** 1.6 does not tell it. */
  readonly type?: TokenType
  readonly status: Authorization['status']
  readonly expiresAt?: number
  readonly groupId?: string
}

export interface LocalList {
  /** Of the station's copy; 1 or more. */
  readonly version: number
  readonly entries: readonly ListEntry[]
}

/**
 * The most tokens on a list. Each part of a list is compared with and stored as the whole of it: beyond some thousands that
 * costs a worker more than one station may.
 */
export const longestList = 5_000

/** What is sent at once: a whole list (its first part), or what has changed since. */
export interface ListUpdate {
  readonly full: boolean
  readonly put: readonly ListEntry[]
  /** What to forget; only in a differential update. */
  readonly remove: readonly ListEntry[]
  /** The station's list once it has taken this. */
  readonly after: LocalList
}

/** Tokens as entries: those that may charge. One that may not is better not on the list than on it with its reason. */
export const entriesOf = (tokens: readonly Token[], now: number, longest: number): readonly ListEntry[] =>
  tokens
    .filter((t) => t.credit === undefined && t.uid.length <= longest && authorize(t, now).status === 'Accepted')
    .map((t) => {
      const expiresAt = lastsUntil(t, now)
      return {
        uid: t.uid,
        type: t.type,
        status: t.status,
        ...(expiresAt !== undefined && { expiresAt }),
        ...(t.groupId !== undefined && { groupId: t.groupId }),
      }
    })

/**
 * The next message on the way from what the station has to what it should have, of at most `most` entries; undefined when
 * it is there. `known` undefined = whatever it has is to be replaced as a whole.
 */
export const nextUpdate = (
  known: LocalList | undefined,
  wanted: readonly ListEntry[],
  most: number,
): ListUpdate | undefined => {
  if (known === undefined) {
    const put = wanted.slice(0, most)
    return { full: true, put, remove: [], after: { version: 1, entries: put } }
  }
  const has = new Map(known.entries.map((e) => [tokenKey(e.uid), e]))
  const should = new Map(wanted.map((e) => [tokenKey(e.uid), e]))
  const put = wanted.filter((e) => !isSame(has.get(tokenKey(e.uid)), e)).slice(0, most)
  const remove = known.entries.filter((e) => !should.has(tokenKey(e.uid))).slice(0, most - put.length)
  if (put.length + remove.length === 0) return undefined
  for (const entry of put) has.set(tokenKey(entry.uid), entry)
  for (const { uid } of remove) has.delete(tokenKey(uid))
  return { full: false, put, remove, after: { version: known.version + 1, entries: [...has.values()] } }
}

const isSame = (a: ListEntry | undefined, b: ListEntry): boolean =>
  a !== undefined &&
  a.uid === b.uid &&
  (a.type ?? b.type) === b.type &&
  a.status === b.status &&
  a.expiresAt === b.expiresAt &&
  a.groupId === b.groupId
