import { follows } from '../../../core/domain/command.ts'
import type { CommandStore } from '../../../core/ports/store.ts'
import type { Sql } from '../connect.ts'
import { asTenant } from '../tenant.ts'
import { commandColumns, commandOf, type CommandRow, writeCommand } from '../write-command.ts'
import { isUuid, pageOf, uuidOfCursor } from './paging.ts'

export const commandStore = (app: Sql): CommandStore => ({
  create: (command) =>
    asTenant(app, command.tenant, async (tx) => {
      await tx`insert into commands (id, tenant, identity, type, command_order, state, created_at, deadline, history)
        values (${command.id}, ${command.tenant}, ${command.identity}, ${command.order.type}, ${JSON.stringify(command.order)}::text::jsonb, ${command.state}, at_ms(${command.createdAt}), at_ms(${command.deadline}),
          ${JSON.stringify(command.history)}::text::jsonb)`
      await tx`insert into deadlines (tenant, kind, key, due) values (${command.tenant}, 'command.expire', ${command.id}, at_ms(${command.deadline}))`
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

  save: (command, expects) =>
    asTenant(app, command.tenant, async (tx) => {
      const [row] = await tx<
        CommandRow[]
      >`select ${tx.unsafe(commandColumns)} from commands c where c.id = ${command.id} for update`
      if (row === undefined) return command
      const stored = commandOf(row)
      if (!follows(command, stored)) return stored
      await writeCommand(tx, command)
      if (expects !== undefined)
        await tx`insert into expectations (command, tenant, identity, effect, until)
          values (${expects.command}, ${expects.tenant}, ${expects.identity}, ${JSON.stringify(expects.effect)}::text::jsonb, at_ms(${expects.until})) on conflict do nothing`
      return command
    }),
})
