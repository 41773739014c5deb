import type { Fulfilled } from '../../core/domain/changes.ts'
import type { Transaction } from './connect.ts'

/** Ends the orders whose effect is in this commit, unless they are over already, and says so to those who follow. */
export const fulfilCommands = (tx: Transaction, f: readonly Fulfilled[]): PromiseLike<unknown> =>
  tx`with wanted as (
      select command::uuid as id, at::bigint as at, session::uuid as session, note, failed
      from unnest(${f.map((x) => x.command)}::text[], ${f.map((x) => x.at)}::text[], ${f.map((x) => x.session ?? null)}::text[], ${f.map((x) => x.note ?? null)}::text[], ${f.map((x) => x.failed ?? null)}::text[])
        as w(command, at, session, note, failed)
    ), forgotten as (
      delete from expectations e using wanted where e.command = wanted.id
    ), ended as (
      update commands c set state = 'done', outcome = case when wanted.failed is null then 'succeeded' else 'failed' end, reason = coalesce(wanted.failed, c.reason),
        session = coalesce(wanted.session, c.session), history = c.history || jsonb_strip_nulls(jsonb_build_object('at', wanted.at, 'state', 'done', 'note', wanted.note))
      from wanted where c.id = wanted.id and c.state not in ('done', 'cancelled')
      returning c.tenant, c.id, c.identity, c.type, c.session, c.outcome, c.reason, wanted.at
    )
    insert into events (tenant, type, subject, at, data)
    select tenant, 'command.changed', id::text, at_ms(at),
      jsonb_build_object('command', id, 'chargePoint', identity, 'type', type, 'state', 'done', 'outcome', outcome, 'reason', reason, 'session', session)
    from ended`

/** So many steps a history has before it takes no more notes: the whole of it is written with each of them. */
const mostSteps = 200

/** Notes in the history of orders that go on how far they have come; the same again is no news. */
export const noteProgress = (tx: Transaction, f: readonly Fulfilled[]): PromiseLike<unknown> =>
  tx`with wanted as (
      select command::uuid as id, at::bigint as at, note, place, lag(note) over (partition by command order by place) as before
      from unnest(${f.map((x) => x.command)}::text[], ${f.map((x) => x.at)}::text[], ${f.map((x) => x.note ?? '')}::text[]) with ordinality as w(command, at, note, place)
    ), news as (
      select w.id, w.at, w.note, w.place from wanted w join commands c on c.id = w.id
      where c.state not in ('done', 'cancelled') and jsonb_array_length(c.history) < ${mostSteps} and w.note is distinct from coalesce(w.before, c.history->-1->>'note')
    ), noted as (
      update commands c set history = c.history || (
        select jsonb_agg(jsonb_build_object('at', w.at, 'state', c.state, 'note', w.note) order by w.place) from news w where w.id = c.id)
      where c.id in (select id from news) and c.state not in ('done', 'cancelled')
      returning c.tenant, c.id, c.identity, c.type, c.state, c.session
    )
    insert into events (tenant, type, subject, at, data)
    select n.tenant, 'command.changed', n.id::text, at_ms(w.at),
      jsonb_build_object('command', n.id, 'chargePoint', n.identity, 'type', n.type, 'state', n.state, 'note', w.note, 'session', n.session)
    from noted n join news w using (id)`
