import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AssignedPlace, countsSince, type Drivers } from '../../../core/pricing/assignment.ts'
import { chooseTariff, type Offer, versionAt, type Where } from '../../../core/pricing/choice.ts'
import { type TariffType, tariffTypes } from '../../../core/pricing/tariff.ts'

const everyone: Drivers = { kind: 'everyone' }
const everywhere: AssignedPlace = { kind: 'everywhere' }
const now = 1_000

const where: Where = {
  chargePoint: 'CP-1',
  evse: 1,
  connector: 2,
  station: 'north',
  site: 'motorway',
  contracts: ['DE-8AA-001234567'],
  emps: [],
  group: 'fleet',
  isAdHoc: false,
}
const adHoc: Where = { chargePoint: 'CP-1', evse: 1, connector: 2, contracts: [], emps: [], isAdHoc: true }

const offer = (
  tariff: string,
  drivers: Drivers = everyone,
  place: AssignedPlace = everywhere,
  more: Partial<Offer> & { readonly type?: TariffType } = {},
): Offer => ({
  id: tariff,
  tariff,
  drivers,
  place,
  since: 0,
  versions: [{ version: 1, since: 0, ...(more.type !== undefined && { type: more.type }) }],
  ...more,
})

const chosen = (offers: readonly Offer[], from = where, at = now) => chooseTariff(offers, from, at)?.tariff

const byDrivers: readonly Drivers[] = [
  { kind: 'contract', contract: 'de8aa001234567' },
  { kind: 'emp', emp: 'DE*8AA' },
  { kind: 'tokenGroup', group: 'FLEET' },
  everyone,
]
const byPlace: readonly AssignedPlace[] = [
  { kind: 'connector', chargePoint: 'cp-1', evse: 1, connector: 2 },
  { kind: 'evse', chargePoint: 'CP-1', evse: 1 },
  { kind: 'chargePoint', chargePoint: 'CP-1' },
  { kind: 'station', station: 'North' },
  { kind: 'site', site: 'Motorway' },
  everywhere,
]

