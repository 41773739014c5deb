import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { authorize } from '../../../core/domain/authorization.ts'
import { contractName, type Term, termAt } from '../../../core/domain/contract.ts'
import { entriesOf } from '../../../core/domain/local-list.ts'
import type { Token } from '../../../core/domain/token.ts'

const at = (text: string): number => Date.parse(text)
const term = (contract: string, from: string, until?: string, state: Term['state'] = 'active'): Term => ({
  contract,
  state,
  from: at(from),
  ...(until !== undefined && { until: at(until) }),
})
const card = (...terms: readonly Term[]): Token => ({
  uid: 'CARD',
  issuer: '',
  type: 'RFID',
  status: 'Accepted',
  contract: 'a text of its own',
  terms,
})

// of two drivers, swapped in the night that Berlin has twice from two to three
const swap = '2026-10-25T01:30:00+01:00'
const swapped = card(term('A', '2026-10-01T00:00:00+02:00', swap), term('B', swap, '2026-11-01T00:00:00+01:00'))

describe('a token of contracts', () => {
  it('charges for the one that it belongs to at that moment, by no clock on a wall', () => {
    const moments = ['2026-10-25T02:29:59+02:00', '2026-10-25T02:30:00+02:00', '2026-10-25T02:29:59+01:00']
    expect(moments.map((moment) => authorize(swapped, at(moment)).contract)).toEqual(['A', 'B', 'B'])
  })

  it('presented before it was swapped and told of later, charges for the one that it belonged to, as it stands now', () => {
    expect(authorize(swapped, at('2026-10-26T12:00:00Z'), at('2026-10-24T12:00:00Z'))).toEqual({
      status: 'Accepted',
      contract: 'A',
      expiresAt: at('2026-11-01T00:00:00+01:00'),
    })
  })

  it('is good until the end of the month and not a moment longer, while nobody changes anything', () => {
    const end = at('2026-11-01T00:00:00+01:00')
    expect([authorize(swapped, end - 1).status, authorize(swapped, end).status]).toEqual(['Accepted', 'Expired'])
    expect(authorize(swapped, end)).not.toHaveProperty('contract')
  })

  it('is Invalid before the first of them begins, Blocked with one that is suspended, Expired with one that has ended', () => {
    const now = at('2026-11-15T00:00:00Z')
    const told = (state: Term['state']) => authorize(card(term('A', '2026-11-01T00:00:00Z', undefined, state)), now)
    expect(authorize(card(term('A', '2026-12-01T00:00:00Z')), now)).toEqual({ status: 'Invalid' })
    expect(told('suspended')).toEqual({ status: 'Blocked', contract: 'A' })
    expect(told('ended')).toEqual({ status: 'Expired', contract: 'A' })
  })

  it('that is blocked itself is not made good by a contract', () => {
    expect(authorize({ ...swapped, status: 'Blocked' }, at('2026-10-10T00:00:00Z')).status).toBe('Blocked')
    const expired = { ...swapped, expiresAt: at('2026-10-05T00:00:00Z') }
    expect(authorize(expired, at('2026-10-10T00:00:00Z')).status).toBe('Expired')
  })

  it('without one keeps the text that goes with it', () => {
    const { terms: _, ...free } = swapped
    expect(authorize(free, 0)).toEqual({ status: 'Accepted', contract: 'a text of its own' })
  })

  it('is on a list for offline stations only while it is good, and until when', () => {
    const listed = (moment: string) => entriesOf([swapped], at(moment), 20).map(({ expiresAt }) => expiresAt)
    expect(listed('2026-10-10T00:00:00Z')).toEqual([at(swap)])
    expect(listed('2026-09-10T00:00:00Z')).toEqual([])
    expect(listed('2026-11-10T00:00:00Z')).toEqual([])
  })

  it('is one of one contract at any moment, however often it is given on', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 1_000 }), { minLength: 2, maxLength: 8 }), (times) => {
        const moments = times.toSorted((a, b) => a - b)
        const terms = moments.slice(0, -1).map((from, i) => ({
          contract: `C${i}`,
          state: 'active' as const,
          from,
          until: moments[i + 1] ?? Infinity,
        }))
        for (const [i, moment] of moments.entries())
          expect(termAt(terms, moment)?.contract).toBe(i === terms.length ? undefined : `C${i}`)
      }),
    )
  })
})

describe('a contract', () => {
  it('is called by its EVCO ID where it has one', () => {
    expect(contractName({ id: 'fleet-42', evcoId: 'DE-8AA-001234567-0' })).toBe('DE-8AA-001234567-0')
    expect(contractName({ id: 'fleet-42' })).toBe('fleet-42')
  })
})
