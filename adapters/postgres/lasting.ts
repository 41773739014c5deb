import type postgres from 'postgres'
import { isLost } from './faults.ts'

type Raw = postgres.Sql<{ bigint: number }>
/** `abandon` gives up at once on everything that is under way, for a server that has fallen silent. */
export type Lasting = Raw & { abandon(): void }
type Tx = postgres.TransactionSql<{ bigint: number }>

const goodbyeS = 30
const closingMs = 5_000

/**
 * A pool that outlives its connections. In postgres.js 3.4.9 a connection that breaks while a transaction runs on it is
 * never usable again: the ROLLBACK it is given afterwards throws outside of every promise, and what was half written
 * keeps the next start-up message from leaving. So a transaction here says nothing to a connection that is gone, and
 * with the first connection that breaks the whole pool is left to finish what it does, and a new one takes its place.
 * One that gives no answer for `silentMs`, which is longer than the server lets anything take, is broken as well: a line
 * that drops everything tells nobody.
 */
export const lasting = (open: (closed: () => void) => Raw, silentMs: number): Lasting => {
  let ended = false
  let current: Raw | undefined

  const pool = (): Raw => {
    if (current !== undefined) return current
    const fresh = open(() => leave(fresh))
    current = fresh
    return fresh
  }
  const leave = (broken: Raw): void => {
    if (ended || current !== broken) return
    current = undefined
    void broken.end({ timeout: goodbyeS }).catch(() => {})
  }
  const abandon = (silent: Raw): void => {
    if (current === silent) current = undefined
    if (!ended) void silent.end({ timeout: 0 }).catch(() => {})
  }
  /** Gives a pool up unless what it was given to do is done in time, or goes on. */
  const watched = (from: Raw): { readonly goesOn: () => void; readonly done: () => void } => {
    if (!Number.isFinite(silentMs)) return { goesOn: () => {}, done: () => {} }
    let silent = setTimeout(() => abandon(from), silentMs)
    const done = (): void => clearTimeout(silent)
    const goesOn = (): void => {
      done()
      silent = setTimeout(() => abandon(from), silentMs)
    }
    return { goesOn, done }
  }
  const own: Readonly<Record<string, unknown>> = {
    begin: (work: Work) => {
      const from = pool()
      return new Promise((resolve, reject) => {
        let late: ReturnType<typeof setTimeout> | undefined
        // the close of its connection is what ends a transaction that has lost it; should none come, this does
        const lost = (error: unknown): void => {
          late = setTimeout(() => {
            leave(from)
            reject(error)
          }, closingMs)
        }
        const watch = watched(from)
        from
          .begin((tx) => silentOnceLost(heard(tx, watch.goesOn), work, lost))
          .then(resolve, reject)
          .finally(() => (clearTimeout(late), watch.done()))
      })
    },
    abandon: () => current !== undefined && abandon(current),
    end(options: { readonly timeout?: number }) {
      ended = true
      return pool().end(options)
    },
  }
  return new Proxy((() => {}) as unknown as Lasting, {
    apply(_, __, given: Parameters<Raw>) {
      const from = pool()
      const query: Partial<postgres.PendingQuery<postgres.Row[]>> = from(...given)
      // a piece of another query is never asked for by itself
      const { then } = query
      if (then === undefined) return query
      query.then = ((...listeners: Parameters<typeof then>) => {
        delete query.then
        const { done } = watched(from)
        void Promise.prototype.then.call(query, done, done)
        return then.apply(query, listeners)
      }) as typeof then
      return query
    },
    get: (_, name) => own[String(name)] ?? Reflect.get(pool(), name),
  })
}

type Work = (tx: Tx) => Promise<unknown>

/** A transaction whose every statement shows that it goes on: it may have many. */
const heard = (tx: Tx, goesOn: () => void): Tx => {
  const savepoint = tx.savepoint.bind(tx) as (work: Work) => Promise<unknown>
  Object.assign(tx, { savepoint: (work: Work) => savepoint((inner) => work(heard(inner, goesOn))) })
  return new Proxy(tx, {
    apply(target, self, given: Parameters<Tx>) {
      goesOn()
      return Reflect.apply(target, self, given)
    },
  })
}

/** Never settles once the connection is lost: whatever settled would be followed by a ROLLBACK, and that by its fault. */
const silentOnceLost = (tx: Tx, work: Work, lost: (error: unknown) => void): Promise<unknown> => {
  const savepoint = tx.savepoint.bind(tx) as (work: Work) => Promise<unknown>
  const silent = (inner: Work): Promise<unknown> => savepoint((sub) => silentOnceLost(sub, inner, lost))
  Object.assign(tx, { savepoint: silent })
  return work(tx).catch((error: unknown) => {
    if (!isLost(error)) throw error
    lost(error)
    return new Promise(() => {})
  })
}
