import type { Changes, Needs, WireRef } from '../../core/domain/changes.ts'
import type { Session } from '../../core/domain/session.ts'

const most = 200_000

/**
 * Open sessions as this worker last wrote them, so that a meter reading need not read its session again. What is
 * remembered is only ever written under its version: if somebody else has changed the row meanwhile, nothing is written,
 * the session is forgotten and read.
 */
export class RememberedSessions {
  readonly #known = new Map<string, Session>()

  /** What is remembered of the sessions that are only metered, and what still has to be read. */
  recall(needs: Needs): { readonly known: readonly Session[]; readonly needs: Needs } {
    const locked = new Set(needs.transactions.map((t) => t.wireKey))
    const known = new Set<Session>()
    const missing: WireRef[] = []
    for (const wanted of needs.readings) {
      const session = locked.has(wanted.wireKey) ? undefined : this.#known.get(wanted.wireKey)
      if (session === undefined) missing.push(wanted)
      else known.add(session)
    }
    return { known: [...known], needs: { ...needs, transactions: [...needs.transactions, ...missing] } }
  }

  /** What a commit has made of them. */
  remember({ sessions, registers }: Pick<Changes, 'sessions' | 'registers'>): void {
    for (const session of registers) this.#put(session)
    for (const session of sessions) this.#put(session)
    while (this.#known.size > most) this.#known.delete(this.#known.keys().next().value ?? '')
  }

  forget(needs: Needs): void {
    for (const { wireKey } of [...needs.readings, ...needs.transactions]) this.#known.delete(wireKey)
  }

  #put(session: Session): void {
    if (session.wireKey === undefined) return
    if (session.state === 'open') this.#known.set(session.wireKey, { ...session, version: session.version + 1 })
    else this.#known.delete(session.wireKey)
  }
}
