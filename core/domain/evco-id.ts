import { type Misread, misread, strangeIn } from './misread.ts'

/**
 * EVCO IDs (eMAID): the name of a contract between a driver and a mobility provider. Two letters of a country, three
 * characters of the provider, nine of the contract, and a check digit that may be left out; hyphens are for people
 * (ISO 15118-2 annex H). Those of eMI3 begin the contract with a C; those of DIN SPEC 91286 have six characters and always
 * a check digit, which is another one (handbook/roaming.md §6).
 */
export interface EvcoId {
  readonly form: EvcoForm
  readonly country: string
  readonly provider: string
  /** Nine characters, six in the form of DIN. */
  readonly contract: string
  /** As it is, whether it was written or not. */
  readonly checkDigit: string
}

export type EvcoForm = 'iso' | 'emi3' | 'din'

/** That of DIN is the shorter one: none is taken for the other. */
const forms = [
  { of: 'iso', reads: /^([A-Z]{2})-?([A-Z0-9]{3})-?([A-Z0-9]{9})(?:-?([A-Z0-9]))?$/ },
  { of: 'din', reads: /^([A-Z]{2})[-*]?([A-Z0-9]{3})[-*]?([A-Z0-9]{6})[-*]?([A-Z0-9])$/ },
] as const

/** The parts of an EVCO ID, in capitals, or what is wrong with it. */
export const parseEvcoId = (text: string): EvcoId | Misread => {
  // a capital of another alphabet would be made one of ours
  const strange = strangeIn(text.trim(), '-*')
  if (strange !== undefined) return misread(strange)
  const plain = text.trim().toUpperCase()
  for (const { of, reads } of forms) {
    const [, country, provider, contract, digit] = reads.exec(plain) ?? []
    if (country === undefined || provider === undefined || contract === undefined) continue
    const right = (of === 'din' ? dinCheckDigitOf : checkDigitOf)(country + provider + contract)
    if (digit !== undefined && digit !== right) return misread(`the check digit is ${digit}, and should be ${right}`)
    const form = of === 'iso' && contract.startsWith('C') ? 'emi3' : of
    return { form, country, provider, contract, checkDigit: right }
  }
  return misread(faultOf(plain))
}

const faultOf = (plain: string): string => {
  const { length } = plain.replaceAll(/[-*]/g, '')
  if (!/^[A-Z]{2}/.test(plain)) return `the country is two letters, and this begins with “${plain.slice(0, 2)}”`
  if (length === 11) return 'the check digit is missing, which DIN SPEC 91286 does not leave out'
  if (length === 14 || length === 15 || length === 12)
    return plain.includes('*') && length > 12
      ? 'the parts are separated by hyphens: only DIN SPEC 91286 has asterisks'
      : 'separators can stand only after the country, the provider and the contract'
  return `it has ${length} letters and digits: 14, 15 with a check digit, or 12 by DIN SPEC 91286`
}

const bareOf = ({ country, provider, contract }: EvcoId): string => country + provider + contract

/** By what EVCO IDs are equal: capitals without hyphens, and without a check digit that may be left out. */
export const keyOfEvcoId = (id: EvcoId): string => (id.form === 'din' ? bareOf(id) + id.checkDigit : bareOf(id))

/** The same of a text; undefined for what is no EVCO ID. */
export const evcoKey = (text: string): string | undefined => {
  const id = parseEvcoId(text)
  return 'fault' in id ? undefined : keyOfEvcoId(id)
}

export const isSameContract = (a: string, b: string): boolean => {
  const key = evcoKey(a)
  return key === undefined ? a.trim().toLowerCase() === b.trim().toLowerCase() : key === evcoKey(b)
}

/** As it is shown to people: with hyphens and check digit. */
export const formatEvcoId = ({ country, provider, contract, checkDigit }: EvcoId): string =>
  [country, provider, contract, checkDigit].join('-')

/**
 * The same contract in the form of ISO 15118, or of eMI3: one of DIN SPEC 91286 keeps its check digit as part of the
 * contract, and is given another. What is of ISO or eMI3 is what it is.
 */
export const converted = (id: EvcoId, to: 'iso' | 'emi3'): EvcoId => {
  if (id.form !== 'din') return id
  const contract = `${to === 'iso' ? '00' : 'C0'}${id.contract}${id.checkDigit}`
  return { ...id, form: to, contract, checkDigit: checkDigitOf(id.country + id.provider + contract) }
}

/** The ways in which it may be written, the one that it came in first: whoever keeps tokens keeps one of them. */
export const evcoSpellings = (text: string): readonly string[] => {
  const given = text.trim()
  const id = parseEvcoId(given)
  if ('fault' in id) return [given]
  const [bare, full] = [bareOf(id), formatEvcoId(id)]
  const spellings =
    id.form === 'din'
      ? [bare + id.checkDigit, full, full.replaceAll('-', '*')]
      : [bare, bare + id.checkDigit, full.slice(0, -2), full]
  const seen = new Set<string>()
  return [given, ...spellings].filter((spelling) => {
    const key = spelling.toLowerCase()
    return !seen.has(key) && seen.add(key)
  })
}

/**
 * The check digit of DIN SPEC 91286: every digit, and of letters (A = 10 … Z = 35) the tens and the units, weighs twice as
 * much as the one before; the remainder by 11, where X is 10.
 */
export const dinCheckDigitOf = (plain: string): string => {
  const weighed = plain.split('').flatMap((character) => String(digits.indexOf(character)).split('').map(Number))
  const sum = weighed.reduce((total, digit, place) => total + digit * 2 ** place, 0)
  return sum % 11 === 10 ? 'X' : String(sum % 11)
}

type Pair = readonly [number, number]
type Matrix = readonly [Pair, Pair]

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const bare = 14
const rows = [
  {
    modulo: 2,
    by: [
      [0, 1],
      [1, 1],
    ] as Matrix,
    of: (v: number): Pair => [Math.floor(v / 18), Math.floor(v / 9) % 2],
  },
  {
    modulo: 3,
    by: [
      [0, 1],
      [1, 2],
    ] as Matrix,
    of: (v: number): Pair => [Math.floor((v % 9) / 3), v % 3],
  },
]

const times = ([a, b]: Pair, [[c, d], [e, f]]: Matrix, modulo: number): Pair => [
  (a * c + b * e) % modulo,
  (a * d + b * f) % modulo,
]

/**
 * The check digit of 14 characters in capitals (Chen, Niemenmaa, Vinck 2013): each is two bits and two trits; multiplied by
 * a matrix as often as its place says, all of them and the check digit's sum up to nothing.
 */
export const checkDigitOf = (plain: string): string => {
  const sums = rows.map(({ modulo, by, of }) => {
    let [sum0, sum1] = [0, 0]
    for (let place = 0; place < bare; place++) {
      let pair = of(digits.indexOf(plain[place] ?? '0'))
      for (let power = 0; power <= place; power++) pair = times(pair, by, modulo)
      sum0 += pair[0]
      sum1 += pair[1]
    }
    return [sum0 % modulo, sum1 % modulo] as const
  })
  const isNothing = (value: number): boolean =>
    rows.every(({ modulo, by, of }, i) => {
      let pair = of(value)
      for (let power = 0; power <= bare; power++) pair = times(pair, by, modulo)
      const [sum0, sum1] = sums[i] ?? [0, 0]
      return (sum0 + pair[0]) % modulo === 0 && (sum1 + pair[1]) % modulo === 0
    })
  return digits.split('').find((_, value) => isNothing(value)) ?? ''
}
