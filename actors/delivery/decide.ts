import {
  attemptMs,
  type Delivery,
  type DeliveryChange,
  type DeliveryState,
  leaseMs,
  waitAfter,
} from '../../core/domain/delivery.ts'
import { clean } from '../../core/domain/text.ts'
import type { ErpGuard } from '../../core/ports/erp.ts'
import { Host } from '../host.ts'
import { type DeliveryEvent, deliveryMachine } from './machine.ts'

interface Carried {
  readonly change: DeliveryChange
  readonly params: {
    readonly asks?: boolean
    readonly reason?: string
    readonly reference?: string
    readonly retryAfterMs?: number
  }
  readonly at: number
  /** A share of the wait that is added to it, from 0 to 1: those put off together do not come back together. */
  readonly spread: number
}

const longestReason = 500
const longestReference = 255

const host = new Host(deliveryMachine)

const withReason = ({ change, params: { reason = '' } }: Carried): Delivery => ({
  ...change.delivery,
  reason: clean(reason, longestReason),
})

/** Who carries out which effect of the machine: each is noted down in the change that will be committed. */
export const deliveryCarriers: Readonly<Record<string, (carried: Carried) => DeliveryChange>> = {
  send: ({ change, params: { asks = false }, at }) => ({
    ...change,
    asks,
    delivery: { ...change.delivery, attempts: change.delivery.attempts + 1, nextAt: at + leaseMs },
  }),
  putOff: (carried) => {
    const { change, params, at, spread } = carried
    const { attempts, forgiven } = change.delivery
    const wait = waitAfter(attempts - forgiven, params.retryAfterMs)
    const nextAt = at + wait + Math.floor(Math.min(wait, attemptMs * 10) * spread * 0.2)
    return { ...change, delivery: { ...withReason(carried), nextAt } }
  },
  record: ({ change, params: { reference } }) => ({
    ...change,
    delivery: {
      ...change.delivery,
      ...(reference !== undefined && { reference: clean(reference, longestReference) }),
    },
  }),
  alarm: (carried) => ({ ...carried.change, isAlarming: true, delivery: withReason(carried) }),
  renew: ({ change }) => ({ ...change, delivery: { ...change.delivery, forgiven: change.delivery.attempts } }),
  withdraw: ({ change }) => change,
}

/** One event, and nothing more of the machine: what it makes of the delivery. Undefined where it makes no sense in its state. */
export const decide = (
  before: Delivery,
  guard: ErpGuard,
  event: DeliveryEvent,
  { at, spread }: Pick<Carried, 'at' | 'spread'>,
): DeliveryChange | undefined => {
  const { attempts, forgiven, isDoubtful, nextAt: _, reason: __, ...known } = before
  const asleep = host.resume(before.state, { guard, attempts: attempts - forgiven, isDoubtful })
  const [rest, effects] = host.send(asleep, event)
  if (rest === asleep) return undefined
  let change: DeliveryChange = {
    delivery: {
      ...known,
      attempts,
      forgiven,
      state: rest.value as DeliveryState,
      isDoubtful: rest.context.isDoubtful,
      changedAt: at,
    },
    asks: false,
    isAlarming: false,
  }
  for (const { type, params } of effects)
    change = deliveryCarriers[type]?.({ change, params: params as Carried['params'], at, spread }) ?? change
  return change
}
