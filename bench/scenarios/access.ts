import { median } from '../cpu.ts'
import { place } from '../placed.ts'
import { ask, type Door } from '../roaming/door.ts'
import type { Bench } from '../run.ts'
import { apiKey, startTarget } from '../target.ts'

const lists = ['charge-points', 'sessions'] as const
const each = 20

/**
 * The same list for a key of the whole tenant, for one that is limited to every site there is, and for one that is limited
 * to one of them; in turns, so that what disturbs one disturbs all. And for the first beside itself on a database in which
 * the policies are not: what everybody pays for there being limited keys.
 */
export const access = async (bench: Bench): Promise<void> => {
  const chargers = bench.chargers(20_000, 2_000)
  const sites = Math.min(1_000, chargers / 20)
  const sessions = chargers * 25
  const target = await startTarget({ name: 'postgres', chargers })
  const whole: Door = { api: target.api, key: apiKey }
  try {
    const database = await place(target.data, { sites, sessions })
    const limitedTo = async (names: readonly string[]): Promise<Door> => {
      const made = await ask<{ key: string }>(whole, 'POST', 'api-keys', {
        label: 'bench',
        role: 'operator',
        scope: { sites: names },
      })
      return { api: target.api, key: made.key }
    }
    const everywhere = await limitedTo(Array.from({ length: sites }, (_, i) => `SITE-${i}`))
    const somewhere = await limitedTo(['SITE-0'])
    bench.fact('sites', sites, '')
    bench.fact('sessions', sessions, '')
    for (const list of lists) {
      const path = `${list}?limit=100`
      await same(bench, path, [whole, everywhere])
      const took = { whole: [] as number[], everywhere: [] as number[], somewhere: [] as number[] }
      for (let round = 0; round <= bench.rounds(15, 5); round++)
        for (const [name, door] of Object.entries({ whole, everywhere, somewhere })) {
          const ms = await pages(door, path)
          // the first one warms up
          if (round > 0) took[name as keyof typeof took].push(ms)
        }
      bench.fact(`${path}, the whole tenant, median`, median(took.whole), 'ms')
      bench.fact(`${path}, a key for all ${sites} sites, median`, median(took.everywhere), 'ms')
      bench.fact(`${path}, a key for one site, median`, median(took.somewhere), 'ms')
      bench.ratio(
        `${list}: a key for all sites ÷ the whole tenant`,
        took.everywhere.map((ms, i) => ms / (took.whole[i] ?? ms)),
      )
      bench.ratio(
        `${list}: a key for one site ÷ the whole tenant`,
        took.somewhere.map((ms, i) => ms / (took.whole[i] ?? ms)),
      )
    }
    for (const list of lists) {
      const path = `${list}?limit=100`
      const shares: number[] = []
      for (let round = 0; round <= bench.rounds(15, 5); round++) {
        await database.hold(false)
        await pages(whole, path)
        const without = await pages(whole, path)
        await database.hold(true)
        await pages(whole, path)
        const held = await pages(whole, path)
        if (round > 0) shares.push(held / without)
      }
      bench.ratio(`${list}, the whole tenant: with the policies ÷ without them`, shares)
    }
    await database.close()
  } finally {
    await target.stop()
  }
}

/** ms, median, of one page. */
const pages = async (door: Door, path: string): Promise<number> => {
  const took: number[] = []
  for (let i = 0; i < each; i++) {
    const began = performance.now()
    await ask(door, 'GET', path)
    took.push(performance.now() - began)
  }
  return median(took)
}

/** What is compared must be the same: else one of them is fast because it shows less. */
const same = async (bench: Bench, path: string, doors: readonly Door[]): Promise<void> => {
  const texts = await Promise.all(doors.map(async (door) => JSON.stringify(await ask(door, 'GET', path))))
  bench.count(`${path}: different answers`, new Set(texts).size, 1)
}
