import type { Command, CommandOutcome, CommandState, CommandStep, Order } from '../../core/domain/command.ts'
import { isOver } from '../../core/domain/command.ts'
import type { Transaction } from './connect.ts'
import { insertEvents } from './insert-events.ts'
import { present } from './rows.ts'
import { safeJson } from './safe-json.ts'

export interface CommandRow {
  readonly id: string
  readonly tenant: string
  readonly identity: string
  readonly number: number
  readonly waits: boolean
  readonly tag: string | null
  readonly command_order: Order
  readonly state: CommandState
  readonly outcome: CommandOutcome | null
  readonly reason: string | null
  readonly session: string | null
  readonly answer: unknown
  readonly created_ms: number
  readonly deadline_ms: number
  readonly history: readonly CommandStep[]
}

/** What to select for a `CommandRow`; `c` is the commands table. */
export const commandColumns = `c.id, c.tenant, c.identity, c.number, c.waits, c.tag, c.command_order, c.state, c.outcome, c.reason, c.session, c.answer, ms(c.created_at) as created_ms, ms(c.deadline) as deadline_ms, c.history`

export const commandOf = (row: CommandRow): Command => ({
  id: row.id,
  tenant: row.tenant,
  identity: row.identity,
  number: row.number,
  waits: row.waits,
  order: row.command_order,
  state: row.state,
  createdAt: row.created_ms,
  deadline: row.deadline_ms,
  history: row.history,
  ...present({
    tag: row.tag?.toUpperCase() ?? null,
    outcome: row.outcome,
    reason: row.reason,
    session: row.session,
    answer: row.answer,
  }),
})

/** Writes a command's new state; one that is over waits for nothing any more, and those who follow hear of it. */
export const writeCommand = async (tx: Transaction, command: Command): Promise<void> => {
  await tx`update commands set state = ${command.state}, outcome = ${command.outcome ?? null}, reason = ${command.reason ?? null}, session = ${command.session ?? null},
    answer = ${command.answer === undefined ? null : safeJson(command.answer)}::text::jsonb, history = ${safeJson(command.history)}::text::jsonb where id = ${command.id}`
  if (isOver(command)) await tx`delete from expectations where command = ${command.id}`
  await insertEvents(tx, [
    {
      tenant: command.tenant,
      type: 'command.changed',
      subject: command.id,
      at: command.history.at(-1)?.at ?? command.createdAt,
      data: {
        command: command.id,
        chargePoint: command.identity,
        type: command.order.type,
        state: command.state,
        outcome: command.outcome ?? null,
        reason: command.reason ?? null,
        session: command.session ?? null,
      },
    },
  ])
}
