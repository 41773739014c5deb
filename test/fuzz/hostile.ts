import type { Chance } from '../../bench/random.ts'

/** Words of JSON that have hurt somebody: in the place of a value, of a field's name, of an element of a frame. */

const lines = (text: string): readonly string[] => text.trim().split(/\n\s*/)
const words = (text: string): readonly string[] => text.trim().split(/\s+/)
const parsed = (json: readonly string[]): readonly unknown[] => json.map((text) => JSON.parse(text) as unknown)
const long = (times: number, of = 'x'): string => `"${of.repeat(times)}"`
const deep = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`

const numbers = words(`
  0 1 -1 1.5 3.0 -0 1e400 -1e400 1e-400 2147483647 2147483648 -2147483648 -2147483649 9007199254740993 1e21
  123456789012345678901234567890 01 0x10 NaN Infinity`)

const texts = lines(String.raw`
  ""
  "1"
  "-5"
  "123456.7"
  "1e400"
  "\u0000"
  "a\u0000b"
  "\ud800"
  "\udfff\ud800"
  "\u202ecba"
  "\u001b[2J"
  "\r\n"
  "🔌́"
  "<script>alert(1)</script>"
  "=cmd()"
  "'; drop table sessions; --"
  "__proto__"
  "constructor"
  "\x"
  "\u12"
  "1000000"
  "1970-01-01T00:00:00Z"
  "2024-02-30T00:00:00Z"
  "2026-11-24T12:00:00"
  "0000-00-00T00:00:00Z"
  "9999-12-31T23:59:60+14:00"
`).concat(long(21), long(300), long(5_000, '€'), long(300, '\\u0000'))

const others = lines(`
  null
  true
  false
  []
  {}
  undefined
  'x'
  {"__proto__":{"polluted":true}}
  {"constructor":{"prototype":{"polluted":true}}}
`).concat('{"a":'.repeat(50), deep(20), deep(40), `{"a":${deep(31)}}`)

/** As long or as deep as a frame may be. */
const monsters = [deep(20_000), long(60_000), long(60_000, ' '), long(60_000, '9'), `[${'0,'.repeat(20_000)}0]`]

/** Mostly of the kind that it takes the place of: what is of another is refused before anybody looks at it. */
export const hostileFor = (token: string, luck: Chance): string => {
  if (luck.isLucky(0.005)) return luck.pick(monsters)
  if (luck.isLucky(0.6)) return luck.pick(token.startsWith('"') ? texts : /^-?\d/.test(token) ? numbers : others)
  return luck.pick(luck.pick([texts, numbers, others]))
}

/** Names of fields. */
export const names = words(String.raw`
  "__proto__" "constructor" "prototype" "toString" "hasOwnProperty" "then" "toJSON" "length" "" "0" "\u0000" "\ud800"
  "x-vendor" "transactionId" "idTag"`).concat(long(2_000))

/** Message types, ids and actions. */
export const types = parsed(words('0 1 2 3 4 5 6 9 -2 2.5 4294967298 "2" null true [] {}'))
export const ids = parsed(
  words(
    String.raw`"" "a" "__proto__" "\u0000" "\ud800" "\u202e" "\"" "\\" "\n" 0 17 -0.5 1e21 null true {} ["a"]`,
  ).concat(long(36), long(37), long(255), long(256), long(5_000), long(18, '🔌')),
)
export const actions = parsed(
  words(String.raw`
    "" "heartbeat" "HeartbeatRequest" "Heartbeat-Signed" "Reset" "MakeCoffee" "__proto__" "constructor" "toString"
    "\u0000" "\ud800" 1 null true {} ["Heartbeat"]`).concat(long(10_000)),
)
