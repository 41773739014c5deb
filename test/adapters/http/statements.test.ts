import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { foreignStation } from '../../support/station.ts'
import { startServer, type TestServer, until } from '../../support/server.ts'

const at = '/api/v1/statements'
const password = 'a-password-of-the-station'
/** What somebody may write where a contract is named. */
const hostile = ['=HYPERLINK("https://x.example","pay")', '<script>alert(1)</script>', '@SUM(A1),"x"']

interface Statement {
  readonly month: string
  readonly party: string
  readonly totals: readonly { readonly documents: number; readonly energyWh: number }[]
  readonly items: readonly { readonly number: number; readonly contract: string }[]
  readonly next: string | null
}

describe('statements over the API', () => {
  let test: TestServer
  let month: string
  beforeAll(async () => {
    test = await startServer()
    await test.addTenant('other')
    await test.api('PUT', '/api/v1/charge-points/CP-1', { password })
    const station = await foreignStation(test.url, 'CP-1', password)
    await station.call('BootNotification', { chargePointVendor: 'V', chargePointModel: 'M' })
    for (const [i, contract] of hostile.entries()) {
      await test.api('PUT', `/api/v1/tokens/CARD-${i}`, { contract })
      const begun = Date.now() - (hostile.length - i) * 600_000
      const time = (minute: number): string => new Date(begun + minute * 60_000).toISOString()
      const start = { connectorId: 1, idTag: `CARD-${i}`, meterStart: 0, timestamp: time(0) }
      const { transactionId } = await station.call('StartTransaction', start)
      await station.call('StopTransaction', { transactionId, meterStop: 500, timestamp: time(5) })
    }
    await station.close()
    const [statement] = await until('the documents', async () => {
      const { items } = (await test.api('GET', at)).body as { items: readonly Statement[] }
      return items[0]?.totals[0]?.documents === hostile.length && items
    })
    month = statement?.month ?? ''
  })
  afterAll(() => test?.stop())

  const get = (path: string, accept?: string) =>
    test.api('GET', `${at}/${month}/${path}`, undefined, accept === undefined ? {} : { accept })

  it('are listed for a month, this one where none is named', async () => {
    const listed = (await test.api('GET', `${at}?month=${month}`)).body as { items: readonly Statement[] }
    const total = { documents: 3, credits: 0, energyWh: 1_500, currency: null, gross: null }
    expect(listed.items).toMatchObject([
      { role: 'emp', party: '-', name: null, totals: [total] },
      { role: 'site-owner', party: '-', totals: [total] },
    ])
    expect((await test.api('GET', `${at}?month=2001-01`)).body).toEqual({ items: [], next: null })
  })

  it('are shown with their documents, page by page', async () => {
    const first = (await get('emp/-?limit=2')).body as Statement
    const second = (await get(`emp/-?limit=2&cursor=${first.next}`)).body as Statement
    expect([...first.items, ...second.items].map(({ contract }) => contract)).toEqual(hostile)
    expect([first.totals, second.next]).toEqual([second.totals, null])
  })

  it('are a table in which no text is a formula', async () => {
    const { body, headers } = await get('emp/-', 'text/csv')
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8')
    expect(headers.get('content-disposition')).toBe(`attachment; filename="statement-${month}-emp-nobody.csv"`)
    const [head, ...rows] = String(body).trimEnd().split('\r\n')
    expect(head).toBe('number,kind,sealedAt,startedAt,chargePoint,evseId,contract,cdr,energyKwh,currency,net,tax,gross')
    expect(rows.length).toBe(3)
    expect(rows[0]).toContain(`,"'=HYPERLINK(""https://x.example"",""pay"")",`)
    expect(rows[1]).toContain(',<script>alert(1)</script>,')
    expect(rows[2]).toContain(`,"'@SUM(A1),""x""",`)
    expect(rows[2]).toContain(',0.500,')
  })

  it('are a page that a person can read, in which no text is markup', async () => {
    const { body, headers } = await get('emp/-', 'text/html,application/xhtml+xml,*/*;q=0.8')
    const page = String(body)
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(page).toContain(`<h1>Statement ${month}</h1>`)
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
    expect(page).not.toContain('<script')
    expect(page.match(/<th scope="row">/g)?.length).toBe(4)
    expect(page.trimEnd().endsWith('</html>')).toBe(true)
    expect((await get('emp/-?as=html')).body).toBe(body)
  })

  it('are refused where there is none', async () => {
    expect((await get('emp/nobody-we-know')).status).toBe(404)
    expect((await get('driver/-')).status).toBe(400)
    expect((await test.api('GET', `${at}/2026-13/emp/-`)).status).toBe(400)
    expect((await test.api('GET', `${at}?month=2026-1`)).status).toBe(400)
    expect((await get('emp/-?cursor=nonsense')).status).toBe(400)
  })

  it('BI-51: are each of one tenant', async () => {
    const other = { 'sm-tenant': 'other' }
    expect((await test.api('GET', at, undefined, other)).body).toEqual({ items: [], next: null })
    expect((await test.api('GET', `${at}/${month}/emp/-`, undefined, other)).status).toBe(404)
  })
})
