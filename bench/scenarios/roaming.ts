import { median } from '../cpu.ts'
import { bareRequests } from '../roaming/bare.ts'
import { crawl } from '../roaming/crawl.ts'
import { type Crowd, gather } from '../roaming/crowd.ts'
import { ask, type Door } from '../roaming/door.ts'
import { openMarket } from '../roaming/market.ts'
import { anyCdr, anyLocation } from '../roaming/objects.ts'
import { type Heard, type Partner, startPartner } from '../roaming/partner.ts'
import { quantile } from '../roaming/quantile.ts'
import type { Gate } from '../report/report.ts'
import type { Bench } from '../run.ts'
import { sleep } from '../sleep.ts'
import { changedShare, openDatabase } from '../stored.ts'
import { apiKey, startTarget, type Target } from '../target.ts'

const atMost = (aim: number): Gate => ({ is: 'at most', first: aim, aim })

const settings = { SM_ROAMING_HOSTS: '127.0.0.1' }

/** What partners get of us, and how fast: lists, changes of status, real-time authorisation, CDRs. */
export const roaming = async (bench: Bench): Promise<void> => {
  await lists(bench)
  await changes(bench)
}

const listOf = (target: Target, module: string, query = ''): string =>
  `${target.api}ocpi/default/2.2.1/sender/${module}?limit=100${query}`

/** Whole crawls of what a large operator has: a page costs the same wherever it is, and a delta little. */
const lists = async (bench: Bench): Promise<void> => {
  const cdrs = bench.options.isQuick ? 50_000 : 1_000_000
  const locations = bench.options.isQuick ? 2_500 : 25_000
  const target = await startTarget({ name: 'postgres', chargers: 1, settings })
  const door = { api: target.api, key: apiKey }
  try {
    await openMarket(door, { party: 'ABC', chargePoints: [], stationsASite: 1 })
    const partner = await startPartner(door, { id: 'crawler', party: 'EMP', role: 'EMSP' })
    // first of all it is looked at what there is
    await sleep(3_000)
    const database = await openDatabase(target.data)
    await database.publish('cdrs', cdrs, anyCdr, 'crawler')
    await database.publish('locations', locations, anyLocation)
    await database.close()

    const read = await crawl(listOf(target, 'cdrs'), partner.token)
    bench.count('CDRs in a whole crawl', read.objects, cdrs)
    bench.fact('a whole crawl of CDRs at limit 100', read.seconds, 's')
    // the first page counts what there is: it has the crawl's total to itself
    const second = median(read.took.slice(1, 21))
    const tail = read.took.slice(-Math.max(20, Math.floor(read.pages / 10)))
    bench.fact('its second page and those after it', second, 'ms')
    bench.ratio(
      'CDRs: p99 of the last tenth of the pages ÷ the first pages',
      [quantile(tail, 0.99) / second],
      [],
      atMost(5),
    )
    const whole = await crawl(listOf(target, 'locations'), partner.token)
    bench.count('locations in a whole crawl', whole.objects, locations)
    const since = new Date(Date.now() - 3_600_000).toISOString()
    const delta = await crawl(listOf(target, 'locations', `&date_from=${since}`), partner.token)
    bench.count('locations in the delta', delta.objects, locations - Math.floor(locations * (1 - changedShare)))
    bench.fact(`a whole pull of ${locations} locations`, whole.seconds, 's')
    bench.ratio('locations: a delta of 1 % ÷ the whole pull', [delta.seconds / whole.seconds], [], atMost(1 / 15))
    partner.stop()
  } finally {
    await target.stop()
  }
}

const partners = 5
const statuses = ['Charging', 'Available'] as const

