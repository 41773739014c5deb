import { describe, expect, it } from 'vitest'
import {
  buttonIn,
  type Called,
  consoleScript,
  every,
  make,
  type Part,
  rowsIn,
  standInPage,
} from '../../support/stand-in-page.ts'

interface List {
  readonly nodes: readonly Part[]
  readonly show: () => Promise<void>
}
interface Ledger {
  readonly ledgerNodes: (page: object, partner: string) => List & { readonly offer: (modules: string[]) => void }
}
interface Deliveries {
  readonly deliveriesNodes: (page: object, partner: string) => List
}
interface Received {
  readonly receivedNodes: (page: object, partner: string, module: string) => List
  readonly verdictOf: (verdict: object | null) => string
}
const { ledgerNodes } = await consoleScript<Ledger>('roaming-ledger')
const { deliveriesNodes } = await consoleScript<Deliveries>('roaming-deliveries')
const { receivedNodes, verdictOf } = await consoleScript<Received>('roaming-received')

const hostile = '<img src=x onerror=alert(1)>'
const noteIn = (node: unknown): string =>
  every(node, 'p').find(({ attributes }) => attributes['role'] === 'status')?.textContent ?? ''
const queryOf = ({ path }: Called): object => Object.fromEntries(new URL(path, 'http://here').searchParams)

describe('the ledger of a partner on the console', () => {
  const line = (serial: number, more: object = {}) => ({
    serial,
    partner: 'emp',
    kind: 'push',
    module: 'cdrs',
    method: 'POST',
    object: null,
    at: '2026-11-24T10:00:00.000Z',
    tookMs: 80,
    attempt: 1,
    bytesOut: 2048,
    bytesIn: 20,
    status: 200,
    code: 1000,
    result: 'done',
    detail: null,
    ...more,
  })
  const opened = (answer: (called: Called) => unknown) => {
    const { page, calls } = standInPage(answer)
    const list = ledgerNodes(page, 'emp')
    const all = make('div', {}, ...list.nodes)
    const [module, result] = every(all, 'select')
    return { ...list, all, calls, module, result }
  }

  it('says of each exchange who began it, what came of it, and why not, as text', async () => {
    const failed = {
      kind: 'told',
      status: null,
      code: null,
      result: 'unclear',
      attempt: 2,
      detail: hostile,
      object: 'C1',
    }
    const { all, show } = opened(() => ({ items: [line(2, failed), line(1)], next: null }))
    await show()
    expect(rowsIn(all).map((cells) => cells.slice(1))).toEqual([
      ['it told us', 'POST cdrs', 'C1', 'nobody knows (attempt 2)', 'no answer', '80 ms', '2.0 KiB / 20 B', hostile],
      ['we told it', 'POST cdrs', '–', 'done', 'HTTP 200, OCPI 1000', '80 ms', '2.0 KiB / 20 B', '–'],
    ])
    expect([every(all, 'img'), noteIn(all)]).toEqual([[], 'That is all.'])
  })

  it('goes on with what is older behind what is shown', async () => {
    const { all, calls, show } = opened(({ path }) =>
      path.includes('cursor=a%2Fb') ? { items: [line(1)], next: null } : { items: [line(2)], next: 'a/b' },
    )
    await show()
    expect([rowsIn(all).length, buttonIn(all, 'Older').hidden]).toEqual([1, false])
    await buttonIn(all, 'Older').fire('click')
    await new Promise((resolve) => setImmediate(resolve))
    expect([rowsIn(all).length, buttonIn(all, 'Older').hidden, calls.length]).toEqual([2, true, 2])
  })

  it('shows one module and one result, from the newest on', async () => {
    const { calls, module, result, offer } = opened(() => ({ items: [line(1)], next: null }))
    offer(['cdrs', 'tokens'])
    expect(every(module, 'option').map(({ textContent }) => textContent)).toEqual(['all', 'cdrs', 'tokens'])
    Object.assign(module ?? {}, { value: 'cdrs' })
    Object.assign(result ?? {}, { value: 'refused' })
    await result?.fire('change')
    expect(calls.map(queryOf)).toEqual([{ partner: 'emp', module: 'cdrs', result: 'refused', limit: '50' }])
  })

  it('shows nothing of what was asked for before and comes later', async () => {
    const answers: ((page: object) => void)[] = []
    const { all, show } = opened(() => new Promise((resolve) => answers.push(resolve)))
    const [first, second] = [show(), show()]
    answers[1]?.({ items: [line(2, { object: 'wanted' })], next: null })
    answers[0]?.({ items: [line(1, { object: 'late' })], next: null })
    await Promise.all([first, second])
    expect(rowsIn(all).map(([, , , object]) => object)).toEqual(['wanted'])
  })

  it('says what the server has against it', async () => {
    const { all, show } = opened(() => new Error('the store is away'))
    await show()
    expect([noteIn(all), rowsIn(all)]).toEqual(['the store is away', []])
  })
})

