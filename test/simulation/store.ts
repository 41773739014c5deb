import { MemoryCurrentState } from '../../adapters/memory/current-state.ts'
import { MemoryLedger } from '../../adapters/memory/ledger.ts'
import type { Command } from '../../core/domain/command.ts'
import type { Fact } from '../../core/domain/fact.ts'
import { type Token, tokenKey } from '../../core/domain/token.ts'
import type { CurrentState } from '../../core/ports/current-state.ts'
import type { Digest } from '../../core/ports/digest.ts'
import type { Ids } from '../../core/ports/ids.ts'
import { type Ledger, LedgerUnavailable } from '../../core/ports/ledger.ts'
import { strikes, tell, type World } from './world.ts'

/** What survives every crash: PostgreSQL's part. */
export class Durable {
  readonly world: World
  readonly ledger: MemoryLedger
  readonly state: MemoryCurrentState
  readonly epochs = new Map<string, number>()
  readonly tokens = new Map<string, Token>()
  readonly commands = new Map<string, Command>()
  /** Who has told what it is: one of 2.x that has not boots first. */
  readonly known = new Set<string>()
  readonly #outage: { readonly from: number; readonly to: number }

  constructor(world: World, parts: { readonly ids: Ids; readonly digest: Digest }) {
    this.world = world
    const { time, luck, faults, calmFrom } = world
    this.ledger = new MemoryLedger({
      ...parts,
      clock: time,
      firstTransaction: () => luck.integer(1_000_000, 1_000_000_000),
    })
    this.state = new MemoryCurrentState(this.ledger)
    const from = time.now() + luck.between(0, Math.max(0, calmFrom - time.now() - faults.outageMs))
    this.#outage = { from, to: Math.min(calmFrom, from + faults.outageMs) }
    if (faults.outageMs > 0) world.happened.set('outageMs', 1)
  }

  /** A card that was good is blocked, and the other way round. */
  turnToken(uid: string): void {
    const token = this.tokens.get(tokenKey(uid))
    if (token !== undefined)
      this.tokens.set(tokenKey(uid), { ...token, status: token.status === 'Accepted' ? 'Blocked' : 'Accepted' })
  }

  get isDown(): boolean {
    const now = this.world.time.now()
    return now >= this.#outage.from && now < this.#outage.to
  }
}

/** The store as one server sees it: with latency, refusals, and answers that never come once the server is dead. */
export class StoreSide implements Ledger, CurrentState {
  readonly #durable: Durable
  #dead = false

  constructor(durable: Durable) {
    this.#durable = durable
  }

  /** The server is gone: what is on its way may still be done or not, and nobody hears of it. */
  die(): void {
    this.#dead = true
  }

  commit(facts: readonly Fact[]): ReturnType<Ledger['commit']> {
    return this.#run(`commit ${facts.length}`, () => this.#durable.ledger.commit(facts))
  }

  write(reports: Parameters<CurrentState['write']>[0]): ReturnType<CurrentState['write']> {
    return this.#run(`state ${reports.length}`, () => {
      for (const { kind, identity } of reports) if (kind === 'booted') this.#durable.known.add(identity)
      return this.#durable.state.write(reports)
    })
  }

  /** Anything read or written for the API's side: the same latency, the same outages. */
  ask<Result>(what: string, work: () => Result): Promise<Result> {
    return this.#run(what, async () => work())
  }

  async #run<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
    const { world } = this.#durable
    const { luck } = world
    await this.#pass(luck.between(0.5, 5) + (strikes(world, 'slowCommits') ? luck.between(200, 4_000) : 0))
    if (this.#durable.isDown) {
      await this.#pass(luck.between(1, 500))
      throw new LedgerUnavailable('the store is down')
    }
    if (strikes(world, 'refusals')) throw new LedgerUnavailable('could not serialize access')
    const result = await work()
    tell(world, what)
    await this.#pass(luck.between(0.5, 5))
    if (strikes(world, 'lostAnswers')) throw new LedgerUnavailable('the connection broke after the commit')
    return result
  }

  /** Never goes on for a server that died meanwhile. */
  #pass(ms: number): Promise<void> {
    return new Promise((go) => {
      this.#durable.world.time.after(ms, () => {
        if (!this.#dead) go()
      })
    })
  }
}
