import { ask, type Door } from '../roaming/door.ts'
import { iccidOf } from '../sims.ts'

/** Everybody in the market of the demo, by their names. A party that is a tenant as well has its name. */
export const names = {
  platform: 'platform-hq',
  reseller: 'reseller-r',
  cpo: 'cpo-a',
  owner: 'owner-s',
  emp: 'emp-b',
  simProvider: 'provider-p',
  site: 'mall',
  station: 'mall-1',
  identity: 'MALL-0001',
  card: 'MARKETCARD01',
} as const

export const password = `${names.identity}-password`

/** Faster than real, so that a session of some seconds is worth settling. */
export const speed = 60
export const outlet = { name: 'AC 11 kW', watts: 11_000, phases: 3 } as const

/** As it reports it: filled up, as the card has it. */
export const iccid = iccidOf(4_711)
/** As it is known by. */
export const sim = iccid.replace('F', '')

/** The books of each tenant, as whoever runs the installation opens them. */
export interface Doors {
  readonly platform: Door
  readonly reseller: Door
  readonly cpo: Door
}

export const doorsOf = (platform: Door): Doors => ({
  platform: { ...platform, tenant: names.platform },
  reseller: { ...platform, tenant: names.reseller },
  cpo: { ...platform, tenant: names.cpo },
})

/** First days of two months: of the one that is over, and of this one. */
export interface Days {
  readonly last: string
  readonly now: string
}

/** The platform makes R, and A below it. */
export const openTenants = async (platform: Door): Promise<Doors> => {
  const put = (tenant: string, body: object): Promise<unknown> => ask(platform, 'PUT', `tenants/${tenant}`, body)
  await put(names.platform, { name: 'Platform', kind: 'platform' })
  await put(names.reseller, { name: 'Reseller R', kind: 'reseller' })
  await put(names.cpo, { name: 'CPO A', kind: 'cpo', parent: names.reseller })
  return doorsOf(platform)
}

const party = (door: Door, id: string, role: string, name: string, more: object = {}): Promise<unknown> =>
  ask(door, 'PUT', `parties/${id}`, { role, name, ...more })

/** What R has agreed with A, and the platform with R: each stands in the books of both. */
export const openResale = async ({ platform, reseller, cpo }: Doors, { last, now }: Days): Promise<void> => {
  for (const door of [platform, reseller, cpo]) await party(door, names.reseller, 'csr', 'Reseller R')
  for (const door of [reseller, cpo]) await party(door, names.cpo, 'cpo', 'CPO A')
  const common = { currency: 'EUR', vat: '19' }
  // the month before was one of trial: what is charged at least, whatever is connected
  const between = async (door: Door, seller: string, buyer: string, own: object): Promise<void> => {
    const both = { seller, buyer, ...common }
    await ask(door, 'PUT', `resale-contracts/${buyer}-trial`, { ...both, from: last, until: now, minimum: '5.00' })
    await ask(door, 'PUT', `resale-contracts/${buyer}`, { ...both, from: now, ...own })
  }
  const tiers = (perPort: string): object => ({ tiers: [{ from: 0, perPort }], minimum: '5.00' })
  for (const door of [reseller, cpo])
    await between(door, names.reseller, names.cpo, { ...tiers('9.00'), sharePercent: '10' })
  for (const door of [platform, reseller]) await between(door, 'platform', names.reseller, tiers('6.00'))
}

/** Where the driver charges: a site of S, operated by A, with a station that is connected by a SIM of P. */
export const openSite = async ({ cpo }: Doors, { now }: Days): Promise<void> => {
  const put = (path: string, body: object): Promise<unknown> => ask(cpo, 'PUT', path, body)
  const { identity, site, station } = names
  await party(cpo, names.owner, 'siteOwner', 'Site owner S')
  await put(`sites/${site}`, {
    name: 'Mall',
    address: { street: 'Street 1', postalCode: '10827', city: 'Berlin', country: 'DE' },
    coordinates: { latitude: '52.520008', longitude: '13.404954' },
    timeZone: 'Europe/Berlin',
  })
  await put(`sites/${site}/roles/owner`, { party: names.owner })
  await put(`sites/${site}/roles/operator`, { party: names.cpo })
  await put(`charging-stations/${station}`, { site })
  await put(`charge-points/${identity}`, { password, maxPowerW: outlet.watts * speed })
  await put(`evses/${station}`, {
    station,
    plug: { chargePoint: identity, evse: 1 },
    connectors: [
      { id: '1', standard: 'IEC_62196_T2', format: 'SOCKET', powerType: 'AC_3_PHASE', maxVolts: 230, maxAmps: 32 },
    ],
  })
  await put(`site-contracts/${site}`, {
    owner: names.owner,
    subject: { kind: 'site', id: site },
    from: now,
    currency: 'EUR',
    sharePercent: '20',
    electricityPerKwh: '0.18',
    vat: '19',
  })
  await put(`sim-providers/${names.simProvider}`, {
    kind: 'simulator',
    settings: { first: sim, count: 1, tariff: { currency: 'EUR', perMonth: '0.80' } },
  })
}

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

/** Who charges, and what it costs. */
export const openDriver = async ({ cpo }: Doors): Promise<void> => {
  await party(cpo, names.emp, 'emp', 'EMP B', { code: 'DE*EMB' })
  await ask(cpo, 'PUT', 'contracts/driver-1', { emp: names.emp, driver: 'driver-1' })
  await ask(cpo, 'PUT', `tokens/${names.card}`, {})
  await ask(cpo, 'PUT', `contracts/driver-1/tokens/${names.card}`, { type: 'RFID' })
  await ask(cpo, 'PUT', 'tariffs/market', tariff)
  await ask(cpo, 'PUT', 'tariff-assignments/market', { tariff: 'market', from: tariff.startsAt })
}
