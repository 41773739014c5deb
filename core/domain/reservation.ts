import type { ChargePointRef } from './charge-point.ts'

/** A connector that is kept for a token, or for its group, until some time (handbook §3.8). */
export interface Reservation extends ChargePointRef {
  /** As the station knows it. */
  readonly id: number
  /** 0 = any connector of the station. */
  readonly evse: number
  readonly token: string
  readonly groupId?: string
  readonly expiresAt: number
  readonly state: ReservationState
  /** Why it ended, where nobody used it. */
  readonly reason?: string
  /** The session that used it. */
  readonly session?: string
  readonly command: string
  readonly createdAt: number
}

export const reservationStates = ['active', 'used', 'expired', 'cancelled', 'ended'] as const
export type ReservationState = (typeof reservationStates)[number]

/** Why one that ran out has ended. */
export const ranOut = 'nobody came in time'
/** Clocks differ: a station that lets a reservation go so shortly before its end, in ms, has let it run out. */
export const expirySlackMs = 30_000

/**
 * Whether a session that begins uses a reservation: it names it, or it begins on its connector with its token or group.
 * Not every station names what it honours.
 */
export const isUsedBy = (
  reservation: Pick<Reservation, 'id' | 'evse' | 'token' | 'groupId'>,
  start: {
    readonly reservation?: number
    readonly connector: number
    readonly at: number
    readonly token: string
    readonly authorization: { readonly groupId?: string }
  },
): boolean => {
  if (start.reservation !== undefined && start.reservation > 0) return start.reservation === reservation.id
  if (reservation.evse !== 0 && reservation.evse !== start.connector) return false
  if (reservation.token.toLowerCase() === start.token.toLowerCase()) return true
  const group = start.authorization.groupId
  return group !== undefined && reservation.groupId?.toLowerCase() === group.toLowerCase()
}
