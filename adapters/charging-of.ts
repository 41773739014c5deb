import type { CompositeQuestion } from '../core/charging/composite.ts'
import type { ChargePointRef } from '../core/domain/charge-point.ts'
import type { Store } from '../core/ports/store.ts'

const usualSupply: CompositeQuestion['supply'] = { kind: 'AC', volts: 230, phases: 3 }
/** More sessions than any station has connectors. */
const everySession = { limit: 100 }

/** What is known of a station's charging: its profiles, its supply, what runs on its connectors. */
export const chargingOf = async (
  store: Pick<Store, 'chargePoints' | 'mirrors' | 'sessions'>,
  ref: ChargePointRef,
  evse: number,
): Promise<Pick<CompositeQuestion, 'profiles' | 'supply' | 'session' | 'evses'>> => {
  const [view, profiles, { items }] = await Promise.all([
    store.chargePoints.find(ref),
    store.mirrors.chargingProfiles(ref),
    store.sessions.list(ref.tenant, { chargePoint: ref.identity, state: 'open' }, everySession),
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
