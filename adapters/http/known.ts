import type { ChargePointRef } from '../../core/domain/charge-point.ts'
import type { ChargePointView, Store } from '../../core/ports/store.ts'
import { notFound } from './problem.ts'

/** The charge point that a request names, as it stands; 404 where its tenant has none of that name. */
export const knownChargePoint = async (
  { chargePoints }: Pick<Store, 'chargePoints'>,
  ref: ChargePointRef,
): Promise<ChargePointView> => {
  const view = await chargePoints.find(ref)
  if (view === undefined) throw notFound('charge point')
  return view
}

/** The same where only its name matters: in the spelling that it was registered with. */
export const knownRef = async (store: Pick<Store, 'chargePoints'>, ref: ChargePointRef): Promise<ChargePointRef> => {
  const { tenant, identity } = await knownChargePoint(store, ref)
  return { tenant, identity }
}
