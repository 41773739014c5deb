import { decodeFrame, type Frame } from './frame.ts'
import { packs } from './quirks/index.ts'
import type { Make, QuirkPack, Quirks } from './quirks/pack.ts'
import { all } from './quirks/rewrite.ts'
import type { Protocol } from './version.ts'

/** What is known of a station's make: from its record, or from its boot. */
export interface Station {
  readonly vendor?: string
  readonly model?: string
  readonly firmware?: string
}

const mostRemembered = 1_000
const remembered = new Map<string, Quirks | undefined>()

/**
 * The quirks of a station, all packs of its make together; nothing where it has none, and where its vendor is not known
 * yet: the first frames of a station that has never booted here are read as everybody's are. Remembered, so that all
 * stations of a make share one answer.
 */
export const quirksOf = ({ vendor, model = '', firmware = '' }: Station): Quirks | undefined => {
  if (vendor === undefined) return undefined
  const key = `${vendor}\n${model}\n${firmware}`
  if (remembered.has(key)) return remembered.get(key)
  const quirks = joined(packs.filter((pack) => pack.of.some((make) => isOf(make, vendor, model, firmware))))
  // what a station calls itself is its own affair: those with ever new names must not fill the memory
  if (remembered.size >= mostRemembered) remembered.clear()
  remembered.set(key, quirks)
  return quirks
}

/** Several packs as one; of two timings the later pack's counts. */
export const joined = ([first, ...others]: readonly QuirkPack[]): Quirks | undefined =>
  others.reduce<Quirks | undefined>((so, pack) => so && both(so, pack), first)

const both = (a: Quirks, b: Quirks): Quirks => {
  const [repair, then] = [a.text, b.text]
  const text = repair && then ? (frame: string): string => then(repair(frame)) : (repair ?? then)
  const rewrite = { ...a.rewrite }
  for (const [action, second] of Object.entries(b.rewrite ?? {})) {
    const first = rewrite[action]
    rewrite[action] = first === undefined ? second : all(first, second)
  }
  return {
    name: `${a.name}, ${b.name}`,
    ...(text !== undefined && { text }),
    rewrite,
    suppress: [...(a.suppress ?? []), ...(b.suppress ?? [])],
    timing: { ...a.timing, ...b.timing },
    ...((a.staysAway ?? b.staysAway) && { staysAway: true }),
  }
}

/** A frame as its station means it: mended where it cannot be read, its payload put right where that is known to be wrong. */
export const decodeRepaired = (
  text: string,
  { name, text: mend, rewrite = {} }: Quirks,
  protocol: Protocol = 'ocpp1.6',
): Frame => {
  const read = decodeFrame(text, protocol)
  const isBroken = read.kind === 'unreadable' || read.kind === 'malformed'
  const mended = isBroken && mend !== undefined ? decodeFrame(mend(text), protocol) : read
  if (mended.kind === 'unreadable') return read
  if (mended.kind !== 'call') return mended
  const { action, payload } = mended
  const meant = (Object.hasOwn(rewrite, action) && rewrite[action]?.(payload)) || payload
  return mended === read && meant === payload ? read : { ...mended, payload: meant, repairedBy: name }
}

const isOf = (make: Make, vendor: string, model: string, firmware: string): boolean =>
  isNamed(make.vendor, vendor) &&
  (make.model === undefined || isNamed(make.model, model)) &&
  isIn(make.firmware, firmware)

const isNamed = (pattern: string, name: string): boolean => {
  const [wanted, given] = [pattern.toLowerCase(), name.trim().toLowerCase()]
  return wanted.endsWith('*') ? given.startsWith(wanted.slice(0, -1)) : given === wanted
}

const isIn = (range: string | undefined, firmware: string): boolean => {
  if (range === undefined) return true
  const version = versionOf(firmware)
  if (version === undefined) return false
  const [, from, to] = /^(?:from (\S+))? ?(?:to (\S+))?$/.exec(range) ?? []
  return (
    (from === undefined || compared(version, versionOf(from)) >= 0) &&
    (to === undefined || compared(version, versionOf(to)) <= 0)
  )
}

/** The first dotted number in what stations call their firmware: `TAC3Z9119006710273::V1.8.21` is 1.8.21. */
const versionOf = (firmware: string): readonly number[] | undefined =>
  (/\d+(?:\.\d+)+/.exec(firmware) ?? /\d+/.exec(firmware))?.[0].split('.').map(Number)

/** As far as the bound is written: 1.8.21.4 is no more than 1.8.21. */
const compared = (version: readonly number[], bound: readonly number[] = []): number =>
  bound.map((part, i) => (version[i] ?? 0) - part).find((difference) => difference !== 0) ?? 0
