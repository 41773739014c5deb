import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findToken } from '../../../actors/find-token.ts'
import type { Sql, Transaction } from '../../../adapters/postgres/connect.ts'
import { type Charged, contractsOf } from '../../../adapters/postgres/contract-of.ts'
import { postgresStore } from '../../../adapters/postgres/store/index.ts'
import { ownTokens } from '../../../adapters/postgres/own-tokens.ts'
import { asTenant } from '../../../adapters/postgres/tenant.ts'
import { type CachedTokens, postgresTokens } from '../../../adapters/postgres/tokens.ts'
import { authorize } from '../../../core/domain/authorization.ts'
import type { ContractPut } from '../../../core/ports/contracts.ts'
import type { Store } from '../../../core/ports/store.ts'
import type { TokenType } from '../../../core/domain/token.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'

const day = 86_400_000
const now = Date.UTC(2026, 10, 15)
const by = { key: 'k', label: 'the operator' }

describe('contracts on PostgreSQL', () => {
  let database: TestDatabase
  let store: Store
  beforeAll(async () => {
    database = await freshDatabase()
    await database.register(1, 'other')
    store = postgresStore(database.app, database.ingest)
  })
  afterAll(() => database.close())

  const put = (id: string, more: Partial<ContractPut> = {}, tenant = 'default') =>
    store.contracts.put(
      tenant,
      { id, emp: 'DE*8AA', state: 'active', validFrom: now - 100 * day, ...more },
      { by, at: now },
    )
  const give = (id: string, uid: string, times: { readonly from?: number; readonly until?: number } = {}) =>
    store.contracts.putToken('default', id, { issuer: '', uid, type: 'RFID', ...times }, { by, at: now })
  const contractOf = async (of: Charged, tx: Transaction | Sql = database.ingest) =>
    (await contractsOf(tx, 'default', [of]))[0]
  const charged = (uid: string, at: number) => contractOf({ uid, at })

  /** As a worker decides about it, by what it remembers. */
  const decision = async (tokens: CachedTokens, uid: string, at = now, type?: TokenType) => {
    const { status, contract } = authorize(await findToken(tokens, 'default', { uid, type, at }), at)
    return [status, contract]
  }

  it('a card swapped in the middle of a month charges for whom it belonged to at each moment', async () => {
    await put('A')
    await put('B')
    const swap = now - 3 * day
    await give('A', 'SWAPPED', { from: now - 20 * day, until: swap })
    await give('B', 'SWAPPED', { from: swap })
    const moments = [now - 21 * day, now - 20 * day, swap - 1, swap, now]
    expect(await Promise.all(moments.map(async (at) => (await charged('swapped', at))?.id))).toEqual([
      undefined,
      'A',
      'A',
      'B',
      'B',
    ])
    // and a session that has named its contract stays with it, whatever becomes of the card
    expect((await contractOf({ named: 'A', uid: 'SWAPPED', at: now }))?.id).toBe('A')
  })

  it('two contracts that want one card at the same moment: one has it, the other is told who', async () => {
    await Promise.all([put('ONE'), put('TWO')])
    const both = await Promise.all([give('ONE', 'WANTED'), give('TWO', 'WANTED')])
    const [winner, loser] = 'token' in (both[0] as object) ? ['ONE', both[1]] : ['TWO', both[0]]
    expect(loser).toEqual({ takenBy: winner })
    const rows = await database.admin`select contract from contract_tokens where uid = 'WANTED'`
    expect(rows.map((row) => row['contract'])).toEqual([winner])
  })

  it('the same said twice at once is so once', async () => {
    await put('AGAIN')
    await give('AGAIN', 'TWICE', { from: now })
    await Promise.all([give('AGAIN', 'TWICE'), give('AGAIN', 'TWICE'), give('AGAIN', 'twice', { from: now - day })])
    const rows = await database.admin`select 1 from contract_tokens where key = 'twice'`
    expect(rows.length).toBe(1)
  })

  it('whoever remembers a card hears of what becomes of its contract, and by itself of its end', async () => {
    const tokens = postgresTokens(database.ingest)
    await put('HEARD', { validUntil: now + day })
    await give('HEARD', 'CARD-1')
    expect(await decision(tokens, 'card-1')).toEqual(['Accepted', 'HEARD'])
    expect(await decision(tokens, 'card-1', now + day)).toEqual(['Expired', undefined])
    await put('HEARD', { state: 'suspended' })
    const [event] =
      await database.admin`select subject from events where type = 'token.changed' order by xid desc, id desc limit 1`
    expect(event?.['subject']).toBe('CARD-1')
    tokens.forget('default', 'CARD-1')
    expect(await decision(tokens, 'card-1')).toEqual(['Blocked', 'HEARD'])
  })

  it('an EVCO ID is a token by itself, in every spelling, and blocked where it is registered as that', async () => {
    const tokens = postgresTokens(database.ingest)
    await put('evco', { evcoId: 'DE-83D-UIEN83QGZ-D' })
    const spellings = ['DE-83D-UIEN83QGZ-D', 'de83duien83qgz', 'DE83D-UIEN83QGZ', 'DE83DUIEN83QGZD']
    for (const uid of spellings)
      expect([uid, await decision(tokens, uid, now, 'EVCO')]).toEqual([uid, ['Accepted', 'DE-83D-UIEN83QGZ-D']])
    expect(await decision(tokens, 'DE83DUIEN83QGZ', now, 'RFID')).toEqual(['Invalid', undefined])
    expect((await contractOf({ named: 'de83duien83qgz', at: now }))?.id).toBe('evco')
    await store.tokens.put('default', [{ uid: 'DE-83D-UIEN83QGZ', issuer: '', type: 'EVCO', status: 'Blocked' }], now)
    const later = postgresTokens(database.ingest)
    for (const uid of spellings) expect([uid, (await decision(later, uid, now, 'EVCO'))[0]]).toEqual([uid, 'Blocked'])
  })

  it('an EVCO ID is of one contract, also when two ask for it at once, and is never changed', async () => {
    const evcoId = 'NL-TNM-012204-5'
    const both = await Promise.all([put('first', { evcoId }), put('second', { evcoId })])
    expect(both.filter((answer) => answer === 'evcoIdTaken').length).toBe(1)
    const [{ id } = { id: '' }] = (await store.contracts.list('default', { evcoId: 'nltnm0122045' }, { limit: 10 }))
      .items
    expect(await put(id, { evcoId: 'DE-8AA-001234567-0' })).toBe('otherEvcoId')
    expect(await put(id, { emp: 'NL*TNM' })).toBe('otherEmp')
    expect(await put(id, { validUntil: now - 200 * day })).toBe('endsBeforeItBegins')
    expect(await put(id)).toMatchObject({ created: false, contract: { evcoId } })
  })

  it('an EMP is a party, or the code of one that is none of ours yet', async () => {
    await put('early', { emp: 'nl-abc' })
    await database.admin`insert into parties (tenant, id, role, name, country_code, party_id, created_at, changed_at)
      values ('default', 'acme', 'emp', 'ACME', 'NL', 'ABC', now(), now()), ('default', 'owner', 'siteOwner', 'Owner', null, null, now(), now())`
    expect(await put('late', { emp: 'NL*ABC' })).toMatchObject({ contract: { emp: 'acme' } })
    expect(await put('early', { emp: 'ACME' })).toMatchObject({ created: false, contract: { emp: 'acme' } })
    const listed = await store.contracts.list('default', { emp: 'NLABC' }, { limit: 10 })
    expect(listed.items.map(({ id }) => id)).toEqual(['early', 'late'])
    expect(await store.parties.remove('default', 'acme', { by, at: now })).toMatchObject({
      neededBy: 'contract early, contract late',
    })
    expect([await put('none', { emp: 'owner' }), await put('none', { emp: 'nobody' })]).toEqual([
      'unknownEmp',
      'unknownEmp',
    ])
  })

  it('a card that is given back is good no more, and one whose contract is removed is nobody’s', async () => {
    await put('BACK')
    await give('BACK', 'GIVEN-BACK', { from: now - day })
    await store.contracts.endToken('default', 'BACK', { issuer: '', uid: 'given-back', at: now }, { by, at: now })
    const tokens = postgresTokens(database.ingest)
    expect(await decision(tokens, 'GIVEN-BACK')).toEqual(['Expired', undefined])
    expect(await store.contracts.remove('default', 'BACK', { by, at: now })).toBe('removed')
    tokens.forgetAll()
    expect(await decision(tokens, 'GIVEN-BACK')).toEqual(['Invalid', undefined])
    expect(await store.contracts.remove('default', 'BACK', { by, at: now })).toBe('missing')
  })

  it('cards of contracts are among those that may charge offline', async () => {
    await put('LISTED')
    await give('LISTED', 'OFFLINE')
    const [token] = await store.tokens.accepted('default', ['offline'])
    expect([token?.uid, authorize(token, now).status, authorize(token, now - day).status]).toEqual([
      'OFFLINE',
      'Accepted',
      'Invalid',
    ])
  })

  it('BI-51: no tenant sees or changes a contract of another, nor gives its cards to it', async () => {
    await put('OURS', { evcoId: 'DE-8AA-001234567-0' })
    await give('OURS', 'OUR-CARD')
    const there = { limit: 10 }
    expect(await store.contracts.find('other', 'OURS')).toBeUndefined()
    expect(await store.contracts.list('other', { token: 'OUR-CARD' }, there)).toEqual({ items: [], next: null })
    expect(await store.contracts.remove('other', 'OURS', { by, at: now })).toBe('missing')
    expect(await put('THEIRS', { evcoId: 'DE-8AA-001234567-0' }, 'other')).toMatchObject({ created: true })
    const seen = asTenant(database.app, 'other', (tx) => contractOf({ uid: 'OUR-CARD', at: now }, tx))
    expect(await seen).toBeUndefined()
    const forged = asTenant(
      database.app,
      'other',
      (tx) =>
        tx`insert into contract_tokens (tenant, contract, uid, type, from_at) values ('default', 'OURS', 'X', 'RFID', now())`,
    )
    await expect(forged).rejects.toThrow(/row-level security/)
    expect(
      await findToken(postgresTokens(database.ingest), 'other', { uid: 'OUR-CARD', type: undefined, at: now }),
    ).toBeUndefined()
  })

  it('the token of a contract is its latest card, by any spelling of its name; without one, the contract itself', async () => {
    await store.parties.put(
      { tenant: 'default', id: 'emp', role: 'emp', name: 'EMP', code: { country: 'DE', party: '8AA' }, isOurs: true },
      { by, at: now },
    )
    await put('NAMED', { evcoId: 'DE-8AA-C11112222' })
    await put('BARE', { evcoId: 'DE-8AA-C98765432' })
    await give('NAMED', 'LOST', { from: now - 20 * day, until: now - 10 * day })
    await give('NAMED', 'CARD-2', { from: now - 10 * day })
    const tokens = ownTokens(database.app)
    const names = ['DE-8AA-C11112222', 'de8aac11112222', 'NAMED', 'DE-8AA-C98765432', 'nobody']
    const found = await Promise.all(names.map((name) => tokens.ofContract('default', name)))
    expect(found.map((own) => own && [own.token.uid, own.token.type, own.code.party])).toEqual([
      ['CARD-2', 'RFID', '8AA'],
      ['CARD-2', 'RFID', '8AA'],
      ['CARD-2', 'RFID', '8AA'],
      [expect.stringMatching(/^DE-?8AA-?C98765432/), 'EVCO', '8AA'],
      undefined,
    ])
    expect(await tokens.ofContract('other', 'NAMED')).toBeUndefined()
  })
})
