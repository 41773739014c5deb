import type { ChargingProfile } from '../../charging/profile.ts'
import type { ProfileWish } from '../../domain/order.ts'
import type { OrderContext } from '../dialect.ts'

/** A profile as an operator wishes it, with the id and the transaction that only we know. */
export const profileFor = (wish: ProfileWish, { number, transaction }: OrderContext): ChargingProfile => ({
  ...wish,
  id: wish.id ?? number,
  ...(wish.purpose === 'tx' && transaction !== undefined && { transaction }),
})
