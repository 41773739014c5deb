import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connect, type Wire } from '../../bench/wire.ts'
import { freePort, postmasterOf, type ServerProcess, signal, startProcess } from '../support/process.ts'
import { freshData } from '../support/data-directory.ts'
import { everyItem, until } from '../support/server.ts'

const password = 'a-password-of-the-station'
const stations = 60
const perStation = 5

interface Said {
  readonly action: string
  readonly payload: Record<string, unknown>
  answer?: Record<string, unknown>
}

/** A station that sends one message after another as fast as it is answered, and remembers what was acknowledged. */
class Bursting {
  readonly identity: string
  readonly said: Said[] = []
  #wire: Wire | undefined
  #serial = 0

  constructor(identity: string) {
    this.identity = identity
  }

  async connect(url: string): Promise<void> {
    this.#wire = await connect({
      url: `${url.replace('http', 'ws')}ocpp`,
      identity: this.identity,
      password,
      protocol: 'ocpp1.6',
      opened: () => {},
      heard: (text) => this.#heard(JSON.parse(text) as [number, string, Record<string, unknown>]),
      closed: () => {
        this.#wire = undefined
        for (const give of this.#pending.values()) give(undefined)
      },
    })
  }

  /** Where it has a socket still, that one goes on; refused is refused. */
  async connectOnce(url: string): Promise<void> {
    if (this.#wire === undefined) await this.connect(url).catch(() => {})
  }

  readonly #pending = new Map<string, (answer: Record<string, unknown> | undefined) => void>()

  #heard([type, id, answer]: [number, string, Record<string, unknown>]): void {
    if (type === 4) throw new Error(`${this.identity} was answered an error: ${JSON.stringify(answer)}`)
    this.#pending.get(id)?.(answer)
    this.#pending.delete(id)
  }

  /** Undefined when the connection broke before the answer: then it is sent again, as the specification says. */
  async say(said: Said): Promise<boolean> {
    const id = `${this.identity}-${++this.#serial}`
    const answer = await new Promise<Record<string, unknown> | undefined>((give) => {
      if (this.#wire === undefined) return give(undefined)
      this.#pending.set(id, give)
      this.#wire.send(JSON.stringify([2, id, said.action, said.payload]))
    })
    if (answer !== undefined) said.answer = answer
    return answer !== undefined
  }

  /** Whole charges, one message at a time, from where it was cut off. */
  async work(): Promise<void> {
    for (let n = 0; n < perStation; n++) {
      const at = (second: number): string => new Date(Date.UTC(2026, 10, 24, 12, n, second)).toISOString()
      const start = this.#planned(n * 3, 'StartTransaction', () => ({
        connectorId: 1,
        idTag: 'CARD1',
        meterStart: n * 100,
        timestamp: at(0),
      }))
      if (start.answer === undefined && !(await this.say(start))) return
      const transactionId = start.answer?.['transactionId']
      const meter = this.#planned(n * 3 + 1, 'MeterValues', () => ({
        connectorId: 1,
        transactionId,
        meterValue: [{ timestamp: at(20), sampledValue: [{ value: String(n * 100 + 50) }] }],
      }))
      if (meter.answer === undefined && !(await this.say(meter))) return
      const stop = this.#planned(n * 3 + 2, 'StopTransaction', () => ({
        transactionId,
        meterStop: n * 100 + 90,
        timestamp: at(40),
      }))
      if (stop.answer === undefined && !(await this.say(stop))) return
    }
  }

  #planned(at: number, action: string, payload: () => Record<string, unknown>): Said {
    return (this.said[at] ??= { action, payload: payload() })
  }
}

