import { describe, expect, it } from 'vitest'
import { consoleScript, every, make, type Part, rowsIn, standInPage } from '../../support/stand-in-page.ts'

interface Contracts {
  readonly contractNodes: (page: object) => { readonly nodes: readonly Part[]; readonly show: () => Promise<void> }
  readonly termsOf: (contract: object) => string
}
const { contractNodes, termsOf } = await consoleScript<Contracts>('contracts')

const hostile = '<img src=x onerror=alert(1)>'
const nothing = {
  currency: 'EUR',
  sharePercent: null,
  perKwh: null,
  electricityPerKwh: null,
  perStation: null,
  perPort: null,
  floor: null,
}

describe('contracts on the console', () => {
  it('say what an owner gets, and only what was agreed', () => {
    expect(termsOf({ ...nothing, sharePercent: '30', perPort: '2.50', floor: '500' })).toBe(
      '30 %, 2.50 EUR an EVSE and month, at least 500 EUR a month',
    )
    expect(termsOf(nothing)).toBe('nothing')
  })

  it('are there with what is missing and what waits, as text', async () => {
    const { page, calls } = standInPage(({ path }) => {
      const items = path.includes('gaps')
        ? [
            { site: 'mall', stations: null, owner: hostile, from: '2026-01-01', until: '2027-01-01', contract: null },
            {
              site: 'park',
              stations: ['p1', 'p2'],
              owner: 's',
              from: '2026-01-01',
              until: '2026-02-01',
              contract: 'old',
            },
          ]
        : path.includes('retail')
          ? [{ id: 'C1', country: 'DE', party: 'ABC', partner: 'volt', reason: 'no price' }]
          : [
              {
                ...nothing,
                id: 'mall-2026',
                owner: 's',
                subject: { kind: 'site', id: 'mall' },
                from: '2026-01-01',
                until: null,
              },
            ]
      return { items, next: null }
    })
    const { nodes, show } = contractNodes(page)
    const all = make('div', {}, ...nodes)
    await show()
    expect(rowsIn(all)).toEqual([
      ['mall-2026', 's', 'site mall', '2026-01-01', 'for good', 'nothing'],
      ['mall', 'all', hostile, '2026-01-01', '2027-01-01', 'none'],
      ['park', 'p1, p2', 's', '2026-01-01', '2026-02-01', 'old'],
      ['C1', 'DE*ABC', 'volt', 'no price'],
    ])
    expect([every(all, 'img'), calls.map(({ path }) => path)]).toEqual([
      [],
      [
        '/api/v1/site-contracts?limit=50',
        '/api/v1/site-contracts/gaps?limit=50',
        '/api/v1/retail-prices?state=waiting&limit=50',
      ],
    ])
  })

  it('that nothing is known of say so', async () => {
    const { page } = standInPage(() => ({ items: [], next: null }))
    const { nodes, show } = contractNodes(page)
    const all = make('div', {}, ...nodes)
    await show()
    const notes = every(all, 'p').map(({ textContent }) => textContent)
    expect(notes).toEqual(['There are no contracts.', 'Every owner has a contract.', 'None waits.'])
  })
})
