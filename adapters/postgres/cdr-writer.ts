import { type Cdr, originalCdr } from '../../core/domain/cdr.ts'
import { cdrEvent } from '../../core/domain/event.ts'
import { isBillable } from '../../core/domain/session.ts'
import type { Clock } from '../../core/ports/clock.ts'
import type { Ids } from '../../core/ports/ids.ts'
import type { OutboxJob } from '../../core/ports/outbox.ts'
import type { Sql } from './connect.ts'
import { insertEvents } from './insert-events.ts'
import { sessionColumns, sessionOf, type SessionRow } from './rows.ts'
import { asTenant } from './tenant.ts'

interface Parts {
  readonly app: Sql
  readonly clock: Clock
  readonly ids: Ids
}

/**
 * The effect of a `cdr` job: one original CDR a session, whoever does the job and however often (INV-40, INV-41). The
 * CDR, its event and the end of its outbox row are one commit. Answers the CDR when it is new.
 */
export const writeCdr = (
  { app, clock, ids }: Parts,
  job: Pick<OutboxJob, 'id' | 'tenant' | 'key'>,
): Promise<Cdr | undefined> =>
  asTenant(app, job.tenant, async (tx) => {
    const [row] = await tx<
      SessionRow[]
    >`select ${tx.unsafe(sessionColumns)} from sessions s where s.id = ${job.key}::uuid for update`
    const session = row && sessionOf(row)
    const cdr = session !== undefined && isBillable(session) ? originalCdr(ids.uuid(), session) : undefined
    const isNew = cdr !== undefined && (await insertCdr(tx, cdr))
    if (isNew) await insertEvents(tx, [cdrEvent(cdr, clock.now())])
    await tx`delete from outbox where id = ${job.id}`
    return isNew ? cdr : undefined
  })

const insertCdr = async (tx: Parameters<Parameters<typeof asTenant>[2]>[0], cdr: Cdr): Promise<boolean> => {
  const { count } = await tx`
    insert into cdrs (id, tenant, version, session, identity, evse, connector, token, contract, started_at, ended_at, energy_mwh, duration_ms, stop_reason, state, notes)
    values (${cdr.id}, ${cdr.tenant}, ${cdr.version}, ${cdr.session}, ${cdr.chargePoint}, ${cdr.evse}, ${cdr.connector}, ${cdr.token ?? null}, ${cdr.contract ?? null},
      at_ms(${cdr.startedAt}), at_ms(${cdr.endedAt}), ${cdr.energyMwh}, ${cdr.durationMs}, ${cdr.stopReason}, ${cdr.state}, ${[...cdr.notes]}::text[])
    on conflict (tenant, session, version) do nothing`
  return count === 1
}
