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
  ...['BI-23a', 'BI-23b', 'BI-23c'],
  ...numbered('BI', 24, 39),
  ...['BI-39a', 'BI-39b', 'BI-39c'],
  ...numbered('BI', 40, 56),
]

const roaming = 'roaming does not exist yet'
const twoPointX = 'OCPP 2.x is not spoken yet'
const tariffs = 'the tariff engine does not exist yet'
const cluster = 'needs several hosts; the suite for clusters does not exist yet'

export const gaps: Readonly<Record<string, string>> = {
  'INV-14': twoPointX,
  'INV-21': twoPointX,
  'INV-22': twoPointX,
  'INV-42': roaming,
  'INV-45': roaming,
  'INV-46': tariffs,
  'INV-54': tariffs,
  'F-22': roaming,
  'BI-39b': twoPointX,
  'BI-39c': twoPointX,
  'BI-47': twoPointX,
  'BI-54': roaming,
  'BI-55': roaming,
  'BI-56': roaming,
  'F-11': cluster,
  'F-13': cluster,
}
