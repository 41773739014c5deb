import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  eventAreas,
  giftFault,
  type Grant,
  hasRight,
  hidesDrivers,
  isPartys,
  isPlaced,
  type KeyRole,
  keyRoles,
  mayHear,
  permissions,
  refusalOf,
  type Scope,
  sightOf,
} from '../../../core/domain/access.ts'
import { eventTypes } from '../../../core/domain/event.ts'

const grant = (role: KeyRole, scope: Scope = 'tenant', party?: string): Grant => ({
  role,
  scope,
  ...(party !== undefined && { party }),
})
const north: Scope = { sites: ['NORTH'], stations: [], chargePoints: [] }
const rightsOf = (role: KeyRole): readonly string[] => permissions.filter((permission) => hasRight(role, permission))
const id = fc.constantFrom('a', 'b', 'c')
const places = fc.record({ sites: fc.uniqueArray(id), stations: fc.uniqueArray(id), chargePoints: fc.uniqueArray(id) })
const grants = fc
  .record({ role: fc.constantFrom(...keyRoles), scope: fc.oneof(fc.constant('tenant' as const), places), party: id })
  .map(({ role, scope, party }) => (isPartys(role) ? grant(role, 'tenant', party) : grant(role, scope)))

describe('what a key is good for', () => {
  it('S-17: what is not said of a role is not allowed', () => {
    expect(refusalOf(grant('auditor'), 'nothing.read' as never)).toBeDefined()
    expect(refusalOf(grant('operator'), 'nothing.read' as never)).toBeDefined()
  })

  it('BI-52: an auditor reads everything and changes nothing', () => {
    expect(rightsOf('auditor')).toEqual(permissions.filter((permission) => permission.endsWith('.read')))
  })

  it('BI-52: support reads nearly all and gives orders, but makes no keys and writes no prices', () => {
    expect(rightsOf('support').filter((permission) => !permission.endsWith('.read'))).toEqual([
      'commands.write',
      'commands.operate',
      'traces.write',
    ])
    expect(hasRight('support', 'audit.read')).toBe(false)
  })

  it('BI-52: an installer sees no money and no driver', () => {
    for (const area of [
      'cdrs',
      'documents',
      'books',
      'tariffs',
      'settlement',
      'tokens',
      'contracts',
      'sessions',
    ] as const)
      expect([area, hasRight('installer', `${area}.read`)]).toEqual([area, false])
    expect(hasRight('installer', 'chargePoints.write')).toBe(true)
  })

  it('parties read what is theirs, and write nothing', () => {
    for (const role of ['siteOwner', 'emp'] as const)
      expect([role, rightsOf(role).every((permission) => permission.endsWith('.read'))]).toEqual([role, true])
    expect([hidesDrivers('siteOwner'), hidesDrivers('emp')]).toEqual([true, false])
  })

  it('S-17: what a tenant has as a whole is not for a key that is limited to places', () => {
    expect(refusalOf(grant('operator'), 'tariffs.write')).toBeUndefined()
    expect(refusalOf(grant('operator', north), 'tariffs.write')).toContain('limited to places')
    expect(refusalOf(grant('operator', north), 'sessions.read')).toBeUndefined()
    for (const permission of ['apiKeys.write', 'audit.read', 'books.read', 'market.write'] as const)
      expect([permission, isPlaced(permission)]).toEqual([permission, false])
  })

  it('a key without its party sees what nobody has', () => {
    expect([sightOf(grant('siteOwner')), sightOf(grant('emp'))]).toEqual([{ owner: '' }, { emp: '' }])
    expect([sightOf(grant('siteOwner', 'tenant', 'S')), sightOf(grant('support'))]).toEqual([{ owner: 'S' }, 'whole'])
  })

  it('every event belongs to something that can be read, and is heard by whoever may read that', () => {
    for (const type of eventTypes) {
      expect([type, mayHear(grant('auditor'), type)]).toEqual([type, true])
      expect([type, mayHear(grant('emp', 'tenant', 'E'), type)]).toEqual([
        type,
        ['sessions', 'cdrs', 'contracts', 'tokens', 'settlement'].includes(eventAreas[type]),
      ])
    }
  })
})

describe('who may make which key', () => {
  it.each([
    ['operator', 'operator', undefined],
    ['operator', 'installer', undefined],
    ['operator', 'emp', undefined],
    ['reseller', 'operator', undefined],
    ['platform', 'reseller', undefined],
    ['operator', 'reseller', 'only the platform and a reseller'],
    ['operator', 'platform', 'only the platform'],
    ['reseller', 'platform', 'only the platform'],
    ['support', 'auditor', 'no permission'],
    ['auditor', 'operator', 'no permission'],
  ] as const)('%s makes %s: %s', (own, wanted, refused) => {
    const fault = giftFault(grant(own), grant(wanted, 'tenant', isPartys(wanted) ? 'P' : undefined))
    expect(refused === undefined ? fault : fault?.includes(refused)).toBe(refused === undefined ? undefined : true)
  })

  it('nobody makes a key that reaches further than their own', () => {
    expect(giftFault(grant('operator', north), grant('operator'))).toContain('further')
    expect(giftFault(grant('operator', north), grant('operator', { ...north, chargePoints: ['CP'] }))).toContain(
      'further',
    )
    expect(giftFault(grant('operator', north), grant('installer', north))).toBeUndefined()
    expect(giftFault(grant('emp', 'tenant', 'A'), grant('emp', 'tenant', 'B'))).toContain('A')
  })

  it('whatever is handed on, and on again, allows nothing that the first key did not', () => {
    fc.assert(
      fc.property(fc.array(grants, { minLength: 2, maxLength: 5 }), (keys) => {
        const [first, ...others] = keys
        if (first === undefined) return
        let last = first
        for (const next of others) if (giftFault(last, next) === undefined) last = next
        const allowed = permissions.filter((permission) => refusalOf(last, permission) === undefined)
        expect(allowed.filter((permission) => refusalOf(first, permission) !== undefined)).toEqual([])
        if (first.scope === 'tenant') return
        expect(last.scope).not.toBe('tenant')
        if (last.scope !== 'tenant') expect(first.scope.sites).toEqual(expect.arrayContaining([...last.scope.sites]))
      }),
      { numRuns: 2_000 },
    )
  })
})
