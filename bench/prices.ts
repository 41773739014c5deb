import { sleep } from './sleep.ts'

/** Where the API is, and what opens it. */
interface Door {
  readonly api: string
  readonly key: string
}

/** What a fleet's sessions cost, so that there is something to explain: dearer by day, with a start fee and paid parking. */
export const fleetTariff = {
  currency: 'EUR',
  taxIncluded: 'YES',
  startsAt: '2020-01-01T00:00:00Z',
  elements: [
    {
      components: [{ dimension: 'ENERGY', price: '0.55', vat: '19', stepSize: 1 }],
      restrictions: { startTime: '08:00', endTime: '22:00' },
    },
    {
      components: [
        { dimension: 'FLAT', price: '0.35', vat: '19', stepSize: 1 },
        { dimension: 'ENERGY', price: '0.45', vat: '19', stepSize: 1 },
        { dimension: 'PARKING_TIME', price: '6.00', vat: '19', stepSize: 60 },
      ],
    },
  ],
} as const

/** Only the fleet's own charge points: a server may have others, whose operator has prices of its own. */
export const fleetAssignment = (tariff: string, chargePoint: string): object => ({
  tariff,
  place: { kind: 'chargePoint', chargePoint },
  from: fleetTariff.startsAt,
})

interface ListedCdr {
  readonly id: string
  readonly chargePoint: string
  readonly energyWh: number
  readonly durationS: number
  readonly currency: string | null
  readonly totalCost: string | null
}

const askEveryMs = 2_000

/** The newest of all; none while the API cannot tell. */
const listed = async ({ api, key }: Door): Promise<readonly ListedCdr[]> => {
  const headers = { authorization: `Bearer ${key}` }
  const response = await fetch(new URL('/api/v1/cdrs?limit=50', api), { headers })
  return response.ok ? ((await response.json()) as { readonly items: readonly ListedCdr[] }).items : []
}

/** The first CDR of a fleet that has a price, and where it is explained; undefined once nobody wants to know. */
export const firstPriced = async (door: Door, prefix: string, wanted: () => boolean): Promise<string | undefined> => {
  for (; wanted(); await sleep(askEveryMs)) {
    const newest = await listed(door).catch(() => [])
    const cdr = newest.findLast((one) => one.totalCost !== null && one.chargePoint.startsWith(`${prefix}-`))
    if (cdr === undefined) continue
    const { id, chargePoint, energyWh, durationS, totalCost, currency } = cdr
    const what = `${(energyWh / 1_000).toFixed(3)} kWh in ${durationS} s, ${totalCost} ${currency}`
    return `the first CDR: ${chargePoint}, ${what}; why: ${new URL(`/#cdr=${id}`, door.api).href}`
  }
  return undefined
}
