import type { Authorization } from './authorization.ts'
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

/** How far the clock of a station may be from ours, in ms, for its starts to be compared with reservations. */
const clockSlackMs = 10 * 60_000

type Kept = Pick<Reservation, 'id' | 'evse' | 'token' | 'groupId' | 'createdAt' | 'expiresAt'>

/** A session that begins. */
export interface ReservedStart {
  readonly reservation?: number
  readonly evse: number
  /** By the station's clock, where it has one. */
  readonly at: number
  readonly clockless: boolean
  readonly token?: string
  readonly authorization?: Pick<Authorization, 'status' | 'groupId'>
}

/** The reservation that a session uses, of those that are active: the one of its connector before one of any. */
export const usedBy = <Some extends Kept>(reservations: readonly Some[], start: ReservedStart): Some | undefined => {
  const fitting = reservations.filter((reservation) => isUsedBy(reservation, start))
  return fitting.find(({ evse }) => evse === start.evse) ?? fitting[0]
}

/**
 * Whether a session that begins uses a reservation: it names it, or it begins on its connector with its token or group
 * while it is kept, and may charge. Not every station names what it honours; and a start may come from a queue, days late.
 */
const isUsedBy = (reservation: Kept, start: ReservedStart): boolean => {
  if (start.reservation !== undefined && start.reservation > 0) return start.reservation === reservation.id
  if (start.token === undefined || start.authorization?.status !== 'Accepted' || !isWithin(reservation, start))
    return false
  if (reservation.evse !== 0 && reservation.evse !== start.evse) return false
  if (reservation.token.toLowerCase() === start.token.toLowerCase()) return true
  const group = start.authorization.groupId
  return group !== undefined && reservation.groupId?.toLowerCase() === group.toLowerCase()
}

const isWithin = ({ createdAt, expiresAt }: Kept, { at, clockless }: ReservedStart): boolean =>
  clockless || (at >= createdAt - clockSlackMs && at <= expiresAt + clockSlackMs)
