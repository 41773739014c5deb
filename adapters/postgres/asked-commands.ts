import type { AskedCommand } from '../../core/domain/roaming-command.ts'
import type { AskedCommandStore, CommandRef } from '../../core/ports/roaming-commands.ts'
import type { Json } from '../../core/roaming/field.ts'
import type { Sql, Transaction } from './connect.ts'
import { insertEvents } from './insert-events.ts'
import { partyOf, partyText } from './roaming-commands.ts'
import { present } from './rows.ts'
import { safeJson } from './safe-json.ts'
import { isUuid, pageOf, uuidOfCursor } from './store/paging.ts'
import { asTenant } from './tenant.ts'
import { writeAudit } from './write-audit.ts'

interface Row {
  readonly tenant: string
  readonly id: string
  readonly partner: string
  readonly type: AskedCommand['type']
  readonly body: Json
  readonly address_hash: string
  readonly from_party: string | null
  readonly to_party: string | null
  readonly state: AskedCommand['state']
  readonly response: string | null
  readonly result: string | null
  readonly reason: string | null
  readonly deadline_ms: number
  readonly created_ms: number
  readonly changed_ms: number
}

const columns = `a.tenant, a.id, a.partner, a.type, a.body, encode(a.address_hash, 'hex') as address_hash, a.from_party, a.to_party, a.state, a.response,
  a.result, a.reason, ms(a.deadline) as deadline_ms, ms(a.created_at) as created_ms, ms(a.changed_at) as changed_ms`

const askedOf = (row: Row): AskedCommand => ({
  tenant: row.tenant,
  id: row.id,
  partner: row.partner,
  type: row.type,
  body: row.body,
  addressHash: row.address_hash,
  state: row.state,
  deadline: row.deadline_ms,
  createdAt: row.created_ms,
  changedAt: row.changed_ms,
  ...present({
    from: partyOf(row.from_party),
    to: partyOf(row.to_party),
    response: row.response,
    result: row.result,
    reason: row.reason,
  }),
})

/** Commands of ours to partners, under row-level security; `ingest` only finds what is overdue. */
export const askedCommands = (app: Sql, ingest: Sql): AskedCommandStore => ({
  create: (c, by) =>
    asTenant(app, c.tenant, async (tx) => {
      await tx`insert into roaming_asked_commands (tenant, id, partner, type, body, address_hash, from_party, to_party, state, deadline, created_at, changed_at)
        values (${c.tenant}, ${c.id}, ${c.partner}, ${c.type}, ${safeJson(c.body)}::text::jsonb, decode(${c.addressHash}, 'hex'), ${partyText(c.from)},
          ${partyText(c.to)}, ${c.state}, at_ms(${c.deadline}::bigint), at_ms(${c.createdAt}::bigint), at_ms(${c.changedAt}::bigint))`
      await tell(tx, c)
      const after = { partner: c.partner, type: c.type, from: c.from, to: c.to }
      await writeAudit(tx, {
        tenant: c.tenant,
        at: c.createdAt,
        actor: by,
        action: 'roaming-command.asked',
        subject: c.id,
        after,
      })
    }),

  find: ({ tenant, id }) =>
    asTenant(app, tenant, async (tx) => {
      if (!isUuid(id)) return undefined
      const [row] = await tx<Row[]>`select ${tx.unsafe(columns)} from roaming_asked_commands a
        where a.tenant = ${tenant} and a.id = ${id}`
      return row && askedOf(row)
    }),

  at: (tenant, addressHash) =>
    asTenant(app, tenant, async (tx) => {
      const [row] = await tx<Row[]>`select ${tx.unsafe(columns)} from roaming_asked_commands a
        where a.tenant = ${tenant} and a.address_hash = decode(${addressHash}, 'hex')`
      return row && askedOf(row)
    }),

  list: (tenant, partner, page) =>
    asTenant(app, tenant, async (tx) => {
      const after = uuidOfCursor(page.cursor)
      const rows = await tx<Row[]>`select ${tx.unsafe(columns)} from roaming_asked_commands a
        where a.tenant = ${tenant} and a.partner = ${partner} and (${after}::uuid is null or a.id < ${after}::uuid)
        order by a.id desc limit ${page.limit + 1}`
      return pageOf(rows, page, ({ id }) => [id], askedOf)
    }),

  change: ({ tenant, id }, decide) =>
    asTenant(app, tenant, async (tx) => {
      const [row] = await tx<Row[]>`select ${tx.unsafe(columns)} from roaming_asked_commands a
        where a.tenant = ${tenant} and a.id = ${id} for update`
      const after = row && decide(askedOf(row))
      if (after === undefined) return undefined
      await tx`update roaming_asked_commands set state = ${after.state}, response = ${after.response ?? null}, result = ${after.result ?? null},
          reason = ${after.reason ?? null}, deadline = at_ms(${after.deadline}::bigint), changed_at = at_ms(${after.changedAt}::bigint)
        where tenant = ${tenant} and id = ${id}`
      await tell(tx, after)
      return after
    }),

  overdue: async (now, limit) => ingest<CommandRef[]>`select tenant, id from roaming_asked_commands
    where state in ('asking', 'waiting') and deadline <= at_ms(${now}::bigint) order by deadline limit ${limit}`,
})

const tell = (tx: Transaction, c: AskedCommand): PromiseLike<unknown> =>
  insertEvents(tx, [
    {
      tenant: c.tenant,
      type: 'roaming-command.changed',
      subject: c.id,
      at: c.changedAt,
      data: {
        command: c.id,
        partner: c.partner,
        type: c.type,
        state: c.state,
        response: c.response ?? null,
        result: c.result ?? null,
        reason: c.reason ?? null,
      },
    },
  ])
