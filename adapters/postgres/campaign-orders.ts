import { lostAfterMs } from '../../core/domain/campaign.ts'
import type { Command } from '../../core/domain/command.ts'
import type { CampaignChange, PlannedOrder } from '../../core/ports/store.ts'
import { outcomeNow } from './campaign-rows.ts'
import type { Moved } from './campaign-tally.ts'
import type { Transaction } from './connect.ts'
import { insertEvents } from './insert-events.ts'
import { commandColumns, commandOf, type CommandRow } from './write-command.ts'

/**
 * Copies the outcomes of commands that are over, and answers them: from then on no look at the campaign asks for these
 * again. What is to be written is found by its id alone, here and below: of a campaign that was just made PostgreSQL
 * knows nothing yet, and would read all its targets to find a few of them.
 */
export const settleTargets = async (tx: Transaction, campaign: string): Promise<readonly Moved[]> => {
  const over = await tx<(Moved & { readonly id: number })[]>`
    select t.id, o.outcome, 1 as n from campaign_targets t join lateral ${tx.unsafe(outcomeNow)} o on true
    where t.campaign = ${campaign} and t.command is not null and t.outcome is null`
  if (over.length > 0)
    await tx`update campaign_targets t set outcome = w.outcome
      from unnest(${over.map(({ id }) => id)}::bigint[], ${over.map(({ outcome }) => outcome)}::text[]) as w(id, outcome)
      where t.id = w.id`
  return over
}

/** How many orders should have left long ago and have not. */
export const countLost = async (tx: Transaction, campaign: string, at: number): Promise<number> => {
  const [row] = await tx<{ n: number }[]>`select count(*)::int as n from campaign_targets
    where campaign = ${campaign} and command is not null and outcome is null
      and not handed_over and ordered_at <= at_ms(${at - lostAfterMs}::bigint)`
  return row?.n ?? 0
}

/**
 * Takes back what was not sent, and answers how many: `sent` is committed before a frame is written, so that under the
 * lock of its row a command that is still queued will never be. Its charge point waits again.
 */
export const withdrawOrders = async (tx: Transaction, { at, campaign, withdraw }: CampaignChange): Promise<number> => {
  if (withdraw === undefined) return 0
  const queued = await tx<{ id: number; command: string }[]>`
    select t.id, t.command from campaign_targets t
      join lateral (select 1 from commands where id = t.command and state = 'queued' limit 1) c on true
    where t.campaign = ${campaign.id} and t.command is not null and t.outcome is null`
  if (queued.length === 0) return 0
  const cancelled = await tx<{ id: string; identity: string; type: string }[]>`
    update commands set state = 'cancelled', reason = ${withdraw},
      history = history || jsonb_build_object('at', ${at}::bigint, 'state', 'cancelled', 'note', ${withdraw}::text)
    where id = any(${queued.map(({ command }) => command)}::uuid[]) and state = 'queued' returning id, identity, type`
  const ids = new Set(cancelled.map(({ id }) => id))
  const freed = queued.filter(({ command }) => ids.has(command)).map(({ id }) => id)
  await tx`update campaign_targets set command = null, ordered_at = null, handed_over = false, orders = orders - 1
    where id = any(${freed}::bigint[])`
  await insertEvents(
    tx,
    cancelled.map(({ id, identity, type }) => ({
      tenant: campaign.tenant,
      type: 'command.changed',
      subject: id,
      at,
      data: {
        command: id,
        chargePoint: identity,
        type,
        state: 'cancelled',
        outcome: null,
        reason: withdraw,
        session: null,
      },
    })),
  )
  return freed.length
}

interface Place {
  readonly id: number
  readonly identity: string
}

interface Issued {
  readonly orders: readonly PlannedOrder[]
  /** How many of them waited before. */
  readonly fresh: number
  /** And how the others had ended before, which nobody had reached. */
  readonly again: readonly Moved[]
}

/** Orders the next charge points, each with its command's row and its deadline; lost orders go first, as they are. */
export const issueOrders = async (tx: Transaction, change: CampaignChange): Promise<Issued> => {
  const { issue, campaign, at } = change
  if (issue === undefined || issue.moments.length === 0) return { orders: [], fresh: 0, again: [] }
  const [...moments] = issue.moments
  const lost = await takeLost(tx, campaign.id, moments, at)
  const rest = moments.slice(lost.length)
  const fresh = rest.length === 0 ? [] : await nextPlaces(tx, campaign.id, issue.among, rest.length)
  const left = rest.length - fresh.length
  const again = issue.again && left > 0 ? await unreachedPlaces(tx, campaign.id, at, left) : []
  const planned = [...fresh, ...again].map(({ id, identity }, i) => {
    const moment = rest[i] ?? at
    return { target: id, at: moment, command: issue.command(identity, moment) }
  })
  const orders = planned.length > 0 ? await insertOrders(tx, planned) : []
  return {
    orders: [...lost, ...orders],
    fresh: fresh.length,
    again: again.map(({ outcome }) => ({ outcome, n: 1 })),
  }
}

