import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Outcome, RunOptions } from './run.ts'

/**
 * Runs one simulation after the other on all cores, each seed alone in its world. Hears of each as it ends, in no order;
 * no more are begun once that answers `enough`.
 */
export const runAll = async (
  all: Iterable<RunOptions>,
  hear: (options: RunOptions, outcome: Outcome) => Promise<'enough' | undefined>,
): Promise<void> => {
  const left = all[Symbol.iterator]()
  let isEnough = false
  const work = async (): Promise<void> => {
    const hand = new Worker(join(import.meta.dirname, 'hand.ts'))
    try {
      for (let next = left.next(); next.done !== true && !isEnough; next = left.next())
        if ((await hear(next.value, await ran(hand, next.value))) === 'enough') isEnough = true
    } finally {
      await hand.terminate()
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, work))
}

const ran = (hand: Worker, options: RunOptions): Promise<Outcome> =>
  new Promise((resolve, reject) => {
    hand.once('message', (outcome: Outcome) => {
      hand.off('error', reject)
      resolve(outcome)
    })
    hand.once('error', reject)
    hand.postMessage(options)
  })
