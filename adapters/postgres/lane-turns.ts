import type { TargetRef } from '../../core/ports/deliveries.ts'
import type { Sql, Transaction } from './connect.ts'
import { isOutage } from './faults.ts'
import { asTenant } from './tenant.ts'

/** One commit under the lock of a lane. */
export interface Turn<Locked> {
  readonly tx: Transaction
  /** As it is now: whoever changes it says so for those who come after him in the same commit. */
  locked: Locked | undefined
}

type Work<Locked, Result> = (turn: Turn<Locked>) => Promise<Result>

interface Waiting<Locked> {
  readonly work: Work<Locked, unknown>
  readonly resolve: (result: never) => void
  readonly reject: (error: unknown) => void
}

/**
 * What is wanted of one lane at the same moment is done one after the other in one commit, for only one can hold its lock:
 * while one commit is on its way, what is asked meanwhile is the next. Nobody hears of anything before it is committed.
 * Where one of them fails each is done again by itself, so that it fails alone; a store that does not answer fails all of
 * them, for nobody knows whether it has committed.
 */
export const laneTurns = <Locked>(
  app: Sql,
  lock: (tx: Transaction, ref: TargetRef) => Promise<Locked | undefined>,
): (<Result>(ref: TargetRef, work: Work<Locked, Result>) => Promise<Result>) => {
  const waiting = new Map<string, Waiting<Locked>[]>()

  const together = (ref: TargetRef, works: readonly Work<Locked, unknown>[]): Promise<readonly unknown[]> =>
    asTenant(app, ref.tenant, async (tx) => {
      const turn: Turn<Locked> = { tx, locked: await lock(tx, ref) }
      const results: unknown[] = []
      for (const work of works) results.push(await work(turn))
      return results
    })

  const settle = async (ref: TargetRef, batch: readonly Waiting<Locked>[]): Promise<void> => {
    try {
      const results = await together(
        ref,
        batch.map(({ work }) => work),
      )
      for (const [i, { resolve }] of batch.entries()) resolve(results[i] as never)
    } catch (error) {
      if (batch.length > 1 && !isOutage(error)) for (const one of batch) await settle(ref, [one])
      else for (const { reject } of batch) reject(error)
    }
  }

  const run = async (ref: TargetRef, key: string): Promise<void> => {
    // a turn of the event loop gathers what arrives together
    await Promise.resolve()
    for (let batch = waiting.get(key) ?? []; batch.length > 0; batch = waiting.get(key) ?? []) {
      waiting.set(key, [])
      await settle(ref, batch)
    }
    waiting.delete(key)
  }

  return (ref, work) =>
    new Promise((resolve, reject) => {
      const key = `${ref.tenant}/${ref.target}`
      const one = { work, resolve, reject }
      const others = waiting.get(key)
      if (others !== undefined) return void others.push(one)
      waiting.set(key, [one])
      void run(ref, key)
    })
}
