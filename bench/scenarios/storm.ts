import type { Protocol } from '../../core/ocpp/version.ts'
import { type Bench, shown } from '../run.ts'
import { isOldOnly, named } from './steady.ts'
import type { TargetName } from '../target.ts'

interface Storm {
  readonly seconds: number
  /** CPU of the server, s. */
  readonly server: number
}

/** All sockets are cut at once; each station comes back within two seconds, and again as it is told, until it is through. */
export const storm = async (bench: Bench): Promise<void> => {
  const chargers = bench.chargers(100_000, 2_000)
  const spreadMs = 2_000
  const took: number[] = []
  const control: [number, number][] = []
  const cost: [number, number][] = []
  const { protocols } = bench.options
  const once = (name: TargetName, spoken: readonly Protocol[] = ['ocpp1.6']): Promise<Storm> =>
    bench.with({ name, chargers, protocols: spoken }, async (rig) => {
      await rig.connect()
      rig.phase('storm')
      const cpu = rig.target.cpu().server
      const began = performance.now()
      await rig.generators.order({ do: 'cut', spreadMs })
      const seconds = (performance.now() - began) / 1_000
      const { back, refused } = await rig.generators.window()
      const server = rig.target.cpu().server - cpu
      bench.say(
        `  ${name.padEnd(8)} ${shown(chargers)} of ${named(spoken)} back in ${seconds.toFixed(1)} s: half after ${shown(back.percentile(0.5) / 1e6)} s, 99 of 100 after ${shown(back.percentile(0.99) / 1e6)} s; told to come later ${shown(refused)} times; server CPU ${shown((server * 1e6) / chargers)} µs each`,
      )
      if (name === 'postgres' && isOldOnly(spoken)) {
        bench.fact('stations let in again, with Basic auth, booted and reported', chargers / seconds, '/s')
        bench.fact('half are back after', back.percentile(0.5) / 1e6, 's')
        bench.fact('the last is back after', back.most / 1e6, 's')
      }
      return { seconds, server }
    })
  for (let round = 1; round <= bench.rounds(1); round++) {
    const [before, ours, after] = [await once('echo'), await once('postgres'), await once('echo')]
    took.push((2 * ours.seconds) / (before.seconds + after.seconds))
    control.push([before.seconds, after.seconds])
    if (!isOldOnly(protocols)) cost.push([(await once('postgres', protocols)).server, ours.server])
  }
  bench.ratio(`storm: time until ${shown(chargers)} are back ÷ raw echo`, took, control, {
    is: 'at most',
    first: 3,
    aim: 1.3,
  })
  if (cost.length === 0) return
  const over = cost.map(([theirs, ours]) => theirs / ours)
  bench.ratio(`storm: server CPU a station, ${named(protocols)} ÷ 1.6`, over)
}
