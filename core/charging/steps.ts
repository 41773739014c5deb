/** What changes in steps over a window of time: every operation is a single walk over both. */

export interface Step<Value> {
  /** ms from the start of the window; the value holds until the next step. */
  readonly at: number
  readonly value: Value
}

/** In ascending order; the first is at the start of the window. */
export type Steps<Value> = readonly Step<Value>[]

export const constant = <Value>(value: Value): Steps<Value> => [{ at: 0, value }]

/** Adds a step at the end, or changes the last one when it is at the same instant. A step that changes nothing is none. */
export const put = <Value>(steps: Step<Value>[], at: number, value: Value): void => {
  if (steps.at(-1)?.at === at) steps.pop()
  const last = steps.at(-1)
  if (last === undefined || last.value !== value) steps.push({ at, value })
}

/** Both at every instant, as one value. */
export const combined = <A, B, Value>(a: Steps<A>, b: Steps<B>, by: (a: A, b: B) => Value): Steps<Value> => {
  const steps: Step<Value>[] = []
  for (let i = 0, j = 0; ;) {
    const [ofA, ofB] = [a[i], b[j]]
    if (ofA === undefined || ofB === undefined) return steps
    put(steps, Math.max(ofA.at, ofB.at), by(ofA.value, ofB.value))
    const [endOfA, endOfB] = [a[i + 1]?.at ?? Infinity, b[j + 1]?.at ?? Infinity]
    if (endOfA <= endOfB) i++
    if (endOfB <= endOfA) j++
  }
}

/**
 * Many as one, by what joins two of them (associative). Halved and halved again, so that it costs the number of steps
 * times the logarithm of how many there are.
 */
export const joined = <Value>(
  all: readonly Steps<Value | undefined>[],
  by: (a: Value | undefined, b: Value | undefined) => Value | undefined,
): Steps<Value | undefined> => {
  const [first] = all
  if (first === undefined) return constant(undefined)
  if (all.length === 1) return first
  const middle = all.length >> 1
  return combined(joined(all.slice(0, middle), by), joined(all.slice(middle), by), by)
}
