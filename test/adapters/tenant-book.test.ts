import { beforeEach, describe, expect, it } from 'vitest'
import { openTenantBook } from '../../adapters/tenant-book.ts'
import type { KnownTenant } from '../../core/ports/tenants.ts'
import { TestClock } from '../support/clock.ts'
import { silence } from '../support/quiet.ts'

const midnight = Date.UTC(2026, 11, 1) - 3_600_000

const tenant = (name: string, more: Partial<KnownTenant> = {}): KnownTenant => ({
  tenant: name,
  name: name.toUpperCase(),
  kind: 'cpo',
  parents: [],
  brand: { hosts: {} },
  ...more,
})

describe('the tenants in memory', () => {
  let tenants: KnownTenant[]
  let clock: TestClock
  let looks: number
  let closed: string[]
  let isAway = false

  beforeEach(() => {
    looks = 0
    closed = []
    isAway = false
    clock = new TestClock(midnight - 1)
    tenants = [
      tenant('r1', {
        kind: 'reseller',
        brand: { name: 'One', hosts: { page: 'one.example', ocpp: 'ws.one.example' } },
      }),
      tenant('r2', { kind: 'reseller', brand: { name: 'Two', hosts: { page: 'two.example' } } }),
      tenant('north', {
        parents: [
          { reseller: 'r1', until: '2026-12-01' },
          { reseller: 'r2', from: '2026-12-01' },
        ],
      }),
      tenant('south'),
    ]
  })

  const opened = () =>
    openTenantBook({
      load: async () => {
        looks++
        if (isAway) throw new Error('away')
        return tenants
      },
      zone: 'Europe/Berlin',
      clock,
      timers: clock,
      log: silence,
      closed: (names) => closed.push(...names),
    })

  it('a reseller enters the CPOs below it today and no other, until midnight of the installation’s calendar on the day of a move', async () => {
    const book = await opened()
    const entered = (): readonly boolean[] =>
      ['r1', 'r2', 'south'].map((caller) => book.mayEnter({ tenant: caller }, 'north'))
    expect(entered()).toEqual([true, false, false])
    expect([book.below('r1').map((one) => one.tenant), book.below('r2')]).toEqual([['north'], []])
    await clock.pass(1)
    expect(entered()).toEqual([false, true, false])
    expect([book.below('r1'), book.below('r2').map((one) => one.tenant)]).toEqual([[], ['north']])
  })

  it('nobody enters a reseller from below, or what is not there; everybody is at home in its own', async () => {
    const book = await opened()
    expect([
      book.mayEnter({ tenant: 'north' }, 'r1'),
      book.mayEnter({ tenant: 'r1' }, 'nobody'),
      book.mayEnter({ tenant: 'north' }, 'north'),
    ]).toEqual([false, false, true])
  })

  it('at a host name of a tenant there is that tenant, with those below it; at another name everybody', async () => {
    const book = await opened()
    expect([
      book.tenantAt('ws.one.example'),
      book.tenantAt('one.example'),
      book.tenantAt('x.example'),
      book.tenantAt(undefined),
    ]).toEqual(['r1', 'r1', undefined, undefined])
    expect(['r1', 'north', 'south', 'r2'].map((one) => book.isServedAt('one.example', one))).toEqual([
      true,
      true,
      false,
      false,
    ])
    expect(['r1', 'south'].map((one) => book.isServedAt('x.example', one))).toEqual([true, true])
  })

  it('a CPO shows the brand of the reseller that it is below today', async () => {
    const book = await opened()
    expect(book.brandOf('north')).toEqual({ name: 'One' })
    await clock.pass(1)
    expect([book.brandOf('north'), book.brandOf('south'), book.brandOf('nobody')]).toEqual([
      { name: 'Two' },
      {},
      undefined,
    ])
  })

  it('a change that comes while it is being read is read as well', async () => {
    const book = await opened()
    const first = book.refresh()
    tenants = [...tenants, tenant('west')]
    await Promise.all([first, book.refresh()])
    expect([book.find('west')?.name, looks]).toEqual(['WEST', 3])
  })

  it('what cannot be read now is read later, and what is known stays known', async () => {
    const book = await opened()
    isAway = true
    tenants = [...tenants, tenant('west')]
    book.stale()
    await clock.pass(0)
    expect([book.find('west'), book.find('north')?.name]).toEqual([undefined, 'NORTH'])
    isAway = false
    await clock.pass(1_000)
    expect(book.find('west')?.name).toBe('WEST')
  })

  it('tells of those that are closed, once', async () => {
    const book = await opened()
    tenants = tenants.map((one) => (one.tenant === 'south' ? { ...one, closedAt: 1 } : one))
    await book.refresh()
    await book.refresh()
    expect(closed).toEqual(['south'])
  })
})
