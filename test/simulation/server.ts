import { noCharging } from '../../core/charging/composite.ts'
import { OrderDesk } from '../../actors/commander.ts'
import { Relay } from '../../actors/relay.ts'
import { Sweeper } from '../../actors/sweeper.ts'
import { defaultSettings, Worker } from '../../actors/worker.ts'
import { writeCdr } from '../../adapters/memory/cdr-writer.ts'
import { memoryCommands } from '../../adapters/memory/commands.ts'
import { memoryDeadlines } from '../../adapters/memory/deadlines.ts'
import { memoryDirectory } from '../../adapters/memory/directory.ts'
import { memoryOutbox } from '../../adapters/memory/outbox.ts'
import type { WorkerAnswer, WorkerMessage } from '../../core/cluster/message.ts'
import { isOfType, tokenKey } from '../../core/domain/token.ts'
import { type Bus, BusUnanswered } from '../../core/ports/bus.ts'
import type { Digest } from '../../core/ports/digest.ts'
import type { Directory } from '../../core/ports/directory.ts'
import type { Ids } from '../../core/ports/ids.ts'
import type { JobQueue, OutboxJob } from '../../core/ports/outbox.ts'
import type { CommandStore } from '../../core/ports/store.ts'
import type { Timers } from '../../core/ports/timers.ts'
import { type Durable, StoreSide } from './store.ts'
import { strikes, tell, type World } from './world.ts'
import { silence } from '../support/quiet.ts'
import { noPlugAndCharge } from '../support/no-plug-and-charge.ts'

const ownOrderMs = 60_000

/** Redis's part: it is lost when Redis forgets, and nothing may depend on it. */
export class Forgetful {
  directory: Directory = memoryDirectory()

  forget(): void {
    this.directory = memoryDirectory()
  }
}

/** One life of the server process: the real worker, relay and sweeper, until it is killed. */
export class Incarnation {
  readonly worker: Worker
  readonly desk: OrderDesk
  readonly counts = new Map<string, number>()
  readonly #world: World
  readonly #durable: Durable
  readonly #ids: Ids
  readonly #store: StoreSide
  readonly #relay: Relay
  readonly #sweeper: Sweeper
  #alive = true

