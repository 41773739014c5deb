import { describe, expect, it } from 'vitest'
import {
  buttonIn,
  type Called,
  consoleScript,
  every,
  type Part,
  rowsIn,
  standInPage,
} from '../../support/stand-in-page.ts'

interface Section {
  list(): Promise<void>
  follow(hash: string): Promise<void>
}
interface Script {
  readonly hashOf: (identity: string) => string
  readonly simsSection: ($: (id: string) => Part, page: object) => Section
}
const { hashOf, simsSection } = await consoleScript<Script>('sims')

const hostile = '<img src=x onerror=alert(1)>'
const at = '2026-11-27T12:00:00.000Z'
const iccid = '8988303000123456789'

const shownSim = (more: object = {}) => ({
  iccid,
  imsi: null,
  imei: null,
  provider: 'one',
  state: 'active',
  chargePoint: 'CP-1',
  askedAt: at,
  connectivity: { said: 'ATTACHED', at },
  stays: [{ chargePoint: 'CP-1', from: at, until: null }],
  usage: { month: '2026-11', dataMb: '12.5', sms: 1, days: [] },
  costs: [{ month: '2026-10', net: '1.35', currency: 'EUR', postedAt: null }],
  ...more,
})
const shownDiagnosis = (more: object = {}) => ({
  chargePoint: 'CP-1',
  cause: 'noDataSession',
  certainty: 'stale',
  text: 'A network has it.',
  sim: iccid,
  contradictions: [],
  evidence: [
    { fact: 'attachment', text: 'network: attached', from: 'provider', ageS: 90_000, stale: true },
    { fact: 'socket', text: 'it is not connected', from: 'server', ageS: 600, stale: false },
  ],
  ...more,
})

const opened = (
  more: { readonly sim?: object; readonly diagnosis?: object; readonly command?: (called: Called) => unknown } = {},
) => {
  Object.assign(globalThis, { location: { hash: '', pathname: '/' } })
  const standIn = standInPage((called) => {
    const { path } = called
    if (path.includes('/commands')) return more.command?.(called)
    if (path.endsWith('/diagnosis')) return shownDiagnosis(more.diagnosis)
    return path.includes('?') ? { items: [shownSim(more.sim)], next: null } : shownSim(more.sim)
  })
  return { ...standIn, section: simsSection(standIn.$, standIn.page) }
}

describe('SIM cards on the console', () => {
  it('is a row for each, with where it is and how its provider calls it', async () => {
    const { $, section } = opened()
    await section.list()
    expect(rowsIn($('sims'))[0]?.slice(0, 5)).toEqual([iccid, 'active', 'one', 'CP-1', 'ATTACHED'])
  })

  it('says why a charge point is silent, from whom that is and how old', async () => {
    const { $, section } = opened()
    await section.follow(hashOf('CP-1'))
    expect([$('connection').open, $('connection-what').textContent]).toEqual([true, 'CP-1'])
    expect(every($('connection-body'), 'p')[0]?.textContent).toBe(
      'a network has it, but no connection for data (what this rests on is old)',
    )
    expect(rowsIn($('connection-body'))).toEqual([
      ['network: attached', 'its provider', '25 h, old'],
      ['it is not connected', 'this server', '10 min'],
    ])
    expect(every($('connection-body'), 'dd').map(({ textContent }) => textContent)).toContain('12.5 MB, 1 SMS')
  })

  it('puts what stations and providers say on the page as text', async () => {
    const { $, section } = opened({
      sim: { provider: hostile, connectivity: { said: hostile, at } },
      diagnosis: { text: hostile, contradictions: [hostile] },
    })
    await section.list()
    await section.follow(hashOf(hostile))
    for (const part of ['sims', 'connection-body']) expect(every($(part), 'img')).toEqual([])
    expect($('connection-body').textContent).toContain(hostile)
  })

  it('wakes it up, and tells how far that has come', async () => {
    let polls = 0
    const { $, section, calls } = opened({
      command: ({ method }) =>
        method === 'POST' || polls++ < 1
          ? { id: 'c-1', state: polls === 0 ? 'queued' : 'waiting', outcome: null, reason: null }
          : { id: 'c-1', state: 'done', outcome: 'succeeded', reason: 'the charge point has connected' },
    })
    await section.follow(hashOf('CP-1'))
    const note = every($('connection-body'), 'p').find(({ attributes }) => attributes['role'] === 'status')
    await buttonIn($('connection-body'), 'Wake up').fire('click')
    expect(note?.textContent).toBe('Wake up by SMS: succeeded – the charge point has connected')
    expect(calls.filter(({ method }) => method === 'POST')).toEqual([
      { path: `/api/v1/sims/${iccid}/commands`, method: 'POST', body: { type: 'wakeUp' } },
    ])
  })

  it('says why it cannot be done', async () => {
    const { $, section } = opened({ command: () => new Error('no provider is known to have this SIM') })
    await section.follow(hashOf('CP-1'))
    await buttonIn($('connection-body'), 'Reset').fire('click')
    expect($('connection-body').textContent).toContain('no provider is known to have this SIM')
  })

  it('offers nothing where there is no provider, and not to switch on what is on', async () => {
    const none = opened({ sim: { provider: null } })
    await none.section.follow(hashOf('CP-1'))
    expect(every(none.$('connection-body'), 'button')).toEqual([])
    const off = opened({ sim: { state: 'suspended' } })
    await off.section.follow(hashOf('CP-1'))
    expect(every(off.$('connection-body'), 'button').map(({ textContent }) => textContent)).toEqual([
      'Ask its provider',
      'Reset its connection',
      'Wake up by SMS',
      'Switch on',
    ])
  })

  it('of a charge point whose SIM is not known shows what is', async () => {
    const { $, section, calls } = opened({ diagnosis: { sim: null, cause: 'noSim', certainty: 'sure', evidence: [] } })
    await section.follow(hashOf('CP-1'))
    expect($('connection-body').textContent).toContain('its SIM is not known')
    expect(calls.some(({ path }) => path.includes('/sims/'))).toBe(false)
  })

  it('an address that names something else closes it, and nothing of it stays', async () => {
    const { $, section } = opened()
    await section.follow(hashOf('CP-1'))
    await section.follow('#cdr=x')
    expect([$('connection').open, $('connection-body').children]).toEqual([false, []])
  })
})
