import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { receivedTokens } from '../../../adapters/postgres/received-tokens.ts'
import { presentedTokens } from '../../../adapters/presented-tokens.ts'
import { postgresStore } from '../../../adapters/postgres/store/index.ts'
import { postgresTokens } from '../../../adapters/postgres/tokens.ts'
import { tokensReceiver } from '../../../adapters/roaming/ocpi/modules/tokens-receiver.ts'
import { noQuirks, type RoamingPartner } from '../../../core/domain/roaming-partner.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import type { Token } from '../../../core/roaming/model.ts'
import { operator } from '../../support/roaming-platforms.ts'

const emp: RoamingPartner = {
  tenant: 'default',
  id: 'emp',
  state: 'registered',
  since: 0,
  version: '2.3.0',
  roles: [{ role: 'EMSP', code: { country: 'DE', party: 'EMP' }, name: 'EMP' }],
  endpoints: [],
  quirks: noQuirks,
  checks: [],
  changedAt: 0,
}

const token = (uid: string, more: object = {}) => ({
  country_code: 'DE',
  party_id: 'EMP',
  uid,
  type: 'RFID',
  contract_id: 'DE-EMP-C00000001',
  issuer: 'EMP',
  valid: true,
  whitelist: 'ALLOWED',
  last_updated: '2026-11-24T12:00:00Z',
  ...more,
})

