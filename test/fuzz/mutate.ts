import type { Chance } from '../../bench/random.ts'
import { actions, hostileFor, ids, names, types } from './hostile.ts'

/** How a frame is spoilt: in its bytes, in its words, in how it is put together, or beyond all reading. */
export const levels = ['whole', 'bytes', 'tokens', 'structure', 'babble'] as const
export type Level = (typeof levels)[number]

/** Those that leave something to be read. */
export const spoilt = ['bytes', 'tokens', 'structure'] as const satisfies readonly Level[]

/** The longest text that a runtime hands on (BI-20). */
const longest = 65_536

/** The frame spoilt once or more on one level; `whole` leaves it as it is. */
export const mutate = (frame: string, level: Level, luck: Chance): string => {
  if (level === 'whole') return frame
  let text = frame
  for (let times = luck.isLucky(0.7) ? 1 : luck.integer(2, 5); times > 0; times--) text = spoil[level](text, luck)
  return text.slice(0, longest)
}

const spoil: Readonly<Record<Exclude<Level, 'whole'>, (text: string, luck: Chance) => string>> = {
  bytes: (text, luck) => luck.pick(byteMutations)(Buffer.from(text), luck).toString(),
  tokens: (text, luck) => luck.pick(tokenMutations)(tokensOf(text), luck).join(''),
  babble: (text, luck) => text.slice(0, luck.integer(0, text.length >> 1)),
  structure(text, luck) {
    const parts = partsOf(text)
    return parts === undefined ? text : JSON.stringify(luck.pick(structureMutations)(parts, luck))
  },
}

/** Two places in a text, the second up to 40 after the first. */
const spanOf = (length: number, luck: Chance): readonly [number, number] => {
  const from = luck.integer(0, length)
  return [from, Math.min(length, from + luck.integer(1, 40))]
}

const byteMutations: readonly ((bytes: Buffer, luck: Chance) => Buffer)[] = [
  function flip(bytes, luck) {
    const at = luck.integer(0, Math.max(0, bytes.length - 1))
    if (bytes.length > 0) bytes[at] = (bytes[at] ?? 0) ^ (1 << luck.integer(0, 7))
    return bytes
  },
  function cut(bytes, luck) {
    const [from, to] = spanOf(bytes.length, luck)
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)])
  },
  function truncate(bytes, luck) {
    return bytes.subarray(0, luck.integer(0, bytes.length))
  },
  function insert(bytes, luck) {
    const at = luck.integer(0, bytes.length)
    const added = Buffer.from(Array.from({ length: luck.integer(1, 6) }, () => luck.integer(0, 255)))
    return Buffer.concat([bytes.subarray(0, at), added, bytes.subarray(at)])
  },
  function punctuate(bytes, luck) {
    const at = luck.integer(0, bytes.length)
    return Buffer.concat([
      bytes.subarray(0, at),
      Buffer.from(luck.pick(['{', '}', '[', ']', ',', ':', '"', '\\', '0', '-'])),
      bytes.subarray(at),
    ])
  },
  function duplicate(bytes, luck) {
    const [from, to] = spanOf(bytes.length, luck)
    return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)])
  },
]

const tokensOf = (text: string): readonly string[] => text.match(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|[a-z]+|[^]/g) ?? []

const isValue = (token: string): boolean => /^(?:"|-?\d|true|false|null)/.test(token)

/** Where a token of that kind stands, mostly in the payload; somewhere, where there is none. */
const placeOf = (tokens: readonly string[], luck: Chance, fits: (token: string, next: string) => boolean): number => {
  const places = tokens.flatMap((token, i) => (fits(token, tokens[i + 1] ?? '') ? [i] : []))
  const inside = places.filter((i) => i > 6)
  if (places.length === 0) return luck.integer(0, tokens.length)
  return luck.pick(inside.length > 0 && luck.isLucky(0.85) ? inside : places)
}
const isName = (token: string, next: string): boolean => token.startsWith('"') && next === ':'
const isPlainValue = (token: string, next: string): boolean => isValue(token) && next !== ':'

const tokenMutations: readonly ((tokens: readonly string[], luck: Chance) => readonly string[])[] = [
  function replaceValue(tokens, luck) {
    const at = placeOf(tokens, luck, isPlainValue)
    return tokens.toSpliced(at, 1, hostileFor(tokens[at] ?? '', luck))
  },
  function retype(tokens, luck) {
    const at = placeOf(tokens, luck, isPlainValue)
    const token = tokens[at] ?? ''
    return tokens.toSpliced(at, 1, token.startsWith('"') ? token.slice(1, -1) : `"${token}"`)
  },
  function rename(tokens, luck) {
    return tokens.toSpliced(placeOf(tokens, luck, isName), 1, luck.pick(names))
  },
  function repeatName(tokens, luck) {
    const at = placeOf(tokens, luck, isName)
    return tokens.toSpliced(at, 0, tokens[at] ?? '"a"', ':', hostileFor('', luck), ',')
  },
  function addField(tokens, luck) {
    const at = placeOf(tokens, luck, isName)
    const value = luck.isLucky(0.5) ? '{"polluted":true}' : hostileFor('', luck)
    return tokens.toSpliced(at, 0, luck.pick(names), ':', value, ',')
  },
  function nest(tokens, luck) {
    const at = placeOf(tokens, luck, isPlainValue)
    const by = luck.isLucky(0.02) ? 15_000 : luck.integer(1, 40)
    return tokens.toSpliced(at, 1, `${'['.repeat(by)}${tokens[at] ?? ''}${']'.repeat(by)}`)
  },
  function remove(tokens, luck) {
    return tokens.toSpliced(luck.integer(0, tokens.length), luck.integer(1, 3))
  },
  function swap(tokens, luck) {
    if (tokens.length === 0) return tokens
    const [a, b] = [luck.integer(0, tokens.length - 1), luck.integer(0, tokens.length - 1)]
    return tokens.with(a, tokens[b] ?? '').with(b, tokens[a] ?? '')
  },
]

const partsOf = (text: string): readonly unknown[] | undefined => {
  try {
    const parts: unknown = JSON.parse(text)
    return Array.isArray(parts) && parts.length > 0 ? parts : undefined
  } catch {
    return undefined
  }
}

const structureMutations: readonly ((parts: readonly unknown[], luck: Chance) => unknown)[] = [
  (parts, luck) => parts.with(0, luck.pick(types)),
  (parts, luck) => (parts.length < 2 ? parts : parts.with(1, luck.pick(ids))),
  (parts, luck) => (parts.length < 3 ? parts : parts.with(2, luck.pick(actions))),
  (parts, luck) => parts.toSpliced(luck.integer(0, parts.length), 1),
  (parts, luck) => parts.toSpliced(luck.integer(0, parts.length), 0, luck.pick([null, 1, '', {}, []])),
  (parts, luck) => parts.toSpliced(luck.integer(0, parts.length), 0, ...parts),
  (parts) => parts.toReversed(),
  (parts) => [parts],
  (parts) => Object.fromEntries(parts.entries()),
  (parts, luck) => parts.with(-1, luck.pick<unknown>([null, [], [parts.at(-1)], '{}', 0, { '': parts.at(-1) }])),
]
