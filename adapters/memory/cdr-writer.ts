import { type Entry, entryFor } from '../../core/domain/cdr.ts'
import type { Ids } from '../../core/ports/ids.ts'
import type { OutboxJob } from '../../core/ports/outbox.ts'
import type { MemoryLedger } from './ledger.ts'

/** The effect of a `cdr` job in memory: CDR, credit, and the end of the outbox row at once. */
export const writeCdr = (
  { ledger, ids }: { readonly ledger: MemoryLedger; readonly ids: Ids },
  { id, tenant, kind, key }: OutboxJob,
): Entry | undefined => {
  const session = ledger.sessions.get(key)
  const last = [...ledger.cdrs.values()]
    .filter((cdr) => cdr.session === key)
    .toSorted((a, b) => b.version - a.version)[0]
  const entry = session && entryFor(session, last, () => ids.uuid())
  if (entry !== undefined) {
    const { credit, cdr } = entry
    if (credit !== undefined && last !== undefined)
      ledger.cdrs.set(last.id, { ...last, state: 'credited', credits: [credit.id] })
    ledger.cdrs.set(cdr.id, cdr)
  }
  const row = `${tenant}/${kind}/${key}`
  if (ledger.outboxIds.get(row) === id) ledger.outbox.delete(row)
  return entry
}
