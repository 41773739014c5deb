import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { price } from '../../../core/pricing/price.ts'
import { cdrObject } from '../../../core/roaming/cdr-object.ts'
import type { Known } from '../../../core/roaming/field.ts'
import { versions } from '../../../core/roaming/field.ts'
import { locationObject } from '../../../core/roaming/location-object.ts'
import type { Kind, Objects } from '../../../core/roaming/objects/index.ts'
import { tariffObject } from '../../../core/roaming/tariff-object.ts'
import { validated } from '../../../core/roaming/validated.ts'
import { toWire } from '../../../core/roaming/wire.ts'
import { anyTariff, anyUsage } from '../../support/any-tariff.ts'
import { aboutCdr, outlet, sealed, site } from '../../support/roaming.ts'

const code = { country: 'DE', party: 'ABC' }

const ofSite = locationObject({
  site,
  code,
  evses: [
    {
      evse: {
        tenant: 'default',
        uid: 'evse-1',
        station: 'A1',
        evseId: 'DE*ABC*E1',
        state: 'active',
        outlets: [outlet],
        changedAt: 0,
      },
      station: { name: 'A1', changedAt: 0 },
      status: 'AVAILABLE',
      statusSince: 0,
      capabilities: ['RFID_READER'],
      tariffs: () => ['standard'],
      tariffsChangedAt: 0,
    },
  ],
})
if ('impossible' in ofSite) throw new Error(ofSite.impossible.join())
const known: Known = { owner: { country_code: 'DE', party_id: 'ABC' }, location: { ...ofSite.object } }

/** What a partner would find wrong with what it gets; a text, where it gets nothing. */
const foundWrong = <K extends Kind>(object: Objects[K], kind: K, version: (typeof versions)[number]): unknown => {
  const { body, losses } = toWire(object, { kind, version, known })
  if (body === undefined) return losses.map(({ rule, pointer }) => `${pointer} ${rule}`).join()
  const { faults, oddities } = validated(JSON.parse(JSON.stringify(body)), kind, version)
  return [...faults, ...oddities]
}

describe.each(versions)('what we have, to a partner that speaks %s', (version) => {
  it('is a location as it has them', () => {
    expect(foundWrong(ofSite.object, 'location', version)).toEqual([])
  })

  it('is a CDR as it has them, whatever was charged by whatever tariff', () => {
    fc.assert(
      fc.property(anyTariff, anyUsage, (tariff, usage) => {
        const made = cdrObject(sealed(price(tariff, usage)), aboutCdr)
        if ('object' in made) expect(foundWrong(made.object, 'cdr', version)).toEqual([])
      }),
      { numRuns: 50 },
    )
  })

  it('is a tariff as it has them, or none where it would be another', () => {
    fc.assert(
      fc.property(anyTariff, (tariff) => {
        const { object } = tariffObject(tariff, { code, updatedAt: 0 })
        const wrong = foundWrong(object, 'tariff', version)
        if (typeof wrong === 'string') expect(wrong).toMatch(/noValue|leftOut|noField/)
        else expect(wrong).toEqual([])
      }),
      { numRuns: 50 },
    )
  })
})
