import { isPaused, type Pace, roomIn } from '../../core/domain/push-lane.ts'
import type { Clock } from '../../core/ports/clock.ts'

interface Lines {
  readonly most: number
  /** As it is at the moment. */
  readonly pace: () => Pace
  readonly mayBegin: () => boolean
  readonly clock: Clock
}

/** Nothing more is begun after this long: what waits is read anew then, and whoever holds the lane is heard of. */
const roundMs = 20_000

/** Several at a time, in their order, for as long as the pace lets them. */
export const lineUp = async <Item>(
  items: readonly Item[],
  { most, pace, mayBegin, clock }: Lines,
  work: (item: Item) => Promise<void>,
): Promise<void> => {
  const until = clock.monotonic() + roundMs
  let next = 0
  let lines = 0
  const line = async (): Promise<void> => {
    lines++
    while (next < items.length && mayBegin() && !isPaused(pace(), clock.now()) && clock.monotonic() < until) {
      // after faults one goes on alone
      if (lines > roomIn(pace(), most)) break
      const item = items[next++]
      if (item !== undefined) await work(item)
    }
    lines--
  }
  await Promise.all(Array.from({ length: Math.min(roomIn(pace(), most), items.length) }, line))
}
