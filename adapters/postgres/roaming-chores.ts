import type {
  Chore,
  ChoreKind,
  ChoreProgress,
  ChoreRef,
  ChoreState,
  ChoreStore,
  ChoreWish,
  Unplanned,
} from '../../core/ports/roaming-chores.ts'
import { noProgress } from '../../core/ports/roaming-chores.ts'
import type { RoamingModule } from '../../core/ports/roaming.ts'
import type { Sql, Transaction } from './connect.ts'
import { present } from './rows.ts'
import { safeJson } from './safe-json.ts'
import { asTenant } from './tenant.ts'

interface Row {
  readonly tenant: string
  readonly partner: string
  readonly kind: ChoreKind
  readonly module: RoamingModule
  readonly state: ChoreState
  readonly due_ms: number
  readonly wanted: ChoreWish
  readonly run: number
  readonly attempt: number
  readonly progress: ChoreProgress
  readonly began_ms: number | null
  readonly ended_ms: number | null
  readonly whole_ms: number | null
  readonly done_ms: number | null
  readonly detail: string | null
}

const columns = `c.tenant, c.partner, c.kind, c.module, c.state, ms(c.due) as due_ms, c.wanted, c.run, c.attempt, c.progress,
  ms(c.began_at) as began_ms, ms(c.ended_at) as ended_ms, ms(c.whole_at) as whole_ms, ms(c.done_at) as done_ms, c.detail`

const choreOf = (row: Row): Chore => ({
  tenant: row.tenant,
  partner: row.partner,
  kind: row.kind,
  module: row.module,
  state: row.state,
  due: row.due_ms,
  wanted: row.wanted,
  run: row.run,
  attempt: row.attempt,
  progress: row.progress,
  ...present({
    beganAt: row.began_ms,
    endedAt: row.ended_ms,
    wholeAt: row.whole_ms,
    doneAt: row.done_ms,
    detail: row.detail,
  }),
})

const mostTried = 20

/** Under row-level security; `ingest` only finds what is due. */
export const roamingChores = (app: Sql, ingest: Sql): ChoreStore => ({
  async unplanned() {
    const rows = await ingest<(Omit<Unplanned, 'registeredAt'> & { readonly registered_ms: number })[]>`
      select p.tenant, p.id, p.endpoints, ms(p.registered_at) as registered_ms from roaming_partners p
      where p.state in ('registered', 'renewing') and p.registered_at is not null and not exists (select 1 from roaming_chores c
        where c.tenant = p.tenant and c.partner = p.id and c.registered_at = p.registered_at) limit 100`
    return rows.map(({ registered_ms: registeredAt, ...partner }) => ({ ...partner, registeredAt }))
  },

  plan: ({ tenant, id, registeredAt }, chores) =>
    asTenant(app, tenant, async (tx) => {
      for (const { kind, module, due } of chores)
        await write(tx, { tenant, partner: id, kind, module }, { wanted: { whole: true }, due, registeredAt })
    }),

  want: (ref, wanted, at) => asTenant(app, ref.tenant, (tx) => write(tx, ref, { wanted, due: at })),

  list: (tenant, partner) =>
    asTenant(app, tenant, async (tx) => {
      const rows = await tx<Row[]>`select ${tx.unsafe(columns)} from roaming_chores c
        where c.tenant = ${tenant} and c.partner = ${partner} order by c.kind, c.module`
      return rows.map(choreOf)
    }),

  async take({ by, at, until, busy }) {
    const due = await ingest<ChoreRef[]>`select tenant, partner, kind, module from roaming_chores
      where due <= at_ms(${at}::bigint) and (held_until is null or held_until < at_ms(${at}::bigint))
        and not tenant || '/' || partner = any(${[...busy]}::text[]) order by due limit ${mostTried}`
    for (const ref of due) {
      const taken = await asTenant(app, ref.tenant, (tx) => hold(tx, ref, { by, at, until }))
      if (taken !== undefined) return taken
    }
    return undefined
  },

  keep: (chore, progress, { by, until }) =>
    asTenant(app, chore.tenant, async (tx) => {
      const { count } =
        await tx`update roaming_chores set progress = ${safeJson(progress)}::text::jsonb, held_until = at_ms(${until}::bigint)
        where ${same(tx, chore)} and run = ${chore.run} and held_by = ${by}`
      return count > 0
    }),

  end: (chore, { state, progress, detail, due, wanted, attempt }, { by, at }) =>
    asTenant(app, chore.tenant, async (tx) => {
      const isDone = state === 'done'
      const { count } =
        await tx`update roaming_chores set state = ${state}, progress = ${safeJson(progress)}::text::jsonb,
          detail = ${detail ?? null}, due = at_ms(${due}::bigint), wanted = ${JSON.stringify(wanted)}::text::jsonb, attempt = ${attempt},
          ended_at = at_ms(${at}::bigint), held_by = null, held_until = null,
          whole_at = case when ${isDone && chore.wanted.whole} then began_at else whole_at end,
          done_at = case when ${isDone} then began_at else done_at end
        where ${same(tx, chore)} and run = ${chore.run} and held_by = ${by}`
      return count > 0
    }),
})

const same = (tx: Transaction, { tenant, partner, kind, module }: ChoreRef) =>
  tx`tenant = ${tenant} and partner = ${partner} and kind = ${kind} and module = ${module}`

const write = async (
  tx: Transaction,
  { tenant, partner, kind, module }: ChoreRef,
  { wanted, due, registeredAt }: Pick<Chore, 'wanted' | 'due'> & { readonly registeredAt?: number },
): Promise<Chore> => {
  const [row] = await tx<
    Row[]
  >`insert into roaming_chores as c (tenant, partner, kind, module, state, due, registered_at, wanted, run, progress)
    values (${tenant}, ${partner}, ${kind}, ${module}, 'waiting', at_ms(${due}::bigint), at_ms(${registeredAt ?? null}::bigint),
      ${JSON.stringify(wanted)}::text::jsonb, nextval('roaming_runs'), ${JSON.stringify(noProgress)}::text::jsonb)
    on conflict (tenant, partner, kind, module) do update set state = 'waiting', due = excluded.due, wanted = excluded.wanted,
      run = excluded.run, progress = excluded.progress, attempt = 0, detail = null, held_by = null, held_until = null,
      registered_at = coalesce(excluded.registered_at, c.registered_at)
    returning ${tx.unsafe(columns)}`
  if (row === undefined) throw new Error('a chore was written, and is not there')
  return choreOf(row)
}

/** One that somebody left in the middle goes on where it was; any other is a new run. */
const hold = async (
  tx: Transaction,
  ref: ChoreRef,
  { by, at, until }: { readonly by: string; readonly at: number; readonly until: number },
): Promise<Chore | undefined> => {
  const [row] = await tx<Row[]>`update roaming_chores c set held_by = ${by}, held_until = at_ms(${until}::bigint),
      run = case when ${isOver(tx)} then nextval('roaming_runs') else run end,
      progress = case when ${isOver(tx)} then ${JSON.stringify(noProgress)}::text::jsonb else progress end,
      began_at = case when ${isOver(tx)} or state = 'waiting' then at_ms(${at}::bigint) else began_at end,
      state = 'running'
    where ${same(tx, ref)} and due <= at_ms(${at}::bigint) and (held_until is null or held_until < at_ms(${at}::bigint))
    returning ${tx.unsafe(columns)}`
  return row && choreOf(row)
}

/** It ended well, or was given up. */
const isOver = (tx: Transaction) => tx`(state = 'done' or (state = 'failed' and attempt = 0))`
