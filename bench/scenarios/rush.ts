import { type Bench, shown } from '../run.ts'
import type { TargetName } from '../target.ts'

/** 20,000 messages a second in open loop, whatever the answers do: what the slowest of them wait. */
export const rush = async (bench: Bench): Promise<void> => {
  const chargers = bench.chargers(100_000, 2_000)
  const perS = bench.options.isQuick ? 2_000 : Math.min(20_000, chargers / 2)
  const slow: number[] = []
  const control: [number, number][] = []
  const once = (name: TargetName): Promise<number> =>
    bench.with({ name, chargers }, async (rig) => {
      await rig.connect()
      await rig.generators.charge(Math.round(chargers / 5))
      await rig.generators.open(
        { heartbeat: perS * 0.4, meter: perS * 0.5, status: perS * 0.1 },
        { poisson: true, spins: true },
      )
      const { latency } = await rig.measure('rush', {
        warmup: bench.options.isQuick ? 2 : 8,
        seconds: bench.measured(20, 4),
      })
      await rig.quiet()
      return latency['all']?.p999 ?? 0
    })
  for (let round = 1; round <= bench.rounds(1); round++) {
    const [before, ours, after] = [await once('echo'), await once('memory'), await once('echo')]
    slow.push((2 * ours) / (before + after))
    control.push([before, after])
  }
  bench.ratio(
    `p99.9 at ${shown(perS)} msg/s, journal in memory ÷ raw echo, ${shown(chargers)} sockets`,
    slow,
    control,
    { is: 'at most', first: 3, aim: 1.5 },
  )
}
