import type { ChargePointRef } from '../core/domain/charge-point.ts'
import type { Command } from '../core/domain/command.ts'
import { entriesOf } from '../core/domain/local-list.ts'
import type { OrderContext } from '../core/ocpp/dialect.ts'
import type { Clock } from '../core/ports/clock.ts'
import type { OrderContexts } from '../core/ports/order-context.ts'
import type { Store } from '../core/ports/store.ts'

type Context = Omit<OrderContext, 'now' | 'number'>
type Of<Type extends Command['order']['type']> = Extract<Command['order'], { readonly type: Type }>

const longestToken = 20
/** Where the station does not say how long a list may be in one message. */
const usualList = 100

interface Parts {
  readonly store: Pick<Store, 'chargePoints' | 'mirrors' | 'sessions' | 'tokens'>
  readonly clock: Clock
}

/** What orders need beside their own words, read from the store right before they are sent. */
export const orderContexts = ({ store, clock }: Parts): OrderContexts => {
  const stopping = async ({ tenant, identity }: ChargePointRef, { session: id }: Of<'stopCharging'>) => {
    const session = await store.sessions.find(tenant, id)
    const { transaction } = session ?? {}
    return session?.state === 'open' && session.identity === identity && transaction !== undefined
      ? { transaction }
      : { impossible: 'no such session is open on this charge point' }
  }

  const listing = async (ref: ChargePointRef, { tokens: uids }: Of<'syncLocalList'>): Promise<Context> => {
    const [kept, configuration, tokens] = await Promise.all([
      store.mirrors.localList(ref),
      store.mirrors.configuration(ref),
      store.tokens.accepted(ref.tenant, uids),
    ])
    const limit = (key: string): number => Number(configuration.find((c) => c.key.toLowerCase() === key)?.value ?? NaN)
    const longest = limit('localauthlistmaxlength')
    const most = limit('sendlocallistmaxlength')
    const wanted = entriesOf(tokens, clock.now(), longestToken)
    return {
      localList: {
        wanted: Number.isInteger(longest) && longest >= 0 ? wanted.slice(0, longest) : wanted,
        most: Number.isInteger(most) && most > 0 ? most : usualList,
        ...(kept?.list !== undefined && { known: kept.list }),
        ...(kept?.uncertain !== undefined && { uncertain: kept.uncertain }),
      },
    }
  }

  return {
    async of({ order, tenant, identity }) {
      const ref = { tenant, identity }
      switch (order.type) {
        case 'stopCharging':
          return stopping(ref, order)
        case 'syncLocalList':
          return listing(ref, order)
        case 'updateFirmware':
        case 'uploadLog':
          return order.location === undefined ? {} : { location: order.location }
        default:
          return {}
      }
    },
    presentsTag: async (ref) => (await store.chargePoints.find(ref))?.remoteStart !== 'token',
  }
}
