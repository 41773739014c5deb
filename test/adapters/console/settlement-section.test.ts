import { describe, expect, it } from 'vitest'
import { buttonIn, consoleScript, every, type Part, rowsIn, standInPage } from '../../support/stand-in-page.ts'

interface Section {
  list(): Promise<unknown>
  load(): Promise<void>
  look(month: string): Promise<void>
}
interface Script {
  readonly settlementSection: ($: (id: string) => Part, page: object, now: () => Date) => Section
}
const { settlementSection } = await consoleScript<Script>('settlement')

const hostile = '<img src=x onerror=alert(1)>'
const progress = { documents: 3, posted: 1, fees: 2, vouchers: 5, sealed: 4 }
const run = (over: object = {}) => ({
  month: '2026-11',
  state: 'closed',
  progress,
  digest: 'ab'.repeat(32),
  fault: null,
  deliveries: { filed: 0, arrived: 0 },
  changedAt: '2026-12-05T12:00:00.000Z',
  ...over,
})
const account = {
  party: 'emp:DE*8AA',
  name: hostile,
  currency: 'EUR',
  opening: '0.00',
  debits: '1.00',
  credits: '0.00',
  closing: '1.00',
}
const trial = {
  month: '2026-11',
  state: 'closed',
  balanced: true,
  closedAt: '2026-12-05T12:00:00.000Z',
  digest: 'abcd',
  unpriced: 2,
  accounts: [
    account,
    { ...account, party: 'operator', name: null, debits: '0.00', credits: '-1.00', closing: '-1.00' },
  ],
  sums: [{ currency: 'EUR', opening: '0.00', debits: '1.00', credits: '-1.00', closing: '0.00' }],
}
const opened = (answer: Parameters<typeof standInPage>[0]) => {
  const standIn = standInPage(answer)
  const section = settlementSection(standIn.$, standIn.page, () => new Date('2026-12-05T12:00:00Z'))
  return { ...standIn, section }
}

describe('settlement on the console', () => {
  it('says of a closed month how many of its statements are in the books', async () => {
    const { $, section } = opened(() => ({ items: [run({ deliveries: { filed: 4, arrived: 3 } })], next: null }))
    await section.list()
    expect(rowsIn($('runs'))[0]?.[2]).toBe('5 vouchers, 2 of them fees; 3 of 4 statements in the books')
  })

  it('is a row for each month: how far it is, and why it waits', async () => {
    const waits = run({ month: '2026-12', state: 'posting', digest: null, fault: '2026-11 must be closed first' })
    const { $, section } = opened(() => ({ items: [waits, run()], next: null }))
    await section.list()
    expect(rowsIn($('runs')).map((cells) => cells.slice(0, 4))).toEqual([
      ['2026-12', 'posts what is left, and waits: 2026-11 must be closed first', '1 of 3 documents', '–'],
      ['2026-11', 'closed', '5 vouchers, 2 of them fees', 'abababababababab'],
    ])
  })

  it('looks again while a month is on its way, until it is closed', async () => {
    const states = ['queued', 'posting', 'fees', 'closing', 'closed']
    const { $, calls, section } = opened(() => ({ items: [run({ state: states.shift() })], next: null }))
    await section.load()
    expect([calls.length, rowsIn($('runs'))[0]?.[1]]).toEqual([5, 'closed'])
  })

  it('shows every account with its statements, all of them together, and what a party is called as text', async () => {
    const { $, section } = opened(() => trial)
    await section.look('2026-11')
    expect(rowsIn($('month-body')).map((cells) => [cells[0], cells[5]])).toEqual([
      [`emp:DE*8AA (${hostile})`, '1.00'],
      ['operator', '-1.00'],
      ['All together', '0.00'],
    ])
    expect($('month-body').textContent).toContain('nothing is left over')
    expect($('month-body').textContent).toContain('2 without a price')
    expect(every($('month-body'), 'img')).toEqual([])
    expect(every($('month-body'), 'a').map(({ attributes }) => attributes['href'])).toContain(
      '/api/v1/settlement/2026-11/parties/emp%3ADE*8AA?as=pdf',
    )
  })

  it('settles the month that is asked for, last month unless another is written', async () => {
    const { $, calls } = opened(({ method }) => (method === 'POST' ? run() : { items: [run()], next: null }))
    expect($('settle-month').value).toBe('2026-11')
    await $('settle').fire('click')
    expect(calls[0]).toEqual({ path: '/api/v1/settlement-runs', method: 'POST', body: { month: '2026-11' } })
  })

  it.each([
    ['2027-01', '2027-01 has not begun.'],
    ['November', 'Which month? Such as 2026-11.'],
  ])('does not ask for %s', async (month, note) => {
    const { $, calls } = opened(() => run())
    $('settle-month').value = month
    await $('settle').fire('click')
    expect([calls, $('settlement-note').textContent]).toEqual([[], note])
  })

  it('says what the server says', async () => {
    const { $, section } = opened(() => new Error('months are closed in their order: 2026-10 comes first'))
    await $('settle').fire('click')
    expect($('settlement-note').textContent).toBe('months are closed in their order: 2026-10 comes first')
    await section.look('2026-11')
    expect(every($('month-body'))[1]?.attributes['role']).toBe('alert')
    await section.list()
    expect(() => buttonIn($('runs'), 'Trial')).toThrow()
  })
})
