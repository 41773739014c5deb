import { describe, expect, it } from 'vitest'
import { tokensSender } from '../../../adapters/roaming/ocpi/modules/tokens-sender.ts'
import type { AuthorizationPolicy, OcpiVersion } from '../../../core/domain/roaming-partner.ts'
import { usualAuthorization } from '../../../core/domain/roaming-partner.ts'
import { type Token, tokenKey } from '../../../core/domain/token.ts'
import type { PublishedObject } from '../../../core/ports/roaming.ts'
import type { Grant } from '../../../core/ports/roaming-tokens.ts'
import type { ModuleRequest } from '../../../adapters/roaming/ocpi/module.ts'
import { TestClock } from '../../support/clock.ts'
import { cpo } from '../../support/received.ts'

const clock = new TestClock()
const contract = 'DE-EMP-C00000001'

/** A token of a contract of ours that lasts. */
const own = (uid: string, more: Partial<Token> = {}): Token => ({
  uid,
  issuer: '',
  type: 'RFID',
  status: 'Accepted',
  terms: [{ contract, state: 'active', from: 0 }],
  ...more,
})

interface Given {
  readonly tokens?: readonly Token[]
  readonly policy?: Partial<AuthorizationPolicy>
  readonly version?: OcpiVersion
  readonly published?: readonly string[]
  readonly routing?: ModuleRequest['routing']
  readonly grant?: (grant: Grant) => Promise<void>
}

/** Our EMP, as a CPO asks it about a token. */
const emp = ({ tokens = [own('CARD1')], policy, version = '2.3.0', published = [], ...given }: Given = {}) => {
  const grants: Grant[] = []
  const module = tokensSender({
    ownTokens: {
      async find(_, uid, type) {
        const token = tokens.find(
          (one) => tokenKey(one.uid) === tokenKey(uid) && (type === 'OTHER' || one.type === type),
        )
        return token && { token, code: { country: 'DE', party: 'EMP' }, issuer: 'EMP', whitelist: 'ALLOWED' }
      },
      ofContract: async () => undefined,
      grant: given.grant ?? (async (grant) => void grants.push(grant)),
    },
    published: {
      find: async (ref) =>
        published.includes(ref.id)
          ? ({ body: { last_updated: '2026-11-01T00:00:00Z' } } as unknown as PublishedObject)
          : undefined,
      list: async () => ({ items: [], isMore: false }),
      count: async () => 0,
      since: async () => [],
    },
    clock,
    ids: { uuid: () => 'REF1' },
  })
  const asks = async (path: string, body: unknown = '', method = 'POST') => {
    const [place = '', query = ''] = path.split('?')
    const partner = { ...cpo(), version, ...(policy && { authorization: { ...usualAuthorization, ...policy } }) }
    const {
      http = 200,
      code,
      data,
    } = await module.answer({
      partner,
      version,
      method,
      path: place.split('/'),
      base: `https://emp.example/ocpi/default/${version}/sender/tokens`,
      routing: given.routing ?? {},
      query: new URLSearchParams(query),
      headers: new Headers(),
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
    return { http, code, data: data as Readonly<Record<string, unknown>> | undefined }
  }
  return { asks, grants }
}

describe('our EMP is asked whether a driver of its may charge (OCPI 2.3.0 mod_tokens, “POST authorize”)', () => {
  const place = { location_id: 'LOC1', evse_uids: ['E1'] }

  it('ALLOWED: with a reference, the place and the token; and it is written down what it has said', async () => {
    const { asks, grants } = emp({ published: ['CARD1'] })
    const { http, code, data } = await asks('card1/authorize', place)
    expect([http, code, data]).toEqual([
      200,
      1000,
      {
        allowed: 'ALLOWED',
        token: {
          country_code: 'DE',
          party_id: 'EMP',
          uid: 'CARD1',
          type: 'RFID',
          contract_id: contract,
          issuer: 'EMP',
          valid: true,
          whitelist: 'ALLOWED',
          // as it stands in our list: the CPO sees that it has it already
          last_updated: '2026-11-01T00:00:00Z',
        },
        location: place,
        authorization_reference: 'REF1',
      },
    ])
    expect(grants).toEqual([
      {
        tenant: 'default',
        reference: 'REF1',
        partner: 'cpo',
        uid: 'CARD1',
        type: 'RFID',
        contract,
        place,
        at: clock.now(),
      },
    ])
  })

  it.each([
    ['BLOCKED', own('CARD1', { status: 'Blocked' })],
    ['BLOCKED', own('CARD1', { terms: [{ contract, state: 'suspended', from: 0 }] })],
    ['EXPIRED', own('CARD1', { expiresAt: clock.now() - 1 })],
    ['EXPIRED', own('CARD1', { terms: [{ contract, state: 'active', from: 0, until: clock.now() }] })],
    ['NO_CREDIT', own('CARD1', { credit: '0' as never })],
    ['NOT_ALLOWED', own('CARD1', { status: 'Invalid' })],
  ])('%s: is an answer at HTTP 200, without a reference (ocpi#528)', async (allowed, token) => {
    const { asks, grants } = emp({ tokens: [token] })
    const { http, code, data } = await asks('CARD1/authorize', place)
    expect([http, code, data?.['allowed'], data?.['authorization_reference'], data?.['location'], grants]).toEqual([
      200,
      1000,
      allowed,
      undefined,
      undefined,
      [],
    ])
  })

  it.each([
    ['a token that nobody has', 'NOBODYS/authorize', {}],
    ['one of another type', 'CARD1/authorize?type=APP_USER', {}],
    ['one of an EMP that was not asked', 'CARD1/authorize', { routing: { to: { country: 'DE', party: 'XYZ' } } }],
    ['one that never had a contract', 'CARD1/authorize', { tokens: [own('CARD1', { terms: [] })] }],
  ])('%s: HTTP 404 and 2004 (BI-54)', async (_, path, given) => {
    const { asks, grants } = emp(given)
    const { http, code } = await asks(path)
    expect([http, code, grants]).toEqual([404, 2004, []])
  })

  it('2002 where it must know where the driver stands, and is not told', async () => {
    const { asks, grants } = emp({ policy: { needsLocation: true } })
    const without = await asks('CARD1/authorize')
    const unknown = await asks('NOBODYS/authorize')
    const there = await asks('CARD1/authorize', place)
    expect([[without.http, without.code], [unknown.http, unknown.code], there.code, grants.length]).toEqual([
      [200, 2002],
      [404, 2004],
      1000,
      1,
    ])
  })

  it('a place that is none is 2001, and nobody is let in', async () => {
    const { asks, grants } = emp()
    const answers = [await asks('CARD1/authorize', { evse_uids: ['E1'] }), await asks('CARD1/authorize', '{')]
    expect([answers.map(({ code }) => code), grants]).toEqual([[2001, 2001], []])
  })

  it('says no yes that it could not write down', async () => {
    const { asks } = emp({ grant: () => Promise.reject(new Error('the database is away')) })
    await expect(asks('CARD1/authorize')).rejects.toThrow('away')
  })

  it('over 2.1.1 has neither token nor reference in its answer', async () => {
    const { asks, grants } = emp({ version: '2.1.1' })
    expect([(await asks('CARD1/authorize')).data, grants.length]).toEqual([{ allowed: 'ALLOWED' }, 1])
  })

  it('takes nothing else: 404 at other paths, 405 for other methods', async () => {
    const { asks } = emp()
    const answers = [await asks('CARD1'), await asks('CARD1/dance'), await asks('CARD1/authorize', '', 'GET')]
    expect(answers.map(({ http }) => http)).toEqual([404, 404, 405])
  })
})
