import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { memoryAskedCommands, memoryRoamingCommands } from '../../../adapters/memory/roaming-commands.ts'
import { askedCommands } from '../../../adapters/postgres/asked-commands.ts'
import { commandGrants } from '../../../adapters/postgres/command-grants.ts'
import { roamingCommands } from '../../../adapters/postgres/roaming-commands.ts'
import { postgresStore } from '../../../adapters/postgres/store/index.ts'
import type { RoamingCommand } from '../../../core/domain/roaming-command.ts'
import { noQuirks } from '../../../core/domain/roaming-partner.ts'
import { commandContract } from '../../contracts/roaming-commands.ts'
import { freshDatabase, type TestDatabase } from '../../support/database.ts'
import { token } from '../../support/roaming-commands.ts'
import { operator } from '../../support/roaming-platforms.ts'

let opened: Promise<TestDatabase> | undefined
/** One for the whole file: the last ones that use it close it. */
const shared = (): Promise<TestDatabase> => (opened ??= freshDatabase())

commandContract('on PostgreSQL', async () => {
  const { app, ingest } = await shared()
  return { taken: roamingCommands(app, ingest), asked: askedCommands(app, ingest), close: async () => {} }
})

commandContract('in memory', async () => ({
  taken: memoryRoamingCommands(),
  asked: memoryAskedCommands(),
  close: async () => {},
}))

describe('commands of partners in the database', () => {
  let database: TestDatabase
  const at = Date.UTC(2026, 10, 24, 12)
  const order = '01930000-0000-7000-8000-000000000001'
  const command: RoamingCommand = {
    tenant: 'default',
    id: '01930000-0000-7000-8000-000000000002',
    partner: 'emp',
    type: 'RESERVE_NOW',
    version: '2.2.1',
    responseUrl: 'https://emp.example/answers/1',
    state: 'waiting',
    order,
    chargePoint: 'CP-0',
    reservation: 'R-1',
    due: at + 30_000,
    attempts: 0,
    createdAt: at,
    changedAt: at,
  }
  beforeAll(async () => {
    database = await shared()
    await database.register(1)
    // what the ones before have left behind is due as well
    await database.admin`delete from roaming_commands`
    await postgresStore(database.app, database.ingest).roamingPartners.create(
      {
        tenant: 'default',
        id: 'emp',
        state: 'known',
        since: at,
        roles: [],
        endpoints: [],
        quirks: noQuirks,
        checks: [],
        changedAt: at,
      },
      { at, by: operator },
    )
  })
  afterAll(() => database?.close())

  it('wait for the order that carries them out, and for the end of what it has reserved', async () => {
    const { app, ingest } = database
    const store = postgresStore(app, ingest)
    const taken = roamingCommands(app, ingest)
    const due = async (): Promise<number> => (await taken.due(at, 10)).length
    await taken.create(command, { label: 'EMP', shown: { type: 'RESERVE_NOW' } })
    const before = await due()
    const { number } = await store.commands.create({
      tenant: 'default',
      identity: 'CP-0',
      id: order,
      order: { type: 'reserve', evse: 1, token: token.uid, expiresAt: at + 3_600_000 },
      state: 'queued',
      waits: false,
      createdAt: at,
      deadline: at + 30_000,
      history: [],
    })
    const ordered = await due()
    const reserved = { type: 'reserved', id: number, evse: 1, token: token.uid, expiresAt: at + 3_600_000 } as const
    await store.commands.step({ tenant: 'default', id: order }, { at, state: 'sent' })
    await store.commands.step(
      { tenant: 'default', id: order },
      { at, state: 'done', outcome: 'succeeded' },
      { learnt: [reserved] },
    )
    const answered = await due()
    await taken.change(command, (stored) => ({ ...stored, state: 'kept' }))
    const kept = await due()
    const cancelled = { type: 'reservation.cancelled', id: number, reason: 'out of order' } as const
    await store.commands.step({ tenant: 'default', id: order }, { at, state: 'done' }, { learnt: [cancelled] })
    expect([before, ordered, answered, kept, await due()]).toEqual([0, 0, 1, 0, 1])
  })

  it('are in the audit log under the name of their partner, and their drivers among those who were let in', async () => {
    const { app, admin } = database
    const grant = { tenant: 'default', identity: 'CP-0', partner: 'emp', order, token, at, reference: 'REF-1' }
    await commandGrants(app).grant(grant)
    const [row] =
      await admin`select partner, method, authorization_reference, command, identity, country_code, party_id, uid, type, contract
      from roaming_authorizations`
    const [entry] = await admin<
      { entry: string }[]
    >`select entry::text as entry from audit where entry::text like '%"type":"RESERVE_NOW"%'`
    expect([row, entry?.entry.includes('roaming-partner/emp')]).toEqual([
      {
        partner: 'emp',
        method: 'COMMAND',
        authorization_reference: 'REF-1',
        command: order,
        identity: 'CP-0',
        country_code: 'DE',
        party_id: 'EMP',
        uid: token.uid,
        type: 'RFID',
        contract: token.contract_id,
      },
      true,
    ])
  })
})
