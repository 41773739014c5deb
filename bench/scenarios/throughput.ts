import { type Bench, type Rig, shown } from '../run.ts'
import type { Figures } from '../report/report.ts'
import { kernelEcho, type TargetName } from '../target.ts'

/** Half of the sockets charge and have a MeterValues on its way all the time; each answer lets one of the others speak. */
export const closedLoop = async (
  rig: Rig,
  seconds: { readonly warmup: number; readonly seconds: number },
): Promise<Figures> => {
  await rig.generators.charge(Math.round(rig.chargers / 2))
  await rig.generators.order({ do: 'closed' })
  const figures = await rig.measure('closed', { ...seconds, closed: true })
  await rig.quiet()
  return figures
}

/** The whole path beside its controls, as fast as one server core goes: 50 % MeterValues, 40 % Heartbeat, 10 % StatusNotification. */
export const throughput = async (bench: Bench): Promise<void> => {
  const { chargers, isQuick } = bench.options
  for (const count of chargers === undefined ? (isQuick ? [1_000] : [1_000, 10_000]) : [chargers])
    await at(bench, count)
}

const at = async (bench: Bench, chargers: number): Promise<void> => {
  const rounds = bench.rounds(5)
  const seconds = { warmup: bench.options.isQuick ? 2 : 6, seconds: bench.measured(5, 3) }
  const subjects: readonly TargetName[] = [
    'memory',
    'postgres',
    'rpc',
    ...(kernelEcho() === undefined ? [] : ['kernel' as const]),
  ]
  if (!subjects.includes('kernel')) bench.say('  no C compiler: without the echo in C')
  const runs = new Map<TargetName, Figures[]>()
  const echoes: [Figures, Figures][] = []
  const run = (name: TargetName): Promise<Figures> =>
    bench.with({ name, chargers }, async (rig) => {
      await rig.connect()
      return closedLoop(rig, seconds)
    })
  for (let round = 1; round <= rounds; round++) {
    bench.say(`  round ${round} of ${rounds}`)
    const first = await run('echo')
    for (const name of subjects) runs.set(name, [...(runs.get(name) ?? []), await run(name)])
    echoes.push([first, await run('echo')])
  }
  const of = (name: TargetName, figure: (f: Figures) => number): readonly number[] => (runs.get(name) ?? []).map(figure)
  const echo = (figure: (f: Figures) => number): readonly number[] =>
    echoes.map(([a, b]) => (figure(a) + figure(b)) / 2)
  const over = (a: readonly number[], b: readonly number[]): readonly number[] =>
    a.map((value, i) => value / (b[i] ?? Number.NaN))
  // of a whole core: where a server had time left it was the generator that set the pace
  const rate = ({ perS, busy }: Figures): number => perS / Math.min(1, busy.server)
  const cost = ({ cpuUs }: Figures): number => cpuUs.server
  const spread = (figure: (f: Figures) => number): readonly (readonly [number, number])[] =>
    echoes.map(([a, b]) => [figure(a), figure(b)])
  const many = shown(chargers)
  bench.ratio(
    `messages/s of a server core, journal in memory ÷ raw echo, ${many} sockets`,
    over(of('memory', rate), echo(rate)),
    spread(rate),
    { is: 'at least', first: 0.7, aim: 0.9 },
  )
  bench.ratio(
    `server CPU/message, journal in memory ÷ raw echo, ${many} sockets`,
    over(of('memory', cost), echo(cost)),
    spread(cost),
  )
  bench.ratio(
    `server CPU/message, real journal ÷ raw echo, ${many} sockets`,
    over(of('postgres', cost), echo(cost)),
    spread(cost),
    { is: 'at most', first: 2.5, aim: 1.6 },
  )
  bench.ratio(
    `messages/s of a server core, journal in memory ÷ ocpp-rpc strict, ${many} sockets`,
    over(of('memory', rate), of('rpc', rate)),
    spread(rate),
    { is: 'at least', first: 1.8, aim: 2.5 },
  )
  if (subjects.includes('kernel'))
    bench.ratio(
      `server CPU/message, raw echo ÷ echo in C, ${many} sockets`,
      over(echo(cost), of('kernel', cost)),
      spread(cost),
    )
}
