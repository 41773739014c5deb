import { inflateSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startServer, type TestServer, until } from '../../support/server.ts'
import { foreignStation } from '../../support/station.ts'

const password = 'a-password-of-the-station'
const month = new Date().toISOString().slice(0, 7)
const at = `/api/v1/settlement/${month}`
const tariff = {
  currency: 'EUR',
  taxIncluded: 'NO',
  elements: [{ components: [{ dimension: 'ENERGY', price: '0.50', vat: '19' }] }],
}

/** What is written on the pages of a PDF, one text after the other. */
const textsOf = (pdf: Uint8Array): string => {
  const bytes = Buffer.from(pdf)
  const shown: string[] = []
  for (let from = bytes.indexOf('stream\n'); from >= 0; from = bytes.indexOf('stream\n', from + 7)) {
    const until = bytes.indexOf('\nendstream', from)
    try {
      const page = inflateSync(bytes.subarray(from + 7, until)).toString('latin1')
      for (const [, text = ''] of page.matchAll(/\[(.*?)\] TJ/g))
        shown.push(
          [...text.matchAll(/<([0-9a-f]*)>/g)]
            .map(([, hex = '']) => Buffer.from(hex, 'hex').toString('latin1'))
            .join(''),
        )
    } catch {
      // no page
    }
  }
  return shown.join('\n')
}

