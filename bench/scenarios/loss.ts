import { median } from '../cpu.ts'
import { type Bench, shown } from '../run.ts'
import { workersOf } from '../target.ts'
import { sleep } from '../sleep.ts'

/** One of two workers is killed, over and over: when its stations are back, and what the others feel meanwhile. */
export const loss = async (bench: Bench): Promise<void> => {
  const chargers = bench.chargers(20_000, 400)
  const windowS = bench.measured(15, 3)
  const rounds = bench.rounds(5)
  await bench.with({ name: 'postgres', chargers, workers: 2 }, async (rig) => {
    await rig.connect()
    rig.phase('loss')
    await rig.generators.open({ heartbeat: chargers / 10 })
    const [half, all, felt] = [[] as number[], [] as number[], [] as number[]]
    const quiet: [number, number][] = []
    for (let round = 1; round <= rounds; round++) {
      await rig.generators.window()
      const before: number[] = []
      for (let i = 0; i < 2; i++) {
        await sleep(windowS * 1_000)
        before.push((await rig.generators.window()).untouched.percentile(0.99) / 1_000)
      }
      const [victim] = (await workersOf(rig.target.opsPort)).toSorted((a, b) => b.sockets - a.sockets)
      // 0 is one that is being started again, and to a signal it is everybody
      if (victim === undefined || !(victim.pid > 0)) throw new Error('there is no worker to kill')
      process.kill(victim.pid, 'SIGKILL')
      const began = performance.now()
      await sleep(windowS * 1_000)
      while (rig.generators.progress.sockets < chargers && performance.now() - began < 90_000) await sleep(200)
      const window = await rig.generators.window()
      const meanwhile = window.untouched.percentile(0.99) / 1_000
      half.push(window.back.percentile(0.5) / 1e6)
      all.push(window.back.most / 1e6)
      felt.push(meanwhile)
      quiet.push([before[0] ?? 0, before[1] ?? 0])
      bench.say(
        `  round ${round}/${rounds}: ${window.back.count} stations lost their worker, half were back in ${shown(half.at(-1) ?? 0)} s, all in ${shown(all.at(-1) ?? 0)} s; p99 of the others ${before.map(shown).join(' and ')} ms before, ${shown(meanwhile)} ms meanwhile`,
      )
      bench.count('stations that came back', chargers - window.away, chargers)
      // the one that was started anew takes part again
      await sleep(3_000)
      if (round < rounds) await rig.generators.order({ do: 'cut', spreadMs: 2_000 })
    }
    bench.fact('stations of a killed worker: half are back after', median(half), 's')
    bench.fact('stations of a killed worker: all are back after', median(all), 's')
    bench.fact('p99 of the others, quiet', median(quiet.flat()), 'ms')
    bench.fact('p99 of the others, meanwhile', median(felt), 'ms')
  })
}
