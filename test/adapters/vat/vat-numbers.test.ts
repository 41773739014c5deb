import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { vatNumbers } from '../../../adapters/vat/vat-numbers.ts'

const company = { name: 'Acme GmbH', address1: 'Hauptstr. 1', city: 'Berlin', country: 'DE' }

describe('VAT numbers', () => {
  const servers: Server[] = []
  const failures: string[] = []
  afterEach(() => {
    for (const server of servers.splice(0)) server.close()
    failures.length = 0
  })

  /** A service that answers like this; and what it was asked. */
  const service = async (body: string, status = 200) => {
    const asked: string[] = []
    const server = createServer((request, response) => {
      asked.push(request.url ?? '')
      response.writeHead(status, { 'content-type': 'application/json', ...(status === 302 && { location: '/' }) })
      response.end(body)
    })
    servers.push(server)
    await new Promise<void>((go) => server.listen(0, '127.0.0.1', go))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/vat/{number}`
    return { asked, numbers: vatNumbers({ url, timeoutMs: 2_000, failed: (reason) => void failures.push(reason) }) }
  }

  const offline = vatNumbers({ failed: () => {} })

  it.each([
    ['DE123456789', true],
    ['de 123 456 789', true],
    ['ATU12345678', true],
    ['NL123456789B01', true],
    ['FR1A123456789', true],
    ['CHE-123.456.789 MWST', true],
    ['ESX1234567R', true],
    ['IE1234567WA', true],
    ['DE12345678', false],
    ['DE1234567890', false],
    ['AT12345678', false],
    ['123456789', false],
    ['ZZ123456789', false],
    ['', false],
    ['D', false],
    ['DE12345678٣', false],
  ])('%o may be one: %s', async (number, isValid) => {
    expect(await offline.check(number)).toMatchObject({ isValid })
  })

  it('a service that knows them says whose it is', async () => {
    const { numbers, asked } = await service(JSON.stringify({ valid: true, company: { ...company, secret: 1 } }))
    expect(await numbers.check('DE 123456789')).toEqual({ isValid: true, company })
    expect(asked).toEqual(['/vat/DE123456789'])
  })

  it('one that nobody has is none, and what cannot be one is not asked about', async () => {
    const { numbers, asked } = await service(JSON.stringify({ valid: false }))
    expect(await numbers.check('DE123456789')).toMatchObject({ isValid: false })
    expect(await numbers.check('DE1')).toMatchObject({ isValid: false })
    expect(asked).toHaveLength(1)
  })

  it.each([
    ['an error', '{}', 500],
    ['another address', '{"valid": false}', 302],
    ['no JSON', 'yes', 200],
    ['nothing that was asked', '[]', 200],
    ['more than anybody reads', JSON.stringify({ valid: false, more: 'x'.repeat(70_000) }), 200],
  ])('where the service answers %s, the form alone counts', async (_, body, status) => {
    const { numbers } = await service(body, status)
    expect(await numbers.check('DE123456789')).toEqual({ isValid: true })
    expect(failures).toHaveLength(1)
  })

  it('a company of which too little is known is not told', async () => {
    const { numbers } = await service(JSON.stringify({ valid: true, company: { name: 'Acme' } }))
    expect(await numbers.check('DE123456789')).toEqual({ isValid: true })
  })
})
