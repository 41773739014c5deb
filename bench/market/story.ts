import { Charger } from '../charger/charger.ts'
import { chance } from '../random.ts'
import { ask, type Door, type Listed } from '../roaming/door.ts'
import { sleep } from '../sleep.ts'
import { until } from '../until.ts'
import {
  type Days,
  type Doors,
  iccid,
  names,
  openDriver,
  openResale,
  openSite,
  openTenants,
  outlet,
  password,
  sim,
  speed,
} from './roles.ts'
import { centsOf, sharesOf, shareTable, type Statement, statementOf } from './shares.ts'

export interface StoryOptions {
  /** Opened by a platform key. */
  readonly platform: Door
  /** `ws://127.0.0.1:8080/ocpp` */
  readonly ocpp: string
  readonly say: (line: string) => void
  /** How long the driver charges, in seconds. */
  readonly chargeS: number
}

interface Cdr {
  readonly id: string
  readonly energyWh: number
  readonly totalCost: string | null
  readonly currency: string | null
}

/** What everybody is told with. */
interface Teller {
  readonly say: StoryOptions['say']
  readonly doors: Doors
  /** `2026-11` */
  readonly month: string
}

/**
 * A driver with a contract of EMP B charges at a station of site owner S, operated by CPO A, resold by R, connected by a SIM of
 * provider P: who gets what of it, down to the last cent. Throws where something of it does not come, or anything is left over.
 */
export const tellStory = async (options: StoryOptions): Promise<void> => {
  const { say, platform } = options
  const days = daysOf(new Date())
  const doors = await openTenants(platform)
  await openResale(doors, days)
  say('the platform has made reseller R, and CPO A below it; R gets 10 % of what A sells, and both pay for ports')
  await openSite(doors, days)
  say('A operates a station of site owner S, who gets 20 % and 0.18 EUR for each kWh of its electricity')
  await openDriver(doors)
  say('EMP B has a contract with a driver; a charge costs 0.35 EUR and 0.49 EUR for each kWh, and 19 % tax on top')
  const teller = { say, doors, month: days.now.slice(0, 7) }
  const cdr = await charged(options, teller)
  await settledLast(teller, days.last.slice(0, 7))
  await seenByEach(teller)
  await shared(teller, cdr)
}

/** By UTC, as the server has it unless it is told otherwise. */
const daysOf = (now: Date): Days => {
  const first = (back: number): string =>
    new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back, 1)).toISOString().slice(0, 10)
  return { last: first(1), now: first(0) }
}

const driverAt = ({ ocpp, chargeS }: StoryOptions): Charger =>
  new Charger({
    url: `${ocpp}/${names.cpo}`,
    identity: names.identity,
    password,
    connectors: 1,
    iccid,
    outlet,
    tokens: [names.card],
    chance: chance(1),
    sessionS: [chargeS, chargeS],
    pauseS: [1, 1],
    meterEveryS: 3,
    speed,
    offline: 0,
    backlog: 0,
    autonomous: true,
  })

/** The driver comes, charges and goes; the CDR that comes of it, sealed. */
const charged = async (options: StoryOptions, { say, doors: { cpo } }: Teller): Promise<Cdr> => {
  const known = new Set(await cdrsOf(cpo).then((cdrs) => cdrs.map(({ id }) => id)))
  const charger = driverAt(options)
  charger.start()
  try {
    const state = await until('the SIM of the station', async () => {
      const { provider, state: now } = await ask<{ readonly provider: string | null; readonly state: string }>(
        cpo,
        'GET',
        `sims/${sim}`,
      ).catch(() => ({ provider: null, state: '' }))
      return provider === null ? undefined : `${provider}, ${now}`
    })
    say(`the station has said which SIM it is connected by: ${sim}, of ${state}`)
    await until('the session', async () => {
      const { items } = await ask<Listed<object>>(cpo, 'GET', `sessions?chargePoint=${names.identity}&state=open`)
      return items[0]
    })
    const { cause, text } = await ask<{ readonly cause: string; readonly text: string }>(
      cpo,
      'GET',
      `charge-points/${names.identity}/diagnosis`,
    )
    say(`what is wrong with how it is connected: ${cause === 'none' ? 'nothing' : text}`)
    say(`the driver charges for ${options.chargeS} s, which stand for as many minutes`)
    await sleep(options.chargeS * 1_000)
    charger.windDown()
    const cdr = await until('the CDR', async () => (await cdrsOf(cpo)).find(({ id }) => !known.has(id)))
    const page = new URL(`/#cdr=${cdr.id}`, cpo.api).href
    say(`the CDR: ${cdr.energyWh} Wh, ${cdr.totalCost ?? '?'} ${cdr.currency ?? ''}; why: ${page}`)
    return cdr
  } finally {
    charger.stop()
  }
}

