import type { Order } from '../../core/domain/command.ts'
import { parseInstant } from '../../core/domain/instant.ts'
import type { Outlet } from '../../core/domain/outlet.ts'
import { formatPartyCode } from '../../core/domain/party-code.ts'
import { announcedS, startMs } from '../../core/domain/roaming-command.ts'
import type { RoamingPartner } from '../../core/domain/roaming-partner.ts'
import type { Session } from '../../core/domain/session.ts'
import { clean } from '../../core/domain/text.ts'
import type { Granted, Target, Wish } from '../../core/ports/roaming-commands.ts'
import { profileWishOf } from '../../core/roaming/charging-profile.ts'
import type { Token } from '../../core/roaming/model.ts'
import { codeOf } from '../../core/roaming/owner.ts'
import { typeOfPartner } from '../../core/roaming/token-type.ts'

/** What is ordered to carry a command out. */
export interface Plan {
  readonly chargePoint: string
  readonly order: Order
  readonly deadlineMs: number
}

type Of<Type extends Wish['type']> = Extract<Wish, { readonly type: Type }>

const answeredMs = announcedS * 1_000

export const rejected = (why: string): Granted => ({ type: 'answered', result: 'REJECTED', timeoutS: 0, why })
export const isPlan = (what: Plan | Granted): what is Plan => 'order' in what

/** Whether a party that a token is of is one of the partner's: in 2.2.1 and later each is named in its roles. */
export const isOfPartner = (token: Pick<Token, 'country_code' | 'party_id'>, { roles }: RoamingPartner): boolean => {
  const code = formatPartyCode(codeOf(token))
  return roles.some((one) => one.role === 'EMSP' && formatPartyCode(one.code) === code)
}

const stationOf = (target: Target): { readonly chargePoint: string; readonly evse: number } | Granted =>
  target.plug ?? rejected(`${target.uid} is not in service`)

/**
 * The EVSE that is meant. Where none is named it is the one with a vehicle that waits to be let charge, or the only one
 * that is free. Of several it is none: a session that begins at another one than the driver stands at is paid by him, and
 * used by whoever comes along.
 */
const meant = (targets: readonly Target[], uid: string | undefined): Target | Granted => {
  if (uid !== undefined) {
    const named = targets.find((one) => one.uid.toLowerCase() === uid.toLowerCase())
    return named ?? { type: 'unknownLocation', why: `the location has no EVSE ${clean(uid, 48)}` }
  }
  const inService = targets.filter(({ plug, isOnline }) => plug !== undefined && isOnline)
  const waiting = inService.filter(({ status }) => status === 'preparing')
  const free = waiting.length > 0 ? waiting : inService.filter(({ status }) => status === 'available')
  const [only, ...others] = free
  if (only === undefined) return rejected('no EVSE of the location is free')
  return others.length === 0 ? only : rejected('several EVSEs could be meant: name one (evse_uid)')
}

/** The connector that is named; undefined: none is. */
const outletOf = ({ outlets, uid }: Target, id: string): Outlet | Granted =>
  outlets.find((one) => one.id.toLowerCase() === id.toLowerCase()) ?? {
    type: 'unknownLocation',
    why: `EVSE ${uid} has no connector ${clean(id, 36)}`,
  }

const tokenIn = ({ uid, type, group_id }: Token) => ({
  token: uid,
  ...(typeOfPartner(type) !== undefined && { tokenType: typeOfPartner(type) ?? 'OTHER' }),
  ...(group_id !== undefined && { groupId: group_id }),
})

