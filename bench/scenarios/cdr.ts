import { openBooks, openReceiver, type Receiver } from '../receiver.ts'
import { type Bench, shown } from '../run.ts'
import { sleep } from '../sleep.ts'
import { type Database, openDatabase } from '../stored.ts'
import { apiKey } from '../target.ts'

const patienceMs = 120_000

/**
 * Sessions end all the time: how long after its stop each has its CDR, priced, and the operator's books have it, sealed;
 * and how many a second that can be.
 */
export const cdr = async (bench: Bench): Promise<void> => {
  const chargers = bench.chargers(2_000, 200)
  const receiver = await openReceiver()
  const settings = { SM_ERP_HOSTS: '127.0.0.1' }
  await bench.with({ name: 'postgres', chargers, settings }, async (rig) => {
    await openBooks(rig.target.api ?? '', apiKey, receiver)
    await rig.connect()
    await rig.generators.charge(Math.round(chargers / 2))
    const database = await openDatabase(rig.target.data)
    // each session ends once while it is measured: a CDR each, at a rate of some tens a second
    const perS = bench.options.isQuick ? 20 : 50
    await rig.generators.open({ turnover: perS }, { poisson: true })
    await rig.measure('cdr', { warmup: 2, seconds: bench.measured(20, 5) })
    await rig.quiet()
    await allBooked(database, receiver)
    const { sessions } = await database.stored()
    bench.fact('sessions begun', sessions, '')
    told(bench, 'from the stop to the CDR', await database.cdrDelays())
    told(bench, "from the stop to the operator's books", await booked(database, receiver))
    bench.say(`  ${shown(perS)} sessions end a second`)

    const before = Date.now()
    await rig.generators.open({ turnover: bench.options.isQuick ? 100 : 400 }, { poisson: true })
    await rig.measure('as fast as they end', { warmup: 0, seconds: bench.measured(10, 3) })
    await rig.quiet()
    await allBooked(database, receiver)
    bench.fact('CDRs, when they come as fast as they can', await database.cdrsPerS(before), 'a second')
    const { cdrs, ended } = await database.stored()
    bench.count('sessions that ended, and CDRs', cdrs, ended)
    bench.count("sessions that ended, and accounts in the operator's books", receiver.arrivals.size, ended)
    await database.close()
  })
  await receiver.close()
}

/** Waits until nothing more comes of what has ended. */
const allBooked = async (database: Database, { arrivals }: Receiver): Promise<void> => {
  const began = performance.now()
  for (;;) {
    const { ended, cdrs } = await database.stored()
    if ((cdrs >= ended && arrivals.size >= ended) || performance.now() - began > patienceMs) return
    await sleep(1_000)
  }
}

const booked = async (database: Database, { arrivals }: Receiver): Promise<readonly number[]> => {
  const stops = await database.stops()
  return [...arrivals].flatMap(([session, at]) => {
    const stop = stops.get(session)
    return stop === undefined ? [] : [at - stop]
  })
}

const told = (bench: Bench, what: string, delays: readonly number[]): void => {
  const sorted = delays.toSorted((a, b) => a - b)
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
  bench.fact(`${what}, median`, at(0.5), 'ms')
  bench.fact('the same, p99', at(0.99), 'ms')
}
