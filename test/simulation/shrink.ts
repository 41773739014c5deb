import { faultKinds } from './faults.ts'
import { type Outcome, run, type RunOptions } from './run.ts'

/** A failing run made smaller while it still fails: fewer kinds of faults, fewer stations, less time. */
export const shrink = async (
  failing: RunOptions,
): Promise<{ readonly options: RunOptions; readonly outcome: Outcome }> => {
  let options = failing
  let outcome = await run({ ...options, traced: true })
  const attempt = async (smaller: RunOptions): Promise<void> => {
    const tried = await run({ ...smaller, traced: true })
    if (tried.violations.length === 0 || tried.trace.length > outcome.trace.length) return
    options = smaller
    outcome = tried
  }
  for (const kind of faultKinds)
    if (outcome.faults.has(kind)) await attempt({ ...options, without: new Set([...(options.without ?? []), kind]) })
  for (const stations of [1, 2]) await attempt({ ...options, stations })
  for (const minutes of [5, 10, 20, 30]) await attempt({ ...options, minutes })
  return { options, outcome }
}

/** The command that repeats a run. */
export const replayOf = ({ seed, without, stations, minutes }: RunOptions): string =>
  [
    `npm run simulate -- --seeds ${seed}..${seed} --trace`,
    ...(without === undefined || without.size === 0 ? [] : [`--without ${[...without].join(',')}`]),
    ...(stations === undefined ? [] : [`--stations ${stations}`]),
    ...(minutes === undefined ? [] : [`--minutes ${minutes}`]),
  ].join(' ')
