import type { Act, Put, Removal } from '../../core/ports/market.ts'
import { actorOf } from './actor.ts'
import type { ApiParts, Caller } from './parts.ts'
import { notFound, Problem, wrongField } from './problem.ts'

/** The caller does something, now. */
export const actOf = ({ clock }: Pick<ApiParts, 'clock'>, caller: Caller): Act => ({
  by: actorOf(caller),
  at: clock.now(),
})

/** What was put; a refusal is a problem with its pointer. */
export const putOrThrow = <Item>(put: Put<Item>): { readonly item: Item; readonly isNew: boolean } => {
  if ('refused' in put) throw wrongField(put.pointer, put.refused)
  return put
}

/** Gone; or a problem that says why not. */
export const removedOrThrow = (what: string, removal: Removal): void => {
  if (removal === 'missing') throw notFound(what)
  if (removal !== 'removed') throw new Problem(409, `this ${what} is in use: ${removal.neededBy}`)
}
