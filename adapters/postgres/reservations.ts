import type { ReservationUse } from '../../core/domain/changes.ts'
import {
  expirySlackMs,
  ranOut,
  type Reservation,
  type ReservationState,
  usedBy,
} from '../../core/domain/reservation.ts'
import type { Transaction } from './connect.ts'
import { insertEvents } from './insert-events.ts'
import { present } from './rows.ts'

export interface ReservationRow {
  readonly tenant: string
  readonly id: number
  readonly identity: string
  readonly evse: number
  readonly token: string
  readonly group_id: string | null
  readonly expires_ms: number
  readonly state: ReservationState
  readonly reason: string | null
  readonly session: string | null
  readonly command: string
  readonly created_ms: number
}

/** What to select for a `ReservationRow`; `r` is the reservations table. */
export const reservationColumns = `r.tenant, r.id, r.identity, r.evse, r.token, r.group_id, ms(r.expires_at) as expires_ms, r.state, r.reason, r.session, r.command, ms(r.created_at) as created_ms`

export const reservationOf = (row: ReservationRow): Reservation => ({
  tenant: row.tenant,
  id: row.id,
  identity: row.identity,
  evse: row.evse,
  token: row.token,
  expiresAt: row.expires_ms,
  state: row.state,
  command: row.command,
  createdAt: row.created_ms,
  ...present({ groupId: row.group_id, reason: row.reason, session: row.session }),
})

/** Sessions that began use the reservation that was theirs: the one they name, or one that fits. */
export const useReservations = async (tx: Transaction, uses: readonly ReservationUse[]): Promise<void> => {
  for (const { tenant, identity, session, start } of uses) {
    const rows = await tx<ReservationRow[]>`select ${tx.unsafe(reservationColumns)} from reservations r
      where r.tenant = ${tenant} and r.identity = ${identity} and r.state = 'active' order by r.id for update`
    const used = usedBy(rows.map(reservationOf), start)
    if (used !== undefined) await endReservation(tx, used, { state: 'used', session }, start.at)
  }
}

/**
 * The end of a reservation, told to those who follow. One that has ended already stays as it is, but that the station's word
 * for our cancellation may come after its connector was seen to be free; and what it lets go at its end has run out.
 * A deadline that the sweep holds already is left to it: it waits for the reservation (no deadlocks between the two).
 */
export const endReservation = async (
  tx: Transaction,
  { tenant, id, identity }: Pick<Reservation, 'tenant' | 'id' | 'identity'>,
  end: Pick<Reservation, 'state'> & Partial<Pick<Reservation, 'reason' | 'session'>>,
  at: number,
): Promise<boolean> => {
  const [ended] = await tx<Pick<ReservationRow, 'state' | 'reason'>[]>`
    update reservations set (state, reason, session) = (select case when over then 'expired' else ${end.state} end, case when over then ${ranOut} else ${end.reason ?? null} end, ${end.session ?? null}::uuid
      from (select ${end.state === 'ended'} and expires_at <= at_ms(${at + expirySlackMs}) as over) w)
    where tenant = ${tenant} and id = ${id} and identity = ${identity} and (state = 'active' or (state = 'ended' and ${end.state === 'cancelled'}))
    returning state, reason`
  if (ended === undefined) return false
  await tx`delete from deadlines d using (
      select tenant, kind, key from deadlines where tenant = ${tenant} and kind = 'reservation.expire' and key = ${String(id)} for update skip locked
    ) w where d.tenant = w.tenant and d.kind = w.kind and d.key = w.key`
  const { state, reason } = ended
  await announceReservation(tx, { tenant, id, identity }, { ...end, state, ...present({ reason }) }, at)
  return true
}

export const announceReservation = (
  tx: Transaction,
  { tenant, id, identity }: Pick<Reservation, 'tenant' | 'id' | 'identity'>,
  { state, reason, session }: Pick<Reservation, 'state'> & Partial<Pick<Reservation, 'reason' | 'session'>>,
  at: number,
): PromiseLike<unknown> =>
  insertEvents(tx, [
    {
      tenant,
      type: 'reservation.changed',
      subject: String(id),
      at,
      data: { reservation: id, chargePoint: identity, state, reason: reason ?? null, session: session ?? null },
    },
  ])
