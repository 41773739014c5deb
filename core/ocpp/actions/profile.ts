import { inTheWay } from '../../charging/installed.ts'
import { type NeededProfile, profileForNeeds } from '../../charging/needs.ts'
import type { ChargingProfile } from '../../charging/profile.ts'
import type { ProfileWish } from '../../domain/order.ts'
import type { OrderContext } from '../dialect.ts'

/** A profile as an operator wishes it, with the id and the transaction that only we know. */
export const profileFor = (wish: ProfileWish, { number, transaction }: OrderContext): ChargingProfile => ({
  ...wish,
  id: wish.id ?? number,
  ...(wish.purpose === 'tx' && transaction !== undefined && { transaction }),
})

/** The same in 2.x, where one that is to take another's place has its id (K01.FR.05, K01.FR.06). */
export const profileFor2 = (wish: ProfileWish | NeededProfile, context: OrderContext): ChargingProfile => {
  const wanted = profileFor(wish, context)
  if ('id' in wish && wish.id !== undefined) return wanted
  const [before] = inTheWay(context.charging?.profiles ?? [], wanted)
  return { ...wanted, id: before?.id ?? wanted.id }
}

/** What a session begins with: the station knows which one it is, and may not be told (1.6 errata 3.41, 2.x F01.FR.11). */
export const profileForStart = (
  wish: ProfileWish,
  evse: number | undefined,
  { number }: OrderContext,
): ChargingProfile => ({
  ...wish,
  evse: evse ?? wish.evse,
  id: wish.id ?? number,
})

/** The profile that the needs of the vehicle ask for, the same each time that it is asked for in one order. */
export const neededProfile = (context: OrderContext): ChargingProfile | undefined => {
  const { needs, charging, now } = context
  const wanted = needs && charging && profileForNeeds(needs, charging, now)
  return wanted && profileFor2(wanted, context)
}
