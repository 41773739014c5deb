import { describe } from 'vitest'
import { createDigest } from '../../adapters/digest.ts'
import { courseOf } from '../../adapters/memory/charging-course.ts'
import { MemoryCurrentState } from '../../adapters/memory/current-state.ts'
import { MemoryLedger } from '../../adapters/memory/ledger.ts'
import { systemIds } from '../../adapters/system.ts'
import { courseContract } from '../contracts/charging-course.ts'
import { TestClock } from '../support/clock.ts'

describe('states of charging in memory', () => {
  const ledger = new MemoryLedger({
    clock: new TestClock(),
    ids: systemIds,
    digest: createDigest(new Uint8Array(32)),
    firstTransaction: () => 1_000_001,
  })
  const currentState = new MemoryCurrentState(ledger)
  let stations = 0
  courseContract(() => ({
    ledger,
    currentState,
    station: () => `CP-${stations++}`,
    session: async (identity) => {
      const session = [...ledger.sessions.values()].findLast((s) => s.identity === identity)
      if (session === undefined) throw new Error(`${identity} has no session`)
      return session
    },
    course: async (session) => courseOf(ledger, session),
  }))
})
