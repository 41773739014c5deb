import { Charger } from '../charger/charger.ts'
import { chance } from '../random.ts'
import { sleep } from '../sleep.ts'
import { until } from '../until.ts'
import { ask, type Door, type Listed } from './door.ts'
import { openMarket } from './market.ts'

/** Two servers, and who is told what happens between them. */
export interface StoryOptions {
  readonly cpo: Door
  readonly emp: Door
  /** `ws://127.0.0.1:8080/ocpp`: where the CPO's charge points connect. */
  readonly ocpp: string
  readonly say: (line: string) => void
  /** How long the driver charges, in seconds. */
  readonly chargeS: number
}

interface Received {
  readonly partner: string
  readonly id: string
  readonly body: Readonly<Record<string, unknown>>
}

interface ReceivedCdr extends Received {
  readonly verdict: { readonly verdict: string } | null
}

interface Cdr {
  readonly id: string
  readonly totalCost: string | null
  readonly currency: string | null
  readonly energyWh: number
}

const station = 'ROAM-0001'
const card = 'ROAMCARD0001'
const speed = 60
const outlet = { name: 'AC 11 kW', watts: 11_000, phases: 3 } as const

const tariff = {
  currency: 'EUR',
  taxIncluded: 'NO',
  startsAt: '2020-01-01T00:00:00Z',
  elements: [
    {
      components: [
        { dimension: 'FLAT', price: '0.35', vat: '19', stepSize: 1 },
        { dimension: 'ENERGY', price: '0.49', vat: '19', stepSize: 1 },
      ],
    },
  ],
} as const

/**
 * A driver of EMP B charges at a station of CPO A: the two shake hands, B sees the station and A the card, B sees the session
 * while it lasts, and has the CDR at its end. Throws where something of it does not come.
 */
export const tellStory = async (options: StoryOptions): Promise<void> => {
  const { cpo, emp, say } = options
  await openCpo(options)
  await openEmp(emp)
  await shakeHands(options)
  const { id: location } = await until('the location at B', () => first<Received>(emp, 'roaming/locations?limit=1'))
  say(`B sees A's station: location ${location}`)
  await until('the card at A', async () => {
    const { items } = await ask<Listed<{ readonly uid: string }>>(cpo, 'GET', 'tokens?limit=200&issuer=DE*EMB')
    return items.find(({ uid }) => uid === card)
  })
  say(`A knows B's card ${card}`)
  const charger = driverAt(options)
  charger.start()
  try {
    const session = await followed(options)
    await told(options, session)
    await reconciled(options)
  } finally {
    charger.windDown()
    await sleep(1_000)
    charger.stop()
  }
}

const openCpo = async ({ cpo }: StoryOptions): Promise<void> => {
  await ask(cpo, 'PUT', `charge-points/${station}`, { password: passwordOf(station), maxPowerW: outlet.watts * speed })
  await openMarket(cpo, { party: 'CPA', chargePoints: [station], stationsASite: 1 })
  await ask(cpo, 'PUT', 'tariffs/roaming', tariff)
  const place = { kind: 'chargePoint', chargePoint: station }
  await ask(cpo, 'PUT', 'tariff-assignments/roaming', { tariff: 'roaming', place, from: tariff.startsAt })
}

const openEmp = async (emp: Door): Promise<void> => {
  await ask(emp, 'PUT', 'parties/emp-b', { role: 'emp', name: 'EMP B', code: 'DE*EMB', isOurs: true })
  await ask(emp, 'PUT', 'contracts/driver-1', { emp: 'emp-b', driver: 'driver-1' })
  await ask(emp, 'PUT', `contracts/driver-1/tokens/${card}`, { type: 'RFID' })
}

/** Once they know each other, they do. */
const shakeHands = async ({ cpo, emp, say }: StoryOptions): Promise<void> => {
  const known = await ask<Listed<{ readonly id: string; readonly state: string }>>(emp, 'GET', 'roaming-partners')
  if (known.items.some(({ id, state }) => id === 'cpo-a' && state === 'registered')) return
  await ask(cpo, 'PUT', 'roaming-partners/emp-b', { name: 'EMP B', quirks: { sessionPushS: 3 } })
  const invitation = await ask<{ readonly url: string; readonly token: string }>(
    cpo,
    'POST',
    'roaming-partners/emp-b/invitation',
  )
  const made = await ask<{
    readonly state: string
    readonly version: string | null
    readonly checks: readonly { readonly step: string; readonly passed: boolean; readonly detail: string }[]
  }>(emp, 'POST', 'roaming-partners', { id: 'cpo-a', ...invitation })
  for (const { step, passed, detail } of made.checks) say(`  ${passed ? 'ok ' : 'NOT'} ${step}: ${detail}`)
  if (made.state !== 'registered') throw new Error(`B could not register with A: it is ${made.state}`)
  say(`A and B are registered with each other, over OCPI ${made.version ?? '?'}`)
}

