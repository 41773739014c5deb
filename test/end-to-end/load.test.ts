import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Crew } from '../../bench/generator/crew.ts'
import { register } from '../../bench/registered.ts'
import { Histogram } from '../../bench/histogram.ts'
import { preparedData } from '../support/data-directory.ts'
import { type ServerProcess, startProcess } from '../support/process.ts'
import { everyItem, testKey, until } from '../support/server.ts'

const crowd = 1_500
const others = 20

interface Session {
  readonly chargePoint: string
  readonly state: string
  readonly energyWh: number | null
}

/** The server in a process of its own, and two crews in this one: the one that something happens to, and the others. */
describe('a crowd, and what stations have kept', () => {
  let server: ServerProcess
  let data: string
  let crew: Crew
  let bystanders: Crew
  const crewOf = (from: number, count: number, number: number): Crew =>
    new Crew({
      urls: [`${server.url.replace('http', 'ws')}ocpp`],
      from,
      count,
      number,
      run: 210,
      protocols: ['ocpp1.6'],
    })
  beforeAll(async () => {
    data = await preparedData()
    server = await startProcess({ data })
    await register(server.url, testKey, crowd + others)
    crew = crewOf(0, crowd, 1)
    bystanders = crewOf(crowd, others, 2)
    await Promise.all([crew.connect(256, true), bystanders.connect(8, true)])
  })
  afterAll(async () => {
    await server?.kill('SIGTERM')
    rmSync(data, { recursive: true, force: true })
  })
  const sessions = (): Promise<Session[]> => everyItem(server.api, '/api/v1/sessions')
  const connected = async (): Promise<number> =>
    (await everyItem<{ online: boolean }>(server.api, '/api/v1/charge-points')).filter(({ online }) => online).length

  /** What the others are told meanwhile, twice a second each. */
  const beside = async (work: () => Promise<void>) => {
    bystanders.window()
    bystanders.open({ heartbeat: others * 2 }, false, false)
    const began = performance.now()
    await work()
    const tookMs = performance.now() - began
    await bystanders.quiet()
    const { answered, errors, unanswered, closed, kinds } = bystanders.window()
    const waits = new Histogram().merge(kinds.heartbeat ?? new Histogram().toJSON())
    return { told: { errors, unanswered, closed, areTold: answered > 0 }, worstMs: waits.most / 1_000, tookMs }
  }

  it('F-18: all sockets dropped at once: every station is back with its session, and the others notice nothing', async () => {
    await crew.charge(300)
    crew.window()
    const { told } = await beside(() => crew.cut(0))
    const { away, unanswered } = crew.window()
    await until('all to be told of as connected', async () => (await connected()) === crowd + others)
    const open = (await sessions()).filter(({ state }) => state === 'open')
    expect({ told, away, unanswered, open: new Set(open.map(({ chargePoint }) => chargePoint)).size }).toEqual({
      told: { errors: 0, unanswered: 0, closed: 0, areTold: true },
      away: 0,
      unanswered: 0,
      open: 300,
    })
  })

  it('F-19: stations deliver what they kept: whole and in order, and whoever speaks of now does not wait for the end of it', async () => {
    const [stations, each] = [100, 60]
    const { told, worstMs, tookMs } = await beside(() => crew.flush(stations, each))
    const kept = (await sessions()).filter(({ state }) => state !== 'open')
    // ten events a session: a start, eight readings of 500 Wh more each, a stop at the last of them
    const whole = kept.filter(({ energyWh, state }) => energyWh === 8 * 500 && state === 'closed')
    expect({ told, sessions: kept.length, whole: whole.length, waits: worstMs < tookMs / 2 }).toEqual({
      told: { errors: 0, unanswered: 0, closed: 0, areTold: true },
      sessions: (stations * each) / 10,
      whole: (stations * each) / 10,
      waits: true,
    })
  })
})
