import { describe, expect, it } from 'vitest'
import { overlapFault, settledFault } from '../../../core/settlement/agreement.ts'
import { resaleContractFaults, sidesFault } from '../../../core/settlement/resale-contract.ts'
import { roamingPriceFaults, roamingSubject } from '../../../core/settlement/roaming-price.ts'
import { ownerFault, sharesFault, siteContractFaults } from '../../../core/settlement/site-contract.ts'
import { resaleContract, roamingPrice, siteContract } from '../../support/settlement.ts'

describe('a contract with the owner of a site', () => {
  it.each([
    [{}, []],
    [{ sharePercent: '100', until: '2026-01-02' }, []],
    [{ until: '2026-01-01' }, ['/until: is not after its first day']],
    [{ until: '2025-12-31' }, ['/until: is not after its first day']],
    [{ currency: 'EUX' }, ['/currency: there is no currency EUX in use (ISO 4217)']],
    [{ currency: 'eur' }, ['/currency: there is no currency eur in use (ISO 4217)']],
    [{ sharePercent: '100.000001' }, ['/sharePercent: is more than 100 per cent']],
    [{ vat: '101' }, ['/vat: is more than 100 per cent']],
    [
      { currency: 'XAU', sharePercent: '200', until: '2020-01-01' },
      [
        '/until: is not after its first day',
        '/currency: there is no currency XAU in use (ISO 4217)',
        '/sharePercent: is more than 100 per cent',
      ],
    ],
  ])('%j', (more, faults) => {
    expect(siteContractFaults(siteContract(more)).map(({ pointer, detail }) => `${pointer}: ${detail}`)).toEqual(faults)
  })

  it('is with a party that can own', () => {
    expect([ownerFault('siteOwner'), ownerFault('cpo'), ownerFault('csr')]).toEqual([undefined, undefined, undefined])
    expect(ownerFault('emp')).toMatchObject({
      pointer: '/owner',
      detail: expect.stringContaining('has the role emp') as unknown,
    })
    expect(ownerFault(undefined)).toEqual({ pointer: '/owner', detail: 'there is no such party' })
  })

  it('and one with a reseller share no more than there is on any day', () => {
    const owner = siteContract({ sharePercent: '70' })
    expect(sharesFault(owner, [resaleContract({ sharePercent: '30' })])).toBeUndefined()
    expect(sharesFault(owner, [resaleContract({ sharePercent: '30.000001', until: '2026-01-01' })])).toBeUndefined()
    expect(sharesFault(owner, [resaleContract({ sharePercent: '30.000001' })])).toEqual({
      pointer: '/sharePercent',
      detail: '70 per cent and the 30.000001 per cent of r-a are more than 100',
    })
  })
})

describe('a contract of resale', () => {
  const tiers = (...from: number[]) => from.map((n) => ({ from: n, perPort: '1' }))
  it.each([
    [{ tiers: tiers(0, 10, 11) }, []],
    [{ tiers: tiers(1) }, []],
    [{ tiers: tiers(2) }, ['/tiers/0/from: the first tier is from 0 or 1 port on: there is no price for fewer']],
    [{ tiers: tiers(1, 10, 10) }, ['/tiers/2/from: is not more than 10, where the tier before it begins']],
    [{ tiers: tiers(1, 10, 5) }, ['/tiers/2/from: is not more than 10, where the tier before it begins']],
    [{ buyer: 'r' }, ['/buyer: is the seller']],
    [{ sharePercent: '100.1' }, ['/sharePercent: is more than 100 per cent']],
  ])('%j', (more, faults) => {
    expect(resaleContractFaults(resaleContract(more)).map(({ pointer, detail }) => `${pointer}: ${detail}`)).toEqual(
      faults,
    )
  })

  it.each([
    ['r', { seller: 'csr', buyer: 'cpo' }, undefined],
    ['platform', { seller: undefined, buyer: 'csr' }, undefined],
    ['r', { seller: undefined, buyer: 'cpo' }, '/seller'],
    ['r', { seller: 'cpo', buyer: 'cpo' }, '/seller'],
    ['r', { seller: 'csr', buyer: undefined }, '/buyer'],
    ['r', { seller: 'csr', buyer: 'csr' }, '/buyer'],
    ['platform', { seller: undefined, buyer: 'cpo' }, '/buyer'],
  ] as const)('of %s: %j', (seller, roles, pointer) => {
    expect(sidesFault({ seller }, roles)?.pointer).toBe(pointer)
  })

  it('of the platform has no share: what it sells is ports', () => {
    expect(sidesFault({ seller: 'platform', sharePercent: '1' }, { seller: undefined, buyer: 'csr' })?.pointer).toBe(
      '/sharePercent',
    )
  })
})