const passwordOf = (identity: string): string => `${identity}-password`

const driverAt = ({ ocpp, chargeS }: StoryOptions): Charger =>
  new Charger({
    url: ocpp,
    identity: station,
    password: passwordOf(station),
    connectors: 1,
    outlet,
    tokens: [card],
    chance: chance(1),
    sessionS: [chargeS, chargeS],
    pauseS: [1, 1],
    meterEveryS: 3,
    speed,
    offline: 0,
    backlog: 0,
    autonomous: true,
  })

/** Says what B sees of a session while it lasts; answers its id. */
const followed = async ({ emp, say }: StoryOptions): Promise<string> => {
  const seen = new Map<string, string>()
  let live: string | undefined
  return until('the session at B', async () => {
    const { items } = await ask<Listed<Received>>(emp, 'GET', 'roaming/sessions?limit=50')
    for (const { id, body } of items) {
      const cost = (body['total_cost'] as { readonly before_taxes?: string } | undefined)?.before_taxes
      const now = `${String(body['status'])}, ${String(body['kwh'])} kWh${cost === undefined ? '' : `, ${cost} ${String(body['currency'])} before taxes`}`
      if (seen.get(id) !== now) say(`B sees session ${id}: ${now}`)
      seen.set(id, now)
      if (body['status'] === 'ACTIVE') live ??= id
      if (id === live && body['status'] === 'COMPLETED') return id
    }
    return undefined
  })
}

interface Price {
  readonly before_taxes: string
  readonly taxes?: readonly { readonly amount: string }[]
}

/** In hundredths: what both sides say, tax included, must be the same. */
const cents = ({ before_taxes, taxes = [] }: Price): number =>
  Math.round([before_taxes, ...taxes.map(({ amount }) => amount)].reduce((sum, text) => sum + Number(text), 0) * 100)

/** The CDR on both sides. */
const told = async ({ cpo, emp, say }: StoryOptions, session: string): Promise<void> => {
  const there = await until('the CDR at B', async () => {
    const { items } = await ask<Listed<ReceivedCdr>>(emp, 'GET', 'roaming/cdrs?limit=50')
    return items.find(({ body, verdict }) => body['session_id'] === session && verdict !== null)
  })
  const { items } = await ask<Listed<Cdr>>(cpo, 'GET', `cdrs?session=${session}`)
  const [ours] = items
  if (ours === undefined) throw new Error('A has no CDR of this session')
  const total = cents(there.body['total_cost'] as Price)
  say(
    `A's CDR: ${ours.energyWh} Wh, ${ours.totalCost ?? '?'} ${ours.currency ?? ''}; why: ${new URL(`/#cdr=${ours.id}`, cpo.api).href}`,
  )
  say(
    `B's CDR: ${String(there.body['total_energy'])} kWh, ${(total / 100).toFixed(2)} ${String(there.body['currency'])}; worked out again from its tariff: ${there.verdict?.verdict ?? '?'}`,
  )
  if (total !== Math.round(Number(ours.totalCost) * 100)) throw new Error('A and B do not say the same total')
}

interface Chore {
  readonly kind: string
  readonly module: string
  readonly state: string
  readonly items: number
  readonly counts: Readonly<Record<string, number>>
}

/** What A has for B is looked for at B: nothing is missing, nothing is other than it should be. */
const reconciled = async ({ cpo, say }: StoryOptions): Promise<void> => {
  const module = 'sessions'
  await ask(cpo, 'POST', 'roaming-partners/emp-b/reconcile', { module })
  const done = await until('what B has', async () => {
    const { items } = await ask<Listed<Chore>>(cpo, 'GET', 'roaming-partners/emp-b/chores')
    return items.find((one) => one.kind === 'reconcile' && one.module === module && one.state === 'done')
  })
  const found = Object.entries(done.counts).map(([name, count]) => `${count} ${name}`)
  say(`A has looked at what B has: ${done.items} sessions, ${found.join(', ')}`)
}

const first = async <Item>(door: Door, path: string): Promise<Item | undefined> =>
  (await ask<Listed<Item>>(door, 'GET', path)).items[0]
