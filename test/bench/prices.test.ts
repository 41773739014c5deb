import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { firstPriced, fleetTariff } from '../../bench/prices.ts'
import { lint } from '../../core/pricing/lint.ts'
import { price } from '../../core/pricing/price.ts'
import type { Tariff } from '../../core/pricing/tariff.ts'
import { charging, parked, usage } from '../support/pricing.ts'

const tariff: Tariff = { ...fleetTariff, id: 'day-and-night', version: 1, startsAt: Date.parse(fleetTariff.startsAt) }

describe('what the sessions of a fleet cost', () => {
  it('is by a tariff that nothing is odd about', () => {
    expect(lint(tariff)).toEqual([])
  })

  it.each([
    ['2026-11-24T12:00:00+01:00', '11.45'],
    ['2026-11-24T23:00:00+01:00', '9.45'],
  ])('has energy, a fee and parking in it: from %s on', (from, gross) => {
    const of = usage(from, [charging({ minutes: 30, kWh: 20 }), parked(1)])
    expect(price(tariff, of).total.gross).toBe(gross)
  })
})

describe('the first CDR of a fleet', () => {
  let server: Server
  let api = ''
  let answers: (readonly object[] | undefined)[] = []
  beforeAll(async () => {
    server = createServer((_, response) => {
      const items = answers.length > 1 ? answers.shift() : answers[0]
      response.writeHead(items === undefined ? 503 : 200).end(JSON.stringify({ items: items ?? [] }))
    })
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    api = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => new Promise((closed) => server.close(closed)))

  const cdr = (id: string, chargePoint: string, totalCost: string | null): object => {
    return { id, chargePoint, energyWh: 4_767, durationS: 30, currency: 'EUR', totalCost }
  }

  it('is the oldest one of its own that has a price, once there is any', async () => {
    answers = [
      undefined,
      [
        cdr('4', 'DEMO-0002', '9.00'),
        cdr('3', 'DEMO-0001', '2.97'),
        cdr('2', 'DEMO-0003', null),
        cdr('1', 'CP-1', '1.00'),
      ],
    ]
    expect(await firstPriced({ api, key: 'k' }, 'DEMO', () => true)).toBe(
      `the first CDR: DEMO-0001, 4.767 kWh in 30 s, 2.97 EUR; why: ${api}/#cdr=3`,
    )
  })

  it('is not waited for once the fleet has ended', async () => {
    answers = [[]]
    let asked = 0
    expect(await firstPriced({ api, key: 'k' }, 'DEMO', () => asked++ < 1)).toBeUndefined()
  })
})
