import { type ChargePointRef, refKey } from '../../core/domain/charge-point.ts'
import type { Changes, Needs } from '../../core/domain/ledger.ts'
import type { Session } from '../../core/domain/session.ts'

const most = 200_000

type Wanted = ChargePointRef & { readonly transaction: string }

const keyOf = (wanted: Wanted): string => `${refKey(wanted)}/${wanted.transaction}`

/**
 * Open sessions as this worker last wrote them, so that a meter reading need not read its session again. What is
 * remembered is only ever written under its version: if somebody else has changed the row meanwhile, nothing is written,
 * the session is forgotten and read.
 */
export class RememberedSessions {
  readonly #known = new Map<string, Session>()

  /** What is remembered of the sessions that are only metered, and what still has to be read. */
  recall(needs: Needs): { readonly known: readonly Session[]; readonly needs: Needs } {
    const locked = new Set(needs.transactions.map(keyOf))
    const known = new Map<string, Session>()
    const missing: Wanted[] = []
    for (const wanted of needs.readings) {
      const key = keyOf(wanted)
      const session = locked.has(key) ? undefined : this.#known.get(key)
      if (session === undefined) missing.push(wanted)
      else known.set(key, session)
    }
    return { known: [...known.values()], needs: { ...needs, transactions: [...needs.transactions, ...missing] } }
  }

  /** What a commit has made of them. */
  remember({ sessions, registers }: Pick<Changes, 'sessions' | 'registers'>): void {
    for (const session of registers) this.#put(session)
    for (const session of sessions) this.#put(session)
    while (this.#known.size > most) this.#known.delete(this.#known.keys().next().value ?? '')
  }

  forget(needs: Needs): void {
    for (const wanted of [...needs.readings, ...needs.transactions]) this.#known.delete(keyOf(wanted))
  }

  #put(session: Session): void {
    if (session.transaction === undefined) return
    const key = keyOf({ ...session, transaction: session.transaction })
    if (session.state === 'open') this.#known.set(key, { ...session, version: session.version + 1 })
    else this.#known.delete(key)
  }
}