describe('a price for charging elsewhere', () => {
  it('marks up by ten times at most', () => {
    expect(roamingPriceFaults(roamingPrice({ markupPercent: '1000' }))).toEqual([])
    expect(roamingPriceFaults(roamingPrice({ markupPercent: '1000.1' }))[0]?.pointer).toBe('/markupPercent')
  })

  it('is of one partner, contract and currency, however these are spelt', () => {
    expect(roamingSubject({ partner: 'Volt', contract: 'de-8aa-c12345678', currency: 'EUR' })).toBe(
      roamingSubject({ partner: 'volt', contract: 'DE8AAC12345678', currency: 'EUR' }),
    )
    expect(roamingSubject({ partner: 'Volt', currency: 'EUR' })).not.toBe(
      roamingSubject({ contract: 'Volt', currency: 'EUR' }),
    )
  })
})

describe('contracts of one subject', () => {
  it('never overlap, and who would is named', () => {
    const others = [siteContract({ id: 'a', until: '2026-07-01' })]
    expect(overlapFault(siteContract({ id: 'b', from: '2026-07-01' }), others)).toBeUndefined()
    expect(overlapFault(siteContract({ id: 'a', from: '2026-03-01' }), others)).toBeUndefined()
    expect(overlapFault(siteContract({ id: 'b', from: '2026-06-30' }), others)).toEqual({
      pointer: '/from',
      detail: 'b (from 2026-06-30 on) overlaps a (from 2026-01-01 until 2026-07-01), which is of the same',
    })
  })
})

describe('a month that is closed', () => {
  const old = { from: '2026-01-01' }
  const fault = (change: object, settled: string | undefined = '2026-10') =>
    settledFault({ id: 'c', isOther: false, ...change }, settled)

  it('keeps what it was settled with', () => {
    expect(fault({ before: old, after: old, isOther: true })).toEqual({
      pointer: '/from',
      detail: 'c counted in 2026-10, which is closed: end it on 2026-11-01 or later, and begin a new one',
    })
    expect(fault({ before: old })?.detail).toBe('c counted in 2026-10, which is closed: end it on 2026-11-01 or later')
    expect(fault({ before: old, after: { from: '2026-02-01' } })?.pointer).toBe('/from')
  })

  it('lets it be ended on a day after it, and that day be another one', () => {
    expect(fault({ before: old, after: { ...old, until: '2026-11-01' } })).toBeUndefined()
    expect(fault({ before: { ...old, until: '2026-12-01' }, after: { ...old, until: '2026-11-01' } })).toBeUndefined()
    expect(fault({ before: old, after: { ...old, until: '2026-10-31' } })?.pointer).toBe('/until')
    expect(fault({ before: { ...old, until: '2026-06-01' }, after: old })?.pointer).toBe('/until')
  })

  it('takes nothing new, and does not mind what begins after it', () => {
    expect(fault({ after: { from: '2026-10-31' } })?.pointer).toBe('/from')
    expect(fault({ after: { from: '2026-11-01' } })).toBeUndefined()
    expect(fault({ before: { from: '2026-11-05' }, after: { from: '2026-11-09' }, isOther: true })).toBeUndefined()
    expect(fault({ before: { from: '2026-11-05' } })).toBeUndefined()
    expect(fault({ before: { from: '2026-11-05' }, after: { from: '2026-10-05' }, isOther: true })?.pointer).toBe(
      '/from',
    )
  })

  it('where there is none, everything can be', () => {
    expect(
      settledFault({ id: 'c', isOther: true, before: old, after: { from: '2020-01-01' } }, undefined),
    ).toBeUndefined()
  })
})
