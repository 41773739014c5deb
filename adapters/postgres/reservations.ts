import type { ReservationUse } from '../../core/domain/changes.ts'
import { isUsedBy, type Reservation, type ReservationState } from '../../core/domain/reservation.ts'
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
    const used = rows.map(reservationOf).find((reservation) => isUsedBy(reservation, start))
    if (used !== undefined) await endReservation(tx, used, { state: 'used', session }, start.at)
  }
}

/** The end of a reservation, told to those who follow. One that has ended already stays as it is. */
export const endReservation = async (
  tx: Transaction,
  { tenant, id, identity }: Pick<Reservation, 'tenant' | 'id' | 'identity'>,
  end: Pick<Reservation, 'state'> & Partial<Pick<Reservation, 'reason' | 'session'>>,
  at: number,
): Promise<boolean> => {
  const { count } =
    await tx`update reservations set state = ${end.state}, reason = ${end.reason ?? null}, session = ${end.session ?? null}
    where tenant = ${tenant} and id = ${id} and identity = ${identity} and state = 'active'`
  if (count === 0) return false
  await tx`delete from deadlines where tenant = ${tenant} and kind = 'reservation.expire' and key = ${String(id)}`
  await announceReservation(tx, { tenant, id, identity }, end, at)
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
