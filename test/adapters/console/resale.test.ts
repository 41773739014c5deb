import { expect, describe, it } from 'vitest'
import { buttonIn, type Called, consoleScript, type Part, rowsIn, standInPage } from '../../support/stand-in-page.ts'

interface Script {
  readonly resaleSection: ($: (id: string) => Part, page: object) => { load(): Promise<void> }
}
const { resaleSection } = await consoleScript<Script>('resale')

const hostile = '<img src=x onerror=alert(1)>'
const north = { cpo: 'north', name: hostile, chargePoints: 5, online: 3, openSessions: 2, energyWh: 12_340 }
const counted = { ports: 7, cpos: [{ cpo: 'north', name: 'North', ports: 7 }], items: [], next: null }

const opened = (answer: (called: Called) => unknown) => {
  const standIn = standInPage(answer)
  const entered: string[] = []
  const page = {
    ...standIn.page,
    enter: async (cpo: string) => void entered.push(cpo),
    now: () => Date.UTC(2026, 10, 27),
  }
  return { ...standIn, entered, section: resaleSection(standIn.$, page) }
}

describe('the first page of a reseller', () => {
  it('has a row for each CPO, and the ports of this month', async () => {
    const { $, section, calls } = opened(({ path }) =>
      path.includes('2026-11') ? counted : { items: [north], next: null },
    )
    await section.load()
    expect($('cpos').children.flatMap((one) => rowsIn(one))).toEqual([[hostile, '3 of 5', '2', '12.34']])
    expect($('ports').children.flatMap((one) => rowsIn(one))).toEqual([['North', '7']])
    expect([$('ports-note').textContent, $('ports-month').value]).toEqual(['7 in all', '2026-11'])
    expect(calls.map(({ path }) => path)).toEqual(['/api/v1/resale?limit=20', '/api/v1/resale/2026-11?limit=1'])
  })

  it('the name of a CPO opens it', async () => {
    const { $, section, entered } = opened(({ path }) =>
      path.includes('2026-11') ? counted : { items: [north], next: null },
    )
    await section.load()
    await buttonIn($('cpos'), hostile).fire('click')
    expect(entered).toEqual(['north'])
  })

  it('says so where there is none, and where nobody can tell', async () => {
    const { $, section } = opened(({ path }) =>
      path.includes('2026-11') ? new Error('the store is away') : { items: [], next: null },
    )
    await section.load()
    expect([$('cpos').textContent, $('ports-note').textContent]).toEqual([
      expect.stringContaining('No CPO is below you today.'),
      'the store is away',
    ])
  })

  it('another month is shown when it is chosen', async () => {
    const { $, section, calls } = opened(({ path }) =>
      path.includes('/2026-') ? { ...counted, ports: 0, cpos: [] } : { items: [], next: null },
    )
    await section.load()
    $('ports-month').value = '2026-10'
    await $('ports-month').fire('change')
    expect([calls.at(-1)?.path, $('ports-note').textContent]).toEqual([
      '/api/v1/resale/2026-10?limit=1',
      'No port was connected.',
    ])
  })
})
