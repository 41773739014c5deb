import { pricedCdr } from './agreements.ts'
import { keepAskedCommand } from './asked-command.ts'
import { market } from './market.ts'
import { registerHub } from './oicp-hub.ts'
import { refusedDelivery, roamingRows } from './roaming-rows.ts'
import { type TestServer, until } from './server.ts'
import { simulatedSim } from './sims.ts'
import { type ForeignStation, foreignStation } from './station.ts'

const password = 'a-password-of-the-station'

/** What a place has whose ids we do not choose. */
export interface PlaceIds {
  readonly session: string
  readonly cdr: string
  readonly command: string
  readonly document: number
  readonly reservation: string
}

export interface Place {
  readonly ids: PlaceIds
  /** Its charge point, still connected. */
  readonly station: ForeignStation
}

const tariff = {
  currency: 'EUR',
  taxIncluded: 'NO',
  elements: [{ components: [{ dimension: 'ENERGY', price: '0.45' }] }],
}

/** What of a place is put there: all of it carries the name, so that whoever is shown any of it can be told. */
export const furnish = async (
  test: TestServer,
  name: string,
  { emp, headers = {} }: { readonly emp: string; readonly headers?: Readonly<Record<string, string>> },
): Promise<void> => {
  const put = async (path: string, body: object): Promise<void> => {
    const { status, body: said } = await test.api('PUT', `/api/v1/${path}`, body, headers)
    if (status >= 300) throw new Error(`${path}: ${status} ${JSON.stringify(said)}`)
  }
  await put(`charge-points/${name}`, { password })
  for (const [path, body] of Object.entries(market(name, name)))
    await put(path, path.startsWith('evses/') ? { ...body, plug: { chargePoint: name, evse: 1 } } : body)
  await put(`parties/EMP${name}`, { role: 'emp', name: `Mobility ${name}`, code: emp })
  await put(`contracts/CONTRACT${name}`, { emp: `EMP${name}` })
  await put(`tokens/CARD${name}`, {})
  await put(`contracts/CONTRACT${name}/tokens/CARD${name}`, {})
  await put(`tariffs/DAY${name}`, tariff)
  await put(`tariff-assignments/ALL${name}`, { tariff: `DAY${name}` })
  const agreed = { from: '2026-01-01', currency: 'EUR' }
  await put(`site-contracts/CONTRACT${name}`, { ...agreed, owner: name, subject: { kind: 'site', id: name } })
  await put(`parties/CSR${name}`, { role: 'csr', name: `Reseller ${name}` })
  await put(`resale-contracts/CONTRACT${name}`, { ...agreed, seller: 'platform', buyer: `CSR${name}` })
  await put(`roaming-prices/${name}`, { ...agreed, contract: `CONTRACT${name}` })
}

/**
 * A site of an owner of its own in the tenant `default`, with a charge point at which a driver with a contract of an EMP of
 * its own has charged.
 */
export const makePlace = async (test: TestServer, name: string, emp: string): Promise<Place> => {
  await furnish(test, name, { emp })
  const first = <Item>(path: string, of: (item: Item) => boolean = () => true): Promise<Item> =>
    until(path, async () => {
      const { items } = (await test.api('GET', `/api/v1/${path}`)).body as { items: readonly Item[] }
      return items.find(of)
    })
  const order = async (body: object): Promise<{ readonly id: string; readonly number: number }> =>
    (await test.api('POST', `/api/v1/charge-points/${name}/commands?wait=10`, body)).body

  const station = await foreignStation(test.url, name, password)
  station.on('ReserveNow', () => ({ status: 'Accepted' }))
  station.on('ClearCache', () => ({ status: 'Accepted' }))
  await station.call('BootNotification', { chargePointVendor: 'V', chargePointModel: `MODEL${name}` })
  await station.call('StatusNotification', { connectorId: 1, errorCode: 'NoError', status: 'Preparing' })
  const started = await station.call('StartTransaction', {
    connectorId: 1,
    idTag: `CARD${name}`,
    meterStart: 0,
    timestamp: new Date().toISOString(),
  })
  await station.call('StopTransaction', {
    transactionId: started['transactionId'],
    meterStop: 1_000,
    timestamp: new Date(Date.now() + 1_000).toISOString(),
  })
  const { number } = await order({ type: 'reserve', token: `CARD${name}`, expiresAt: '2099-01-01T00:00:00Z' })
  const { id: command } = await order({ type: 'clearCache' })
  const { id: session } = await first<{ readonly id: string }>(`sessions?chargePoint=${name}`)
  const { id: cdr } = await first<{ readonly id: string }>(`cdrs?chargePoint=${name}`)
  const { number: document } = await first<{ readonly cdr: string; readonly number: number }>(
    'documents',
    (one) => one.cdr === cdr,
  )
  return { ids: { session, cdr, command, document, reservation: String(number) }, station }
}

/** What a tenant has beyond its places. */
export interface TenantIds {
  readonly file: string
  readonly campaign: string
  readonly whatIf: string
  readonly apiKey: string
  readonly roamingCommand: string
  readonly simCommand: string
  /** That waits to be filed in the books, and at a partner. */
  readonly filed: string
}

/** The same for what belongs to no place, in the tenant `default`. */
export const makeTenant = async (test: TestServer, name: string): Promise<TenantIds> => {
  const post = async (path: string, body: unknown, headers = {}): Promise<string> =>
    ((await test.api('POST', `/api/v1/${path}`, body, headers)).body as { readonly id: string }).id
  const file = await post(`files?name=${name}`, 'x', { 'content-type': 'application/octet-stream' })
  const campaign = await post('campaigns', {
    name,
    order: { type: 'clearCache' },
    targets: { all: true },
    ratePerS: 1,
    stopRule: { failureShare: 1 },
  })
  const whatIf = await post(`tariffs/DAY${name}/what-if`, { month: '2026-10' })
  const apiKey = await post('api-keys', { label: name })
  const { certificate } = (await test.api('GET', '/api/v1/authority')).body as { certificate: string }
  await test.api('PUT', `/api/v1/trust-anchors/${name}`, { use: 'mo', certificate })
  await test.api('PUT', `/api/v1/erp-targets/${name}`, {
    kind: 'webhook',
    settings: { url: 'https://books.example.com/' },
    secrets: { signingSecret: `whsec_${Buffer.alloc(24, 7).toString('base64')}` },
    enabled: false,
  })
  await test.api('PUT', `/api/v1/roaming-partners/${name}`, {})
  await roamingRows(test, { partner: name, location: name })
  await pricedCdr(test, name)
  await registerHub(test, `HUB${name}`)
  const roamingCommand = await keepAskedCommand(test, name)
  const simCommand = await simulatedSim(test, name)
  await until('the documents in the books', async () => {
    const { body } = await test.api('POST', `/api/v1/erp-targets/${name}/replay`, { fromNumber: 1, toNumber: 99 })
    return (body as { queued: number }).queued > 0
  })
  await refusedDelivery(test, name)
  const { body } = await test.api('GET', '/api/v1/erp-deliveries')
  const [filed] = (body as { readonly items: readonly { readonly document: string }[] }).items
  return { file, campaign, whatIf, apiKey, roamingCommand, simCommand, filed: filed?.document ?? '' }
}
