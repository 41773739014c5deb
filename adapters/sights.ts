import { AsyncLocalStorage } from 'node:async_hooks'
import type { Sight } from '../core/domain/access.ts'
import type { Sights } from '../core/ports/sights.ts'

/** What is seen goes with the flow of what is done. */
export const flowingSights = (): Sights => {
  const sights = new AsyncLocalStorage<Sight>()
  return {
    during: (sight, work) => sights.run(sight, work),
    now: () => sights.getStore(),
  }
}