describe('kill -9 of everything at full load', () => {
  const data = freshData()
  let port: number
  let server: ServerProcess
  const serve = async (): Promise<void> => {
    server = await startProcess({ data, port })
  }
  beforeAll(async () => {
    port = await freePort()
    await serve()
  })
  afterAll(async () => {
    await server.kill('SIGTERM')
    rmSync(data, { recursive: true, force: true })
  })
  const all = <Item>(path: string): Promise<Item[]> => everyItem(server.api, path)

  /** A fleet of its own, known to the server. */
  const fleetOf = async (prefix: string): Promise<readonly Bursting[]> => {
    const fleet = Array.from({ length: stations }, (_, i) => new Bursting(`${prefix}-${i}`))
    const lines = fleet.map(({ identity }) => JSON.stringify({ identity, password })).join('\n')
    await server.api('PUT', '/api/v1/tokens/CARD1', {})
    const imported = await server.api('POST', '/api/v1/imports/charge-points?dryRun=false', lines, {
      'content-type': 'application/x-ndjson',
    })
    expect(imported.status).toBe(200)
    return fleet
  }
  const isDone = (fleet: readonly Bursting[]): boolean =>
    fleet.every(({ said }) => said.length === perStation * 3 && said.every(({ answer }) => answer !== undefined))

  /** What the stations were told, against sessions and CDRs. */
  const reconcile = async (fleet: readonly Bursting[]): Promise<void> => {
    const names = new Set(fleet.map(({ identity }) => identity))
    const sessions = (await all<Session>('/api/v1/sessions')).filter(({ chargePoint }) => names.has(chargePoint))
    const ids = new Set(sessions.map(({ id }) => id))
    const key = (chargePoint: unknown, transaction: unknown): string => `${String(chargePoint)}/${String(transaction)}`
    const told = fleet.flatMap(({ identity, said }) =>
      said
        .filter(({ action }) => action === 'StartTransaction')
        .map(({ answer }) => key(identity, answer?.['transactionId'])),
    )
    expect(sessions.map((s) => key(s.chargePoint, s.transaction)).toSorted()).toEqual(told.toSorted())
    expect(new Set(sessions.map((s) => `${s.state} ${s.energyWh}`))).toEqual(new Set(['closed 90']))
    // a job that was under way when its process died is done again after its lock and its patience have run out (INV-44)
    const cdrs = await until(
      'every CDR',
      async () => {
        const found = (await all<Cdr>('/api/v1/cdrs')).filter((cdr) => ids.has(cdr.session))
        return found.length >= sessions.length && found
      },
      90_000,
    )
    expect(cdrs.length).toBe(sessions.length)
    expect(new Set(cdrs.map((cdr) => cdr.session)).size).toBe(sessions.length)
    expect(cdrs.every((cdr) => cdr.version === 0 && cdr.energyWh === 90 && cdr.state === 'issued')).toBe(true)
  }

  const slow = { timeout: 180_000 }

  it(
    'R-1 R-2 R-3 R-4 INV-01 INV-10 INV-40 F-01: acknowledged and missing 0, doubled 0, whatever is sent again',
    slow,
    async () => {
      const fleet = await fleetOf('BURST')
      for (let kills = 0; ; kills++) {
        await Promise.all(fleet.map((station) => station.connect(server.url)))
        const working = Promise.all(fleet.map((station) => station.work()))
        if (kills < 4) {
          await new Promise((go) => setTimeout(go, 60 + kills * 45))
          await server.kill('SIGKILL')
        }
        await working
        if (kills >= 4) break
        await serve()
      }
      expect(isDone(fleet)).toBe(true)
      await reconcile(fleet)
    },
  )

  it(
    'INV-02 INV-03 F-05 D-11: PostgreSQL is killed under it: answers wait, none is an error, nothing is lost or doubled',
    slow,
    async () => {
      const fleet = await fleetOf('SPARED')
      for (let round = 0; !isDone(fleet) && round < 20; round++) {
        await Promise.all(fleet.map((station) => station.connectOnce(server.url)))
        const working = Promise.all(fleet.map((station) => station.work()))
        if (round < 3) {
          await new Promise((go) => setTimeout(go, 40 + round * 40))
          await until('PostgreSQL to run, so that it can be killed', async () => signal(postmasterOf(data), 'SIGKILL'))
        }
        await working
        // refused while the store was down: a station comes back some time later
        await new Promise((go) => setTimeout(go, 500))
      }
      expect(isDone(fleet)).toBe(true)
      expect(server.output()).not.toContain('uncaught exception')
      await reconcile(fleet)
    },
  )
})

interface Session {
  readonly id: string
  readonly chargePoint: string
  readonly state: string
  readonly energyWh: number
  readonly transaction: string
}

interface Cdr {
  readonly session: string
  readonly energyWh: number
  readonly version: number
  readonly state: string
}
