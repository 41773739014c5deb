import type { CompositeQuestion } from '../core/charging/composite.ts'
import type { ChargePointRef } from '../core/domain/charge-point.ts'
import type { Command } from '../core/domain/command.ts'
import { entriesOf } from '../core/domain/local-list.ts'
import type { OrderContext } from '../core/ocpp/dialect.ts'
import type { Clock } from '../core/ports/clock.ts'
import type { OrderContexts } from '../core/ports/order-context.ts'
import type { Store } from '../core/ports/store.ts'

type Context = Omit<OrderContext, 'now' | 'number'>
type Of<Type extends Command['order']['type']> = Extract<Command['order'], { readonly type: Type }>

type Reader<Type extends Command['order']['type']> = (
  ref: ChargePointRef,
  order: Of<Type>,
) => Promise<Context | { readonly impossible: string }>

const longestToken = 20
const usualSupply: CompositeQuestion['supply'] = { kind: 'AC', volts: 230, phases: 3 }
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

  /** The session that runs there, for a profile of its own. */
  const sessionOn = async ({ tenant, identity }: ChargePointRef, evse: number) => {
    const { items } = await store.sessions.list(tenant, { chargePoint: identity, state: 'open' }, { limit: 100 })
    return items.find((session) => session.evse === evse)
  }

  const limiting = async (ref: ChargePointRef, { profile }: Of<'setChargingProfile'>): Promise<Context> => {
    const { transaction } = (profile.purpose === 'tx' && (await sessionOn(ref, profile.evse))) || {}
    return transaction === undefined ? {} : { transaction }
  }

  const composing = async (ref: ChargePointRef, { evse }: Of<'getCompositeSchedule'>): Promise<Context> => ({
    charging: await chargingOf(store, ref, evse),
  })

  const elsewhere = async (_: ChargePointRef, { location }: Of<'updateFirmware' | 'uploadLog'>): Promise<Context> =>
    location === undefined ? {} : { location }

  /** Most orders need nothing. */
  const readers: { readonly [Type in Command['order']['type']]?: Reader<Type> } = {
    stopCharging: stopping,
    syncLocalList: listing,
    setChargingProfile: limiting,
    getCompositeSchedule: composing,
    updateFirmware: elsewhere,
    uploadLog: elsewhere,
  }

  return {
    async of({ order, tenant, identity }) {
      const read = readers[order.type] as Reader<typeof order.type> | undefined
      return read === undefined ? {} : read({ tenant, identity }, order as never)
    },
    presentsTag: async (ref) => (await store.chargePoints.find(ref))?.remoteStart !== 'token',
  }
}

/** What is known of a station's charging: its profiles, its supply, what runs on its connectors. */
export const chargingOf = async (
  store: Pick<Store, 'chargePoints' | 'mirrors' | 'sessions'>,
  ref: ChargePointRef,
  evse: number,
): Promise<Pick<CompositeQuestion, 'profiles' | 'supply' | 'session' | 'evses'>> => {
  const [view, profiles, { items }] = await Promise.all([
    store.chargePoints.find(ref),
    store.mirrors.chargingProfiles(ref),
    store.sessions.list(ref.tenant, { chargePoint: ref.identity, state: 'open' }, { limit: 100 }),
  ])
  const running = new Map(
    items.map(({ evse: at, startedAt = 0, transaction }) => [
      at,
      { startedAt, ...(transaction !== undefined && { transaction }) },
    ]),
  )
  const numbers = [...new Set((view?.connectors ?? []).map((c) => c.evse))].filter((number) => number > 0)
  const here = running.get(evse)
  return {
    profiles,
    supply: view?.supply ?? usualSupply,
    ...(here !== undefined && { session: here }),
    evses: numbers.map((number) => {
      const session = running.get(number)
      return { evse: number, ...(session !== undefined && { session }) }
    }),
  }
}