describe('the choice of a tariff', () => {
  it('goes by drivers first, from the contract to everyone', () => {
    byDrivers.forEach((_, i) => {
      const offers = byDrivers.slice(i).map((drivers) => offer(drivers.kind, drivers))
      expect(chosen(offers.toReversed())).toBe(byDrivers[i]?.kind)
    })
  })

  it('goes by place then, from the connector to everywhere', () => {
    byPlace.forEach((_, i) => {
      const offers = byPlace.slice(i).map((place) => offer(place.kind, everyone, place))
      expect(chosen(offers.toReversed())).toBe(byPlace[i]?.kind)
    })
  })

  it('takes whose session it is for more than where', () => {
    expect(chosen([offer('here', everyone, byPlace[0]), offer('theirs', byDrivers[2])])).toBe('theirs')
  })

  it('knows an EMP under each of its names', () => {
    const emp = (name: string) => offer(name, { kind: 'emp', emp: name })
    const named = { ...where, contracts: [], emps: ['Green Drive', 'NLGRN'] }
    expect(['green drive', 'NL-GRN', 'nl*grn', 'NLBLU'].map((name) => chosen([emp(name)], named))).toEqual([
      'green drive',
      'NL-GRN',
      'nl*grn',
      undefined,
    ])
  })

  it('leaves out what is for others', () => {
    expect(chosen([offer('other', { kind: 'contract', contract: 'DE-8AA-999999999' })])).toBeUndefined()
    expect(chosen([offer('other', everyone, { kind: 'evse', chargePoint: 'CP-1', evse: 2 })])).toBeUndefined()
    expect(chosen([offer('other', { kind: 'adHoc' })])).toBeUndefined()
    expect(chosen([offer('other', everyone, { kind: 'site', site: 'motorway' })], adHoc)).toBeUndefined()
  })

  it('has tariffs of a type for sessions of it, and those without one for all', () => {
    const all = [undefined, ...tariffTypes].map((type) =>
      offer(type ?? 'any', everyone, everywhere, type === undefined ? {} : { type }),
    )
    const without = (...names: readonly string[]) => all.filter(({ tariff }) => !names.includes(tariff))
    expect(chosen(all)).toBe('REGULAR')
    expect(chosen(without('REGULAR'))).toBe('any')
    expect(chosen(all, { ...where, preference: 'GREEN' })).toBe('PROFILE_GREEN')
    expect(chosen(without('PROFILE_GREEN'), { ...where, preference: 'GREEN' })).toBe('REGULAR')
    expect(chosen(all, adHoc)).toBe('AD_HOC_PAYMENT')
    expect(chosen(without('AD_HOC_PAYMENT'), adHoc)).toBe('any')
    expect(chosen(without('AD_HOC_PAYMENT', 'any'), adHoc)).toBeUndefined()
  })

  it('takes the one that began last where nothing else decides', () => {
    const made = offer('made early, dated late', everyone, everywhere, { since: 10, from: 500 })
    const later = offer('made late', everyone, everywhere, { since: 400 })
    expect(chosen([made, later])).toBe('made early, dated late')
    expect(chosen([made, later], where, 499)).toBe('made late')
  })

  it('counts from when it was said until it ended, within its dates', () => {
    const dated = offer('dated', everyone, everywhere, { since: 100, from: 200, until: 300, endedAt: 290 })
    expect([199, 200, 289, 290].map((at) => chosen([dated], where, at) !== undefined)).toEqual([
      false,
      true,
      true,
      false,
    ])
  })

  it('passes over a tariff of which no version is in force', () => {
    const over = offer('over', byDrivers[0], everywhere, { versions: [{ version: 1, since: 0, endsAt: now }] })
    expect(chosen([over, offer('default')])).toBe('default')
  })

  it('does not depend on the order of the assignments', () => {
    const some = <T>(...of: readonly T[]) => fc.constantFrom(...of)
    const time = fc.integer({ min: 0, max: 20 })
    const offers = fc.uniqueArray(
      fc.record({
        id: fc.string({ minLength: 1, maxLength: 3 }),
        tariff: some('a', 'b', 'c'),
        drivers: some(...byDrivers),
        place: some(...byPlace),
        since: time,
        from: time,
        versions: fc.array(
          fc.record({ version: fc.integer({ min: 1, max: 9 }), since: time, type: some(...tariffTypes) }),
          { maxLength: 3 },
        ),
      }),
      { selector: ({ id }) => id, maxLength: 8 },
    )
    fc.assert(
      fc.property(
        offers.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        ([all, shuffled]) => {
          expect(chooseTariff(shuffled, where, 10)).toEqual(chooseTariff(all, where, 10))
        },
      ),
    )
  })
})

describe('the version of a tariff that is in force', () => {
  const versions = [
    { version: 1, since: 0 },
    { version: 2, since: 100, startsAt: 200, endsAt: 300 },
    { version: 3, since: 400, endedAt: 500 },
  ]
  const at = (...times: readonly number[]) => times.map((time) => versionAt(versions, time)?.version)

  it('is the newest that counts and says so of itself', () => {
    expect(at(-1, 0, 150, 200, 299, 300, 400, 499)).toEqual([undefined, 1, 1, 2, 2, 1, 3, 3])
  })

  it('does not depend on their order', () => {
    expect(versionAt(versions.toReversed(), 250)?.version).toBe(2)
  })
})

describe('what is written now', () => {
  it('counts from now on', () => {
    expect([countsSince(100, undefined, undefined), countsSince(100, 200, undefined)]).toEqual([100, 100])
  })

  it('counts from an earlier date of its own, as far as nothing else was in its place', () => {
    expect([countsSince(100, 50, undefined), countsSince(100, 50, 70), countsSince(100, 50, 100)]).toEqual([
      50, 70, 100,
    ])
  })
})