  constructor(durable: Durable, forgetful: Forgetful, parts: { readonly ids: Ids; readonly digest: Digest }) {
    const { world } = durable
    this.#world = world
    this.#durable = durable
    this.#ids = parts.ids
    this.#store = new StoreSide(durable)
    const store = this.#store
    const { time, luck } = world
    const name = `server-${parts.ids.uuid()}`
    const timers: Timers = {
      after: (ms, then) => time.after(ms, () => this.#alive && then()),
      soon: (then) => time.soon(() => this.#alive && then()),
    }
    const bus = this.#bus(timers)
    const directory: Directory = {
      claim: (...given) => forgetful.directory.claim(...given),
      renew: (...given) => forgetful.directory.renew(...given),
      release: (...given) => forgetful.directory.release(...given),
      locate: (...given) => forgetful.directory.locate(...given),
    }
    const kept = memoryCommands(durable.ledger, durable.commands)
    const commands: CommandStore = {
      find: (...given) => store.ask('find command', () => kept.find(...given)).then((found) => found),
      create: (...given) => store.ask('create command', () => kept.create(...given)).then((created) => created),
      list: (...given) => kept.list(...given),
      waiting: (...given) => kept.waiting(...given),
      open: (...given) => kept.open(...given),
      step: (...given) => store.ask('save command', () => kept.step(...given)).then((saved) => saved),
    }
    const count = (counter: string, label = ''): void =>
      void this.counts.set(`${counter} ${label}`.trim(), (this.counts.get(`${counter} ${label}`.trim()) ?? 0) + 1)
    const telemetry = {
      count,
      counter: (counter: string, label?: string) => ({ add: () => count(counter, label) }),
      took: () => {},
      gauge: () => {},
      span: () => undefined,
    }
    this.worker = new Worker(
      {
        name,
        clock: time,
        timers,
        random: { integer: (least, most) => luck.integer(least, most) },
        ids: parts.ids,
        digest: parts.digest,
        ledger: store,
        currentState: store,
        credentials: {
          find: (tenant, identity) =>
            store.ask('find charge point', () => ({
              tenant,
              identity,
              registration: 'accepted' as const,
              blocked: false,
              traced: false,
              clockless: false,
              securityProfile: 0 as const,
              ...(durable.known.has(identity) && { vendor: 'Sim', model: 'S' }),
            })),
          findAnew: async () => undefined,
          isKnown: () => true,
          open: ({ identity }) =>
            store.ask('open', () => {
              const epoch = (durable.epochs.get(identity) ?? 0) + 1
              durable.epochs.set(identity, epoch)
              return { epoch, connectors: [], reservations: [], ordersWait: false }
            }),
          settle: async () => {},
        },
        tokens: {
          find: (_, uid, __, type) =>
            store.ask('find token', () => {
              const token = durable.tokens.get(tokenKey(uid))
              return token !== undefined && isOfType(token, type) ? token : undefined
            }),
          charging: async () => 0,
        },
        commands,
        directory,
        bus,
        telemetry,
        log: silence,
        trusts: () => false,
        certificateOf: () => undefined,
        openSessions: { has: () => false },
        pressure: { loopDelayMs: () => 0 },
        secrets: { bytes: (count) => new Uint8Array(count) },
        certificateRequests: { fault: async () => 'nobody signs here' },
        prices: { mayHaveTariff: () => false, costOf: async () => undefined },
        vatNumbers: { check: async () => ({ isValid: true }) },
        plugAndCharge: noPlugAndCharge,
        ordersWait: () => {},
        orderFor: (ref, order) => void this.desk.order(ref, order, ownOrderMs).catch(() => {}),
        inventoryOf: () => {},
        chargingOf: async () => noCharging,
      },
      { ...defaultSettings, traceMb: 0 },
    )
    this.desk = new OrderDesk({
      directory,
      bus,
      commands,
      contexts: {
        async of({ order }) {
          const isAbout = order.type === 'stopCharging' || order.type === 'getTransactionStatus'
          const session = isAbout ? durable.ledger.sessions.get(order.session ?? '') : undefined
          return session?.transaction === undefined ? {} : { transaction: session.transaction }
        },
        presentsTag: async () => false,
      },
      digest: parts.digest,
      clock: time,
      timers,
      ids: parts.ids,
      log: silence,
    })
    const queue: JobQueue = { add: async (jobs) => this.#queue(jobs), close: async () => {} }
    const outbox = memoryOutbox(durable.ledger, time)
    this.#relay = new Relay({
      outbox: { claim: (...given) => store.ask('claim jobs', () => outbox.claim(...given)).then((claimed) => claimed) },
      queue,
      timers: slower(timers),
      telemetry,
      log: silence,
    })
    const deadlines = memoryDeadlines({ ledger: durable.ledger, state: durable.state, clock: time })
    this.#sweeper = new Sweeper({
      deadlines: { sweep: (limit) => store.ask('sweep', () => deadlines.sweep(limit)).then((swept) => swept) },
      timers: slower(timers),
      log: silence,
      commandsChanged: this.worker.commandsChanged,
    })
  }

  async start(): Promise<void> {
    await this.worker.start()
    this.#relay.start()
    this.#sweeper.start()
  }

  get isAlive(): boolean {
    return this.#alive
  }

  /** As kill -9 would: whatever was in memory is gone, and whatever was on its way stays there. */
  kill(): void {
    this.#alive = false
    this.#store.die()
  }

  /** Jobs are done at least once, some time; the queue is no record, so some are lost and come again from the outbox. */
  #queue(jobs: readonly OutboxJob[]): void {
    const { time, luck } = this.#world
    for (const job of jobs) {
      if (strikes(this.#world, 'lostJobs')) continue
      const times = strikes(this.#world, 'doubleJobs') ? 2 : 1
      for (let i = 0; i < times; i++)
        time.after(luck.between(1, 2_000), () => {
          const entry = writeCdr({ ledger: this.#durable.ledger, clock: time, ids: this.#ids }, job)
          tell(this.#world, `job ${job.key} ${entry === undefined ? 'again' : `version ${entry.cdr.version}`}`)
        })
    }
  }

  #bus(timers: Timers): Bus {
    const workers = new Map<string, (message: WorkerMessage) => Promise<WorkerAnswer>>()
    const topics = new Map<string, Set<(message: string) => void>>()
    return {
      ask: (worker, message, timeoutMs) =>
        new Promise((resolve, reject) => {
          timers.after(timeoutMs, () => reject(new BusUnanswered(worker)))
          timers.after(1, () => void workers.get(worker)?.(message).then(resolve, reject))
        }),
      serve: async (worker, answer) => void workers.set(worker, answer),
      publish: (topic, message) => {
        for (const hear of topics.get(topic) ?? []) hear(message)
      },
      subscribe: (topic, hear) => {
        const listeners = topics.get(topic) ?? new Set()
        topics.set(topic, listeners.add(hear))
        return () => void listeners.delete(hear)
      },
      isHeard: () => false,
      close: async () => {},
    }
  }
}

/** Relay and sweeper look every few hundred milliseconds; in hours of virtual time that would be most of what happens. */
const slower = (timers: Timers): Timers => ({
  after: (ms, then) => timers.after(ms * 40, then),
  soon: (then) => timers.soon(then),
})
