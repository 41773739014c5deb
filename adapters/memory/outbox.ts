import type { Clock } from '../../core/ports/clock.ts'
import type { Outbox } from '../../core/ports/outbox.ts'
import type { MemoryLedger } from './ledger.ts'

/** Rows that wait for their effect, in memory. When each was relayed is remembered here, as the row does elsewhere. */
export const memoryOutbox = (ledger: MemoryLedger, clock: Clock): Outbox => {
  const relayed = new Map<number, number>()
  return {
    async claim(limit, againAfterMs) {
      const now = clock.now()
      const due = [...ledger.outbox]
        .map(([key, item]) => ({ ...item, id: ledger.outboxIds.get(key) ?? 0 }))
        .filter(({ id }) => (relayed.get(id) ?? Number.NEGATIVE_INFINITY) + againAfterMs <= now)
        .slice(0, limit)
      for (const { id } of due) relayed.set(id, now)
      return due
    },
  }
}
