import { Sims } from '../../actors/sims.ts'
import { postgresCurrentState } from '../../adapters/postgres/current-state.ts'
import { postgresDeadlines } from '../../adapters/postgres/deadlines.ts'
import { simLanes } from '../../adapters/postgres/sim-lanes.ts'
import { postgresStore } from '../../adapters/postgres/store/index.ts'
import type { SimState } from '../../core/domain/sim.ts'
import { sendingMs, type SimCommandType } from '../../core/domain/sim-command.ts'
import type { UsageDay } from '../../core/domain/usage-day.ts'
import type { GeneralLedger } from '../../core/ports/general-ledger.ts'
import type { Connectivity, SimProvider, SimRecord, SimVerdict } from '../../core/ports/sim.ts'
import type { SimPolicy } from '../../core/ports/sim-kinds.ts'
import type { TestDatabase } from './database.ts'
import { deaf, silence } from './quiet.ts'

/** A provider of a test: what it has, what it was asked, and how it answers. */
export class PlayedProvider implements SimProvider {
  readonly sims = new Map<string, Partial<SimRecord> & { readonly state: SimState }>()
  readonly days = new Map<string, readonly UsageDay[]>()
  /** Each request, with the time it was made. */
  readonly asked: (readonly [number, string])[] = []
  line: Connectivity = { attachment: 'attached', dataSession: 'open', isBlocked: false, lagMs: 0, said: 'ONLINE' }
  verdict: () => Promise<SimVerdict> = async () => ({ accepted: true })
  /** Before anything is answered. */
  first: (what: string) => Promise<void> = async () => {}
  turn: () => Promise<void> = async () => {}
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  async #ask<Answer>(what: string, iccid: string, answer: () => Answer): Promise<Answer | undefined> {
    await this.turn()
    this.asked.push([this.#now(), `${what} ${iccid}`.trim()])
    await this.first(what)
    return this.sims.has(iccid) ? answer() : undefined
  }
  getSim = (iccid: string) => this.#ask('sim', iccid, () => ({ iccid, ...this.sims.get(iccid) }) as SimRecord)
  connectivity = (iccid: string) => this.#ask('line', iccid, () => this.line)
  usage = (iccid: string, { from, to }: { readonly from: string; readonly to: string }) =>
    this.#ask('usage', iccid, () => (this.days.get(iccid) ?? []).filter(({ day }) => day >= from && day <= to))
  events = (iccid: string) => this.#ask('events', iccid, () => [])
  async #do(what: string, iccid: string): Promise<SimVerdict> {
    await this.#ask(what, iccid, () => {})
    return this.verdict()
  }
  reset = (iccid: string) => this.#do('reset', iccid)
  sendSms = (iccid: string, text: string) => this.#do(`sms ${text}`, iccid)
  setState = (iccid: string, state: string) => this.#do(state, iccid)
  async list() {
    await this.#ask('list', '', () => {})
    return { sims: [...this.sims].map(([iccid, sim]) => ({ iccid, ...sim })) }
  }
}

const by = { key: 'test', label: 'test' }

/** SIMs, their providers and the charge points that report them, on PostgreSQL and a clock that waits for nobody. */
export const simStage = (database: TestDatabase, ledger: Pick<GeneralLedger, 'post'>) => {
  const { app, ingest, admin } = database
  const store = postgresStore(app, ingest)
  const clock = {
    at: Date.UTC(2026, 10, 27, 12),
    now: () => clock.at,
    monotonic: () => clock.at,
  }
  /** Whoever waits finds that the time is over. */
  const timers = {
    after(ms: number, then: () => void) {
      clock.at += ms
      setImmediate(then)
      return () => {}
    },
    soon: (then: () => void) => void setImmediate(then),
  }
  const providers = new Map<string, PlayedProvider>()
  const policies = new Map<string, SimPolicy>()
  const lanes = simLanes(app, ingest)
  let serial = 0
  const made = (more: Partial<ConstructorParameters<typeof Sims>[0]> = {}): Sims =>
    new Sims({
      lanes,
      desk: {
        policy: ({ id }) => policies.get(id) as SimPolicy,
        open({ id }, turn) {
          const played = providers.get(id) as PlayedProvider
          played.turn = turn
          return played
        },
      },
      ledger,
      clock,
      timers,
      random: { integer: () => 500 },
      ids: { uuid: () => `holder ${serial++}` },
      telemetry: deaf,
      log: silence,
      ...more,
    })
  return {
    store,
    clock,
    lanes,
    providers,
    made,
    async provider(id: string, policy: Partial<SimPolicy> = {}, tenant = 'default'): Promise<PlayedProvider> {
      const played = new PlayedProvider(clock.now)
      providers.set(id, played)
      policies.set(id, { perMinute: 6_000, pollMs: 86_400_000, wakeUpText: 'hello', ...policy })
      await store.simProviders.put({ tenant, id, kind: 'test', settings: {}, enabled: true, changedAt: clock.at }, by)
      return played
    },
    /** A charge point boots, and says this of its SIM. */
    async boots(identity: string, iccid: string | undefined, tenant = 'default', epoch = 1): Promise<void> {
      const inventory = { vendor: 'V', model: 'M', ...(iccid !== undefined && { iccid }) }
      await postgresCurrentState(ingest).write([
        { tenant, identity, epoch, at: clock.at, kind: 'connected', protocol: 'ocpp1.6', address: '', worker: 'w' },
        { tenant, identity, epoch, at: clock.at, kind: 'booted', inventory, registration: 'accepted' },
      ])
    },
    /** Does what the relay, the sweeper and a worker do, until nothing is due at this moment; answers how many jobs that were. */
    async work(sims = made()): Promise<number> {
      for (let jobs = 0; ;) {
        await postgresDeadlines(ingest, clock).sweep(100)
        const due = await admin<{ id: number; tenant: string; key: string }[]>`
          select id::int, tenant, key from outbox where kind = 'sim' order by id`
        if (due.length === 0) return jobs
        jobs += due.length
        for (const job of due) await sims.work(job)
        await sims.rest()
      }
    },
    async command(iccid: string, type: SimCommandType, station?: string): Promise<string> {
      const id = `00000000-0000-7000-8000-${String(++serial).padStart(12, '0')}`
      await store.sims.command(
        {
          tenant: 'default',
          id,
          iccid,
          type,
          state: 'queued',
          createdAt: clock.at,
          changedAt: clock.at,
          deadline: clock.at + sendingMs,
          isDoubtful: false,
          ...(station !== undefined && { station }),
        },
        by,
      )
      return id
    },
    async fate(iccid: string, id: string) {
      const { state, outcome } = (await store.sims.findCommand({ tenant: 'default', iccid, id })) ?? {}
      return [state, outcome]
    },
    /** The alarms so far, as `<tenant> <subject>: <alarm>`. */
    async alarms(tenant?: string): Promise<readonly string[]> {
      const rows = await admin<{ tenant: string; subject: string; alarm: string }[]>`
        select tenant, subject, data->>'alarm' as alarm from events where type = 'security.alarm' and data ? 'sim' order by id`
      return rows
        .filter((row) => tenant === undefined || row.tenant === tenant)
        .map((row) => `${row.tenant} ${row.subject}: ${row.alarm}`)
    },
  }
}