const cdrsOf = async (cpo: Door): Promise<readonly Cdr[]> =>
  (await ask<Listed<Cdr>>(cpo, 'GET', `cdrs?chargePoint=${names.identity}&limit=200`)).items

/** The month before this one is over: it is closed, in the order in which each needs the books of the other. */
const settledLast = async ({ say, doors }: Teller, month: string): Promise<void> => {
  const { cpo, reseller, platform } = doors
  for (const door of [cpo, reseller, platform]) {
    await ask(door, 'POST', 'settlement-runs', { month })
    const run = await until(`the end of ${month}`, async () => {
      const now = await ask<{ readonly state: string; readonly digest: string | null }>(
        door,
        'GET',
        `settlement-runs/${month}`,
      )
      return now.state === 'closed' ? now : undefined
    })
    say(`${month} of ${door.tenant} is closed, digest ${run.digest?.slice(0, 16)}`)
  }
  const [owed, had] = [
    await statementOf(cpo, month, `reseller:${names.reseller}`),
    await statementOf(reseller, month, `cpo:${names.cpo}`),
  ]
  const totals = [owed, had].map(totalOf)
  say(`what A owed R for it, in the books of A and of R: ${totals.join(' and ')} EUR`)
  if (totals.reduce((sum, total) => sum + centsOf(total), 0) !== 0) throw new Error('the books of A and R differ')
}

const totalOf = ({ currencies }: Statement): string => currencies[0]?.total ?? '0.00'

/** A key of each party, and what it is shown with it. */
const seenByEach = async ({ say, doors: { cpo }, month }: Teller): Promise<void> => {
  for (const [role, party] of [
    ['siteOwner', names.owner],
    ['emp', names.emp],
  ] as const) {
    const label = `the demo's ${party}`
    const { key } = await ask<{ readonly key: string }>(cpo, 'POST', 'api-keys', { label, role, party })
    const own = await until(`the statement of ${party}`, async () => {
      const { items } = await ask<Listed<{ readonly party: string }>>(
        { api: cpo.api, key },
        'GET',
        `settlement/${month}/parties`,
      )
      return items.length > 0 ? items.map((account) => account.party) : undefined
    })
    const page = new URL(`/api/v1/settlement/${month}/parties/${own[0] ?? ''}?as=html`, cpo.api).href
    say(`with its own key ${party} sees the statement of ${own.join(', ')} alone: ${page}`)
    say(`  sign in at ${new URL('/', cpo.api).href} with ${key}`)
  }
}

/** Who got what of the session, and that nothing is left over. */
const shared = async ({ say, doors: { cpo }, month }: Teller, cdr: Cdr): Promise<void> => {
  const { items } = await ask<Listed<{ readonly number: number }>>(cpo, 'GET', `documents?cdr=${cdr.id}`)
  const number = items[0]?.number ?? 0
  const shares = await until('what everybody gets', async () => {
    const found = await sharesOf(cpo, month, number)
    return found.length > 0 ? found : undefined
  })
  say(`who got what of document ${number}, by the statements of ${month}:`)
  for (const line of shareTable(shares)) say(line)
  say(
    'at the end of the month A pays of its part 0.80 EUR to provider P for the SIM, and 9.00 EUR for the port to R; R pays 6.00 EUR of that to the platform',
  )
  if (shares.reduce((sum, { cents }) => sum + cents, 0) !== 0) throw new Error('something is left over')
  const paid = shares.find(({ party }) => party === `emp:${names.emp}`)?.cents
  if (paid !== centsOf(cdr.totalCost ?? '0')) throw new Error('B does not pay what the CDR says')
  const { balanced } = await ask<{ readonly balanced: boolean }>(cpo, 'GET', `settlement/${month}`)
  if (!balanced) throw new Error('the books of A are not balanced')
}
