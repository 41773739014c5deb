import type postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type GivenAnswer, type HttpReceiver, startHttpReceiver } from '../../support/http-receiver.ts'
import { administrator, startServer, type TestServer, until } from '../../support/server.ts'

const signingSecret = `whsec_${Buffer.from('a secret of twenty-four bytes').toString('base64')}`
const lastMonth = ((now) => new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1)).toISOString().slice(0, 7))(
  new Date(),
)

interface Filed {
  readonly document: string
  readonly target: string
  readonly state: string
  readonly reference: string | null
  readonly reason: string | null
  readonly statement: { readonly month: string; readonly party: string; readonly currency: string }
}

describe('statements of closed months over the API', () => {
  let test: TestServer
  let admin: postgres.Sql
  let receiver: HttpReceiver
  const came: { readonly path: string; readonly body: string }[] = []
  const answers = new Map<string, GivenAnswer>()

  beforeAll(async () => {
    test = await startServer({ SM_ERP_HOSTS: '127.0.0.1' })
    admin = administrator(test.server.target, test.data)
    receiver = await startHttpReceiver({
      answer({ path, body }) {
        came.push({ path, body: body.toString() })
        return answers.get(path) ?? { status: 201, body: JSON.stringify({ reference: `ST-${path.slice(1)}` }) }
      },
    })
    for (const id of ['books', 'picky']) {
      const settings = { url: `${receiver.url}/${id}`, timeoutS: 1, statements: true }
      await test.api('PUT', `/api/v1/erp-targets/${id}`, { kind: 'webhook', settings, secrets: { signingSecret } })
    }
    answers.set('/picky', { status: 422, body: 'the period is unknown' })
    // what a month that is over was posted: nobody can wait for one
    await admin.begin(async (tx) => {
      await tx`insert into ledger_periods (tenant, month) values ('default', ${lastMonth})`
      await tx`insert into ledger_accounts (tenant, number, kind, party, currency)
        values ('default', 1, 'party', 'siteOwner:mall', 'EUR'), ('default', 2, 'operator', null, 'EUR')`
      await tx`with v as (
          insert into ledger_vouchers (tenant, number, source_kind, source_key, month, at, text)
          values ('default', 1, 'adjustment', 'a1', ${lastMonth}, ${`${lastMonth}-10T12:00:00Z`}, 'broken glass')
        ) insert into ledger_postings (tenant, voucher, line, account, month, amount, purpose)
        values ('default', 1, 1, 1, ${lastMonth}, -12.5, 'adjustment'), ('default', 1, 2, 2, ${lastMonth}, 12.5, 'adjustment')`
    })
    await test.api('POST', '/api/v1/settlement-runs', { month: lastMonth })
  }, 40_000)
  afterAll(async () => {
    await admin?.end({ timeout: 1 })
    await test?.stop()
    await receiver?.close()
  })

  const filed = async (query = ''): Promise<readonly Filed[]> =>
    (await test.api('GET', `/api/v1/statement-deliveries?${query}`)).body['items']
  const inState = (target: string, state: string): Promise<Filed> =>
    until(`${target} to be ${state}`, async () => (await filed(`target=${target}&state=${state}`))[0])

  it('go to the books when the month is closed, and are listed', async () => {
    const arrived = await inState('books', 'accepted')
    expect(arrived).toMatchObject({
      reference: 'ST-books',
      statement: { month: lastMonth, party: 'siteOwner:mall', currency: 'EUR' },
    })
    const [brought] = came.filter(({ path }) => path === '/books')
    expect(JSON.parse(brought?.body ?? '')).toMatchObject({
      format: 'stationmaster-statement-1',
      id: arrived.document,
      closing: '-12.50',
      lines: [{ source: { kind: 'adjustment', key: 'a1' }, amount: '-12.50' }],
    })
    expect(await test.api('GET', '/api/v1/erp-deliveries')).toMatchObject({ body: { items: [] } })
  })

  it('that are refused wait for a person, who sends them again or says that they are there', async () => {
    const refused = await inState('picky', 'refused')
    expect(refused.reason).toBe('it answered 422: the period is unknown')
    const path = `/api/v1/statement-deliveries/picky/${refused.document}`
    const senseless = await test.api('POST', `${path}/resolve`, { note: 'I have seen it' })
    expect([senseless.status, senseless.body]).toMatchObject([
      409,
      { detail: 'this makes no sense as the delivery stands' },
    ])
    answers.delete('/picky')
    const again = await test.api('POST', `${path}/retry`, { note: 'the period is there now' })
    expect([again.status, again.body]).toMatchObject([200, { state: 'queued', statement: { party: 'siteOwner:mall' } }])
    expect(await inState('picky', 'accepted')).toMatchObject({ reference: 'ST-picky' })
    const [first, second] = came.filter(({ path: to }) => to === '/picky')
    expect(second).toEqual(first)
    const audited: { items: object[] } = (await test.api('GET', '/api/v1/audit?action=statement-delivery.retried')).body
    expect(audited.items).toMatchObject([{ subject: `picky/${refused.document}`, note: 'the period is there now' }])
  })

  it('are counted with the month that they are of', async () => {
    await inState('picky', 'accepted')
    const { body } = await test.api('GET', `/api/v1/settlement-runs/${lastMonth}`)
    expect(body).toMatchObject({ state: 'closed', deliveries: { filed: 2, arrived: 2 } })
  })

  it('are not wanted where invoices are made: that is said when it is set', async () => {
    const odoo = {
      kind: 'odoo',
      settings: { url: 'https://odoo.example/', statements: true },
      secrets: { apiKey: 'k' },
    }
    const refused = await test.api('PUT', '/api/v1/erp-targets/odoo', odoo)
    expect([refused.status, refused.body]).toMatchObject([
      422,
      { detail: '/settings/statements: must be false: it takes invoices, and statements are none' },
    ])
  })

  it('of a target that takes none any more cannot be decided on', async () => {
    const [arrived] = await filed('target=books')
    const other = { kind: 'odoo', settings: { url: 'https://odoo.example/' }, secrets: { apiKey: 'k' }, enabled: false }
    expect((await test.api('PUT', '/api/v1/erp-targets/books', other)).status).toBe(200)
    const answer = await test.api('POST', `/api/v1/statement-deliveries/books/${arrived?.document}/retry`, {})
    expect([answer.status, answer.body]).toMatchObject([409, { detail: 'this target takes no statements any more' }])
  })
})