export const planOfStart = (wish: Of<'START_SESSION'>, targets: readonly Target[]): Plan | Granted => {
  const target = meant(targets, wish.evse_uid)
  if ('type' in target) return target
  const station = stationOf(target)
  if ('type' in station) return station
  if (wish.connector_id === undefined && target.needsConnector)
    return { type: 'incomplete', why: `connector_id: EVSE ${target.uid} needs it` }
  const outlet = wish.connector_id === undefined ? undefined : outletOf(target, wish.connector_id)
  if (outlet !== undefined && 'type' in outlet) return outlet
  return {
    chargePoint: station.chargePoint,
    order: {
      type: 'startCharging',
      evse: station.evse,
      ...(outlet !== undefined && { connector: outlet.number }),
      ...tokenIn(wish.token),
    },
    deadlineMs: startMs,
  }
}

/** Any that is free will do: the driver is on his way, and finds the one that is reserved. */
const reservable = (targets: readonly Target[], uid: string | undefined): Target | Granted =>
  uid === undefined
    ? (targets.find(({ plug, isOnline, status }) => plug && isOnline && status === 'available') ??
      rejected('no EVSE of the location is free'))
    : meant(targets, uid)

/** `replaces`: what is reserved under this name so far. */
export const planOfReserve = (
  wish: Of<'RESERVE_NOW'>,
  targets: readonly Target[],
  {
    now,
    replaces,
  }: { readonly now: number; readonly replaces?: { readonly number: number; readonly chargePoint: string } },
): Plan | Granted => {
  const expiresAt = parseInstant(wish.expiry_date)?.ms ?? 0
  if (expiresAt <= now) return rejected('it would have expired already')
  const target = reservable(targets, wish.evse_uid)
  if ('type' in target) return target
  const station = stationOf(target)
  if ('type' in station) return station
  if (replaces !== undefined && replaces.chargePoint !== station.chargePoint)
    return rejected('it is reserved at another charging station: cancel it there first')
  return {
    chargePoint: station.chargePoint,
    order: {
      type: 'reserve',
      evse: station.evse,
      ...tokenIn(wish.token),
      expiresAt,
      ...(replaces !== undefined && { replaces: replaces.number }),
    },
    deadlineMs: answeredMs,
  }
}

export const planOfUnlock = (wish: Of<'UNLOCK_CONNECTOR'>, targets: readonly Target[]): Plan | Granted => {
  const target = meant(targets, wish.evse_uid)
  if ('type' in target) return target
  const outlet = outletOf(target, wish.connector_id)
  if ('type' in outlet) return outlet
  const station = stationOf(target)
  if ('type' in station) return station
  const { chargePoint, evse } = station
  return { chargePoint, order: { type: 'unlock', evse, connector: outlet.number }, deadlineMs: answeredMs }
}

export const planOfCancel = (reserved: { readonly number: number; readonly chargePoint: string }): Plan => ({
  chargePoint: reserved.chargePoint,
  order: { type: 'cancelReservation', reservation: reserved.number },
  deadlineMs: answeredMs,
})

/** What is wanted of a session that is open. */
export const planOfSession = (
  wish: Of<'STOP_SESSION' | 'SET_PROFILE' | 'GET_PROFILE' | 'CLEAR_PROFILE'>,
  { id: session, identity: chargePoint, evse }: Session,
): Plan | Granted => {
  const order = orderForSession(wish, { session, evse })
  return 'fault' in order ? { type: 'incomplete', why: order.fault } : { chargePoint, order, deadlineMs: answeredMs }
}

const orderForSession = (
  wish: Of<'STOP_SESSION' | 'SET_PROFILE' | 'GET_PROFILE' | 'CLEAR_PROFILE'>,
  { session, evse }: { readonly session: string; readonly evse: number },
): Order | { readonly fault: string } => {
  switch (wish.type) {
    case 'STOP_SESSION':
      return { type: 'stopCharging', session }
    case 'SET_PROFILE': {
      const profile = profileWishOf(wish.charging_profile, evse)
      return 'fault' in profile ? profile : { type: 'setChargingProfile', profile }
    }
    case 'GET_PROFILE':
      return { type: 'getCompositeSchedule', evse, durationS: wish.duration }
    case 'CLEAR_PROFILE':
      return { type: 'clearChargingProfile', evse, purpose: 'tx' }
  }
}
