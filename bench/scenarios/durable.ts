import { type Bench, type Rig, shown } from '../run.ts'
import { type Database, openDatabase } from '../stored.ts'

/** Acknowledged, stored, and what the disk keeps pace with: until all of it is in its table and not only in the log. */
const threeColumns = async (
  bench: Bench,
  rig: Rig,
  database: Database,
  name: string,
  of: 'samples' | 'sessions',
  perRow: number,
) => {
  const [before, began] = [await database.stored(), performance.now()]
  const { messages, seconds, cpuUs } = await rig.measure(name, {
    warmup: 0,
    seconds: bench.measured(30, 5),
    closed: true,
  })
  await rig.quiet()
  const [after, over] = [await database.stored(), (performance.now() - began) / 1_000]
  const sustained = over + (await database.checkpoint())
  const rows = after[of] - before[of]
  bench.fact(`${name} acknowledged`, messages / perRow / seconds, '/s')
  bench.fact(`${name} stored`, rows / over, '/s')
  bench.fact(`${name} sustained`, rows / sustained, '/s')
  bench.fact(`${name}: CPU of server and PostgreSQL`, (cpuUs.server + cpuUs.database) / 1_000, 'ms a message')
  return rows / over
}

/** MeterValues of open sessions, and sessions that begin and end, as fast as they become durable. */
export const durable = async (bench: Bench): Promise<void> => {
  const chargers = bench.chargers(10_000, 1_000)
  await bench.with({ name: 'postgres', chargers }, async (rig) => {
    await rig.connect()
    const database = await openDatabase(rig.target.data)
    const batch = 1_000
    const bareBefore = await database.bareRows(batch, 3)
    await rig.generators.charge(chargers)
    await rig.generators.order({ do: 'closed' })
    await rig.measure('warm-up', { warmup: 3, seconds: 1, closed: true })
    const stored = await threeColumns(bench, rig, database, 'MeterValues', 'samples', 1)
    const bareAfter = await database.bareRows(batch, 3)
    bench.fact(`bare loop of ${batch} rows a commit`, (bareBefore + bareAfter) / 2, 'rows/s')
    bench.ratio(
      'rows stored/s through the path ÷ bare loop',
      [(2 * stored) / (bareBefore + bareAfter)],
      [[bareBefore, bareAfter]],
      { is: 'at least', first: 0.5, aim: 0.8 },
    )
    await database.close()
  })
  const few = Math.min(500, chargers)
  await bench.with({ name: 'postgres', chargers: few }, async (rig) => {
    await rig.connect()
    const database = await openDatabase(rig.target.data)
    await rig.generators.order({ do: 'pairs', stations: few })
    await rig.measure('warm-up', { warmup: 3, seconds: 1, closed: true })
    await threeColumns(bench, rig, database, 'Start+Stop pairs', 'sessions', 2)
    await database.close()
  })
  bench.say(
    `  ${shown(chargers)} sockets for readings, ${few} for pairs; server, PostgreSQL and stations on the same two cores`,
  )
}
