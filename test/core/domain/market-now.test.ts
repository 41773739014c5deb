import { describe, expect, it } from 'vitest'
import { rolesNow } from '../../../core/domain/market-now.ts'

describe('who has a role now', () => {
  const site = [
    { role: 'operator', party: 'old', until: '2026-11-28' },
    { role: 'operator', party: 'new', from: '2026-11-28' },
  ] as const

  it('goes by the calendar of the site, to the millisecond', () => {
    const midnight = Date.UTC(2026, 10, 27, 23)
    const at = (ms: number) => rolesNow({ own: [], site }, 'Europe/Berlin', ms)
    expect([
      at(midnight - 1).holder('operator'),
      at(midnight - 1).until,
      at(midnight).holder('operator'),
      at(midnight).until,
    ]).toEqual(['old', midnight, 'new', undefined])
  })

  it('is whoever is named for the station before whoever is for the site', () => {
    const own = [{ role: 'operator', party: 'own', until: '2026-11-27' }] as const
    const at = (day: number) => rolesNow({ own, site }, 'UTC', Date.UTC(2026, 10, day, 12)).holder('operator')
    expect([at(26), at(27)]).toEqual(['own', 'old'])
  })
})
