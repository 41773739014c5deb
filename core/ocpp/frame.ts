import type { Fault } from './error.ts'
import type { Protocol } from './version.ts'

/** OCPP-J frames (OCPP-J 1.6 §4, 2.1 part 4 §4): text on a socket becomes one of these, or a reason why it does not. */
export type Frame =
  | {
      readonly kind: 'call'
      readonly id: string
      readonly action: string
      readonly payload: Payload
      /** It did not come like this: the packs of quirks that know what its station means. */
      readonly repairedBy?: string
    }
  | { readonly kind: 'result'; readonly id: string; readonly payload: unknown }
  | {
      readonly kind: 'error'
      readonly id: string
      readonly code: string
      readonly description: string
      readonly details: unknown
    }
  /** Told and never answered (2.1). */
  | { readonly kind: 'send'; readonly id: string; readonly action: string; readonly payload: Payload }
  /** What we answered could not be used; it is not answered either (2.1). */
  | { readonly kind: 'resultError'; readonly id: string; readonly code: string; readonly description: string }
  /** A CALL that cannot be read as one, but whose id can: it is answered (BI-26, BI-33, BI-34). */
  | {
      readonly kind: 'malformed'
      readonly id: string
      /** What it would have been a CALL of, where it says so: what was to be money is kept (INV-05). */
      readonly action: string | undefined
      readonly fault: Fault
      readonly reason: string
    }
  /** Nobody could be answered: counted, kept in the trace, dropped (BI-30, BI-31, BI-32). */
  | {
      readonly kind: 'unreadable'
      readonly reason: string
      /** It was no CALL: nobody waits for an answer, in any version. */
      readonly isSilent?: true
    }

export type Payload = Readonly<Record<string, unknown>>

const deepest = 32
const longestId = 36
const longestEchoedId = 255
/** A CALL of which the rest is no JSON says enough to be answered, once: a station that is not tries again for ever. */
const beginning = /^\s*\[\s*2\s*,\s*"([^"\\\p{Cc}]{1,36})"\s*,\s*"(\w{1,50})"\s*,/u

/** What a message means depends on the version: 2.1 knows two types more, and 2.x takes no null for a payload. */
export const decodeFrame = (text: string, protocol: Protocol = 'ocpp1.6'): Frame => {
  let parts: unknown
  try {
    parts = JSON.parse(text)
  } catch {
    const [, id, action = ''] = beginning.exec(text) ?? []
    return id === undefined ? unreadable('not JSON') : malformed(id, action, 'not JSON')
  }
  if (!Array.isArray(parts)) return unreadable('not an array')
  const type: unknown = parts[0]
  if (type === 2) return call(parts, text, protocol)
  if (type === 3 || type === 4) return answer(type, parts, text)
  if (protocol === 'ocpp2.1' && type === 6) return told(parts, text)
  if (protocol === 'ocpp2.1' && type === 5) return refused(parts)
  return typeof type === 'number' ? foreign(type, parts, protocol) : unreadable('no message type')
}

/** 1.6 says to ignore what it has no type for, 2.x answers where somebody can be answered (BI-32). */
const foreign = (type: number, [, id]: readonly unknown[], protocol: Protocol): Frame => {
  const reason = `message type ${String(type)} is not known`
  const isAnswerable = protocol !== 'ocpp1.6' && typeof id === 'string' && id !== '' && id.length <= longestEchoedId
  return isAnswerable ? { kind: 'malformed', id, action: undefined, fault: 'messageType', reason } : unreadable(reason)
}

/** A SEND; where it cannot be read nobody is told (BI-39b). */
const told = (parts: readonly unknown[], text: string): Frame => {
  const [, id, action, payload] = parts
  const isRead = typeof id === 'string' && typeof action === 'string' && parts.length === 4
  if (!isRead || typeof payload !== 'object' || payload === null || Array.isArray(payload))
    return unreadable('a SEND that cannot be read', true)
  if (deeperThan(deepest, text)) return unreadable(`a SEND is nested deeper than ${deepest}`, true)
  return { kind: 'send', id, action, payload: payload as Payload }
}

const refused = ([, id, code, description]: readonly unknown[]): Frame =>
  typeof id === 'string'
    ? {
        kind: 'resultError',
        id,
        code: typeof code === 'string' ? code : 'GenericError',
        description: typeof description === 'string' ? description : '',
      }
    : unreadable('no message id', true)

