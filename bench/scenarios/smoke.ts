import { type Bench } from '../run.ts'
import { openDatabase } from '../stored.ts'
import { closedLoop } from './throughput.ts'

/** What CI gates on: counts, bytes and CPU beside their control, small and short. Tails are no part of it. */
export const smoke = async (bench: Bench): Promise<void> => {
  const chargers = bench.chargers(500, 500)
  const seconds = { warmup: 3, seconds: bench.measured(3, 3) }
  const echo: { readonly cost: number; readonly rate: number }[] = []
  const control = (): Promise<void> =>
    bench.with({ name: 'echo', chargers }, async (rig) => {
      await rig.connect()
      const { cpuUs, perS } = await closedLoop(rig, seconds)
      echo.push({ cost: cpuUs.server, rate: perS })
    })
  const mean = (of: (one: (typeof echo)[number]) => number): number =>
    echo.reduce((sum, one) => sum + of(one), 0) / echo.length
  const memory = await bench.with({ name: 'memory', chargers }, async (rig) => {
    await rig.connect()
    return closedLoop(rig, seconds)
  })
  await control()
  const real = await bench.with({ name: 'postgres', chargers }, async (rig) => {
    const empty = rig.target.memory()
    await rig.connect()
    bench.ratio('KiB of user space a charge point, few', [(rig.target.memory() - empty) / chargers / 1_024])
    const figures = await closedLoop(rig, seconds)
    await rig.generators.window()
    const database = await openDatabase(rig.target.data)
    const { samples, sessions } = await database.stored()
    await database.close()
    bench.count('sessions begun and stored', sessions, Math.round(chargers / 2))
    bench.count('readings acknowledged and stored', samples, rig.generators.told('meter'))
    return figures
  })
  await control()
  const spread = (of: (one: (typeof echo)[number]) => number): readonly (readonly [number, number])[] => [
    [echo[0], echo[1]].map((one) => (one === undefined ? 1 : of(one))) as [number, number],
  ]
  bench.ratio(
    'server CPU/message, journal in memory ÷ raw echo, few',
    [memory.cpuUs.server / mean(({ cost }) => cost)],
    spread(({ cost }) => cost),
  )
  bench.ratio(
    'server CPU/message, real journal ÷ raw echo, few',
    [real.cpuUs.server / mean(({ cost }) => cost)],
    spread(({ cost }) => cost),
  )
  bench.ratio('PostgreSQL CPU/message ÷ server CPU/message, few', [real.cpuUs.database / real.cpuUs.server])
}
