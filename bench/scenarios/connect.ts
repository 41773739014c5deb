import { type Bench, shown } from '../run.ts'

/** Everybody connects, is authenticated, boots and reports three connectors, beside a server that says the same frames again. */
export const connect = async (bench: Bench): Promise<void> => {
  const chargers = bench.chargers(100_000, 2_000)
  const taken = {
    seconds: [] as number[],
    control: [] as [number, number][],
    cpu: [] as number[],
    cpuControl: [] as [number, number][],
  }
  const once = (name: 'echo' | 'postgres'): Promise<{ readonly seconds: number; readonly cpu: number }> =>
    bench.with({ name, chargers }, async (rig) => {
      const { seconds, window, serverS } = await rig.connect()
      bench.say(
        `  ${name.padEnd(8)} ${shown(chargers)} charge points in ${seconds.toFixed(1)} s, ${shown(chargers / seconds)}/s, server CPU ${shown((serverS * 1e6) / chargers)} µs each; greeting p50 ${shown(window.back.percentile(0.5) / 1_000)} ms, p99 ${shown(window.back.percentile(0.99) / 1_000)} ms, told to come later ${window.refused} times`,
      )
      return { seconds, cpu: (serverS * 1e6) / chargers }
    })
  for (let round = 1; round <= bench.rounds(1); round++) {
    const [before, ours, after] = [await once('echo'), await once('postgres'), await once('echo')]
    taken.control.push([before.seconds, after.seconds])
    taken.cpuControl.push([before.cpu, after.cpu])
    taken.seconds.push((2 * ours.seconds) / (before.seconds + after.seconds))
    taken.cpu.push((2 * ours.cpu) / (before.cpu + after.cpu))
    bench.fact('charge points let in, booted and reported', chargers / ours.seconds, '/s')
    bench.fact('server CPU for that', ours.cpu, 'µs a charge point')
  }
  bench.ratio(`time until ${shown(chargers)} are in ÷ raw echo of the same frames`, taken.seconds, taken.control)
  bench.ratio(`server CPU of that ÷ raw echo`, taken.cpu, taken.cpuControl)
}
