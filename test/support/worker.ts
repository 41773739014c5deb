import { noCharging } from '../../core/charging/composite.ts'
import { defaultSettings, type Outside, Worker, type WorkerSettings } from '../../actors/worker.ts'
import type { AdmittedSeat } from '../../actors/admission.ts'
import type { Link } from '../../actors/link.ts'
import { clientCertificate } from '../../adapters/certificate.ts'
import { createDigest } from '../../adapters/digest.ts'
import { memoryBus } from '../../adapters/memory/bus.ts'
import { memoryCommands } from '../../adapters/memory/commands.ts'
import { memoryDirectory } from '../../adapters/memory/directory.ts'
import { MemoryLedger } from '../../adapters/memory/ledger.ts'
import { advance, type Command, fulfils, isOver, type Order } from '../../core/domain/command.ts'
import type { Presented } from '../../core/domain/token.ts'
import { isOfType, tokenKey } from '../../core/domain/token.ts'
import { isTwo, type Protocol } from '../../core/ocpp/version.ts'
import type { ChargePointRecord } from '../../core/ports/credentials.ts'
import type { StateReport } from '../../core/ports/current-state.ts'
import type { Connection } from '../../core/ports/gateway.ts'
import type { Ledger } from '../../core/ports/ledger.ts'
import type { Log } from '../../core/ports/log.ts'
import { TestClock, settled } from './clock.ts'
import { silence } from './quiet.ts'
import { noPlugAndCharge } from './no-plug-and-charge.ts'

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