const call = (parts: readonly unknown[], text: string, protocol: Protocol): Frame => {
  const [, id, action, payload] = parts
  const named = typeof action === 'string' ? action : undefined
  if (typeof id !== 'string')
    return typeof id === 'number'
      ? malformed(String(id), named, 'message id is not a string')
      : unreadable('no message id')
  if (id === '') return malformed(id, named, 'message id is empty')
  if (id.length > longestId)
    return id.length > longestEchoedId
      ? unreadable('message id is too long to echo')
      : malformed(id, named, `message id is longer than ${longestId} characters`)
  if (typeof action !== 'string') return malformed(id, named, 'action is not a string')
  if (parts.length !== 4) return malformed(id, named, `a CALL has 4 elements, this one ${parts.length}`)
  if (payload === null && protocol === 'ocpp1.6') return { kind: 'call', id, action, payload: {} }
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload))
    return malformed(id, named, 'payload is not an object', 'payload')
  if (deeperThan(deepest, text)) return malformed(id, named, `payload is nested deeper than ${deepest}`, 'payload')
  return { kind: 'call', id, action, payload: payload as Payload }
}

const answer = (type: 3 | 4, parts: readonly unknown[], text: string): Frame => {
  const [, id, second, third, fourth] = parts
  if (typeof id !== 'string') return unreadable('no message id', true)
  // it would be told and filed: what writes it there goes as deep as it does
  if (deeperThan(deepest, text)) return unreadable(`answer is nested deeper than ${deepest}`, true)
  if (type === 3) return { kind: 'result', id, payload: second ?? {} }
  return {
    kind: 'error',
    id,
    code: typeof second === 'string' ? second : 'GenericError',
    description: typeof third === 'string' ? third : '',
    details: fourth ?? {},
  }
}

const head = /^\s*\[\s*(\d)\s*,\s*"((?:[^"\\]|\\.){0,255})"(?:\s*,\s*"((?:[^"\\]|\\.){0,255})")?/

/** What a frame's beginning says, for those who file it: its id, and a CALL's action or an error's code. */
export const headOf = (
  text: string,
): { readonly id: string; readonly action?: string; readonly code?: string } | undefined => {
  const [, type, id, third] = head.exec(text) ?? []
  if (id === undefined) return undefined
  return { id, ...(third !== undefined && (type === '2' ? { action: third } : type === '4' ? { code: third } : {})) }
}

const unreadable = (reason: string, isSilent = false): Frame => ({
  kind: 'unreadable',
  reason,
  ...(isSilent && { isSilent }),
})
const malformed = (
  id: string,
  action: string | undefined,
  reason: string,
  fault: 'framework' | 'payload' = 'framework',
): Frame => ({ kind: 'malformed', id, action, fault, reason })

/** Most frames are too short or have too few brackets to be deep, and are told so by the engine's own search. */
const deeperThan = (limit: number, text: string): boolean => {
  if (text.length <= limit * 2) return false
  let brackets = 0
  for (let at = text.indexOf('{'); at >= 0 && brackets <= limit; at = text.indexOf('{', at + 1)) brackets++
  for (let at = text.indexOf('['); at >= 0 && brackets <= limit; at = text.indexOf('[', at + 1)) brackets++
  if (brackets <= limit) return false
  let depth = 0
  let quoted = false
  for (let at = 0; at < text.length; at++) {
    const c = text.charCodeAt(at)
    if (quoted) {
      if (c === 92) at++
      else if (c === 34) quoted = false
    } else if (c === 34) quoted = true
    else if (c === 123 || c === 91) {
      if (++depth > limit) return true
    } else if (c === 125 || c === 93) depth--
  }
  return false
}

/** Compact JSON: some stations stumble over a space after a comma (handbook §9.2). */
export const encodeCall = (id: string, action: string, payload: unknown): string =>
  `[2,${JSON.stringify(id)},${JSON.stringify(action)},${JSON.stringify(payload)}]`

export const encodeResult = (id: string, payload: unknown): string =>
  `[3,${quoted(id)},${payload === nothing ? '{}' : JSON.stringify(payload)}]`

/** The answer that says no more than that it is one: most are. */
export const nothing: object = Object.freeze({})

const plain = /^[\w-]*$/

/** Nearly every id is a UUID or a number, with nothing in it to escape. */
const quoted = (id: string): string => (plain.test(id) ? `"${id}"` : JSON.stringify(id))

/** The id of an answer to what has none that can be read (2.x part 4 §4.2.3). */
export const nobodysId = '-1'

export const encodeError = (id: string, code: string, description: string): string =>
  `[4,${JSON.stringify(id)},${JSON.stringify(code)},${JSON.stringify(description.slice(0, 255))},{}]`