describe('settlement over the API', () => {
  let test: TestServer

  beforeAll(async () => {
    test = await startServer()
    const put = (path: string, body: object) => test.api('PUT', `/api/v1/${path}`, body)
    await put('charge-points/CP-1', { password })
    await put('parties/mobil', { role: 'emp', name: 'Möbilität <b>漢字</b>', code: 'DE*8AA' })
    await put('contracts/fleet', { emp: 'mobil' })
    await put('tokens/CARD', {})
    await put('contracts/fleet/tokens/CARD', {})
    await put('tariffs/day', tariff)
    await put('tariff-assignments/all', { tariff: 'day' })
    const station = await foreignStation(test.url, 'CP-1', password)
    await station.call('BootNotification', { chargePointVendor: 'V', chargePointModel: 'M' })
    const time = (second: number): string => new Date(Date.now() + second * 1_000).toISOString()
    for (const round of [0, 1]) {
      const start = { connectorId: 1, idTag: 'CARD', meterStart: round * 1_000, timestamp: time(round * 10) }
      const { transactionId } = await station.call('StartTransaction', start)
      await station.call('StopTransaction', {
        transactionId,
        meterStop: (round + 1) * 1_000,
        timestamp: time(round * 10 + 5),
      })
    }
    await station.close()
    await until('what was posted', async () => {
      const { body } = await test.api('GET', `${at}/parties/emp:mobil`)
      return (body as { items?: readonly unknown[] }).items?.length === 2
    })
  }, 40_000)
  afterAll(() => test?.stop())

  const bytesOf = async (
    path: string,
  ): Promise<{ readonly type: string; readonly file: string; readonly body: Uint8Array }> => {
    const response = await fetch(new URL(path, test.url), { headers: { authorization: `Bearer ${test.key}` } })
    return {
      type: response.headers.get('content-type') ?? '',
      file: response.headers.get('content-disposition') ?? '',
      body: new Uint8Array(await response.arrayBuffer()),
    }
  }

  it('shows every account of a month, and that nothing is left over', async () => {
    const { body } = await test.api('GET', at)
    expect(body).toMatchObject({
      month,
      state: 'open',
      digest: null,
      balanced: true,
      accounts: [
        { party: 'emp:mobil', currency: 'EUR', opening: '0.00', debits: '1.20', credits: '0.00', closing: '1.20' },
        { party: 'operator', closing: '-1.00' },
        { party: 'tax', closing: '-0.20' },
      ],
      sums: [{ currency: 'EUR', opening: '0.00', debits: '1.20', credits: '-1.20', closing: '0.00' }],
    })
  })

  it('shows a party what it owes, by purpose, down to each posting, page by page', async () => {
    const { body } = await test.api('GET', `${at}/parties/emp:mobil?limit=1`)
    const first = body as { items: { text: string; amount: string }[]; next: string | null }
    expect(first).toMatchObject({
      party: 'emp:mobil',
      currencies: [{ currency: 'EUR', total: '1.20', sums: [{ purpose: 'charging', postings: 2, amount: '1.20' }] }],
      items: [{ voucher: 1, source: { kind: 'document', key: '1' }, amount: '0.60' }],
    })
    const second = await test.api('GET', `${at}/parties/emp:mobil?limit=1&cursor=${first.next}`)
    expect(second.body).toMatchObject({ items: [{ voucher: 2, amount: '0.60' }], next: null })
  })

  it('as CSV each currency adds up by itself, from its opening to its closing balance', async () => {
    const { type, file, body } = await bytesOf(`${at}/parties/emp:mobil?as=csv`)
    expect([type, file]).toEqual(['text/csv; charset=utf-8', `attachment; filename="statement-${month}-emp-mobil.csv"`])
    const amounts = new TextDecoder()
      .decode(body)
      .trim()
      .split('\r\n')
      .slice(1)
      .map((line) => line.split(',').at(-1))
    expect(amounts).toEqual(['0.00', '0.60', '0.60', '1.20'])
  })

  it('as a page it is read by people, and whatever a party is called is text', async () => {
    const { type, body } = await bytesOf(`${at}/parties/emp:mobil?as=html`)
    const page = new TextDecoder().decode(body)
    expect(type).toBe('text/html; charset=utf-8')
    expect(page).toContain('EMP mobil (Möbilität &lt;b&gt;漢字&lt;/b&gt;)')
    expect(page).not.toContain('<b>')
    for (const text of ['Opening balance', 'Closing balance', 'owed by the party', '1.20']) expect(page).toContain(text)
  })

  it('as a PDF it says the same, what its font does not have is seen to be missing, and its bytes are the same again', async () => {
    const [one, again] = [
      await bytesOf(`${at}/parties/emp:mobil?as=pdf`),
      await bytesOf(`${at}/parties/emp:mobil?as=pdf`),
    ]
    expect([one.type, one.file]).toEqual(['application/pdf', `attachment; filename="statement-${month}-emp-mobil.pdf"`])
    expect(new TextDecoder('latin1').decode(one.body.slice(0, 5))).toBe('%PDF-')
    expect(Buffer.from(one.body).equals(Buffer.from(again.body))).toBe(true)
    const texts = textsOf(one.body)
    for (const text of [
      `Statement ${month}: EMP mobil (Möbilität <b>??</b>)`,
      'Closing balance',
      '1.20',
      '0.60 EUR',
      'Page 1 of 1',
      '? stands for',
    ])
      expect(texts).toContain(text)
  })

  it('a month that is not over is not settled; one that is over is, once', async () => {
    const early = await test.api('POST', '/api/v1/settlement-runs', { month })
    expect([early.status, (early.body as { detail: string }).detail]).toEqual([409, 'this month is not over yet'])
    const [one, two] = await Promise.all(
      [1, 2].map(() => test.api('POST', '/api/v1/settlement-runs', { month: '2020-02' })),
    )
    expect([one?.status, two?.status]).toEqual([202, 202])
    const closed = await until('the end of the run', async () => {
      const { body } = await test.api('GET', '/api/v1/settlement-runs/2020-02')
      return (body as { state: string }).state === 'closed' ? body : undefined
    })
    expect(closed).toMatchObject({ month: '2020-02', digest: expect.stringMatching(/^[0-9a-f]{64}$/), fault: null })
    expect((await test.api('GET', '/api/v1/settlement-runs')).body).toEqual({ items: [closed], next: null })
    const { body } = await test.api('POST', '/api/v1/settlement-runs', { month: '2020-01' })
    expect(body).toMatchObject({ detail: '2020-02 is closed: nothing can be posted into a month before it' })
  })

  it('an adjustment with an Idempotency-Key is posted once, and says who did it and why', async () => {
    const order = { party: { kind: 'emp', id: 'mobil' }, amount: '-0.20', currency: 'EUR', reason: 'a courtesy' }
    const key = { 'idempotency-key': 'once' }
    const [one, two] = [
      await test.api('POST', '/api/v1/settlement/adjustments', order, key),
      await test.api('POST', '/api/v1/settlement/adjustments', order, key),
    ]
    expect([one.status, two.status, two.body]).toEqual([201, 201, one.body])
    expect(one.body).toMatchObject({ month, voucher: 3 })
    const { body } = await test.api('GET', `${at}/parties/emp:mobil`)
    expect(body).toMatchObject({ currencies: [{ closing: '1.00' }] })
    const audit = await test.api('GET', '/api/v1/audit?action=settlement.adjusted')
    expect((audit.body as { items: readonly unknown[] }).items).toHaveLength(1)
    expect(JSON.stringify(audit.body)).toContain('a courtesy')
  })

  it.each([
    ['an amount with parts of a cent', { amount: '0.001' }, '/amount'],
    ['an amount of nothing', { amount: '0.00' }, '/amount'],
    ['what is no amount', { amount: '1e3' }, '/amount'],
    ['a currency that nobody has', { currency: 'XYZ' }, '/currency'],
    ['no reason', { reason: '  ' }, '/reason'],
    ['a party that there is not', { party: { kind: 'emp', id: 'nobody' } }, '/party'],
    ['a kind of party that there is not', { party: { kind: 'bank', id: 'mobil' } }, '/party/kind'],
    ['a field that there is not', { month: '2020-01' }, '/month'],
  ])('an adjustment with %s is refused, and the answer says where', async (_, over, pointer) => {
    const order = { party: { kind: 'emp', id: 'mobil' }, amount: '-0.20', currency: 'EUR', reason: 'x', ...over }
    const answer = await test.api('POST', '/api/v1/settlement/adjustments', order)
    expect(answer.status).toBe(422)
    expect((answer.body as { pointer?: string }).pointer ?? '').toBe(pointer)
  })
})
