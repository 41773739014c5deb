import { kernelBytes } from '../cpu.ts'
import { type Bench, shown } from '../run.ts'
import { sleep } from '../sleep.ts'
import type { TargetName } from '../target.ts'

/** Bytes of a charge point with two connectors that is connected and quiet, above the empty server. */
export const idle = async (bench: Bench): Promise<void> => {
  const chargers = bench.chargers(100_000, 2_000)
  const bytes = new Map<TargetName, number>()
  for (const name of ['echo', 'postgres', 'rpc'] as const)
    await bench.with({ name, chargers }, async (rig) => {
      const [empty, kernel] = [rig.target.memory(), kernelBytes()]
      await rig.connect()
      rig.phase('idle')
      await sleep(bench.options.isQuick ? 3_000 : 15_000)
      const each = (rig.target.memory() - empty) / chargers
      bytes.set(name, each)
      bench.fact(`${name}: user space`, each / 1_024, 'KiB a charge point')
      bench.fact(`${name}: kernel, both ends`, (kernelBytes() - kernel) / chargers / 1_024, 'KiB a charge point')
    })
  bench.ratio(`KiB of user space a charge point, ${shown(chargers)} idle`, [(bytes.get('postgres') ?? 0) / 1_024], [], {
    is: 'at most',
    first: 6,
    aim: 2,
  })
  bench.ratio('the same ÷ ocpp-rpc, which keeps nothing', [(bytes.get('postgres') ?? 0) / (bytes.get('rpc') ?? 1)])
}
