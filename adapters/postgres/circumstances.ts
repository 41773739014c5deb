import { type Circumstances, most } from '../../core/domain/evidence.ts'
import type { Session } from '../../core/domain/session.ts'
import { meterRow } from '../../core/ocpp/actions/meter-value.ts'
import type { Transaction } from './connect.ts'
import { present, sessionColumns, sessionOf, type SessionRow } from './rows.ts'

interface ReadingRow {
  readonly at: number
  readonly received: number
  readonly register: number | null
  readonly reading: string
}

/** The readings of a session, by their time. */
export const readingsOf = async (tx: Transaction, { day, id }: Session): Promise<Circumstances['readings']> => {
  const rows = await tx<
    ReadingRow[]
  >`select ms(at) as at, ms(received_at) as received, register_mwh as register, reading
    from samples where day = ${day}::date and session = ${id} order by at, key limit ${most.readings}`
  return rows.map((row) => meterRow(row.reading, { ...row, register: row.register ?? undefined }))
}

/** What a session that is over is held against, in one round trip. */
export const circumstancesOf = async (tx: Transaction, session: Session): Promise<Circumstances> => {
  const [readings, facts, earlier, points] = await Promise.all([
    readingsOf(tx, session),
    tx<{ kind: string; key: string; received: number }[]>`select kind, key, ms(received_at) as received from facts
      where day = ${session.day}::date and session = ${session.id}
        and (kind = 'session.started' or key in (${session.stopKey ?? null}::uuid, ${session.events?.startKey ?? null}::uuid))`,
    tx<SessionRow[]>`select ${tx.unsafe(sessionColumns)} from sessions s
      where s.tenant = ${session.tenant} and s.identity = ${session.identity} and s.id <> ${session.id}
        and (s.evse = ${session.evse} or s.token = ${session.token ?? null}::text)
        and (s.started_at, s.id) < (at_ms(${session.startedAt ?? 0}), ${session.id}::uuid)
      order by s.started_at desc, s.id desc limit ${most.earlier}`,
    tx<{ max_power_w: number | null }[]>`select max_power_w from charge_points
      where tenant = ${session.tenant} and identity = ${session.identity}`,
  ])
  const started = facts.find(({ kind, key }) => kind === 'session.started' || key === session.events?.startKey)
  const stopped = facts.find(({ key }) => key === session.stopKey)
  return {
    readings,
    earlier: earlier.map(sessionOf),
    ...present({
      startReceivedAt: started?.received ?? null,
      stopReceivedAt: stopped?.received ?? null,
      maxPowerW: points[0]?.max_power_w ?? null,
    }),
  }
}
