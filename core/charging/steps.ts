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
  if (steps[steps.length - 1]?.at === at) steps.pop()
  const last = steps[steps.length - 1]
  if (last === undefined || last.value !== value) steps.push({ at, value })
}

/** Both at every instant, as one value. */
export const combined = <A, B, Value>(a: Steps<A>, b: Steps<B>, by: (a: A, b: B) => Value): Steps<Value> => {
  const steps: Step<Value>[] = []
  let [i, j] = [0, 0]
  let [ofA, ofB] = [a[0], b[0]]
  let last: Step<Value> | undefined
  while (ofA !== undefined && ofB !== undefined) {
    const value = by(ofA.value, ofB.value)
    if (last === undefined || last.value !== value) steps.push((last = { at: Math.max(ofA.at, ofB.at), value }))
    const endOfA = a[i + 1]?.at ?? Infinity
    const endOfB = b[j + 1]?.at ?? Infinity
    if (endOfA === Infinity && endOfB === Infinity) break
    if (endOfA <= endOfB) ofA = a[++i]
    if (endOfB <= endOfA) ofB = b[++j]
  }
  return steps
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
