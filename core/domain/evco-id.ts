/**
 * EVCO IDs (eMAID): the name of a contract between a driver and a mobility provider. Two letters of a country, three
 * characters of the provider, nine of the contract, and a check digit that may be left out; hyphens are for people
 * (ISO 15118-2 annex H, handbook/roaming.md §6).
 */
const form = /^([A-Z]{2})-?([A-Z0-9]{3})-?([A-Z0-9]{9})(?:-?([A-Z0-9]))?$/

const bare = 14

/** The parts of an EVCO ID, in capitals; undefined for what is none. The check digit counts only where it is right. */
const partsOf = (
  text: string,
): { readonly country: string; readonly provider: string; readonly contract: string } | undefined => {
  // a capital of another alphabet would be made one of ours
  if (!/^[A-Za-z0-9-]{14,18}$/.test(text)) return undefined
  const [, country, provider, contract, digit] = form.exec(text.toUpperCase()) ?? []
  if (country === undefined || provider === undefined || contract === undefined) return undefined
  const isRight = digit === undefined || digit === checkDigitOf(country + provider + contract)
  return isRight ? { country, provider, contract } : undefined
}

/** By what EVCO IDs are equal: capitals without hyphens and check digit. Undefined for what is no EVCO ID. */
export const evcoKey = (text: string): string | undefined => {
  const parts = partsOf(text.trim())
  return parts && parts.country + parts.provider + parts.contract
}

export const isSameContract = (a: string, b: string): boolean => {
  const key = evcoKey(a)
  return key === undefined ? a.trim().toLowerCase() === b.trim().toLowerCase() : key === evcoKey(b)
}

/** The ways in which it may be written, the one that it came in first: whoever keeps tokens keeps one of them. */
export const evcoSpellings = (text: string): readonly string[] => {
  const given = text.trim()
  const parts = partsOf(given)
  if (parts === undefined) return [given]
  const { country, provider, contract } = parts
  const [plain, hyphenated] = [country + provider + contract, [country, provider, contract].join('-')]
  const digit = checkDigitOf(plain)
  const seen = new Set<string>()
  return [given, plain, plain + digit, hyphenated, `${hyphenated}-${digit}`].filter((spelling) => {
    const key = spelling.toLowerCase()
    return !seen.has(key) && seen.add(key)
  })
}

type Pair = readonly [number, number]
type Matrix = readonly [Pair, Pair]

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'
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
