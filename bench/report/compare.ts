import { type Fact, isResolved, type Ratio, type Report } from './report.ts'

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
    const both = <One extends Fact | Ratio>(
      olds: readonly One[],
      news: readonly One[],
      more: (old: One, now: One) => Pick<Compared, 'unit' | 'differs'>,
    ): readonly Compared[] =>
      news.flatMap((now) => {
        const old = olds.find(({ name }) => name === now.name)
        if (old === undefined) return []
        return [{ scenario: report.scenario, name: now.name, before: old.value, after: now.value, ...more(old, now) }]
      })
    return [
      ...both(earlier.ratios, report.ratios, (old, now) => ({ unit: '', differs: differs(old, now) })),
      ...both(earlier.facts, report.facts, (_, { unit }) => ({ unit, differs: undefined })),
    ]
  })

const differs = (a: Ratio, b: Ratio): boolean | undefined =>
  a.spread === null || b.spread === null
    ? undefined
    : isResolved({ ...b, value: b.value / a.value, spread: Math.max(a.spread, b.spread) })

export const line = ({ scenario, name, unit, before, after, differs: isDifferent }: Compared): string =>
  `${scenario.padEnd(11)} ${before.toPrecision(3).padStart(9)} → ${after.toPrecision(3).padStart(9)} ${unit.padEnd(16)} ${`${((after / before - 1) * 100).toFixed(0)} %`.padStart(7)}${isDifferent === false ? '  not resolved' : ''}  ${name}`
