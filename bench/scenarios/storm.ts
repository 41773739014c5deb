import { type Bench, shown } from '../run.ts'
import type { TargetName } from '../target.ts'

/** All sockets are cut at once; each station comes back within two seconds, and again as it is told, until it is through. */
export const storm = async (bench: Bench): Promise<void> => {
  const chargers = bench.chargers(100_000, 2_000)
  const spreadMs = 2_000
  const took: number[] = []
  const control: [number, number][] = []
  const once = (name: TargetName): Promise<number> =>
    bench.with({ name, chargers }, async (rig) => {
      await rig.connect()
      rig.phase('storm')
      const cpu = rig.target.cpu().server
      const began = performance.now()
      await rig.generators.order({ do: 'cut', spreadMs })
      const seconds = (performance.now() - began) / 1_000
      const { back, refused } = await rig.generators.window()
      const server = rig.target.cpu().server - cpu
      bench.say(
        `  ${name.padEnd(8)} ${shown(chargers)} back in ${seconds.toFixed(1)} s: half after ${shown(back.percentile(0.5) / 1e6)} s, 99 of 100 after ${shown(back.percentile(0.99) / 1e6)} s; told to come later ${shown(refused)} times; server CPU ${shown((server * 1e6) / chargers)} µs each`,
      )
      if (name === 'postgres') {
        bench.fact('stations let in again, with Basic auth, booted and reported', chargers / seconds, '/s')
        bench.fact('half are back after', back.percentile(0.5) / 1e6, 's')
        bench.fact('the last is back after', back.most / 1e6, 's')
      }
      return seconds
    })
  for (let round = 1; round <= bench.rounds(1); round++) {
    const [before, ours, after] = [await once('echo'), await once('postgres'), await once('echo')]
    took.push((2 * ours) / (before + after))
    control.push([before, after])
  }
  bench.ratio(`storm: time until ${shown(chargers)} are back ÷ raw echo`, took, control, {
    is: 'at most',
    first: 3,
    aim: 1.3,
  })
}
