/** Chance that can be repeated: the same seed gives the same run. One stream per charge point (splitmix32). */
export interface Chance {
  /** From 0 to below 1. */
  next(): number
  between(least: number, most: number): number
  integer(least: number, most: number): number
  isLucky(share: number): boolean
  pick<Item>(items: readonly Item[]): Item
}

export const chance = (seed: number, stream = 0): Chance => {
  let state = (seed * 0x9e3779b9 + stream * 0x85ebca6b) | 0
  const next = (): number => {
    state = (state + 0x9e3779b9) | 0
    let z = state ^ (state >>> 16)
    z = Math.imul(z, 0x21f0aaad)
    z ^= z >>> 15
    z = Math.imul(z, 0x735a2d97)
    return ((z ^ (z >>> 15)) >>> 0) / 4_294_967_296
  }
  return {
    next,
    between: (least, most) => least + next() * (most - least),
    integer: (least, most) => least + Math.floor(next() * (most - least + 1)),
    isLucky: (share) => next() < share,
    pick(items) {
      const item = items[Math.floor(next() * items.length)]
      if (item === undefined) throw new Error('nothing to pick from')
      return item
    },
  }
}
