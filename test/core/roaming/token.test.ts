import { describe, expect, it } from 'vitest'
import { type AuthorizationStatus, authorizationStatuses } from '../../../core/domain/authorization.ts'
import { type Token, tokenTypes } from '../../../core/domain/token.ts'
import { allowedOf, authorizationOf } from '../../../core/roaming/allowed.ts'
import type { Token as TokenObject } from '../../../core/roaming/model.ts'
import { tokenFrom } from '../../../core/roaming/token-from.ts'
import { type AboutToken, tokenObject } from '../../../core/roaming/token-object.ts'

const about: AboutToken = {
  code: { country: 'DE', party: '8AA' },
  issuer: 'Stromer',
  whitelist: 'ALLOWED',
  contract: 'DE-8AA-001234567-0',
  isValid: true,
  updatedAt: Date.UTC(2026, 10, 27),
}
const card: Token = { uid: '04A1b2C3', issuer: '', type: 'RFID', status: 'Accepted', groupId: 'Fleet-1' }
const object: TokenObject = {
  country_code: 'DE',
  party_id: '8AA',
  uid: '04A1b2C3',
  type: 'RFID',
  contract_id: 'DE-8AA-001234567-0',
  issuer: 'Stromer',
  group_id: 'Fleet-1',
  valid: true,
  whitelist: 'ALLOWED',
  last_updated: '2026-11-27T00:00:00Z',
}

describe('a token of ours for partners (OCPI 2.3.0 mod_tokens)', () => {
  it('has its case, its group, and the contract that it belongs to', () => {
    expect(tokenObject(card, about)).toEqual({ object, losses: [] })
  })

  it('that belongs to no contract is none', () => {
    const { contract: _, ...nobodys } = about
    expect(tokenObject(card, nobodys)).toEqual({ impossible: ['it belongs to no contract'] })
  })

  it('says what OCPI has no word for', () => {
    const limited: Token = { ...card, type: 'MAC', expiresAt: 1, mostSessions: 2, credit: '5' }
    expect(tokenObject(limited, about)).toMatchObject({
      object: { type: 'OTHER' },
      losses: [{ pointer: '/type' }, { pointer: '/valid' }, { pointer: '/valid' }, { pointer: '/valid' }],
    })
  })

  it('is of the same type when it comes back, but for the address of a vehicle', () => {
    const back = tokenTypes.map((type) => {
      const made = tokenObject({ ...card, type }, about)
      return 'object' in made ? tokenFrom(made.object).object.type : undefined
    })
    expect(back).toEqual(['RFID', 'APP', 'EVCO', 'OTHER', 'OTHER'])
  })
})

describe('a token of a partner', () => {
  it('is one of ours, issued by its party', () => {
    expect(tokenFrom({ ...object, country_code: 'de', party_id: '8aa' })).toEqual({
      object: {
        uid: '04A1b2C3',
        issuer: 'DE*8AA',
        type: 'RFID',
        status: 'Accepted',
        groupId: 'Fleet-1',
        contract: 'DE-8AA-001234567-0',
      },
      losses: [],
    })
  })

  it.each<readonly [string, Partial<TokenObject>, Partial<Token>]>([
    ['that is not valid is blocked', { valid: false }, { status: 'Blocked' }],
    ['that may never be whitelisted is good for no station that is offline', { whitelist: 'NEVER' }, { cacheS: 0 }],
    ['of one use is one of an app', { type: 'AD_HOC_USER' }, { type: 'APP' }],
    ['of a type that only its partner knows is another one', { type: 'constructor' }, { type: 'OTHER' }],
  ])('%s', (_, told, expected) => {
    expect(tokenFrom({ ...object, ...told }).object).toMatchObject(expected)
  })

  it('loses what we have no place for, and says so', () => {
    const { losses } = tokenFrom({ ...object, type: 'WATCH', language: 'de', visual_number: '1' })
    expect(losses.map(({ pointer }) => pointer)).toEqual(['/type', '/visual_number', '/language'])
  })
})

it('leave to charge is the same on both sides, and what OCPI cannot tell apart is no leave', () => {
  const back = authorizationStatuses.map((status) => [status, authorizationOf(allowedOf(status))])
  const expected: readonly (readonly [AuthorizationStatus, AuthorizationStatus])[] = [
    ['Accepted', 'Accepted'],
    ['Blocked', 'Blocked'],
    ['Expired', 'Expired'],
    ['Invalid', 'Invalid'],
    ['ConcurrentTx', 'Invalid'],
    ['NoCredit', 'NoCredit'],
  ]
  expect(back).toEqual(expected)
  expect(['PERHAPS', 'constructor'].map(authorizationOf)).toEqual(['Invalid', 'Invalid'])
})
