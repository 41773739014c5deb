import { describe } from 'vitest'
import { MemoryLedger } from '../../adapters/memory/ledger.ts'
import { systemIds } from '../../adapters/system.ts'
import { createDigest } from '../../adapters/digest.ts'
import { ledgerContract } from '../contracts/ledger.ts'
import { TestClock } from '../support/clock.ts'

describe('the ledger in memory', () => {
  const ledger = new MemoryLedger({
    clock: new TestClock(),
    ids: systemIds,
    digest: createDigest(new Uint8Array(32)),
    firstTransaction: () => 1_000_001,
  })
  let stations = 0
  const of = (identity: string) => [...ledger.sessions.values()].filter((s) => s.identity === identity)
  ledgerContract(() => ({
    ledger,
    station: () => `CP-${stations++}`,
    sessions: async (identity) => of(identity),
    samples: async (identity) =>
      [...ledger.samples.keys()].filter((key) => of(identity).some((s) => key.startsWith(s.id))).length,
    facts: async (identity) =>
      [...ledger.facts.values()].filter(({ fact }) => fact.identity === identity).map(({ fact }) => fact.kind),
    outbox: async (session) => [...ledger.outbox.values()].filter((o) => o.key === session).length,
    jobsDone: async () => ledger.outbox.clear(),
    alarms: async (identity) =>
      ledger.events.flatMap((e) =>
        e.type === 'security.alarm' && e.subject === identity ? [String(e.data['alarm'])] : [],
      ),
    deadlines: async (session) => [...ledger.deadlines.values()].filter((d) => d.key === session).map((d) => d.reason),
  }))
})
