import { z } from '@hono/zod-openapi'
import type { Delivery } from '../../core/domain/delivery.ts'
import { clean } from '../../core/domain/text.ts'
import type { Wish } from '../../core/ports/books.ts'
import type { DeliveryAct, DeliveryList, DeliveryRef, DeliveryView, ErpTarget } from '../../core/ports/deliveries.ts'
import type { ErpGuard } from '../../core/ports/erp.ts'
import { actorOf } from './actor.ts'
import type { ApiParts, Caller } from './parts.ts'
import { notFound, Problem } from './problem.ts'
import { given } from './schemas.ts'

interface Said<View extends DeliveryView> {
  readonly list: DeliveryList<View>
  readonly of: Omit<DeliveryRef, 'tenant'>
  readonly guard: ErpGuard
  readonly action: DeliveryAct
  readonly wishOf: (delivery: Delivery) => Wish
  readonly note: string | undefined
}

/** A person's word on one delivery, of whatever kind. */
export const wordOn = async <View extends DeliveryView>(
  { books, clock, log }: Pick<ApiParts, 'books' | 'clock' | 'log'>,
  caller: Caller,
  { list, of, guard, action, wishOf, note: why }: Said<View>,
): Promise<View> => {
  const now = clock.now()
  const word = { action, by: actorOf(caller), at: now, ...given({ note: why && clean(why, 500) }) }
  const changed = await list.change(
    { tenant: caller.tenant, ...of },
    (delivery) => books.wished(delivery, wishOf(delivery), { guard, at: now }),
    word,
  )
  if (changed === 'missing') throw notFound('delivery')
  if (changed === 'senseless') throw new Problem(409, 'this makes no sense as the delivery stands')
  log.info('a delivery was decided on', { ...of, action, state: changed.state })
  return changed
}

/** The target of the books that a delivery is to; 404 where there is none. */
export const targetOf = async (
  { store }: Pick<ApiParts, 'store'>,
  { tenant }: Caller,
  target: string,
): Promise<ErpTarget> => {
  const found = await store.erpTargets.find({ tenant, target })
  if (found === undefined) throw notFound('target')
  return found
}

/** Of deliveries to the books. */
export const byDelivery = z.object({
  target: z
    .string()
    .max(64)
    .openapi({ param: { name: 'target', in: 'path' }, example: 'books' }),
  document: z
    .string()
    .max(64)
    .openapi({ param: { name: 'document', in: 'path' } }),
})
