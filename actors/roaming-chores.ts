import { choresFor, endOf } from '../core/domain/roaming-chores.ts'
import { isRegistered, type PartnerRole } from '../core/domain/roaming-partner.ts'
import type { Clock } from '../core/ports/clock.ts'
import type { Log } from '../core/ports/log.ts'
import {
  busyKey,
  type Chore,
  type ChoreKind,
  type ChoreOutcome,
  type ChoreStore,
  type DoChore,
} from '../core/ports/roaming-chores.ts'
import type { RoamingPartnerStore } from '../core/ports/roaming-partners.ts'
import type { Timers } from '../core/ports/timers.ts'
import { Rounds } from './rounds.ts'

interface Parts {
  readonly chores: ChoreStore
  readonly partners: Pick<RoamingPartnerStore, 'find'>
  readonly rolesOf: (tenant: string) => Promise<readonly Pick<PartnerRole, 'role'>[]>
  readonly work: Readonly<Record<ChoreKind, DoChore>>
  /** Of this process. */
  readonly name: string
  readonly clock: Clock
  readonly timers: Timers
  readonly log: Log
}

const everyMs = 5_000
const afterFailureMs = 10_000
/** So many partners are seen to at once by one process; one that is slow keeps none of the others. */
const mostAtOnce = 8
/** A page may take as long as its retries; whoever is silent for longer has died. */
const holdMs = 5 * 60_000

/** Pulls the lists of partners and reconciles what they have of us: each partner's chores one after the other. */
export class RoamingChores extends Rounds {
  readonly #parts: Parts
  readonly #busy = new Set<string>()

  constructor(parts: Parts) {
    super({
      ...parts,
      round: () => this.#round(),
      failed: 'chores of roaming cannot be looked for just now',
      afterFailureMs,
    })
    this.#parts = parts
  }

  async #round(): Promise<number> {
    const { chores, rolesOf, clock, name: by } = this.#parts
    for (const partner of await chores.unplanned()) {
      const planned = choresFor(partner, await rolesOf(partner.tenant), clock.now())
      if (planned.length > 0) await chores.plan(partner, planned)
    }
    while (this.#busy.size < mostAtOnce && !this.isStopped) {
      const at = clock.now()
      const chore = await chores.take({ by, at, until: at + holdMs, busy: [...this.#busy] })
      if (chore === undefined) break
      void this.#see(chore)
    }
    return everyMs
  }

  /** Never throws: what failed is tried again. */
  async #see(chore: Chore): Promise<void> {
    const { chores, clock, log, name: by } = this.#parts
    const { partner, kind, module } = chore
    this.#busy.add(busyKey(chore))
    let latest = chore
    try {
      const outcome = await this.#done(chore, (reached) => {
        latest = reached
      })
      if (outcome.type === 'left') return
      await chores.end(chore, endOf(chore, outcome, clock.now()), { by, at: clock.now() })
      if (outcome.type === 'failed')
        log.warn('a chore of roaming failed', { partner, kind, module, reason: outcome.reason })
      else log.info('a chore of roaming is done', { partner, kind, module, ...outcome.progress.counts })
    } catch (error) {
      const outcome = { type: 'failed', progress: latest.progress, reason: String(error) } as const
      log.warn('a chore of roaming broke off', { partner, kind, module, reason: outcome.reason })
      await chores
        .end(chore, endOf(chore, outcome, clock.now()), { by, at: clock.now() })
        .catch((again: unknown) => log.warn('a chore of roaming is left to others', { reason: String(again) }))
    } finally {
      this.#busy.delete(busyKey(chore))
    }
  }

  async #done(chore: Chore, reached: (chore: Chore) => void): Promise<ChoreOutcome> {
    const { chores, partners, work, clock, name: by } = this.#parts
    const { progress } = chore
    const partner = await partners.find(chore)
    if (partner === undefined || !isRegistered(partner))
      return { type: 'failed', progress, reason: 'it is not registered' }
    return work[chore.kind](partner, chore, async (now) => {
      reached({ ...chore, progress: now })
      const at = clock.now()
      return !this.isStopped && (await chores.keep(chore, now, { by, at, until: at + holdMs }))
    })
  }
}
