import type { Fulfilled } from '../../core/domain/changes.ts'
import type { Transaction } from './connect.ts'

/** Ends the orders whose effect is in this commit, unless they are over already, and says so to those who follow. */
export const fulfilCommands = (tx: Transaction, f: readonly Fulfilled[]): PromiseLike<unknown> =>
  tx`with wanted as (
      select command::uuid as id, at::bigint as at, session::uuid as session
      from unnest(${f.map((x) => x.command)}::text[], ${f.map((x) => x.at)}::text[], ${f.map((x) => x.session ?? null)}::text[]) as w(command, at, session)
    ), forgotten as (
      delete from expectations e using wanted where e.command = wanted.id
    ), ended as (
      update commands c set state = 'done', outcome = 'succeeded', session = coalesce(wanted.session, c.session),
        history = c.history || jsonb_build_object('at', wanted.at, 'state', 'done')
      from wanted where c.id = wanted.id and c.state not in ('done', 'cancelled')
      returning c.tenant, c.id, c.identity, c.type, c.session, wanted.at
    )
    insert into events (tenant, type, subject, at, data)
    select tenant, 'command.changed', id::text, at_ms(at),
      jsonb_build_object('command', id, 'chargePoint', identity, 'type', type, 'state', 'done', 'outcome', 'succeeded', 'session', session)
    from ended`
