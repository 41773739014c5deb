import type postgres from 'postgres'
import { isLost } from './faults.ts'

type Raw = postgres.Sql<{ bigint: number }>
type Tx = postgres.TransactionSql<{ bigint: number }>

const goodbyeS = 30
const closingMs = 5_000

/**
 * A pool that outlives its connections. In postgres.js 3.4.9 a connection that breaks while a transaction runs on it is
 * never usable again: the ROLLBACK it is given afterwards throws outside of every promise, and what was half written
 * keeps the next start-up message from leaving. So a transaction here says nothing to a connection that is gone, and
 * with the first connection that breaks the whole pool is left to finish what it does, and a new one takes its place.
 */
export const lasting = (open: (closed: () => void) => Raw): Raw => {
  let ended = false
  let current: Raw | undefined

  const pool = (): Raw => {
    if (current !== undefined) return current
    const fresh = open(() => {
      if (ended || current !== fresh) return
      current = undefined
      void fresh.end({ timeout: goodbyeS }).catch(() => {})
    })
    current = fresh
    return fresh
  }
  const own: Readonly<Record<string, unknown>> = {
    begin: (work: (tx: Tx) => Promise<unknown>) => pool().begin((tx) => quietWhenLost(work(tx))),
    end(options: { readonly timeout?: number }) {
      ended = true
      return pool().end(options)
    },
  }
  return new Proxy((() => {}) as unknown as Raw, {
    apply: (_, __, given: Parameters<Raw>) => pool()(...given),
    get: (_, name) => own[String(name)] ?? Reflect.get(pool(), name),
  })
}

/** The close of its connection is what ends a transaction that has lost it; until then nothing more is said on it. */
const quietWhenLost = async <Result>(work: Promise<Result>): Promise<Result> => {
  try {
    return await work
  } catch (error) {
    if (isLost(error)) await new Promise((go) => setTimeout(go, closingMs))
    throw error
  }
}
