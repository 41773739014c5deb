import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ownTokens } from '../../../adapters/postgres/own-tokens.ts'
import { publishedObjects } from '../../../adapters/postgres/published-objects.ts'
import { tokensSource } from '../../../adapters/postgres/published-tokens.ts'
import { receivedTokens } from '../../../adapters/postgres/received-tokens.ts'
import { postgresPublisher } from '../../../adapters/postgres/roaming-publisher.ts'
import { postgresStore } from '../../../adapters/postgres/store/index.ts'
import { noQuirks, type RoamingPartner } from '../../../core/domain/roaming-partner.ts'
import type { TokenType } from '../../../core/domain/token.ts'
import type { ContractPut } from '../../../core/ports/contracts.ts'
import type { Act } from '../../../core/ports/market.ts'
import type { RoamingPublisher } from '../../../core/ports/roaming-publisher.ts'
import type { Store } from '../../../core/ports/store.ts'
import type { Token } from '../../../core/roaming/model.ts'
import { toldToken } from '../../../core/roaming/told-token.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import { silence } from '../../support/quiet.ts'

const tenant = 'default'
const day = 86_400_000
const cpo: RoamingPartner = {
  tenant,
  id: 'cpo',
  state: 'registered',
  since: 0,
  roles: [],
  endpoints: [],
  quirks: noQuirks,
  checks: [],
  changedAt: 0,
}

let database: TestDatabase
let store: Store
let publisher: RoamingPublisher
let now = Date.UTC(2026, 10, 27, 12)
let issued = 0

beforeAll(async () => {
  database = await freshDatabase()
  store = postgresStore(database.app, database.ingest)
}, 60_000)
afterAll(() => database.close())

const act = (): Act => ({ by: { key: 'k1', label: 'a test' }, at: now })

/** Time goes on with each look, so that a stamp tells when something was published. */
const settle = async (ms = 10_000): Promise<void> => {
  now += ms
  while ((await publisher.collect(now)).isMore);
  while (await publisher.sweep(now));
  for (const one of await publisher.due(now)) while ((await publisher.publish(one, now)).isMore);
}

const contract = (id: string, more: Partial<ContractPut> = {}) =>
  store.contracts.put(tenant, { id, emp: 'emp', state: 'active', validFrom: now - 100 * day, ...more }, act())
const give = (id: string, uid: string, more: { type?: TokenType; from?: number; until?: number } = {}) =>
  store.contracts.putToken(tenant, id, { issuer: '', uid, type: 'RFID', from: now - 10 * day, ...more }, act())
const register = (uid: string, more: object = {}) =>
  store.tokens.put(tenant, [{ uid, issuer: '', type: 'RFID', status: 'Accepted', ...more }], now)
const shown = async (): Promise<readonly (Token & { readonly id: string })[]> =>
  (
    await publishedObjects(database.app).list(tenant, 'tokens', { partner: 'cpo' }, { start: { after: 0 }, limit: 100 })
  ).items.map(({ id, body }) => ({ ...(body as unknown as Token), id }))
const one = async (uid: string): Promise<Token | undefined> => (await shown()).find((token) => token.id === uid)

beforeEach(async () => {
  await database.admin`truncate roaming_dirty, roaming_feed, roaming_objects, roaming_publishers, roaming_sweeps, roaming_partners, events,
    contract_tokens, contracts, tokens, roaming_grants, roaming_received cascade`
  publisher = postgresPublisher({ ...database, sources: [tokensSource], log: silence })
  const party = { tenant, id: 'emp', role: 'emp', name: 'Our EMP', isOurs: true } as const
  await store.parties.put({ ...party, code: { country: 'DE', party: 'EMP' } }, act())
  await store.roamingPartners.create(cpo, { at: now })
  issued++
  await contract(`c${issued}`, { evcoId: `DE-EMP-C0000000${issued % 10}` })
  await give(`c${issued}`, 'CARD1')
  await settle()
})