describe('CDRs that wait for a person, on the console', () => {
  const delivery = (state: string, more: object = {}) => ({
    partner: 'emp',
    document: 'd/1',
    number: 7,
    state,
    attempts: 2,
    nextAt: null,
    reference: null,
    reason: hostile,
    changedAt: '2026-11-24T10:00:00.000Z',
    history: [],
    ...more,
  })
  const opened = (answer: (called: Called) => unknown, more: object = {}) => {
    const { page, calls } = standInPage(answer)
    const list = deliveriesNodes({ ...page, ...more }, 'emp')
    return { ...list, calls, all: make('div', {}, ...list.nodes) }
  }
  const refused = ({ method, path }: Called): unknown =>
    method === 'POST'
      ? delivery(path.endsWith('retry') ? 'queued' : 'cancelled')
      : { items: path.includes('refused') ? [delivery('refused')] : [], next: null }
  const posts = (calls: readonly Called[]): readonly Called[] => calls.filter(({ method }) => method === 'POST')

  it('are those that were refused and those that nobody knows of, with the reason as text', async () => {
    const { all, show } = opened(({ path }) => ({
      items: path.includes('refused') ? [delivery('refused')] : [delivery('unclear', { number: 8 })],
      next: null,
    }))
    await show()
    expect(rowsIn(all).map((cells) => [...cells.slice(0, 4), cells[5]])).toEqual([
      ['7', 'refused', '2', hostile, 'Send again CDR 7Settled otherwise CDR 7'],
      ['8', 'nobody knows', '2', hostile, 'Send again CDR 8It has it CDR 8'],
    ])
    expect(every(all, 'img')).toEqual([])
  })

  it.each([
    ['Send again', '/api/v1/roaming-deliveries/emp/d%2F1/retry', 'CDR 7: waiting'],
    ['Settled otherwise', '/api/v1/roaming-deliveries/emp/d%2F1/resolve', 'CDR 7: not sent any more'],
  ])('%s says so to the server, with the reason', async (name, path, said) => {
    const { all, calls, show } = opened(refused)
    await show()
    await buttonIn(all, name).fire('click')
    expect(posts(calls)).toEqual([{ method: 'POST', path, body: { note: 'told by telephone' } }])
    expect(noteIn(all)).toBe(said)
  })

  it.each([undefined, '  '])('are not settled without a reason (%j)', async (why) => {
    const { all, calls, show } = opened(refused, { reason: () => why })
    await show()
    await buttonIn(all, 'Settled otherwise').fire('click')
    expect(posts(calls)).toEqual([])
  })

  it('say what the server has against a decision, and where none waits', async () => {
    const { all, show } = opened((called) =>
      called.method === 'POST' ? new Error('this makes no sense as the delivery stands') : refused(called),
    )
    await show()
    await buttonIn(all, 'Send again').fire('click')
    const none = opened(() => ({ items: [], next: null }))
    await none.show()
    expect([noteIn(all), noteIn(none.all)]).toEqual([
      'CDR 7: this makes no sense as the delivery stands',
      'No CDR waits for a person.',
    ])
  })
})

