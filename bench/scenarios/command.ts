import { Agent, request } from 'node:http'
import { Redis } from 'ioredis'
import { median } from '../cpu.ts'
import { claims } from '../micro/claims.ts'
import type { Bench } from '../run.ts'
import { apiKey } from '../target.ts'

const trips = 300

/** An order over the API to a station and its answer back: of the worker that was asked, and of the other one. */
export const command = async (bench: Bench): Promise<void> => {
  const chargers = bench.chargers(2_000, 400)
  await bench.with({ name: 'postgres', chargers, workers: 2 }, async (rig) => {
    await rig.connect()
    rig.phase('command')
    const { within, across, bare } = await roundTrips(rig.target.api, rig.target.redisUrl ?? '', chargers)
    bench.fact('an order and its answer, station of the same worker, median', within, 'ms')
    bench.fact('an order and its answer, station of the other worker, median', across, 'ms')
    bench.fact('a bare round trip over Redis, median', bare, 'ms')
    bench.ratio(
      'what crossing to the other worker costs ÷ a bare round trip over Redis',
      [(across - within) / bare],
      [],
      { is: 'at most', first: 3, aim: 1.5 },
    )
    const claimed = await claims(rig.target.redisUrl ?? '', bench.rounds(5))
    bench.fact('claims of places through the directory', claimed.directory, '/s')
    bench.ratio('claims of places/s ÷ the bare script in pipelines', [claimed.share])
  })
}

/**
 * One connection to the API is one worker's: orders to its own stations take less than orders to the other's, and what
 * those take more is the way there and back. Beside them, in turn, a message and its echo between two connections.
 */
const roundTrips = async (
  api: string,
  redisUrl: string,
  chargers: number,
): Promise<{ readonly within: number; readonly across: number; readonly bare: number }> => {
  const [asking, answering] = [new Redis(redisUrl), new Redis(redisUrl)]
  const [hearing, echo] = [asking.duplicate(), answering.duplicate()]
  const heard = new Map<string, () => void>()
  hearing.on('message', (_, text) => heard.get(text)?.())
  echo.on('message', (_, text) => void answering.publish('bench:back', text))
  await Promise.all([hearing.subscribe('bench:back'), echo.subscribe('bench:there')])
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const [first, second] = await byWorker(asking, Math.min(chargers, trips * 2))
  if (first.length === 0 || second.length === 0) throw new Error('no station on one of the two workers')
  const times = { first: [] as number[], second: [] as number[], bare: [] as number[] }
  for (let i = 0; i < trips; i++) {
    times.bare.push(
      await took(
        () => new Promise<void>((go) => (heard.set(String(i), go), void asking.publish('bench:there', String(i)))),
      ),
    )
    for (const [name, stations] of [
      ['first', first],
      ['second', second],
    ] as const) {
      const identity = stations[i % stations.length]
      if (identity !== undefined) times[name].push(await took(() => order(api, agent, identity)))
    }
  }
  agent.destroy()
  for (const redis of [asking, answering, hearing, echo]) redis.disconnect()
  const [within = 0, across = 0] = [median(times.first), median(times.second)].toSorted((a, b) => a - b)
  return { within, across, bare: median(times.bare) }
}

const took = async (work: () => Promise<unknown>): Promise<number> => {
  const began = performance.now()
  await work()
  return performance.now() - began
}

/** The stations of each of the two workers, as Redis has them. */
const byWorker = async (redis: Redis, most: number): Promise<readonly [readonly string[], readonly string[]]> => {
  const stations = new Map<string, string[]>()
  for (let i = 0; i < most; i++) {
    const worker = await redis.hget(`sm:place:{default/BENCH-${i}}`, 'worker')
    if (worker !== null) stations.set(worker, [...(stations.get(worker) ?? []), `BENCH-${i}`])
  }
  const [first = [], second = []] = stations.values()
  return [first, second]
}

const order = (api: string, agent: Agent, identity: string): Promise<void> =>
  new Promise((go, fail) => {
    const path = `api/v1/charge-points/${identity}/ocpp/ClearCache`
    const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' }
    const asked = request(`${api}${path}`, { agent, method: 'POST', headers }, (answer) => {
      answer.resume()
      answer.once('end', () =>
        answer.statusCode === 200 ? go() : fail(new Error(`${identity}: ${answer.statusCode}`)),
      )
    })
    asked.once('error', fail)
    asked.end('{}')
  })
