import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { chance } from './random.ts'
import { connect, Refused, type Wire } from './wire.ts'

/**
 * Stations that come back, in a process of their own: each is on a socket, says Heartbeat now and then, and when its
 * socket goes it comes again after a pause by chance, as long as it takes. A line `window` on its input ends a window:
 * what happened in it is written as one line, and the next begins. `spread` sends all of them away, to come back evenly.
 */
const { values } = parseArgs({
  options: {
    url: { type: 'string', default: '' },
    from: { type: 'string', default: '0' },
    count: { type: 'string', default: '1000' },
    every: { type: 'string', default: '10000' },
    pause: { type: 'string', default: '1000' },
  },
})

/** What a window saw, times in ms. */
export interface Window {
  /** How long each answer to a Heartbeat took, of stations whose socket stayed. */
  readonly untouched: readonly number[]
  /** How long after losing its socket each station was back, its boot answered. */
  readonly back: readonly number[]
  /** How many are not. */
  readonly away: number
  readonly refused: number
}

const [from, count, everyMs, pauseMs] = [values.from, values.count, values.every, values.pause].map(Number) as [
  number,
  number,
  number,
  number,
]
const luck = chance(from + 1)
const sleep = (ms: number): Promise<void> => new Promise((go) => setTimeout(go, ms))

let took: { readonly station: number; readonly ms: number }[] = []
let touched = new Set<number>()
let back: number[] = []
let away = count
let refused = 0

class Station {
  readonly #index: number
  #wire: Wire | undefined
  #serial = 0
  readonly #asked = new Map<string, (isAnswered: boolean) => void>()
  #isHere = false
  /** For how long the last refusal told it to stay away. */
  #toldMs = 0
  #lostAt: number | undefined
  #wake: () => void = () => {}

  constructor(index: number) {
    this.#index = index
  }

  async live(): Promise<void> {
    for (;;) {
      while (!(await this.#arrive())) await sleep(luck.between(0, pauseMs) + this.#toldMs)
      this.#isHere = true
      away--
      if (this.#lostAt !== undefined) back.push(performance.now() - this.#lostAt)
      await this.#rest(luck.between(0, everyMs))
      while (this.#isHere) {
        const began = performance.now()
        if (await this.#ask('Heartbeat', {})) took.push({ station: this.#index, ms: performance.now() - began })
        if (this.#isHere) await this.#rest(everyMs)
      }
      await sleep(luck.between(0, pauseMs))
    }
  }

  /** On a socket, its boot answered; false where it was refused, or the socket went at once. */
  async #arrive(): Promise<boolean> {
    try {
      this.#wire = await connect({
        url: values.url,
        identity: `BENCH-${this.#index}`,
        password: `BENCH-password-${this.#index}`.padEnd(16, '-'),
        protocol: 'ocpp1.6',
        opened: () => {},
        heard: (text) => this.#heard(JSON.parse(text) as [number, string]),
        closed: () => this.#lost(),
      })
    } catch (error) {
      if (error instanceof Refused) refused++
      this.#toldMs = error instanceof Refused ? (error.retryAfterS ?? 0) * 1_000 : 0
      return false
    }
    return this.#ask('BootNotification', { chargePointVendor: 'Bench', chargePointModel: 'Returning' })
  }

  /** Leaves its socket, and comes back like after any loss. */
  drop(): void {
    this.#wire?.drop()
  }

  #heard([type, id]: [number, string]): void {
    if (type === 2) this.#wire?.send(JSON.stringify([3, id, { status: 'Accepted' }]))
    else this.#asked.get(id)?.(true)
  }

  #lost(): void {
    for (const end of this.#asked.values()) end(false)
    if (!this.#isHere) return
    this.#isHere = false
    this.#lostAt = performance.now()
    touched.add(this.#index)
    away++
    this.#wake()
  }

  /** So long, or until its socket goes. */
  #rest(ms: number): Promise<void> {
    return new Promise((go) => {
      const timer = setTimeout(go, ms)
      this.#wake = () => (clearTimeout(timer), go())
    })
  }

  async #ask(action: string, payload: object): Promise<boolean> {
    const id = `${this.#index}-${this.#serial++}`
    const isAnswered = await new Promise<boolean>((end) => {
      this.#asked.set(id, end)
      this.#wire?.send(JSON.stringify([2, id, action, payload]))
    })
    this.#asked.delete(id)
    return isAnswered
  }
}

const stations = Array.from({ length: count }, (_, i) => new Station(from + i))
const window = 200
void (async () => {
  for (let at = 0; at < count; at += window) {
    for (const station of stations.slice(at, at + window)) void station.live()
    const most = count - Math.min(count, at + window)
    while (away > most) await sleep(10)
  }
  process.stdout.write('ready\n')
})()

createInterface({ input: process.stdin }).on('line', (line) => {
  if (line === 'spread') return stations.forEach((station) => station.drop())
  const untouched = took.filter(({ station }) => !touched.has(station)).map(({ ms }) => Math.round(ms * 1000) / 1000)
  process.stdout.write(`${JSON.stringify({ untouched, back, away, refused } satisfies Window)}\n`)
  took = []
  touched = new Set()
  back = []
  refused = 0
})
