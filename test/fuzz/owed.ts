/**
 * What a text on a socket is owed, read from OCPP-J 1.6 §4 and handbook/reliability.md §6.5 c by somebody who has never
 * seen the code under test: a CALL whose id can be read gets one answer under that id, everything else gets none.
 */
export interface Owed {
  readonly id: string
  /** The action of a CALL that is whole; absent where only `FormationViolation` can be the answer. */
  readonly action: string | undefined
}

const deepest = 32

export const owedFor = (text: string): Owed | undefined => {
  let frame: unknown
  try {
    frame = JSON.parse(text)
  } catch {
    // its beginning may say enough: an id without escapes, an action, and no more (handbook/ocpp.md §9.2)
    const id = /^\s*\[\s*2\s*,\s*"([^"\\\p{Cc}]{1,36})"\s*,\s*"\w{1,50}"\s*,/u.exec(text)?.[1]
    return id === undefined ? undefined : { id, action: undefined }
  }
  if (!Array.isArray(frame) || frame[0] !== 2) return undefined
  const [, id, action, payload] = frame as readonly unknown[]
  // a number is no id, and still one that can be named
  if (typeof id === 'number') return { id: String(id), action: undefined }
  if (typeof id !== 'string' || id.length > 255) return undefined
  const isWhole = id !== '' && id.length <= 36 && frame.length === 4 && isObject(payload) && depthOf(text) <= deepest
  return { id, action: isWhole && typeof action === 'string' ? action : undefined }
}

/** Null stands for an empty payload (§4.2.2). */
const isObject = (payload: unknown): boolean => typeof payload === 'object' && !Array.isArray(payload)

/** As it is written: what a second field of the same name takes away was nested all the same. */
const depthOf = (text: string): number => {
  let [depth, deepestYet] = [0, 0]
  for (const [bracket] of text.replaceAll(/"(?:[^"\\]|\\.)*"/g, '').matchAll(/[[\]{}]/g)) {
    depth += bracket === '[' || bracket === '{' ? 1 : -1
    deepestYet = Math.max(deepestYet, depth)
  }
  return deepestYet
}

/** The codes of OCPP-J 1.6 §4.2.3, misspelt as they are. */
export const codes: readonly string[] = [
  'NotImplemented',
  'NotSupported',
  'InternalError',
  'ProtocolError',
  'SecurityError',
  'FormationViolation',
  'PropertyConstraintViolation',
  'OccurenceConstraintViolation',
  'TypeConstraintViolation',
  'GenericError',
]
