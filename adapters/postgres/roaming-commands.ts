import { parsePartyCode, type PartyCode } from '../../core/domain/party-code.ts'
import { replayMs, type RoamingCommand } from '../../core/domain/roaming-command.ts'
import type { CommandRef, RoamingCommandStore } from '../../core/ports/roaming-commands.ts'
import type { Json } from '../../core/roaming/field.ts'
import type { Sql, Transaction } from './connect.ts'
import { present } from './rows.ts'
import { safeJson } from './safe-json.ts'
import { isUuid } from './store/paging.ts'
import { asTenant } from './tenant.ts'
import { writeAudit } from './write-audit.ts'

interface Row {
  readonly tenant: string
  readonly id: string
  readonly partner: string
  readonly type: RoamingCommand['type']
  readonly version: RoamingCommand['version']
  readonly response_url: string
  readonly from_party: string | null
  readonly to_party: string | null
  readonly request: string | null
  readonly state: RoamingCommand['state']
  readonly carried_by: string
  readonly charge_point: string
  readonly session: string | null
  readonly reservation: string | null
  readonly due_ms: number
  readonly result: Json | null
  readonly settled_ms: number | null
  readonly attempts: number
  readonly next_ms: number | null
  readonly reason: string | null
  readonly created_ms: number
  readonly changed_ms: number
}

const columns = `r.tenant, r.id, r.partner, r.type, r.version, r.response_url, r.from_party, r.to_party, r.request, r.state, r.carried_by, r.charge_point,
  r.session, r.reservation, ms(r.due_at) as due_ms, r.result, ms(r.settled_at) as settled_ms, r.attempts, ms(r.next_at) as next_ms, r.reason,
  ms(r.created_at) as created_ms, ms(r.changed_at) as changed_ms`

/** Party codes as rows have them, in five characters. */
export const partyText = (code: PartyCode | undefined): string | null =>
  code === undefined ? null : code.country + code.party
export const partyOf = (text: string | null): PartyCode | null => {
  const code = text === null ? undefined : parsePartyCode(text)
  return code === undefined || 'fault' in code ? null : code
}

const commandOf = (row: Row): RoamingCommand => ({
  tenant: row.tenant,
  id: row.id,
  partner: row.partner,
  type: row.type,
  version: row.version,
  responseUrl: row.response_url,
  state: row.state,
  order: row.carried_by,
  chargePoint: row.charge_point,
  due: row.due_ms,
  attempts: row.attempts,
  createdAt: row.created_ms,
  changedAt: row.changed_ms,
  ...present({
    from: partyOf(row.from_party),
    to: partyOf(row.to_party),
    request: row.request,
    session: row.session,
    reservation: row.reservation,
    result: row.result,
    settledAt: row.settled_ms,
    nextAt: row.next_ms,
    reason: row.reason,
  }),
})

