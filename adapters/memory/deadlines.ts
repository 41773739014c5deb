import { refKey } from '../../core/domain/charge-point.ts'
import { completions, type Deadline, holds, inferences, isWaitedFor } from '../../core/domain/deadline.ts'
import { inferred, isBillable } from '../../core/domain/session.ts'
import { settledBy } from '../../core/domain/session-events.ts'
import type { Clock } from '../../core/ports/clock.ts'
import type { Deadlines } from '../../core/ports/deadlines.ts'
import type { MemoryCurrentState } from './current-state.ts'
import type { MemoryLedger } from './ledger.ts'

interface Parts {
  readonly ledger: MemoryLedger
  readonly state: MemoryCurrentState
  readonly clock: Clock
  /** Ends an order whose deadline has come; answers whether that changed anything. */
  readonly expire?: (command: string) => boolean
}

/** Business deadlines in memory, each handled and forgotten at once. */
export const memoryDeadlines = ({ ledger, state, clock, expire }: Parts): Deadlines => {
  const infer = (id: string, reason: string): void => {
    const before = ledger.sessions.get(id)
    if (before === undefined) return
    const session = inferred(before, reason)
    if (session === before) return
    const status = state.connectors.get(`${refKey(before)}/${before.evse}`)
    if (before.state === 'open' && reason === inferences.connectorAvailable && status?.status !== 'available') return
    ledger.put({ ...session, version: session.version + 1 })
    if (isBillable(session)) ledger.leaveJob({ tenant: session.tenant, kind: 'cdr', key: session.id })
  }
  const complete = (deadline: Deadline): void => {
    const { key, reason } = deadline
    const before = ledger.sessions.get(key)
    if (before?.state !== 'ended') return
    if (reason === completions.grace && isWaitedFor(state.presence.get(refKey(before))?.awaySince, clock.now()))
      return ledger.hold({ ...deadline, due: clock.now() + holds.missing })
    const session = settledBy(before, reason)
    ledger.put({ ...session, version: session.version + 1 })
    if (isBillable(session)) ledger.leaveJob({ tenant: session.tenant, kind: 'cdr', key: session.id })
  }
  return {
    async sweep(limit) {
      const due = [...ledger.deadlines]
        .filter(([, deadline]) => deadline.due <= clock.now())
        .toSorted(([, a], [, b]) => a.due - b.due)
        .slice(0, limit)
      const commands: string[] = []
      for (const [key, deadline] of due) {
        ledger.deadlines.delete(key)
        if (deadline.kind === 'session.infer') infer(deadline.key, deadline.reason)
        else if (deadline.kind === 'session.complete') complete(deadline)
        else if (expire?.(deadline.key) === true) commands.push(deadline.key)
      }
      return { handled: due.length, commands }
    },
  }
}
