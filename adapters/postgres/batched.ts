import { isOutage } from './faults.ts'

interface Waiting<Key, Value> {
  readonly key: Key
  readonly resolve: (value: Value | undefined) => void
  readonly reject: (error: unknown) => void
}

const mostInBatch = 1_000

/**
 * Look-ups of the same moment become one statement: while one is on its way, what is asked meanwhile is the next.
 * `load` answers in the order of its keys.
 */
export const batched = <Key, Value>(
  load: (keys: readonly Key[]) => Promise<readonly (Value | undefined)[]>,
): ((key: Key) => Promise<Value | undefined>) => {
  let waiting: Waiting<Key, Value>[] = []
  let running = 0

  /** A key that cannot be looked up fails alone; a store that does not answer fails all of them. */
  const settle = async (batch: readonly Waiting<Key, Value>[]): Promise<void> => {
    try {
      const values = await load(batch.map(({ key }) => key))
      for (const [i, { resolve }] of batch.entries()) resolve(values[i])
    } catch (error) {
      if (batch.length > 1 && !isOutage(error)) for (const one of batch) await settle([one])
      else for (const { reject } of batch) reject(error)
    }
  }

  const run = async (): Promise<void> => {
    running++
    // a turn of the event loop gathers what arrives together
    await Promise.resolve()
    while (waiting.length > 0) {
      const batch = waiting.slice(0, mostInBatch)
      waiting = waiting.slice(mostInBatch)
      await settle(batch)
    }
    running--
  }

  return (key) =>
    new Promise((resolve, reject) => {
      waiting.push({ key, resolve, reject })
      if (running === 0) void run()
    })
}
