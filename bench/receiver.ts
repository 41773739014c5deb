import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** The operator's books as a measurement has them: they take every document, and note when. */
export interface Receiver {
  readonly url: string
  /** When the account of each session came for the first time, ms since 1970 UTC. */
  readonly arrivals: ReadonlyMap<string, number>
  close(): Promise<void>
}

export const openReceiver = async (): Promise<Receiver> => {
  const arrivals = new Map<string, number>()
  const server = createServer((request, response) => {
    const pieces: Buffer[] = []
    request.on('data', (piece: Buffer) => pieces.push(piece))
    request.on('end', () => {
      const { account } = JSON.parse(Buffer.concat(pieces).toString('utf8')) as { account: { session: string } }
      if (!arrivals.has(account.session)) arrivals.set(account.session, Date.now())
      response.end('{}')
    })
  })
  await new Promise<void>((go) => void server.listen(0, '127.0.0.1', go))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    arrivals,
    close: () =>
      new Promise((go) => {
        server.close(() => go())
        server.closeAllConnections()
      }),
  }
}

const tariff = {
  currency: 'EUR',
  taxIncluded: 'NO',
  elements: [
    {
      components: [{ dimension: 'ENERGY', price: '0.59', vat: '19' }],
      restrictions: { startTime: '08:00', endTime: '20:00' },
    },
    {
      components: [
        { dimension: 'FLAT', price: '0.35', vat: '19' },
        { dimension: 'ENERGY', price: '0.45', vat: '19' },
        { dimension: 'PARKING_TIME', price: '6', vat: '19', stepSize: 60 },
      ],
    },
  ],
}

/** A tariff for everybody, and a receiver for what is sealed. */
export const openBooks = async (api: string, key: string, { url }: Pick<Receiver, 'url'>): Promise<void> => {
  const put = async (path: string, body: object): Promise<void> => {
    const response = await fetch(new URL(path, api), {
      method: 'PUT',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (!response.ok) throw new Error(`${path} answered ${response.status} ${await response.text()}`)
  }
  await put('/api/v1/tariffs/bench', tariff)
  await put('/api/v1/tariff-assignments/bench', { tariff: 'bench' })
  const signingSecret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
  await put('/api/v1/erp-targets/bench', {
    kind: 'webhook',
    settings: { url },
    secrets: { signingSecret },
    mostInFlight: 8,
  })
}
