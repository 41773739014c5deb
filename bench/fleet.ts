import { parseArgs } from 'node:util'
import { Charger } from './charger/charger.ts'
import { type Chaos, defaultChaos } from './charger/chaos/chaos.ts'
import { Operator } from './operator.ts'
import { outlets } from './power.ts'
import { chance } from './random.ts'
import { settle } from './settle.ts'
import { signalled } from './signalled.ts'
import { sleep } from './sleep.ts'
import { summary } from './summary.ts'
import { judge, type Verdict } from './verdict.ts'

export interface FleetOptions {
  /** `ws://127.0.0.1:8080/ocpp` */
  readonly url: string
  /** `http://127.0.0.1:8080` */
  readonly api: string
  readonly key: string
  readonly chargers: number
  readonly seed: number
  readonly sessionS: readonly [number, number]
  readonly pauseS: readonly [number, number]
  readonly backlog: number
  readonly offline: number
  readonly prefix: string
  readonly autonomous: boolean
  readonly retryMs?: number
  readonly timeoutMs?: number
  readonly attempts?: number
  /** How badly all of them behave; absent = as the specification has it. */
  readonly chaos?: Chaos
}

export const defaultFleet = {
  chargers: 20,
  seed: 1,
  sessionS: [20, 40],
  pauseS: [2, 20],
  backlog: 0,
  offline: 0.1,
  prefix: 'DEMO',
  autonomous: true,
} as const

export interface Fleet {
  readonly chargers: readonly Charger[]
  /** Gives orders to a fleet in chaos. */
  readonly operator: Operator | undefined
  /** Brings everything to its end, and holds the stations' books against the server's. */
  judge(): Promise<Verdict>
  stop(): void
}

/** The API did not take what the fleet needs. */
export class FleetRefused extends Error {
  override readonly name = 'FleetRefused'
}

/** Until everything is delivered; a station may just have been told to come back in a minute. */
const settlingMs = 90_000

const put = async ({ api, key }: FleetOptions, path: string, body: object): Promise<void> => {
  const response = await fetch(new URL(path, api), {
    method: 'PUT',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new FleetRefused(`${path}: ${response.status} ${await response.text()}`)
}

/** Registers a fleet over the API and lets it live. */
export const startFleet = async (options: FleetOptions): Promise<Fleet> => {
  const { chargers: count, seed, prefix } = options
  const tokens = Array.from({ length: 10 }, (_, i) => `${prefix}CARD${(i + 1).toString().padStart(4, '0')}`)
  const passwordOf = (i: number): string => `${prefix}-password-${i.toString().padStart(4, '0')}`
  await Promise.all(tokens.map((uid) => put(options, `/api/v1/tokens/${uid}`, { status: 'Accepted', type: 'RFID' })))
  const chargers: Charger[] = []
  for (let i = 1; i <= count; i++) {
    const identity = `${prefix}-${i.toString().padStart(4, '0')}`
    await put(options, `/api/v1/charge-points/${identity}`, { password: passwordOf(i) })
    const luck = chance(seed, i)
    chargers.push(
      new Charger({
        ...options,
        identity,
        password: passwordOf(i),
        connectors: 1 + (i % 2),
        outlet: luck.pick(outlets),
        tokens,
        chance: luck,
        meterEveryS: 5,
        speed: 60,
        backlog: i <= options.backlog ? 2 : 0,
      }),
    )
  }
  for (const charger of chargers) charger.start()
  const isUnruly = options.chaos !== undefined
  const operator = isUnruly ? new Operator({ ...options, chargers, chance: chance(seed), pauseMs: 1_000 }) : undefined
  operator?.start()
  return {
    chargers,
    operator,
    async judge() {
      operator?.stop()
      await settle(chargers, settlingMs)
      return judge(options, chargers)
    },
    stop() {
      operator?.stop()
      for (const charger of chargers) charger.stop()
    },
  }
}

const range = (text: string, name: string): readonly [number, number] => {
  const [least, most] = text.split('..').map(Number)
  if (least === undefined || most === undefined || !(least <= most))
    throw new FleetRefused(`--${name}: ${text} is not a range like 20..40`)
  return [least, most]
}

const endlessly = 'endless'

/** The time the fleet has, from now on. */
const timeOf = (minutes: string): Promise<void> => {
  const ms = Number(minutes) * 60_000
  if (minutes === endlessly) return new Promise(() => {})
  if (!(ms > 0)) throw new FleetRefused(`--minutes: ${minutes} is not a number of minutes`)
  return sleep(ms)
}

const main = async (): Promise<number> => {
  const { values } = parseArgs({
    options: {
      url: { type: 'string', default: 'ws://127.0.0.1:8080/ocpp' },
      api: { type: 'string', default: 'http://127.0.0.1:8080' },
      chargers: { type: 'string', default: '20' },
      seed: { type: 'string', default: '1' },
      session: { type: 'string', default: '20..40' },
      backlog: { type: 'string', default: '0' },
      offline: { type: 'string', default: '0.1' },
      prefix: { type: 'string', default: 'DEMO' },
      chaos: { type: 'boolean', default: false },
      minutes: { type: 'string', default: endlessly },
    },
  })
  try {
    const over = timeOf(values.minutes)
    const fleet = await startFleet({
      ...defaultFleet,
      url: values.url,
      api: values.api,
      key: process.env['SM_API_KEY'] ?? '',
      chargers: Number(values.chargers),
      seed: Number(values.seed),
      sessionS: range(values.session, 'session'),
      backlog: Number(values.backlog),
      offline: Number(values.offline),
      prefix: values.prefix,
      ...(values.chaos && { chaos: defaultChaos }),
    })
    await Promise.race([signalled(), over])
    if (values.chaos) {
      const { lines, isRight } = summary(fleet, await fleet.judge())
      fleet.stop()
      for (const line of lines) console.log(`chaos: ${line}`)
      return isRight ? 0 : 1
    }
    fleet.stop()
    const sessions = fleet.chargers.flatMap((c) => c.sessions)
    console.log(
      `fleet: ${fleet.chargers.length} charge points, ${sessions.length} sessions, ${sessions.filter((s) => s.stopAnswered).length} of them stopped and acknowledged`,
    )
    return 0
  } catch (error) {
    console.error(
      error instanceof FleetRefused
        ? `fleet: ${error.message}`
        : `fleet: the API at ${values.api} cannot be reached: ${String(error)}`,
    )
    return 1
  }
}

if (import.meta.main) process.exit(await main())