/** Commands of partners, under row-level security; `ingest` only finds what is due. */
export const roamingCommands = (app: Sql, ingest: Sql): RoamingCommandStore => ({
  create: (command, { label, shown }) =>
    asTenant(app, command.tenant, async (tx) => {
      if (command.request !== undefined && (await isReplay(tx, command, command.request))) return false
      await insert(tx, command)
      await writeAudit(tx, {
        tenant: command.tenant,
        at: command.createdAt,
        actor: { key: `roaming-partner/${command.partner}`, label },
        action: 'roaming-command.taken',
        subject: command.id,
        after: shown,
      })
      return true
    }),

  find: ({ tenant, id }) =>
    asTenant(app, tenant, async (tx) => one(await select(tx, tx`r.tenant = ${tenant} and r.id = ${id}`))),

  change: ({ tenant, id }, decide) =>
    asTenant(app, tenant, async (tx) => {
      const before = one(await select(tx, tx`r.tenant = ${tenant} and r.id = ${id} for update`))
      const after = before && decide(before)
      if (after !== undefined) await update(tx, after)
      return after
    }),

  due: async (now, limit) => ingest<CommandRef[]>`select tenant, id from (
      select r.tenant, r.id, r.due_at as at from roaming_commands r left join commands c on c.id = r.carried_by
        where r.state = 'waiting' and (r.due_at <= at_ms(${now}::bigint) or c.state in ('answered', 'done', 'cancelled'))
      union all
      select r.tenant, r.id, r.next_at from roaming_commands r
        where r.state in ('due', 'sending') and coalesce(r.next_at, r.due_at) <= at_ms(${now}::bigint)
      union all
      select r.tenant, r.id, r.due_at from roaming_commands r join commands c on c.id = r.carried_by
        left join reservations v on v.tenant = r.tenant and v.id = coalesce((c.command_order->>'replaces')::int, c.number)
        where r.state = 'kept' and (v.id is null or v.state <> 'active' or v.command <> r.carried_by)
    ) w order by at limit ${limit}`,

  reserved: (tenant, partner, reservation) =>
    asTenant(app, tenant, async (tx) => one(await newest(tx, { tenant, partner, reservation, type: 'RESERVE_NOW' }))),

  cancelled: (tenant, partner, reservation) =>
    asTenant(app, tenant, async (tx) =>
      one(await newest(tx, { tenant, partner, reservation, type: 'CANCEL_RESERVATION' })),
    ),

  underWay: (tenant, session, type) =>
    asTenant(app, tenant, async (tx) =>
      one(
        await select(
          tx,
          tx`r.tenant = ${tenant} and r.session = ${session} and r.type = ${type} and r.state = 'waiting' order by r.created_at limit 1`,
        ),
      ),
    ),

  partnerOf: (tenant, order) =>
    asTenant(app, tenant, async (tx) =>
      isUuid(order)
        ? one(await select(tx, tx`r.tenant = ${tenant} and r.carried_by = ${order} order by r.created_at limit 1`))
            ?.partner
        : undefined,
    ),
})

const one = (rows: readonly Row[]): RoamingCommand | undefined => rows[0] && commandOf(rows[0])

const select = (tx: Transaction, where: ReturnType<Transaction>): PromiseLike<Row[]> =>
  tx<Row[]>`select ${tx.unsafe(columns)} from roaming_commands r where ${where}`

interface Named {
  readonly tenant: string
  readonly partner: string
  readonly reservation: string
  readonly type: RoamingCommand['type']
}

const newest = (tx: Transaction, { tenant, partner, reservation, type }: Named): PromiseLike<Row[]> =>
  select(
    tx,
    tx`r.tenant = ${tenant} and r.partner = ${partner} and lower(r.reservation) = lower(${reservation}) and r.type = ${type}
      order by r.created_at desc, r.id desc limit 1`,
  )

/** Two of the same id at once wait for each other. */
const isReplay = async (
  tx: Transaction,
  { tenant, partner, createdAt }: RoamingCommand,
  request: string,
): Promise<boolean> => {
  await tx`select pg_advisory_xact_lock(hashtext('stationmaster.request'), hashtext(${`${tenant}/${partner}/${request}`}))`
  const rows =
    await tx`select from roaming_commands where tenant = ${tenant} and partner = ${partner} and request = ${request}
    and created_at > at_ms(${createdAt - replayMs}::bigint) limit 1`
  return rows.length > 0
}

const insert = (tx: Transaction, c: RoamingCommand): PromiseLike<unknown> =>
  tx`insert into roaming_commands (tenant, id, partner, type, version, response_url, from_party, to_party, request, state, carried_by, charge_point,
      session, reservation, due_at, attempts, created_at, changed_at)
    values (${c.tenant}, ${c.id}, ${c.partner}, ${c.type}, ${c.version}, ${c.responseUrl}, ${partyText(c.from)}, ${partyText(c.to)}, ${c.request ?? null},
      ${c.state}, ${c.order}, ${c.chargePoint}, ${c.session ?? null}, ${c.reservation ?? null}, at_ms(${c.due}::bigint), ${c.attempts},
      at_ms(${c.createdAt}::bigint), at_ms(${c.changedAt}::bigint))`

const update = (tx: Transaction, c: RoamingCommand): PromiseLike<unknown> =>
  tx`update roaming_commands set state = ${c.state}, result = ${c.result === undefined ? null : safeJson(c.result)}::text::jsonb,
      settled_at = at_ms(${c.settledAt ?? null}::bigint), attempts = ${c.attempts}, next_at = at_ms(${c.nextAt ?? null}::bigint), reason = ${c.reason ?? null},
      changed_at = at_ms(${c.changedAt}::bigint)
    where tenant = ${c.tenant} and id = ${c.id}`
