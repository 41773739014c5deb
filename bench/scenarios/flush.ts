import { type Bench, shown } from '../run.ts'
import { openDatabase } from '../stored.ts'

/** Stations that were offline for long deliver all they kept, each as fast as it is acknowledged. */
export const flush = async (bench: Bench): Promise<void> => {
  const { isQuick } = bench.options
  const [stations, events] = [bench.chargers(1_000, 200), isQuick ? 50 : 500]
  await bench.with({ name: 'postgres', chargers: stations }, async (rig) => {
    await rig.connect()
    const database = await openDatabase(rig.target.data)
    rig.phase('flush')
    const before = await database.stored()
    const began = performance.now()
    await rig.generators.order((share) => ({ do: 'flush', stations: Math.round(stations * share), events }))
    const seconds = (performance.now() - began) / 1_000
    const window = await rig.generators.window()
    const after = await database.stored()
    const sustained = seconds + (await database.checkpoint())
    await database.close()
    const rows = after.samples - before.samples + after.sessions - before.sessions + after.ended - before.ended
    const expected = stations * events
    bench.fact(`${shown(stations)} stations deliver ${events} events each in`, seconds, 's')
    bench.fact('events acknowledged', window.answered / seconds, '/s')
    bench.fact('events stored', rows / seconds, '/s')
    bench.fact('events sustained', rows / sustained, '/s')
    bench.fact('answer, p99', window.all.percentile(0.99) / 1_000, 'ms')
    bench.count(`events delivered and found stored, ${shown(expected)}`, rows, expected)
  })
}