/** What happens at stations, and when partners know it; the same with one of them slow. */
const changes = async (bench: Bench): Promise<void> => {
  const size = bench.chargers(1_000, 100)
  const perS = bench.options.isQuick ? 50 : 500
  const target = await startTarget({ name: 'postgres', chargers: size, settings })
  const door = { api: target.api, key: apiKey }
  const arrivals = new Arrivals()
  try {
    await openMarket(door, {
      party: 'ABC',
      chargePoints: Array.from({ length: size }, (_, i) => `BENCH-${i}`),
      stationsASite: 4,
    })
    const crowd = await gather(target.urls[0] ?? '', size)
    const all: Partner[] = []
    for (let i = 0; i < partners; i++)
      all.push(
        await startPartner(door, {
          id: `emp-${i}`,
          party: `EM${i}`,
          role: 'EMSP',
          hear: (heard) => arrivals.heard(i, heard),
        }),
      )
    await settled(arrivals)
    const bareUrl = all[0]?.url.replace(/versions$/, 'locations/DE/ABC/site-0/bench-0') ?? ''
    const control: number[] = []
    const bare = async (): Promise<void> => {
      control.push(quantile(await bareRequests(bareUrl, { method: 'PATCH', count: perS * 2, inFlight: 4 }), 0.99))
    }
    const round = async (): Promise<readonly number[]> => {
      arrivals.forget()
      await changing(crowd, { perS, seconds: bench.measured(10, 4), arrivals })
      await settled(arrivals)
      return Array.from({ length: partners }, (_, i) => quantile(arrivals.delays(i), 0.99))
    }
    await bare()
    const even = await round()
    const again = await round()
    await bare()
    bench.count('EVSEs whose last status some partner does not know', Math.max(...arrivals.missing()), 0)
    bench.fact('changes of status a second', perS, `to each of ${partners} partners`)
    bench.fact('status told by the station → at the partner, p50', quantile(arrivals.delays(0), 0.5), 'ms')
    bench.fact('the same, p99', median([...even]), 'ms')
    const spread = [[median([...even]), median([...again])]] as const
    bench.ratio('status → partner, p99 ÷ a bare PATCH, p99', [median([...even]) / median(control)], spread, atMost(5))
    const slow = all[partners - 1]
    if (slow !== undefined) slow.latencyMs = 8_000
    const beside = (await round()).slice(0, -1)
    if (slow !== undefined) slow.latencyMs = 0
    bench.ratio('p99 of the others while one takes 8 s ÷ without', [median(beside) / median(even.slice(0, -1))], spread)
    await authorisations(bench, { crowd, partner: all[0] })
    await accounts(bench, { crowd, partner: all[0], door, arrivals })
    crowd.close()
    for (const partner of all) partner.stop()
  } finally {
    await target.stop()
  }
}

interface Round {
  readonly perS: number
  readonly seconds: number
  readonly arrivals: Arrivals
}

/** Each station is now in use and now free, one after the other. */
const changing = async (crowd: Crowd, { perS, seconds, arrivals }: Round): Promise<void> => {
  const began = performance.now()
  const answers: Promise<unknown>[] = []
  for (let n = 0; n < perS * seconds; n++) {
    const due = began + (n * 1_000) / perS
    if (due > performance.now()) await sleep(due - performance.now())
    const station = n % crowd.size
    const status = statuses[Math.floor(n / crowd.size) % 2] ?? 'Available'
    arrivals.said(`bench-${station}`, status === 'Charging' ? 'CHARGING' : 'AVAILABLE')
    answers.push(crowd.call(station, 'StatusNotification', { connectorId: 1, errorCode: 'NoError', status }))
  }
  await Promise.all(answers)
}

/** What stations have said, and when each partner knew. */
class Arrivals {
  readonly #said = new Map<string, { readonly status: string; readonly at: number; readonly heard: Set<number> }>()
  /** By partner: what it was told last. */
  readonly #told: Map<string, string>[] = []
  #delays: number[][] = []
  lastAt = performance.now()
  /** When the CDR of each EVSE came. */
  readonly cdrs = new Map<string, number>()

  said(evse: string, status: string): void {
    this.#said.set(evse, { status, at: performance.now(), heard: new Set() })
  }

