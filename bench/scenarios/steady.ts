import { type Protocol, protocols, versionOf } from '../../core/ocpp/version.ts'
import type { Rates } from '../generator/orders.ts'
import type { Figures } from '../report/report.ts'
import { type Bench, p, type Rig, shown } from '../run.ts'
import { openDatabase } from '../stored.ts'

/** An ordinary hour: a fifth charges and reports each 30 s, everybody beats each 300 s, sessions last 20 minutes. */
export const ordinary = (chargers: number): Rates => ({
  heartbeat: chargers / 300,
  meter: chargers / 5 / 30,
  turnover: chargers / 5 / 1_200,
})

export const live = async (rig: Rig): Promise<void> => {
  await rig.generators.charge(Math.round(rig.chargers / 5))
  await rig.generators.open(ordinary(rig.chargers), { poisson: true })
}

/** That hour, everything durable: what an answer takes, beside one bare commit of the same size; and in other versions, beside 1.6. */
export const steady = async (bench: Bench): Promise<void> => {
  const { protocols } = bench.options
  const alone = await hour(bench, ['ocpp1.6'])
  if (isOldOnly(protocols)) return
  const others = await hour(bench, protocols)
  const name = named(protocols)
  bench.ratio(`server CPU/message, ${name} ÷ 1.6`, [others.cpuUs.server / alone.cpuUs.server])
  bench.ratio(`PostgreSQL CPU/message, ${name} ÷ 1.6`, [others.cpuUs.database / alone.cpuUs.database])
}

export const isOldOnly = (protocols: readonly Protocol[]): boolean => protocols.every((one) => one === 'ocpp1.6')

/** `2.0.1, 1.6`, or that it is all of them. */
export const named = (of: readonly Protocol[]): string =>
  of.length === protocols.length ? 'all versions' : of.map(versionOf).join(', ')

const hour = async (bench: Bench, protocols: readonly Protocol[]): Promise<Figures> => {
  const chargers = bench.chargers(100_000, 2_000)
  const seconds = bench.measured(60, 8)
  const of = isOldOnly(protocols) ? '' : `, ${named(protocols)}`
  return bench.with({ name: 'postgres', chargers, protocols }, async (rig) => {
    await rig.connect()
    const database = await openDatabase(rig.target.data)
    await live(rig)
    const before = await database.stored()
    const batchesBefore = await batches(rig.target.opsPort)
    const began = performance.now()
    const figures = await rig.measure(`steady${of}`, { warmup: bench.options.isQuick ? 3 : 15, seconds })
    const { window, perS } = figures
    await rig.quiet()
    const after = await database.stored()
    const over = (performance.now() - began) / 1_000
    const commits = ((await batches(rig.target.opsPort)) - batchesBefore) / over
    const durable = ['meter', 'start', 'stop'] as const
    const answered = durable
      .map((kind) => (window.kinds.get(kind)?.count ?? 0) / window.seconds)
      .reduce((a, b) => a + b)
    const rows = Math.max(1, Math.round(answered / commits))
    const bare = await database.bareCommit(rows, 200)
    const median = p(window, 'meter', 0.5) / 1_000
    bench.fact(`messages answered${of}`, perS, '/s')
    bench.fact(`durable messages acknowledged${of}`, answered, '/s')
    bench.fact(`readings stored${of}`, (after.samples - before.samples) / over, '/s')
    bench.fact(`durable answer, median${of}`, median, 'ms')
    bench.fact(`durable answer, p99${of}`, p(window, 'meter', 0.99) / 1_000, 'ms')
    bench.fact(`durable answer, p99.9${of}`, p(window, 'meter', 0.999) / 1_000, 'ms')
    bench.fact(`bare commit of ${rows} rows, median${of}`, bare, 'ms')
    bench.ratio(
      `median durable answer ÷ bare commit of the same batch, ${shown(chargers)} sockets${of}`,
      [median / bare],
      [],
      { is: 'at most', first: 4, aim: 2 },
    )
    await database.close()
    return figures
  })
}

/** Batches of facts committed so far, by all workers. */
const batches = async (opsPort: number): Promise<number> => {
  const text = await (await fetch(`http://127.0.0.1:${opsPort}/metrics`)).text()
  const counts = [...text.matchAll(/^ocpp_ingest_commit_duration\w*_count(?:\{.*\})? (\d+)/gm)].map(([, n]) =>
    Number(n),
  )
  if (counts.length === 0) throw new Error('the server counts no commits')
  return counts.reduce((sum, n) => sum + n, 0)
}
