/** What the project has promised to hold, by the ids of its reliability handbook, and what no test shows yet, and why. */

const numbered = (prefix: string, from: number, to: number): readonly string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => `${prefix}-${String(from + i).padStart(2, '0')}`)

export const promised: readonly string[] = [
  ...numbered('INV', 1, 8),
  ...numbered('INV', 10, 17),
  ...numbered('INV', 20, 26),
  ...numbered('INV', 30, 38),
  ...numbered('INV', 40, 49),
  'INV-50a',
  ...numbered('INV', 51, 55),
  ...numbered('INV', 60, 65),
  ...numbered('F', 1, 30),
  ...Array.from({ length: 19 }, (_, i) => `R-${i + 1}`),
  ...numbered('BI', 1, 18),
  ...numbered('BI', 20, 23),
  'BI-23a',
  'BI-23b',
  'BI-23c',
  ...numbered('BI', 24, 39),
  'BI-39a',
  'BI-39b',
  'BI-39c',
  ...numbered('BI', 40, 56),
]

const standby = 'needs a standby that takes over; none is set up here'

export const gaps: Readonly<Record<string, string>> = {
  'F-06': standby,
  'F-11': standby,
  'F-25': 'there is one build yet',
  'F-27': 'no snapshot outlives its process (D-8): actors are made anew from rows',
  'F-29': 'certificates end at a proxy, or are read once at the start',
}