describe('tokens of contracts with our EMP, as CPOs have them', () => {
  it('are told of with the name of their contract, by whomever of ours it is with', async () => {
    expect(await shown()).toMatchObject([
      {
        id: 'CARD1',
        country_code: 'DE',
        party_id: 'EMP',
        uid: 'CARD1',
        type: 'RFID',
        contract_id: expect.stringContaining('DE-EMP-C'),
        issuer: 'Our EMP',
        valid: true,
        whitelist: 'ALLOWED',
      },
    ])
  })

  it('the EVCO ID of a contract is asked about, and never told of', async () => {
    const evcoId = (await store.contracts.find(tenant, `c${issued}`))?.evcoId ?? ''
    const found = await ownTokens(database.app).find(tenant, evcoId.replaceAll('-', ''), 'EVCO')
    expect([(await shown()).map(({ id }) => id), found?.token.type]).toEqual([['CARD1'], 'EVCO'])
  })

  it('follow the whitelist of their contract, and a contract that says nothing of it keeps its own', async () => {
    const words: unknown[] = []
    for (const whitelist of ['ALWAYS', 'ALLOWED_OFFLINE', 'NEVER', undefined, 'ALLOWED'] as const) {
      await contract(`c${issued}`, whitelist && { whitelist })
      await settle()
      words.push((await one('CARD1'))?.whitelist)
    }
    expect(words).toEqual(['ALWAYS', 'ALLOWED_OFFLINE', 'NEVER', 'NEVER', 'ALLOWED'])
  })

  it('are not valid, but still there, when they are blocked, or their contract is suspended, or it has them no more', async () => {
    const rows: unknown[] = []
    const look = async (): Promise<void> => {
      await settle()
      rows.push((await shown()).map(({ id, valid }) => [id, valid]))
    }
    await register('CARD1', { status: 'Blocked' })
    await look()
    await register('CARD1')
    await look()
    await contract(`c${issued}`, { state: 'suspended' })
    await look()
    await contract(`c${issued}`)
    await look()
    await store.contracts.endToken(tenant, `c${issued}`, { issuer: '', uid: 'CARD1', at: now }, act())
    await look()
    expect(rows).toEqual([
      [['CARD1', false]],
      [['CARD1', true]],
      [['CARD1', false]],
      [['CARD1', true]],
      [['CARD1', false]],
    ])
  })

  it('turn by themselves when their time is over, at that moment and with its stamp', async () => {
    await give(`c${issued}`, 'CARD1', { until: now + day })
    await settle()
    const before = await one('CARD1')
    await settle(day + 60_000)
    const after = await one('CARD1')
    expect([before?.valid, after?.valid, (after?.last_updated ?? '') > (before?.last_updated ?? '')]).toEqual([
      true,
      false,
      true,
    ])
  })

  it('are of the type that they were registered with, and each type is a token of its own', async () => {
    await give(`c${issued}`, 'APP1', { type: 'APP' })
    await give(`c${issued}`, 'CAR1', { type: 'MAC' })
    await settle()
    expect((await shown()).map(({ id, type }) => [id, type])).toEqual([
      ['CARD1', 'RFID'],
      ['APP1 APP_USER', 'APP_USER'],
      ['CAR1 OTHER', 'OTHER'],
    ])
  })

  it('are stamped anew only where a CPO can see a difference', async () => {
    const before = await one('CARD1')
    await contract(`c${issued}`, { driver: 'customer-7' })
    await register('CARD1', { mostSessions: 2 })
    await settle()
    expect((await one('CARD1'))?.last_updated).toBe(before?.last_updated)
  })

  it('are not those of an EMP that is not ours, nor what partners tell us of', async () => {
    const elsewhere = {
      tenant,
      id: 'theirs',
      role: 'emp',
      name: 'Theirs',
      code: { country: 'NL', party: 'TNM' },
    } as const
    await store.parties.put(elsewhere, act())
    await contract('foreign', { emp: 'theirs' })
    await give('foreign', 'FOREIGN')
    const emp: RoamingPartner = {
      ...cpo,
      id: 'emp2',
      roles: [{ role: 'EMSP', code: { country: 'FR', party: 'EMP' }, name: 'F' }],
    }
    await store.roamingPartners.create(emp, { at: now })
    const [card] = await shown()
    const told = card && toldToken(emp, { ...card, country_code: 'FR', uid: 'RECEIVED' })
    if (told !== undefined) await receivedTokens(database.app).change(tenant, { partner: 'emp2', at: now }, [told])
    await settle()
    const [dirty] = await database.admin<{ n: number }[]>`select count(*)::int as n from roaming_dirty`
    expect([told?.ref.id, (await shown()).map(({ id }) => id), dirty?.n]).toEqual(['RECEIVED', ['CARD1'], 0])
  })
})

describe('what our EMP has said yes to', () => {
  it('is found by its reference, with the place as far as it was told', async () => {
    const grant = { tenant, partner: 'cpo', uid: 'CARD1', type: 'RFID', contract: 'c1', at: now } as const
    await ownTokens(database.app).grant({ ...grant, reference: 'R1', place: { location_id: 'L1', evse_uids: ['E1'] } })
    await ownTokens(database.app).grant({ ...grant, reference: 'R2' })
    const rows = await database.admin`select reference, location_id, evse_uids from roaming_grants order by reference`
    expect([...rows]).toEqual([
      { reference: 'R1', location_id: 'L1', evse_uids: ['E1'] },
      { reference: 'R2', location_id: null, evse_uids: [] },
    ])
  })

  it('is about a token in any case, and of a type that its operator has not said', async () => {
    const tokens = ownTokens(database.app)
    await give(`c${issued}`, 'PLATE', { type: 'OTHER' })
    const types = async (uid: string, type: TokenType) => (await tokens.find(tenant, uid, type))?.token.uid
    expect([
      await types(' card1 ', 'RFID'),
      await types('CARD1', 'APP'),
      await types('plate', 'APP'),
      await types('NOBODYS', 'OTHER'),
    ]).toEqual(['CARD1', undefined, 'PLATE', undefined])
  })
})
