import type { Rates } from '../generator/orders.ts'
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

/** That hour, everything durable: what an answer takes, beside one bare commit of the same size. */
export const steady = async (bench: Bench): Promise<void> => {
  const chargers = bench.chargers(100_000, 2_000)
  const seconds = bench.measured(60, 8)
  await bench.with({ name: 'postgres', chargers }, async (rig) => {
    await rig.connect()
    const database = await openDatabase(rig.target.data)
    await live(rig)
    const before = await database.stored()
    const batchesBefore = await batches(rig.target.opsPort)
    const began = performance.now()
    const { window, perS } = await rig.measure('steady', { warmup: bench.options.isQuick ? 3 : 15, seconds })
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
    bench.fact('messages answered', perS, '/s')
    bench.fact('durable messages acknowledged', answered, '/s')
    bench.fact('readings stored', (after.samples - before.samples) / over, '/s')
    bench.fact('durable answer, median', median, 'ms')
    bench.fact('durable answer, p99', p(window, 'meter', 0.99) / 1_000, 'ms')
    bench.fact('durable answer, p99.9', p(window, 'meter', 0.999) / 1_000, 'ms')
    bench.fact(`bare commit of ${rows} rows, median`, bare, 'ms')
    bench.ratio(
      `median durable answer ÷ bare commit of the same batch, ${shown(chargers)} sockets`,
      [median / bare],
      [],
      { is: 'at most', first: 4, aim: 2 },
    )
    await database.close()
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
