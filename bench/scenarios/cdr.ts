import { median } from '../cpu.ts'
import { type Bench, shown } from '../run.ts'
import { sleep } from '../sleep.ts'
import { openDatabase } from '../stored.ts'

/** Sessions end all the time: how long after its stop each has its CDR, job done. */
export const cdr = async (bench: Bench): Promise<void> => {
  const chargers = bench.chargers(2_000, 200)
  await bench.with({ name: 'postgres', chargers }, async (rig) => {
    await rig.connect()
    await rig.generators.charge(Math.round(chargers / 2))
    const database = await openDatabase(rig.target.data)
    // each session ends once while it is measured: a CDR each, at a rate of some tens a second
    const perS = bench.options.isQuick ? 20 : 50
    await rig.generators.open({ turnover: perS }, { poisson: true })
    await rig.measure('cdr', { warmup: 2, seconds: bench.measured(20, 5) })
    await rig.quiet()
    const began = performance.now()
    let { sessions, cdrs } = await database.stored()
    for (
      let last = -1;
      last !== cdrs && performance.now() - began < 60_000;
      { sessions, cdrs } = await database.stored()
    ) {
      last = cdrs
      await sleep(2_000)
    }
    const delays = await database.cdrDelays()
    bench.fact('sessions begun', sessions, '')
    bench.fact('from the stop to the CDR, median', median(delays), 'ms')
    bench.fact('the same, p99', delays.toSorted((a, b) => a - b)[Math.floor(delays.length * 0.99)] ?? 0, 'ms')
    bench.count('sessions that ended, and CDRs', cdrs, (await database.stored()).ended)
    bench.say(`  ${shown(perS)} sessions end a second`)
    await database.close()
  })
}
