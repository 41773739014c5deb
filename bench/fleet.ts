import { parseArgs } from 'node:util'
import { isProtocol, isTwo, type Protocol, protocols } from '../core/ocpp/version.ts'
import { Charger } from './charger/charger.ts'
import { type Chaos, defaultChaos } from './charger/chaos/chaos.ts'
import type { Member } from './member.ts'
import { Operator } from './operator.ts'
import { outlets } from './power.ts'
import { firstPriced, fleetAssignment, fleetTariff } from './prices.ts'
import { chance } from './random.ts'
import { settle } from './settle.ts'
import { signalled } from './signalled.ts'
import { iccidOf, simProvider } from './sims.ts'
import { sleep } from './sleep.ts'
import { Station } from './station/station.ts'
import { deeds, mix, summary } from './summary.ts'
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
  /** The versions they speak, by turns; absent = all that there are. */
  readonly versions?: readonly Protocol[]
  readonly autonomous: boolean
  readonly retryMs?: number
  readonly timeoutMs?: number
  readonly attempts?: number
  /** Whether they are connected by SIM cards of a provider that is set up with them. */
  readonly sims?: boolean
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
  readonly chargers: readonly Member[]
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

/** Where stations of 2.x have their transactions begin and end; most have it as 1.6 has. */
const points = [
  {},
  {},
  { startPoint: 'EVConnected', stopPoint: 'EVConnected' },
  { startPoint: 'Authorized', stopPoint: 'Authorized' },
  { startPoint: 'ParkingBayOccupancy', stopPoint: 'ParkingBayOccupancy' },
] as const

const everyVersion = protocols.toReversed()

/** A session of half a minute delivers what it would in half an hour. */
const speed = 60

/** Registers a fleet over the API and lets it live. */
export const startFleet = async (options: FleetOptions): Promise<Fleet> => {
  const { chargers: count, seed, prefix, versions = everyVersion } = options
  const tokens = Array.from({ length: 10 }, (_, i) => `${prefix}CARD${(i + 1).toString().padStart(4, '0')}`)
  const passwordOf = (i: number): string => `${prefix}-password-${i.toString().padStart(4, '0')}`
  await Promise.all(tokens.map((uid) => put(options, `/api/v1/tokens/${uid}`, { status: 'Accepted', type: 'RFID' })))
  const tariff = `${prefix}-day-and-night`
  await put(options, `/api/v1/tariffs/${tariff}`, fleetTariff)
  if (options.sims === true) await put(options, '/api/v1/sim-providers/simulated', simProvider(count))
  const chargers: Member[] = []
  for (let i = 1; i <= count; i++) {
    const identity = `${prefix}-${i.toString().padStart(4, '0')}`
    const luck = chance(seed, i)
    const outlet = luck.pick(outlets)
    // the energy flows faster than it can: the server is told what such an outlet would have to deliver
    const maxPowerW = outlet.watts * speed
    await put(options, `/api/v1/charge-points/${identity}`, { password: passwordOf(i), maxPowerW })
    await put(options, `/api/v1/tariff-assignments/${identity}`, fleetAssignment(tariff, identity))
    const known = {
      ...options,
      identity,
      password: passwordOf(i),
      connectors: 1 + (i % 2),
      outlet,
      tokens,
      chance: luck,
      meterEveryS: 5,
      speed,
      backlog: i <= options.backlog ? 2 : 0,
      ...(options.sims === true && { iccid: iccidOf(i) }),
    }
    const protocol = versions[(i - 1) % versions.length] ?? 'ocpp1.6'
    chargers.push(isTwo(protocol) ? new Station({ ...known, ...luck.pick(points), protocol }) : new Charger(known))
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

/** `1.6,2.0.1,2.1` */
const protocolsOf = (text: string): readonly Protocol[] =>
  text.split(',').map((version) => {
    const protocol = `ocpp${version.trim()}`
    if (!isProtocol(protocol)) throw new FleetRefused(`--versions: there is no OCPP ${version}`)
    return protocol
  })

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
      versions: { type: 'string', default: '1.6,2.0.1,2.1' },
      chaos: { type: 'boolean', default: false },
      sims: { type: 'boolean', default: false },
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
      versions: protocolsOf(values.versions),
      sims: values.sims,
      ...(values.chaos && { chaos: defaultChaos }),
    })
    console.log(`fleet: ${fleet.chargers.length} charge points, ${mix(fleet.chargers)}`)
    let isOver = false
    const door = { api: values.api, key: process.env['SM_API_KEY'] ?? '' }
    void firstPriced(door, values.prefix, () => !isOver).then((line) => line && console.log(`fleet: ${line}`))
    await Promise.race([signalled(), over])
    isOver = true
    if (values.chaos) {
      const { lines, isRight } = summary(fleet, await fleet.judge())
      fleet.stop()
      for (const line of lines) console.log(`chaos: ${line}`)
      return isRight ? 0 : 1
    }
    fleet.stop()
    for (const line of deeds(fleet.chargers)) console.log(`fleet: ${line}`)
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