describe('sessions and CDRs of a partner on the console', () => {
  const received = (module: string, body: object, more: object = {}) => ({
    module,
    countryCode: 'DE',
    partyId: 'ABC',
    id: 'S1',
    partner: 'emp',
    lastUpdated: '2026-11-24T10:00:00.000Z',
    receivedAt: '2026-11-24T10:00:00.000Z',
    verdict: null,
    body,
    ...more,
  })
  const shown = async (module: string, answer: unknown): Promise<Part> => {
    const { page } = standInPage(() => answer)
    const { nodes, show } = receivedNodes(page, 'emp', module)
    await show()
    return make('div', {}, ...nodes)
  }
  const start = '2026-11-24T10:00:00Z'
  const money = { total_cost: { before_taxes: '5.00' }, currency: 'EUR' }

  it('shows a session with who charges where, and what it comes to so far', async () => {
    const token = { uid: 'U1', contract_id: 'NL-TNM-C1' }
    const session = {
      status: 'ACTIVE',
      start_date_time: start,
      location_id: 'L1',
      cdr_token: token,
      kwh: '12.5',
      ...money,
    }
    const all = await shown('sessions', { items: [received('sessions', session)], next: null })
    const at = new Date(start).toLocaleString()
    expect(rowsIn(all)).toEqual([['S1', 'DE*ABC', 'ACTIVE', at, 'L1', 'NL-TNM-C1', '12.5 kWh', '5.00 EUR']])
  })

  it('shows a CDR that does not cost what it says with both figures', async () => {
    const differences = [{ field: 'total_cost', said: '5.00', computed: '4.50' }]
    const verdict = { verdict: 'differs', total: { said: '5.00', computed: '4.50' }, differences }
    const cdr = { end_date_time: start, cdr_location: { id: 'L1', name: 'North' }, total_energy: '20', ...money }
    const all = await shown('cdrs', { items: [received('cdrs', cdr, { verdict })], next: null })
    expect(rowsIn(all)[0]?.slice(3)).toEqual([
      'North',
      '–',
      '20 kWh',
      '5.00 EUR',
      'differs: total_cost says 5.00, comes to 4.50',
    ])
    expect(every(all, 'span').map(({ attributes }) => attributes['class'])).toEqual(['verdict differs'])
  })

  it.each([
    [null, 'not checked'],
    [{ verdict: 'matches', total: { said: '5.00', computed: '5.00' } }, 'matches: says 5.00, comes to 5.00'],
    [
      { verdict: 'uncomputable', why: ['it has no tariff', hostile] },
      `cannot be worked out: it has no tariff; ${hostile}`,
    ],
    [{ verdict: 'constructor' }, 'constructor'],
    [{ verdict: 'differs', differences: 'none' }, 'differs: '],
  ])('says of the verdict %j: %s', (verdict, said) => {
    expect(verdictOf(verdict)).toBe(said)
  })

  it('puts whatever a partner has sent on the page as text, and a dash where it makes no sense', async () => {
    const strange = {
      status: hostile,
      start_date_time: 'yesterday',
      location_id: { toString: 1 },
      cdr_token: 'none',
      kwh: null,
      total_cost: [],
      currency: 3,
    }
    const all = await shown('sessions', { items: [received('sessions', strange, { id: hostile })], next: null })
    expect(rowsIn(all)).toEqual([[hostile, 'DE*ABC', hostile, '–', '–', '–', '–', '–']])
    expect(every(all, 'img')).toEqual([])
  })

  it('says what the server has against it, and that there is nothing', async () => {
    const [failed, none] = [
      await shown('cdrs', new Error('the store is away')),
      await shown('cdrs', { items: [], next: null }),
    ]
    expect([noteIn(failed), noteIn(none)]).toEqual(['the store is away', 'It has sent us no CDR.'])
  })
})
