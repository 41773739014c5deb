import { type Cdr, type Entry, entryFor, type Release, released } from '../../core/domain/cdr.ts'
import { findingsOf } from '../../core/domain/sanity.ts'
import type { Clock } from '../../core/ports/clock.ts'
import type { Ids } from '../../core/ports/ids.ts'
import type { OutboxJob } from '../../core/ports/outbox.ts'
import { circumstancesOf } from './circumstances.ts'
import type { MemoryLedger } from './ledger.ts'

/** The effect of a `cdr` job in memory: CDR, credit, and the end of the outbox row at once. */
export const writeCdr = (
  { ledger, clock, ids }: { readonly ledger: MemoryLedger; readonly clock: Clock; readonly ids: Ids },
  { id, tenant, kind, key }: OutboxJob,
): Entry | undefined => {
  const session = ledger.sessions.get(key)
  const last = [...ledger.cdrs.values()]
    .filter((cdr) => cdr.session === key)
    .toSorted((a, b) => b.version - a.version)[0]
  const findings = session === undefined ? [] : findingsOf(session, circumstancesOf(ledger, session))
  const entry = session && entryFor(session, last, { now: clock.now(), uuid: () => ids.uuid(), findings })
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

/** Issues a CDR that is held; undefined where it is not, or nothing was proposed. */
export const releaseCdr = (ledger: MemoryLedger, id: string, release: Release): Cdr | undefined => {
  const held = ledger.cdrs.get(id)
  const cdr = held?.state === 'held' ? released(held, release) : undefined
  if (cdr !== undefined) ledger.cdrs.set(id, cdr)
  return cdr
}
