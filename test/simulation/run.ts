import { createDigest } from '../../adapters/digest.ts'
import { memoryDeadlines } from '../../adapters/memory/deadlines.ts'
import { writeCdr } from '../../adapters/memory/cdr-writer.ts'
import { chance } from '../../bench/random.ts'
import { tokenKey } from '../../core/domain/token.ts'
import { reconcile, type Tally } from './checks.ts'
import { drawFaults } from './faults.ts'
import { Notary } from './notary.ts'
import { Socket } from './network.ts'
import { Forgetful, Incarnation } from './server.ts'
import { type Dial, Station } from './station.ts'
import { Durable } from './store.ts'
import { VirtualTime } from './time.ts'
import { strikes, tell, violate, type World } from './world.ts'

const minute = 60_000
const hour = 60 * minute
const cards = ['CARD1', 'CARD2', 'CARD3']

export interface RunOptions {
  readonly seed: number
  /** Fault kinds that must not happen: how a failure is narrowed down. */
  readonly without?: ReadonlySet<string>
  readonly stations?: number
  readonly minutes?: number
  readonly traced?: boolean
}

export interface Outcome extends Tally {
  readonly seed: number
  readonly violations: readonly string[]
  readonly hash: string
  readonly happened: number
  readonly faults: ReadonlyMap<string, number>
  readonly stations: number
  readonly acknowledged: number
  readonly simulatedH: number
  readonly trace: readonly string[]
}

/** One seed: stations charge while everything goes wrong, then everything works, and the books are held to the truth. */
export const run = async (options: RunOptions): Promise<Outcome> => {
  const { seed, without = new Set<string>(), minutes = 45 } = options
  const luck = chance(seed)
  const began = Date.UTC(2026, 0, 1) + luck.integer(0, 364) * 24 * hour
  const time = new VirtualTime(began)
  const faults = drawFaults(luck, without)
  const world: World = {
    time,
    luck,
    faults,
    calmFrom: began + minutes * minute + faults.outageMs,
    happened: new Map(),
    violations: [],
    trace: options.traced === true ? [] : undefined,
  }
  const digest = createDigest(new Uint8Array(32))
  let serial = 0
  const ids = { uuid: () => `00000000-0000-7000-8000-${(++serial).toString(16).padStart(12, '0')}` }
  const durable = new Durable(world, { ids, digest })
  for (const uid of cards) durable.tokens.set(tokenKey(uid), { uid, issuer: '', type: 'RFID', status: 'Accepted' })
  const notary = new Notary(durable, digest)
  const forgetful = new Forgetful()
  const sockets = new Set<Socket>()

  let server: Incarnation | undefined
  const boot = async (): Promise<void> => {
    const next = new Incarnation(durable, forgetful, { ids, digest })
    server = next
    tell(world, 'the server is up')
    await next.start()
  }
  const dial: Dial = async (identity, protocol, station) => {
    const current = server
    if (current === undefined) return undefined
    const socket = new Socket(world, identity, { station, server: current, witness: notary })
    sockets.add(socket)
    const opened = await Promise.race([
      socket.open(protocol).catch(() => false),
      new Promise<false>((go) => void time.after(20_000, () => go(false))),
    ])
    return opened && current.isAlive ? socket : undefined
  }
  const everyMinute = (): void =>
    void time.after(minute, () => {
      if (time.now() >= world.calmFrom) return
      if (strikes(world, 'crashes')) crash()
      if (strikes(world, 'flushes')) forgetful.forget()
      if (strikes(world, 'blocks')) durable.turnToken(luck.pick(cards))
      everyMinute()
    })
  const crash = (): void => {
    server?.kill()
    server = undefined
    for (const socket of sockets) socket.orphaned()
    sockets.clear()
    time.after(luck.between(500, minute), () => void boot())
  }

  await boot()
  const stations = Array.from({ length: options.stations ?? luck.integer(1, 3) }, (_, i) => new Station(world, i, dial))
  for (const station of stations) station.start()
  everyMinute()
  orders(world, stations, () => server)
  await time.until(world.calmFrom)
  for (let waited = 0; !stations.every((s) => s.isSettled) && waited < 12 * hour; waited += 5 * minute)
    await time.until(time.now() + 5 * minute)
  for (const station of stations)
    if (!station.isSettled) violate(world, `${station.identity} could not deliver what it has in twelve hours`)
  for (const station of stations) station.retire()
  await time.until(time.now() + 5 * minute)
  server?.kill()
  await settleBooks(durable, ids)
  const tally = reconcile(durable, stations)
  return {
    ...tally,
    seed,
    violations: world.violations,
    hash: time.hash,
    happened: time.happened,
    faults: world.happened,
    stations: stations.length,
    acknowledged: notary.acknowledged.count,
    simulatedH: (time.now() - began) / hour,
    trace: world.trace ?? [],
  }
}

/** Operators order charging now and then; each order carries a token of its own, so that a second delivery shows. */
const orders = (world: World, stations: readonly Station[], server: () => Incarnation | undefined): void => {
  let count = 0
  const next = (): void =>
    void world.time.after(world.luck.between(2 * minute, 20 * minute), () => {
      if (world.time.now() >= world.calmFrom) return
      const { identity } = world.luck.pick(stations)
      server()
        ?.desk.order(
          { tenant: 'default', identity },
          { type: 'startCharging', evse: 1, token: `ORDER-${++count}` },
          minute,
        )
        .catch(() => {})
      next()
    })
  next()
}

/** Two days later: every hold has passed, and every job has been done. */
const settleBooks = async (durable: Durable, ids: { uuid(): string }): Promise<void> => {
  const { ledger, state, world } = durable
  await world.time.until(world.time.now() + 49 * hour)
  const deadlines = memoryDeadlines({ ledger, state, clock: world.time })
  while ((await deadlines.sweep(100)).handled > 0);
  for (const [key, item] of ledger.outbox)
    writeCdr({ ledger, clock: world.time, ids }, { ...item, id: ledger.outboxIds.get(key) ?? 0 })
}
