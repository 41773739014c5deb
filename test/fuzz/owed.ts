import type { Protocol } from '../../core/ocpp/version.ts'

/**
 * What a text on a socket is owed, read from OCPP-J 1.6 §4, 2.1 part 4 §4 and handbook/reliability.md §6.5 c by somebody who
 * has never seen the code under test: a CALL whose id can be read gets one answer under that id, and everything else none;
 * in 2.x what cannot be read at all is answered to nobody, under the id -1.
 */
export interface Owed {
  readonly id: string
  /** The action of a CALL that is whole; absent where only the frame can be what is wrong. */
  readonly action: string | undefined
}

const deepest = 32

const nobody: Owed = { id: '-1', action: undefined }

export const owedFor = (text: string, protocol: Protocol = 'ocpp1.6'): Owed | undefined => {
  const unread = protocol === 'ocpp1.6' ? undefined : nobody
  let frame: unknown
  try {
    frame = JSON.parse(text)
  } catch {
    // its beginning may say enough: an id without escapes, an action, and no more (handbook/ocpp.md §9.2)
    const id = /^\s*\[\s*2\s*,\s*"([^"\\\p{Cc}]{1,36})"\s*,\s*"\w{1,50}"\s*,/u.exec(text)?.[1]
    return id === undefined ? unread : { id, action: undefined }
  }
  if (!Array.isArray(frame)) return unread
  const [type, id, action, payload] = frame as readonly unknown[]
  if (type !== 2) return owedForType(type, id, protocol)
  // a number is no id, and still one that can be named
  if (typeof id === 'number') return { id: String(id), action: undefined }
  if (typeof id !== 'string' || id.length > 255) return unread
  const isNamed = id !== '' && id.length <= 36 && frame.length === 4
  const isWhole = isNamed && isObject(payload, protocol) && depthOf(text) <= deepest
  return { id, action: isWhole && typeof action === 'string' ? action : undefined }
}

/** Answers are never answered, nor is what 2.1 has besides; a type that nobody knows is, in 2.x, where it has an id. */
const owedForType = (type: unknown, id: unknown, protocol: Protocol): Owed | undefined => {
  if (protocol === 'ocpp1.6' || type === 3 || type === 4) return undefined
  if (protocol === 'ocpp2.1' && (type === 5 || type === 6)) return undefined
  const isNamed = typeof type === 'number' && typeof id === 'string' && id !== '' && id.length <= 255
  return isNamed ? { id, action: undefined } : nobody
}

/** Null stands for an empty payload in 1.6 (§4.2.2). */
const isObject = (payload: unknown, protocol: Protocol): boolean =>
  typeof payload === 'object' && !Array.isArray(payload) && (payload !== null || protocol === 'ocpp1.6')

/** As it is written: what a second field of the same name takes away was nested all the same. */
const depthOf = (text: string): number => {
  let [depth, deepestYet] = [0, 0]
  for (const [bracket] of text.replaceAll(/"(?:[^"\\]|\\.)*"/g, '').matchAll(/[[\]{}]/g)) {
    depth += bracket === '[' || bracket === '{' ? 1 : -1
    deepestYet = Math.max(deepestYet, depth)
  }
  return deepestYet
}

/** The codes of OCPP-J 1.6 §4.2.3, misspelt as they are, and of 2.1 part 4 §4.3. */
const codes1 = [
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
const codes2 = [
  'FormatViolation',
  'GenericError',
  'InternalError',
  'MessageTypeNotSupported',
  'NotImplemented',
  'NotSupported',
  'OccurrenceConstraintViolation',
  'PropertyConstraintViolation',
  'ProtocolError',
  'RpcFrameworkError',
  'SecurityError',
  'TypeConstraintViolation',
]
export const codes: Readonly<Record<Protocol, readonly string[]>> = {
  'ocpp1.6': codes1,
  'ocpp2.0.1': codes2,
  'ocpp2.1': codes2,
}

/** The codes that say that a frame is none. */
export const frameCodes: Readonly<Record<Protocol, readonly string[]>> = {
  'ocpp1.6': ['FormationViolation'],
  'ocpp2.0.1': ['RpcFrameworkError', 'FormatViolation', 'MessageTypeNotSupported'],
  'ocpp2.1': ['RpcFrameworkError', 'FormatViolation', 'MessageTypeNotSupported'],
}