  heard(partner: number, { method, path, body, at }: Heard): void {
    this.lastAt = at
    const [module, , , , evse] = path.split('/')
    if (module === 'cdrs') this.cdrs.set(evseOf(body), at)
    if (module !== 'locations' || (method !== 'PATCH' && method !== 'PUT')) return
    const told = typeof body === 'object' && body !== null && 'status' in body ? String(body.status) : undefined
    if (evse === undefined || told === undefined) return
    ;(this.#told[partner] ??= new Map()).set(evse, told)
    const said = this.#said.get(evse)
    if (said?.status !== told || said.heard.has(partner)) return
    said.heard.add(partner)
    ;(this.#delays[partner] ??= []).push(at - said.at)
  }

  delays(partner: number): readonly number[] {
    return this.#delays[partner] ?? []
  }

  /**
   * By partner: of how many EVSEs it does not know what was said last. An EVSE that is again what the partner was told
   * before has nothing to tell: so it is what it knows that counts, not how often it was told.
   */
  missing(): readonly number[] {
    return Array.from(
      { length: partners },
      (_, i) => [...this.#said].filter(([evse, { status }]) => this.#told[i]?.get(evse) !== status).length,
    )
  }

  forget(): void {
    this.#delays = []
  }
}

const quietMs = 2_000
const patienceMs = 120_000

/** Until nobody has been told anything for a while. */
const settled = async (arrivals: Arrivals): Promise<void> => {
  const began = performance.now()
  do await sleep(250)
  while (performance.now() - arrivals.lastAt < quietMs && performance.now() - began < patienceMs)
}

interface Asking {
  readonly crowd: Crowd
  readonly partner: Partner | undefined
}

/** What it costs to ask a partner about a card, beside the request alone. */
const authorisations = async (bench: Bench, { crowd, partner }: Asking): Promise<void> => {
  if (partner === undefined) return
  const count = bench.options.isQuick ? 100 : 1_000
  const asked = async (uid: (n: number) => string): Promise<readonly number[]> => {
    const took: number[] = []
    for (let n = 0; n < count; n++) took.push((await crowd.call(n % crowd.size, 'Authorize', { idTag: uid(n) })).ms)
    return took
  }
  const bareUrl = partner.url.replace(/versions$/, 'tokens/BARE/authorize')
  const local = await asked(() => 'BENCHCARD')
  const remote = await asked((n) => `EMP${String(n).padStart(9, '0')}`)
  const alone = await bareRequests(bareUrl, { method: 'POST', count, inFlight: 1 })
  bench.fact('a card that is ours, p50', quantile(local, 0.5), 'ms')
  bench.fact("a partner's card, asked of it, p50", quantile(remote, 0.5), 'ms')
  bench.ratio(
    'real-time authorisation: our part, p50 ÷ a bare round trip, p50',
    [(quantile(remote, 0.5) - quantile(local, 0.5) - quantile(alone, 0.5)) / quantile(alone, 0.5)],
    [],
    atMost(1),
  )
}

/** Where a CDR was charged. */
const evseOf = (cdr: unknown): string =>
  (cdr as { readonly cdr_location?: { readonly evse_uid?: string } }).cdr_location?.evse_uid ?? ''

const card = 'EMPCARD0001'

/** Drivers of a partner charge once at each of some stations: how long after the stop it has the CDR. */
const accounts = async (
  bench: Bench,
  { crowd, partner, door, arrivals }: Asking & { readonly door: Door; readonly arrivals: Arrivals },
): Promise<void> => {
  if (partner === undefined) return
  await ask(door, 'PUT', 'tariffs/bench', {
    currency: 'EUR',
    taxIncluded: 'NO',
    elements: [{ components: [{ dimension: 'ENERGY', price: '0.49', vat: '19' }] }],
  })
  await ask(door, 'PUT', 'tariff-assignments/bench', { tariff: 'bench' })
  await partner.tell(`tokens/DE/EM0/${card}?type=RFID`, {
    country_code: 'DE',
    party_id: 'EM0',
    uid: card,
    type: 'RFID',
    contract_id: 'DE-EM0-C00000001',
    issuer: 'EMP 0',
    valid: true,
    whitelist: 'ALWAYS',
    last_updated: new Date().toISOString(),
  })
  const count = Math.min(crowd.size, bench.options.isQuick ? 50 : 500)
  const stops = new Map<string, number>()
  for (let station = 0; station < count; station++) {
    const timestamp = new Date().toISOString()
    const start = { connectorId: 1, idTag: card, meterStart: 0, timestamp }
    const { answer } = await crowd.call(station, 'StartTransaction', start)
    const { transactionId } = answer as { readonly transactionId: number }
    await sleep(20)
    const stop = { transactionId, meterStop: 1_000, timestamp: new Date(Date.now() + 1_000).toISOString() }
    await crowd.call(station, 'StopTransaction', stop)
    stops.set(`bench-${station}`, performance.now())
  }
  for (const end = performance.now() + patienceMs; arrivals.cdrs.size < count && performance.now() < end;)
    await sleep(250)
  bench.count('CDRs at the partner', arrivals.cdrs.size, count)
  const delays = [...stops].flatMap(([evse, at]) =>
    arrivals.cdrs.has(evse) ? [(arrivals.cdrs.get(evse) ?? 0) - at] : [],
  )
  bench.fact('the end of a session → its CDR at the partner, p50', quantile(delays, 0.5), 'ms')
  bench.fact('the same, p99', quantile(delays, 0.99), 'ms')
}