describe('tokens of an EMP on PostgreSQL', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await freshDatabase()
    const store = postgresStore(database.app, database.ingest)
    await store.roamingPartners.create(emp, { at: 1, by: operator })
  })
  afterAll(() => database?.close())

  const to = async (method: string, path: string, body?: unknown) => {
    const tokens = receivedTokens(database.app)
    const module = tokensReceiver({ receivedTokens: tokens, clock: { now: () => 1_000, monotonic: () => 0 } })
    const [place = '', query = ''] = path.split('?')
    const { http = 200, ...answer } = await module.answer({
      partner: emp,
      version: '2.3.0',
      method,
      path: place.split('/'),
      base: 'https://cpo.example/ocpi/default/2.3.0/receiver/tokens',
      routing: {},
      query: new URLSearchParams(query),
      headers: new Headers(),
      body: typeof body === 'string' ? body : JSON.stringify(body ?? {}),
    })
    return { ...answer, http }
  }
  const found = (uid: string, type?: 'RFID' | 'APP') =>
    postgresTokens(database.ingest).find('default', uid, undefined, type)
  const told = async (uid: string): Promise<number> => {
    const [row] = await database.admin<
      { n: number }[]
    >`select count(*)::int as n from events where type = 'token.changed' and lower(subject) = lower(${uid})`
    return row?.n ?? 0
  }

  it('are kept as they were told, and known to stations in the same commit', async () => {
    const put = await to('PUT', 'DE/EMP/CARD1', token('CARD1', { whitelist: 'NEVER', group_id: 'G1' }))
    expect([put.http, put.code]).toEqual([201, 1000])
    expect(await found('card1')).toMatchObject({
      uid: 'CARD1',
      issuer: 'DE*EMP',
      status: 'Accepted',
      groupId: 'G1',
      cacheS: 0,
      roaming: { partner: 'emp', whitelist: 'NEVER', type: 'RFID' },
    })
    expect((await to('GET', 'de/emp/card1')).data).toMatchObject({ uid: 'CARD1', whitelist: 'NEVER' })
    expect(await told('CARD1')).toBe(1)
  })

  it('that are told twice are one, and nobody hears of the second time; also both at once', async () => {
    const [one, two] = await Promise.all([
      to('PUT', 'DE/EMP/TWICE', token('TWICE')),
      to('PUT', 'DE/EMP/TWICE', token('TWICE')),
    ])
    await to('PUT', 'DE/EMP/TWICE', token('TWICE'))
    expect([one.code, two.code, await told('TWICE')]).toEqual([1000, 1000, 1])
  })

  it('same uid, different type: are different tokens', async () => {
    await to('PUT', 'DE/EMP/SAME', token('SAME', { valid: false }))
    await to('PUT', 'DE/EMP/SAME?type=APP_USER', token('SAME', { type: 'APP_USER' }))
    const wrong = await to('PUT', 'DE/EMP/SAME', token('SAME', { type: 'OTHER' }))
    expect([wrong.http, wrong.code]).toEqual([200, 2001])
    const [card, app] = await Promise.all([to('GET', 'DE/EMP/SAME'), to('GET', 'DE/EMP/same?type=app_user')])
    expect([card.data, app.data]).toMatchObject([{ valid: false }, { valid: true }])
    expect([(await found('SAME', 'RFID'))?.status, (await found('SAME', 'APP'))?.status]).toEqual([
      'Blocked',
      'Accepted',
    ])
    // 1.6 does not say what it is: it is a card
    expect((await found('SAME'))?.status).toBe('Blocked')
  })

  it('uid case: is that of the first, and means nothing', async () => {
    await to('PUT', 'DE/EMP/AbCd', token('AbCd'))
    await to('PUT', 'DE/EMP/ABCD', token('aBcD', { valid: false, last_updated: '2026-11-24T13:00:00Z' }))
    expect((await found('abcd'))?.status).toBe('Blocked')
    const [row] = await database.admin<{ n: number }[]>`select count(*)::int as n from tokens where key = 'abcd'`
    expect(row?.n).toBe(1)
  })

  it('that are not valid any more are refused at once: whoever remembers them hears of it', async () => {
    const hot = postgresTokens(database.ingest)
    await to('PUT', 'DE/EMP/GONE', token('GONE'))
    const before = (await hot.find('default', 'GONE'))?.status
    await to('PATCH', 'DE/EMP/GONE', { valid: false, last_updated: '2026-11-24T12:00:01Z' })
    const heard = await told('GONE')
    hot.forget('default', 'GONE')
    expect([before, heard, (await hot.find('default', 'GONE'))?.status]).toEqual(['Accepted', 2, 'Blocked'])
  })

  it('BI-56: a PATCH without last_updated is 2001, an older one changes nothing', async () => {
    await to('PUT', 'DE/EMP/PATCHED', token('PATCHED'))
    const without = await to('PATCH', 'DE/EMP/PATCHED', { valid: false })
    const older = await to('PATCH', 'DE/EMP/PATCHED', { valid: false, last_updated: '2026-11-24T11:59:59Z' })
    const put = await to(
      'PUT',
      'DE/EMP/PATCHED',
      token('PATCHED', { valid: false, last_updated: '2026-11-24T11:00:00Z' }),
    )
    const nobody = await to('PATCH', 'DE/EMP/NOBODY', { valid: false, last_updated: '2026-11-24T12:00:00Z' })
    expect([without.code, older.code, put.code, [nobody.http, nobody.code]]).toEqual([2001, 1000, 1000, [404, 2004]])
    expect((await found('PATCHED'))?.status).toBe('Accepted')
  })

  it('of a party that is not on the platform of the partner are not found, those with another id in them are 2001', async () => {
    const foreign = await to('PUT', 'DE/XXX/CARD9', token('CARD9', { party_id: 'XXX' }))
    const other = await to('PUT', 'DE/EMP/CARD9', token('CARD8'))
    const bad = await to('PUT', 'DE/EMP/CARD9', '{')
    expect([foreign.http, other.code, [bad.http, bad.code]]).toEqual([404, 2001, [400, 2001]])
    expect(await found('CARD9')).toBeUndefined()
  })

  it('are a page in one commit, whoever else writes the same ones', async () => {
    const store = receivedTokens(database.app)
    const page = (from: number) =>
      Array.from({ length: 50 }, (_, i) => ({
        ref: {
          tenant: 'default',
          module: 'tokens',
          owner: { country: 'DE', party: 'EMP' },
          id: `P${(from + i) % 50}`,
        } as const,
        decide: () => token(`P${(from + i) % 50}`),
      }))
    const done = await Promise.all(
      [0, 17, 34, 25].map((from) => store.change('default', { partner: 'emp', at: 2_000 }, page(from))),
    )
    const [row] = await database.admin<{ n: number }[]>`select count(*)::int as n from tokens where key ~ '^p[0-9]+$'`
    expect([done.flat().every((one) => typeof one !== 'string'), row?.n]).toEqual([true, 50])
  })

  describe('that came with a command', () => {
    const at = 5_000
    const keep = async (more: Partial<Token> & Pick<Token, 'uid'>, now = at): Promise<boolean> => {
      const [tokens, { tokens: store }] = [
        postgresTokens(database.ingest),
        postgresStore(database.app, database.ingest),
      ]
      const parts = { tokens, store, receivedTokens: receivedTokens(database.app) }
      return presentedTokens(parts).keep(emp, { ...token(more.uid), ...more } as Token, now)
    }

    it('are their partner’s, with its whitelist, so that it is asked about them later where it wants to be', async () => {
      expect(await keep({ uid: 'ORDERED', whitelist: 'NEVER' })).toBe(true)
      expect(await found('ordered')).toMatchObject({
        issuer: 'DE*EMP',
        status: 'Accepted',
        cacheS: 0,
        roaming: { partner: 'emp', whitelist: 'NEVER', type: 'RFID' },
      })
      expect((await to('GET', 'DE/EMP/ORDERED')).data).toMatchObject({ uid: 'ORDERED', whitelist: 'NEVER' })
    })

    it('change nothing of one that we were told of', async () => {
      await to('PUT', 'DE/EMP/TOLD', token('TOLD', { valid: false }))
      expect([await keep({ uid: 'told', last_updated: '2026-11-25T12:00:00Z' }), await told('TOLD')]).toEqual([true, 1])
      expect((await found('TOLD'))?.status).toBe('Blocked')
    })

    it('are refused where the uid is somebody else’s here, or the party is not on the platform', async () => {
      const store = postgresStore(database.app, database.ingest)
      await store.tokens.put('default', [{ uid: 'OURS', issuer: '', type: 'RFID', status: 'Accepted' }], 1)
      expect([await keep({ uid: 'OURS' }), await keep({ uid: 'FOREIGN', party_id: 'XYZ' })]).toEqual([false, false])
      expect(await found('FOREIGN')).toBeUndefined()
    })

    it('are good for a day where they were made for one session; for another one they are good again', async () => {
      const day = 24 * 3_600_000
      const app = { uid: 'GUEST', type: 'AD_HOC_USER', whitelist: 'ALWAYS' } as const
      await keep(app)
      const first = await found('GUEST')
      await keep(app, at + 2 * day)
      const again = await found('GUEST')
      expect([first, again].map((one) => [one?.type, one?.expiresAt, one?.cacheS])).toEqual([
        ['APP', at + day, 60],
        ['APP', at + 3 * day, 60],
      ])
      // of what its EMP tells us itself we know what it is
      const type = '?type=AD_HOC_USER'
      await to(
        'PUT',
        `DE/EMP/GUEST${type}`,
        token('GUEST', { type: 'AD_HOC_USER', last_updated: '2026-11-26T12:00:00Z' }),
      )
      expect((await found('GUEST'))?.expiresAt).toBeUndefined()
    })

    it('are kept once, however many commands bring them at once', async () => {
      expect(await Promise.all([1, 2, 3].map(() => keep({ uid: 'ATONCE' })))).toEqual([true, true, true])
      expect(await told('ATONCE')).toBe(1)
    })
  })
})