/** A worker with everything in memory and a clock that stands: the real core and actors, sockets that are arrays. */
export const testWorker = (
  options: {
    readonly settings?: Partial<WorkerSettings>
    readonly ledger?: (memory: MemoryLedger) => Ledger
    readonly log?: Log
    readonly outside?: Partial<Outside>
  } = {},
) => {
  const clock = new TestClock()
  const digest = createDigest(new Uint8Array(32))
  let serial = 0
  const ids = { uuid: () => `00000000-0000-7000-8000-${(++serial).toString().padStart(12, '0')}` }
  const memory = new MemoryLedger({ clock, ids, digest, firstTransaction: () => 1_000_001 })
  const reports: StateReport[] = []
  const tokens = new Map<string, Presented>()
  const records = new Map<string, ChargePointRecord>()
  /** What the store has already, while the memory has `records` still. */
  const newer = new Map<string, ChargePointRecord>()
  const looksAnew: string[] = []
  const commands = new Map<string, Command>()
  const counts = new Map<string, number>()
  const epochs = new Map<string, number>()
  const count = (name: string, label = ''): void =>
    void counts.set(`${name} ${label}`.trim(), (counts.get(`${name} ${label}`.trim()) ?? 0) + 1)
  const store = memoryCommands(memory, commands)
  const bus = memoryBus()
  const charging = new Set<string>()
  const pressed = { loopDelayMs: 0 }
  let lookups = 0
  const directory = memoryDirectory()
  const shown: string[] = []
  const resumed: string[] = []
  /** Orders that we gave ourselves. */
  const own: { readonly identity: string; readonly order: Order }[] = []
  const refusedCsr = { because: undefined as string | undefined }
  const worker = new Worker(
    {
      name: 'w1',
      clock,
      timers: clock,
      random: { integer: (least) => least },
      ids,
      digest,
      ledger: options.ledger?.(memory) ?? memory,
      currentState: {
        write: async (batch) => {
          reports.push(...batch)
          const done = memory.expectations.filter((e) => batch.some((r) => r.identity === e.identity && fulfils(e, r)))
          for (const { command } of done) {
            const known = commands.get(command)
            if (known !== undefined && !isOver(known))
              commands.set(command, advance(known, { at: clock.now(), state: 'done', outcome: 'succeeded' }))
          }
          return done.map((e) => e.command)
        },
      },
      credentials: {
        find: async (tenant, identity) => {
          lookups++
          return records.get(`${tenant}/${identity}`.toLowerCase())
        },
        findAnew: async (tenant, identity) => {
          looksAnew.push(identity)
          const key = `${tenant}/${identity}`.toLowerCase()
          return newer.get(key) ?? records.get(key)
        },
        isKnown: (tenant, identity) => records.has(`${tenant}/${identity}`.toLowerCase()),
        open: async ({ identity }) => {
          const epoch = (epochs.get(identity) ?? 0) + 1
          epochs.set(identity, epoch)
          return { epoch, connectors: [], reservations: [], ordersWait: false }
        },
        settle: async ({ tenant, identity }, { type }) => void shown.push(`${tenant}/${identity} ${type}`),
      },
      tokens: {
        find: async (_, uid, __, type) => {
          const token = tokens.get(tokenKey(uid))
          return token !== undefined && isOfType(token, type) ? token : undefined
        },
        charging: async (_, uid, asking) =>
          [...memory.sessions.values()].filter(
            (s) =>
              s.state === 'open' &&
              s.authorization?.status === 'Accepted' &&
              s.identity !== asking &&
              tokenKey(s.token ?? '') === tokenKey(uid),
          ).length,
      },
      commands: store,
      directory,
      bus,
      telemetry: {
        count,
        counter: (name, label) => ({ add: () => count(name, label) }),
        took: () => {},
        gauge: () => {},
        span: () => undefined,
      },
      log: options.log ?? silence,
      trusts: (address) => address === '10.0.0.1',
      certificateOf: clientCertificate,
      openSessions: { has: (_, identity) => charging.has(identity) },
      pressure: { loopDelayMs: () => pressed.loopDelayMs },
      secrets: { bytes: (count) => new Uint8Array(count).fill(7) },
      certificateRequests: { fault: async () => refusedCsr.because },
      prices: { mayHaveTariff: () => false, costOf: async () => undefined },
      vatNumbers: { check: async () => ({ isValid: true }) },
      plugAndCharge: noPlugAndCharge,
      ordersWait: ({ identity }) => void resumed.push(identity),
      orderFor: ({ identity }, order) => void own.push({ identity, order }),
      inventoryOf: () => {},
      chargingOf: async () => noCharging,
      ...options.outside,
    },
    { ...defaultSettings, traceMb: 1, ...options.settings },
  )

  /** Opens a socket past admission; `said` is what we wrote to it, `closed` the close frame if any. */
  const connect = (
    identity = 'CP-1',
    registration: ChargePointRecord['registration'] = 'accepted',
    protocol: Protocol = 'ocpp1.6',
    /** What it has told of itself before; of 2.x who has told nothing boots first. */
    told: Partial<ChargePointRecord> = isTwo(protocol) ? { vendor: 'Acme', model: 'One' } : {},
  ) => {
    const epoch = (epochs.get(identity) ?? 0) + 1
    epochs.set(identity, epoch)
    const ref = { tenant: 'default', identity }
    const seat: AdmittedSeat = {
      identity,
      ref,
      record: { ...ref, registration, blocked: false, clockless: false, ...told },
      protocol,
      epoch,
      connectors: [],
      reservations: [],
      ordersWait: false,
      address: '127.0.0.1',
    }
    const said: string[] = []
    const closes: { code: number; reason: string }[] = []
    let pings = 0
    let cuts = 0
    const connection: Connection = {
      send: (text) => {
        said.push(text)
        return 0
      },
      ping: () => void pings++,
      close: (code, reason) => void closes.push({ code, reason }),
      terminate: () => void cuts++,
    }
    const link: Link = worker.gateway.opened(seat, connection)
    return {
      link,
      said,
      closes,
      pings: () => pings,
      cuts: () => cuts,
      says: (frame: unknown) => worker.gateway.heard(link, typeof frame === 'string' ? frame : JSON.stringify(frame)),
      /** Says something and gives what we answered since, once everything has settled. */
      async asks(...frames: readonly unknown[]): Promise<readonly unknown[]> {
        const from = said.length
        for (const frame of frames) this.says(frame)
        for (let i = 0; i < 5; i++) await settled()
        return said.slice(from).map((text) => JSON.parse(text) as unknown)
      },
    }
  }

  let orders = 0
  /** Gives an order to CP-1 as a worker hears of it, past the desk; answers its id. */
  const order = async (given: Order, more: Partial<Command> & { readonly context?: object } = {}): Promise<string> => {
    const { context, ...rest } = more
    const ref = { tenant: 'default', identity: 'CP-1' }
    const at = clock.now()
    const command = await store.create({
      ...ref,
      id: `c${++orders}`,
      order: given,
      state: 'queued',
      waits: false,
      createdAt: at,
      deadline: at + 300_000,
      history: [],
      ...rest,
    })
    await bus.ask('w1', { number: 4, to: ref, command, ...(context !== undefined && { context }) }, 1_000)
    for (let i = 0; i < 5; i++) await settled()
    return command.id
  }

  return {
    worker,
    clock,
    digest,
    memory,
    reports,
    tokens,
    records,
    newer,
    looksAnew,
    commands,
    store,
    counts,
    directory,
    bus,
    connect,
    charging,
    pressed,
    lookedUp: () => lookups,
    shown,
    resumed,
    own,
    refusedCsr,
    order,
  }
}

export const accept = (uid: string): [string, Presented] => [
  tokenKey(uid),
  { uid, issuer: '', type: 'RFID', status: 'Accepted' },
]
