import { isIP } from 'node:net'
import { timeZone } from '../core/domain/time-zone.ts'

/** What a setting is, and the rules its text may have to keep. */

/** What a text must be, and what it then means. */
export interface Rule<Value> {
  /** Ends the sentence `SM_PORT: "abc" is not …`. */
  readonly is: string
  /** Undefined = it is not. */
  readonly parse: (text: string) => Value | undefined
}

/** One environment variable. */
export interface Setting<Value = unknown> extends Rule<Value> {
  readonly name: string
  readonly unit: string
  /** As the README shows it; a preset's is also what counts when nothing is set. */
  readonly default: string
  readonly about: string
  /** Its value is never repeated, neither in a mistake nor in a log. */
  readonly secret?: true
}

/** A setting that always has a value. */
export interface Preset<Value> extends Setting<Value> {
  readonly preset: true
}

type Words = Pick<Setting, 'name' | 'unit' | 'default' | 'about' | 'secret'>

/** Has a default that is written like a value. */
export const preset = <Value>(words: Words, rule: Rule<Value>): Preset<Value> => ({ ...words, ...rule, preset: true })
/** Is undefined when not set; its default is a word for people. */
export const optional = <Value>(words: Words, rule: Rule<Value>): Setting<Value> => ({ ...words, ...rule })

/** An integer in a range, both ends included; `times` turns its unit into ours (1000: s to ms). */
export const whole = (what: string, [least, most]: readonly [number, number], times = 1): Rule<number> => ({
  is: `${what} (${least}–${most})`,
  parse: (text) =>
    /^\d{1,9}$/.test(text) && Number(text) >= least && Number(text) <= most ? Number(text) * times : undefined,
})
/** A TCP port; 0 lets the system choose. */
export const port = whole('a port', [0, 65_535])
/** Seconds in a range, kept as they are (1) or as ms (1000). */
export const seconds = (range: readonly [number, number], times: 1 | 1_000): Rule<number> =>
  whole('a number of seconds', range, times)
/** Anything. */
export const text: Rule<string> = { is: 'a text', parse: (given) => given }
/** A text that a pattern fits. */
export const matching = (is: string, pattern: RegExp): Rule<string> => ({
  is,
  parse: (given) => (pattern.test(given) ? given : undefined),
})
/** One of these words. */
export const oneOf = <Word extends string>(...words: readonly Word[]): Rule<Word> => ({
  is: `one of ${words.join(', ')}`,
  parse: (given) => words.find((word) => word === given),
})
/** A URL with one of these protocols (`https:`), as it was written. */
export const url = (...protocols: readonly string[]): Rule<string> => ({
  is: `a URL that begins with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
  parse: (given) => (URL.canParse(given) && protocols.includes(new URL(given).protocol) ? given : undefined),
})
/** Entries between commas, each by the same rule; blanks around them do not count, nor do empty ones. */
export const list = <Value>({ is, parse }: Rule<Value>): Rule<readonly Value[]> => ({
  is: `a comma list of ${is}`,
  parse: (given) => {
    const entries = given.split(',').flatMap((entry) => (entry.trim() === '' ? [] : [parse(entry.trim())]))
    return entries.some((entry) => entry === undefined) ? undefined : entries.filter((entry) => entry !== undefined)
  },
})

/** One or more URLs with one of these protocols. */
export const urls = (...protocols: readonly string[]): Rule<readonly string[]> => ({
  is: `URLs, between commas, that begin with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
  parse: (given) => {
    const found = list(url(...protocols)).parse(given)
    return found?.length === 0 ? undefined : found
  },
})

/** An IP address, or a range of them as 10.0.0.0/8. */
export const addressOrRange: Rule<string> = {
  is: 'addresses or CIDR ranges',
  parse: (given) => {
    const [address = '', bits, ...more] = given.split('/')
    const widest = isIP(address) === 6 ? 128 : 32
    const isRange = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= widest)
    return isIP(address) !== 0 && isRange && more.length === 0 ? given : undefined
  },
}
/** A web origin as a browser sends it: no path, no trailing slash. */
export const origin: Rule<string> = {
  is: 'origins such as https://example.com',
  parse: (given) => (url('http:', 'https:').parse(given) && new URL(given).origin === given ? given : undefined),
}
/** A time zone by its name, not by an offset. */
export const zone: Rule<string> = { is: 'an IANA time zone such as Europe/Berlin', parse: timeZone }
