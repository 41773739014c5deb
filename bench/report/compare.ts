import { isResolved, type Ratio, type Report } from './report.ts'

export interface Compared {
  readonly scenario: string
  readonly name: string
  readonly unit: string
  readonly before: number
  readonly after: number
  /** Whether the difference is more than chance; undefined where one run cannot tell. */
  readonly differs: boolean | undefined
}

/** The figures two files have in common, side by side. */
export const compare = (before: readonly Report[], after: readonly Report[]): readonly Compared[] =>
  after.flatMap((report) => {
    const earlier = before.find(({ scenario }) => scenario === report.scenario)
    if (earlier === undefined) return []
    const ratios = report.ratios.flatMap((ratio) => {
      const old = earlier.ratios.find(({ name }) => name === ratio.name)
      return old === undefined
        ? []
        : [
            {
              scenario: report.scenario,
              name: ratio.name,
              unit: '',
              before: old.value,
              after: ratio.value,
              differs: differs(old, ratio),
            },
          ]
    })
    const facts = report.facts.flatMap((fact) => {
      const old = earlier.facts.find(({ name }) => name === fact.name)
      return old === undefined
        ? []
        : [
            {
              scenario: report.scenario,
              name: fact.name,
              unit: fact.unit,
              before: old.value,
              after: fact.value,
              differs: undefined,
            },
          ]
    })
    return [...ratios, ...facts]
  })

const differs = (a: Ratio, b: Ratio): boolean | undefined =>
  a.spread === null || b.spread === null
    ? undefined
    : isResolved({ ...b, value: b.value / a.value, spread: Math.max(a.spread, b.spread) })

export const line = ({ scenario, name, unit, before, after, differs: isDifferent }: Compared): string =>
  `${scenario.padEnd(11)} ${before.toPrecision(3).padStart(9)} → ${after.toPrecision(3).padStart(9)} ${unit.padEnd(16)} ${`${((after / before - 1) * 100).toFixed(0)} %`.padStart(7)}${isDifferent === false ? '  not resolved' : ''}  ${name}`
