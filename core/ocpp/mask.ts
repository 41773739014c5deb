import type { Digest } from '../ports/digest.ts'

/** What a driver presents, under any name it has in any version; compared without case. */
const tokenNames: ReadonlySet<string> = new Set([
  'idtag',
  'parentidtag',
  'idtoken',
  'groupidtoken',
  'groupid',
  'additionalidtoken',
  'prioritizedemaids',
  'token',
  'tokens',
])
const secretPart = String.raw`passw|passphrase|passcode|passkey|pwd|psk|secret|credential|(?:authorization|shared|access|api|private|wifi|wlan|wpa)[\s._-]?key`
/** Names of fields and of configuration keys whose values nobody may read (A01.FR.09). */
const secretName = new RegExp(String.raw`${secretPart}|(?<!by)pass$|^(?:sim)?pin$|^vpn$|^exi(?:request|response)$`, 'i')
/** The part of an address of ours that opens a file to whoever knows it (S-13). */
const ticket = /(\/files\\?\/)[\w-]{32,}/g
/** Where a secret's value stands when its name is the value of a field of its own: `{"key": …, "value": …}`. */
const valueNames: ReadonlySet<string> = new Set(['value', 'attributevalue', 'actualvalue', 'variableattribute', 'data'])
const pseudonym = /^~[0-9a-f]{10}$/
const gone = '***'
const deepest = 40
/** So much is shown of what is no JSON: nothing hostile is to be looked at for long. */
const mostBroken = 4_000

/** Whether there may be anything to mask, cheaply; an escape may hide any name, and a payload may be no object. */
const suspicious =
  /\\|idtag|token|groupid|pass|pwd|psk|secret|credential|key|pin"|\bpin\b|exire|\/files\/|\/\/[^/\s"]*@|\[\s*2\s*,[^,]*,[^,]*,\s*["[]|\[\s*3\s*,[^,]*,\s*["[]/i

/** Whether what stands under this name is nobody's to read (A01.FR.09). */
export const isSecretName = (name: string): boolean => secretName.test(name)

/** An answer for stores to keep: secrets gone, all else as it came. */
export const withoutSecrets = (value: unknown, depth = 0): unknown => {
  if (value === null || typeof value !== 'object') return value
  if (depth > deepest) return '…'
  if (Array.isArray(value)) return value.map((each) => withoutSecrets(each, depth + 1))
  const hidesValue = namesSecret(value)
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => {
      const isSecret = secretName.test(name) || (hidesValue && valueNames.has(name.toLowerCase()))
      return [name, isSecret ? gone : withoutSecrets(field, depth + 1)]
    }),
  )
}

type How = 'token' | 'secret' | 'plain'

/**
 * A frame, or any JSON, for people to read and for stores to keep: tokens as keyed pseudonyms (equal stays equal),
 * secrets gone (S-08, S-20). What is masked already stays as it is. Never throws.
 */
export const masked = (text: string, digest: Digest): string => {
  if (!suspicious.test(text)) return text
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return maskedText(text.slice(0, mostBroken), digest)
  }
  return JSON.stringify(maskedFrame(parsed, { digest, how: 'plain', depth: 0 }))
}

interface Place {
  readonly digest: Digest
  readonly how: How
  readonly depth: number
}

/** The payload of a CALL or an answer is an object; where it is not, nobody can tell what its texts are. */
const maskedFrame = (frame: unknown, place: Place): unknown => {
  if (!Array.isArray(frame) || (frame[0] !== 2 && frame[0] !== 3)) return maskedValue(frame, place)
  const payload = frame[0] === 2 ? 3 : 2
  return frame.map((part: unknown, i) =>
    i >= payload && (typeof part === 'string' || Array.isArray(part)) ? gone : maskedValue(part, place),
  )
}

const maskedValue = (value: unknown, place: Place): unknown => {
  const { how, depth } = place
  if (depth > deepest) return '…'
  if (typeof value === 'string') return maskedString(value, place)
  if (typeof value === 'number') return how === 'plain' ? value : maskedString(String(value), place)
  if (value === null || typeof value !== 'object') return value
  const inner = { ...place, depth: depth + 1 }
  if (Array.isArray(value)) return value.map((each) => maskedValue(each, inner))
  const hidesValue = namesSecret(value)
  // a contract's certificate names the contract
  const isContract = 'idToken' in value
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => {
      const key = name.toLowerCase()
      const isSecret = how === 'secret' || secretName.test(name) || (hidesValue && valueNames.has(key))
      return [
        name,
        maskedValue(field, {
          ...inner,
          how: isSecret ? 'secret' : tokenNames.has(key) || (isContract && key === 'certificate') ? 'token' : 'plain',
        }),
      ]
    }),
  )
}

const maskedString = (text: string, { digest, how, depth }: Place): string => {
  if (how === 'secret') return gone
  if (how === 'token') return text === '' || pseudonym.test(text) ? text : digest.pseudonym(text)
  if (!/^\s*[[{]/.test(text)) return maskedAddress(text)
  // vendors put JSON into texts
  try {
    return JSON.stringify(maskedValue(JSON.parse(text), { digest, how, depth: depth + 1 }))
  } catch {
    return maskedText(text.slice(0, mostBroken), digest)
  }
}

const maskedAddress = (text: string): string =>
  text.replaceAll(/(\/\\?\/)[^/@\s"]+@/g, `$1${gone}@`).replaceAll(ticket, `$1${gone}`)

/** `{"key": "AuthorizationKey", …}`, a DataTransfer's `messageId` (`message` in our orders), or a 2.x `{"variable": {"name": …}}`. */
const namesSecret = (value: object): boolean => {
  const { key, name, message, messageId, variable } = value as Readonly<Record<string, unknown>>
  const inner = typeof variable === 'object' && variable !== null && 'name' in variable ? variable.name : undefined
  return [key, name, message, messageId, inner].some((text) => typeof text === 'string' && secretName.test(text))
}

const quoted = String.raw`\\*["'](?:\\.|[^"\\])*`
const given = String.raw`(\\*["']?\s*[:=]\s*)(${quoted}|[^"',}\]\s]+)`
const tokenGiven = new RegExp(`((?:${[...tokenNames].join('|')}))${given}`, 'gi')
const secretGiven = new RegExp(String.raw`(\w{0,40}(?:${secretPart})\w{0,40}|pass|\b(?:sim)?pin)${given}`, 'gi')
const secretInText = new RegExp(secretPart, 'i')
const valueGiven = new RegExp(`(${[...valueNames].join('|')})${given}`, 'gi')

/** What is no JSON, a frame that was cut off for one: values after names that tell, as far as they go; rather more. */
const maskedText = (text: string, digest: Digest): string => {
  const token = (_: string, name: string, between: string, value: string): string => {
    const [, quote = '', uid = ''] = /^(\\*["'])?([^"'\\]*)/.exec(value) ?? []
    return `${name}${between}${quote}${uid === '' || pseudonym.test(uid) ? uid : digest.pseudonym(uid)}`
  }
  const known = text
    .replace(/(\[\s*(?:2\s*,[^,]*,[^,]*|3\s*,[^,]*),\s*)["[].*$/s, `$1${gone}`)
    .replaceAll(tokenGiven, token)
    .replaceAll(secretGiven, `$1$2${gone}`)
  const shown = maskedAddress(known)
  return secretInText.test(text) ? shown.replaceAll(valueGiven, `$1$2${gone}`) : shown
}
