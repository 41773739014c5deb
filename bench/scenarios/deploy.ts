import { type Bench, shown } from '../run.ts'
import { workersOf } from '../target.ts'
import { sleep } from '../sleep.ts'
import { live } from './steady.ts'

/** A rolling restart in the middle of an ordinary hour: who loses its socket, for how long, and what the others feel. */
export const deploy = async (bench: Bench): Promise<void> => {
  const chargers = bench.chargers(20_000, 1_000)
  const workers = bench.options.workers ?? 3
  await bench.with(
    { name: 'postgres', chargers, workers, settings: { SM_DRAIN_S: bench.options.isQuick ? '2' : '10' } },
    async (rig) => {
      await rig.connect()
      await live(rig)
      const quiet = await rig.measure('steady', { warmup: 3, seconds: bench.measured(15, 4) })
      rig.phase('deploy')
      const [began, old] = [performance.now(), await pidsOf(rig.target.opsPort)]
      process.kill(rig.target.pid, 'SIGHUP')
      for (const end = began + 300_000; performance.now() < end; await sleep(200)) {
        const now = await pidsOf(rig.target.opsPort)
        if (
          now.length === workers &&
          now.every((pid) => pid > 0 && !old.includes(pid)) &&
          rig.generators.progress.sockets === chargers
        )
          break
      }
      const seconds = (performance.now() - began) / 1_000
      const during = await rig.generators.window()
      await rig.quiet()
      bench.fact(`${workers} workers started anew, everybody back, in`, seconds, 's')
      bench.fact('sockets closed for it', during.closed / chargers, 'a charge point')
      bench.fact('a station is away, median', during.back.percentile(0.5) / 1e6, 's')
      bench.fact('a station is away, p99', during.back.percentile(0.99) / 1e6, 's')
      bench.fact('p99 of answers, before', quiet.window.all.percentile(0.99) / 1_000, 'ms')
      bench.fact(
        'p99 of answers, meanwhile, to stations not touched yet',
        during.untouched.percentile(0.99) / 1_000,
        'ms',
      )
      bench.count(`stations that are here afterwards, of ${shown(chargers)}`, chargers - during.away, chargers)
    },
  )
}

const pidsOf = async (opsPort: number): Promise<readonly number[]> => (await workersOf(opsPort)).map(({ pid }) => pid)
