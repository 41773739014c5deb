import { type Bench, shown } from '../run.ts'
import { closedLoop } from './throughput.ts'

/** What a message and a charge point cost when there are ten and a hundred times as many, beside how a raw echo grows. */
export const growth = async (bench: Bench): Promise<void> => {
  const counts = bench.options.isQuick ? [500, 2_000] : [1_000, 10_000, bench.chargers(100_000, 2_000)]
  const cost = { memory: [] as number[], echo: [] as number[] }
  for (const chargers of counts)
    for (const name of ['echo', 'memory'] as const)
      await bench.with({ name, chargers }, async (rig) => {
        const empty = rig.target.memory()
        await rig.connect()
        const bytes = (rig.target.memory() - empty) / chargers
        const { cpuUs } = await closedLoop(rig, {
          warmup: bench.options.isQuick ? 2 : 6,
          seconds: bench.measured(6, 3),
        })
        cost[name].push(cpuUs.server)
        bench.fact(`${name}, ${shown(chargers)}: server CPU`, cpuUs.server, 'µs a message')
        bench.fact(`${name}, ${shown(chargers)}: user space`, bytes / 1_024, 'KiB a charge point')
      })
  const grown = (costs: readonly number[]): number => (costs.at(-1) ?? 0) / (costs[0] ?? 1)
  bench.ratio(
    `cost of a message, ${shown(counts.at(-1) ?? 0)} ÷ ${shown(counts[0] ?? 0)} sockets, relative to raw echo`,
    [grown(cost.memory) / grown(cost.echo)],
    [],
    { is: 'at most', first: 1.3, aim: 1.1 },
  )
}