/** Orders that were committed and never left: whoever was to send them is gone. */
const takeLost = async (
  tx: Transaction,
  campaign: string,
  moments: readonly number[],
  at: number,
): Promise<readonly PlannedOrder[]> => {
  const rows = await tx<(CommandRow & { readonly target: number })[]>`
    select t.id as target, ${tx.unsafe(commandColumns)} from campaign_targets t
      join lateral (select * from commands where id = t.command and state = 'queued' limit 1) c on true
    where t.campaign = ${campaign} and t.command is not null and t.outcome is null and not t.handed_over
      and t.ordered_at <= at_ms(${at - lostAfterMs}::bigint)
    order by t.place limit ${moments.length}`
  const orders = rows.map((row, i) => ({ target: row.target, at: moments[i] ?? at, command: commandOf(row) }))
  if (orders.length > 0)
    await tx`update campaign_targets t set ordered_at = at_ms(w.moment)
      from unnest(${orders.map((o) => o.target)}::bigint[], ${orders.map((o) => o.at)}::bigint[]) as w(id, moment) where t.id = w.id`
  return orders
}

const nextPlaces = async (tx: Transaction, campaign: string, among: number, most: number): Promise<Place[]> =>
  tx<Place[]>`select id, identity from campaign_targets
    where campaign = ${campaign} and command is null and place < ${among} order by place limit ${most}`

/** Those that were not reached and are connected now; the more often in vain, the longer they are left alone. */
const unreachedPlaces = async (
  tx: Transaction,
  campaign: string,
  at: number,
  most: number,
): Promise<(Place & Pick<Moved, 'outcome'>)[]> =>
  // the outcomes stand here as in the index for them (`unreached`)
  tx<(Place & Pick<Moved, 'outcome'>)[]>`select t.id, t.identity, t.outcome from campaign_targets t
    join connections c on c.tenant = t.tenant and c.identity = t.identity join workers w on w.worker = c.worker
    where t.campaign = ${campaign} and t.outcome in ('notDelivered', 'expired')
      and c.closed_at is null and w.seen_at > now() - interval '30 seconds'
      and t.ordered_at <= at_ms(${at}::bigint) - least(interval '1 hour', interval '5 seconds' * 2 ^ least(t.orders, 20))
    order by t.ordered_at, t.place limit ${most}`

type Unnumbered = Omit<Command, 'number'>

/** With the numbers by which their stations will know them. */
const insertOrders = async (
  tx: Transaction,
  orders: readonly (Omit<PlannedOrder, 'command'> & { readonly command: Unnumbered })[],
): Promise<readonly PlannedOrder[]> => {
  const of = <Value>(value: (command: Unnumbered) => Value): Value[] => orders.map(({ command }) => value(command))
  const json = (value: unknown): string => JSON.stringify(value)
  const numbered = await tx<
    { id: string; number: number }[]
  >`insert into commands (id, tenant, identity, type, command_order, state, created_at, deadline, history)
    select id::uuid, tenant, identity, type, command_order::jsonb, state, at_ms(created), at_ms(deadline), history::jsonb
    from unnest(${of((c) => c.id)}::text[], ${of((c) => c.tenant)}::text[], ${of((c) => c.identity)}::text[], ${of((c) => c.order.type)}::text[], ${of((c) => json(c.order))}::text[],
      ${of((c) => c.state)}::text[], ${of((c) => c.createdAt)}::bigint[], ${of((c) => c.deadline)}::bigint[], ${of((c) => json(c.history))}::text[])
    as w(id, tenant, identity, type, command_order, state, created, deadline, history)
    returning id, number`
  await tx`insert into deadlines (tenant, kind, key, due)
    select tenant, 'command.expire', key, at_ms(due)
    from unnest(${of((c) => c.tenant)}::text[], ${of((c) => c.id)}::text[], ${of((c) => c.deadline)}::bigint[]) as w(tenant, key, due)`
  await tx`update campaign_targets t set command = w.command::uuid, outcome = null, handed_over = false, orders = t.orders + 1, ordered_at = at_ms(w.moment)
    from unnest(${orders.map((o) => o.target)}::bigint[], ${of((c) => c.id)}::text[], ${orders.map((o) => o.at)}::bigint[]) as w(id, command, moment) where t.id = w.id`
  const numbers = new Map(numbered.map(({ id, number }) => [id, number]))
  return orders.map(({ command, ...order }) => ({
    ...order,
    command: { ...command, number: numbers.get(command.id) ?? 0 },
  }))
}

/** These orders have left: whoever looks next need not see to them. */
export const noteHandedOver = async (tx: Transaction, orders: readonly PlannedOrder[]): Promise<void> => {
  await tx`update campaign_targets set handed_over = true
    where id = any(${orders.map(({ target }) => target)}::bigint[]) and command = any(${orders.map(({ command }) => command.id)}::uuid[])`
}
