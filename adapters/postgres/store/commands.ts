import { refKey } from '../../../core/domain/charge-point.ts'
import { advance, mayTake } from '../../../core/domain/command.ts'
import { LedgerUnavailable } from '../../../core/ports/ledger.ts'
import type { CommandStore } from '../../../core/ports/store.ts'
import type { Sql } from '../connect.ts'
import { isCollision, isOutage } from '../faults.ts'
import { storeLearnt } from '../mirror.ts'
import { asTenant } from '../tenant.ts'
import { commandColumns, commandOf, type CommandRow, writeCommand } from '../write-command.ts'
import { isUuid, pageOf, uuidOfCursor } from './paging.ts'

export const commandStore = (app: Sql): CommandStore => ({
  create: (command) =>
    asTenant(app, command.tenant, async (tx) => {
      // lists of one station have their numbers in the order in which their rows come to be seen: of two the later sees the other
      if (command.order.type === 'syncLocalList')
        await tx`select pg_advisory_xact_lock(hashtextextended(${refKey(command)}, 8))`
      const [row] = await tx<
        { number: number }[]
      >`insert into commands (id, tenant, identity, type, command_order, state, waits, tag, token, created_at, deadline, history)
        values (${command.id}, ${command.tenant}, ${command.identity}, ${command.order.type}, ${JSON.stringify(command.order)}::text::jsonb, ${command.state}, ${command.waits}, ${command.tag?.toLowerCase() ?? null},
          ${'token' in command.order ? command.order.token : null}, at_ms(${command.createdAt}), at_ms(${command.deadline}), ${JSON.stringify(command.history)}::text::jsonb) returning number`
      await tx`insert into deadlines (tenant, kind, key, due) values (${command.tenant}, 'command.expire', ${command.id}, at_ms(${command.deadline}))`
      return { ...command, number: row?.number ?? 0 }
    }),

  find: (tenant, id) =>
    asTenant(app, tenant, async (tx) => {
      if (!isUuid(id)) return undefined
      const [row] = await tx<CommandRow[]>`select ${tx.unsafe(commandColumns)} from commands c where c.id = ${id}`
      return row && commandOf(row)
    }),

  list: ({ tenant, identity }, page) =>
    asTenant(app, tenant, async (tx) => {
      const after = uuidOfCursor(page.cursor)
      const rows = await tx<CommandRow[]>`select ${tx.unsafe(commandColumns)} from commands c
        where c.identity = ${identity} and (${after}::uuid is null or c.id < ${after}::uuid) order by c.id desc limit ${page.limit + 1}`
      return pageOf(rows, page, (row) => [row.id], commandOf)
    }),

  waiting: ({ tenant, identity }) =>
    asTenant(app, tenant, async (tx) => {
      const rows = await tx<CommandRow[]>`select ${tx.unsafe(commandColumns)} from commands c
        where c.tenant = ${tenant} and c.identity = ${identity} and c.state = 'queued' and c.waits order by c.id`
      return rows.map(commandOf)
    }),

  open: ({ tenant, identity }, type) =>
    asTenant(app, tenant, async (tx) => {
      const rows = await tx<CommandRow[]>`select ${tx.unsafe(commandColumns)} from commands c
        where c.tenant = ${tenant} and c.identity = ${identity} and c.type = ${type} and c.state not in ('done', 'cancelled') order by c.number`
      return rows.map(commandOf)
    }),

  step: ({ tenant, id }, step, { expects, learnt = [], from } = {}) =>
    orUnavailable(
      asTenant(app, tenant, async (tx) => {
        const [row] = await tx<
          CommandRow[]
        >`select ${tx.unsafe(commandColumns)} from commands c where c.id = ${id} for no key update`
        if (row === undefined) throw new Error(`there is no command ${id}`)
        const stored = commandOf(row)
        // what the station has taken it has taken, also where nobody waits for it any more
        const facts = step.state === 'sent' ? [] : learnt
        if (!mayTake(stored, step, from)) {
          await storeLearnt(tx, stored, facts, step.at)
          return { command: stored, taken: false }
        }
        const command = advance(stored, step)
        await writeCommand(tx, command)
        if (expects !== undefined)
          await tx`insert into expectations (command, tenant, identity, effect, until)
          values (${expects.command}, ${expects.tenant}, ${expects.identity}, ${JSON.stringify(expects.effect)}::text::jsonb, at_ms(${expects.until})) on conflict do nothing`
        await storeLearnt(tx, command, learnt, step.at)
        return { command, taken: true }
      }),
    ),
})

/** The same again will do, so it is worth keeping. */
const orUnavailable = async <Result>(work: Promise<Result>): Promise<Result> => {
  try {
    return await work
  } catch (error) {
    throw isOutage(error) || isCollision(error) ? new LedgerUnavailable(String(error), { cause: error }) : error
  }
}
