import { defaultSettings, type Outside, Worker, type WorkerSettings } from '../../actors/worker.ts'
import type { AdmittedSeat } from '../../actors/admission.ts'
import type { Link } from '../../actors/link.ts'
import { clientCertificate } from '../../adapters/certificate.ts'
import { createDigest } from '../../adapters/digest.ts'
import { memoryBus } from '../../adapters/memory/bus.ts'
import { memoryDirectory } from '../../adapters/memory/directory.ts'
import { MemoryLedger } from '../../adapters/memory/ledger.ts'
import type { Command, Expectation } from '../../core/domain/command.ts'
import { advance, follows } from '../../core/domain/command.ts'
import type { Token } from '../../core/domain/token.ts'
import { tokenKey } from '../../core/domain/token.ts'
import type { ChargePointRecord } from '../../core/ports/credentials.ts'
import type { StateReport } from '../../core/ports/current-state.ts'
import type { Connection } from '../../core/ports/gateway.ts'
import type { Ledger } from '../../core/ports/ledger.ts'
import type { CommandStore } from '../../core/ports/store.ts'
import { TestClock, settled } from './clock.ts'
import { silence } from './quiet.ts'

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

/** A worker with everything in memory and a clock that stands: the real core and actors, sockets that are arrays. */
export const testWorker = (
  options: {
    readonly settings?: Partial<WorkerSettings>
    readonly ledger?: (memory: MemoryLedger) => Ledger
    readonly outside?: Partial<Outside>
  } = {},
) => {
  const clock = new TestClock()
  const digest = createDigest(new Uint8Array(32))
  let serial = 0
  const ids = { uuid: () => `00000000-0000-7000-8000-${(++serial).toString().padStart(12, '0')}` }
  const memory = new MemoryLedger({ clock, ids, digest, firstTransaction: () => 1_000_001 })
  const reports: StateReport[] = []
  const tokens = new Map<string, Token>()
  const records = new Map<string, ChargePointRecord>()
  const commands = new Map<string, Command>()
  const counts = new Map<string, number>()
  const epochs = new Map<string, number>()
  const count = (name: string, label = ''): void =>
    void counts.set(`${name} ${label}`.trim(), (counts.get(`${name} ${label}`.trim()) ?? 0) + 1)
  const store = {
    find: async (_: string, id: string) => commands.get(id),
    create: async (command: Command) => void commands.set(command.id, command),
    list: async () => ({ items: [], next: null }),
    save: async (command: Command, expects?: Expectation) => {
      const known = commands.get(command.id)
      if (known !== undefined && !follows(command, known)) return known
      commands.set(command.id, command)
      if (expects !== undefined) memory.expectations.push(expects)
      return command
    },
  } satisfies CommandStore
  const bus = memoryBus()
  const charging = new Set<string>()
  const pressed = { loopDelayMs: 0 }
  let lookups = 0
  const directory = memoryDirectory()
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
          const done = memory.expectations.filter((e) =>
            batch.some(
              (r) =>
                r.identity === e.identity &&
                ((r.kind === 'booted' && e.effect.type === 'booted') ||
                  (r.kind === 'message' && e.effect.type === 'message' && e.effect.action === r.action)),
            ),
          )
          for (const { command } of done) {
            const known = commands.get(command)
            if (known !== undefined)
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
        isKnown: (tenant, identity) => records.has(`${tenant}/${identity}`.toLowerCase()),
        open: async ({ identity }) => {
          const epoch = (epochs.get(identity) ?? 0) + 1
          epochs.set(identity, epoch)
          return { epoch, connectors: [] }
        },
      },
      tokens: { find: async (_, uid) => tokens.get(tokenKey(uid)) },
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
      log: silence,
      trusts: (address) => address === '10.0.0.1',
      certificateOf: clientCertificate,
      openSessions: { has: (_, identity) => charging.has(identity) },
      pressure: { loopDelayMs: () => pressed.loopDelayMs },
      ...options.outside,
    },
    { ...defaultSettings, traceMb: 1, ...options.settings },
  )

  /** Opens a socket past admission; `said` is what we wrote to it, `closed` the close frame if any. */
  const connect = (identity = 'CP-1', registration: ChargePointRecord['registration'] = 'accepted') => {
    const epoch = (epochs.get(identity) ?? 0) + 1
    epochs.set(identity, epoch)
    const ref = { tenant: 'default', identity }
    const seat: AdmittedSeat = {
      identity,
      ref,
      record: { ...ref, registration, blocked: false, clockless: false },
      protocol: 'ocpp1.6',
      epoch,
      connectors: [],
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

  return {
    worker,
    clock,
    digest,
    memory,
    reports,
    tokens,
    records,
    commands,
    store,
    counts,
    directory,
    bus,
    connect,
    charging,
    pressed,
    lookedUp: () => lookups,
  }
}

export const accept = (uid: string): [string, Token] => [
  tokenKey(uid),
  { uid, issuer: '', type: 'RFID', status: 'Accepted' },
]
