import type { ChangeAvailabilityRequest, ChangeAvailabilityResponse } from 'typed-ocpp/dist/ocpp21/types.js'
import type { Station } from '../station.ts'
import { followAll } from '../evse.ts'
import { type Reply, status } from './reply.ts'

/** Block G: in or out of service, one EVSE or all of them; out of it when the transaction there is over (G03, G04). */
export const availability = {
  ChangeAvailability(
    station: Station,
    { evse: meant, operationalStatus }: ChangeAvailabilityRequest,
  ): Reply<ChangeAvailabilityResponse> {
    const isOperative = operationalStatus === 'Operative'
    const isKnown = meant?.connectorId === undefined || meant.connectorId === 1
    const evses = station.evses.filter(({ id }) => meant === undefined || (id === meant.id && isKnown))
    if (evses.length === 0) return status('Rejected')
    const waits = !isOperative && evses.some(({ transaction }) => transaction !== undefined)
    return status(waits ? 'Scheduled' : 'Accepted', () => {
      if (meant === undefined) station.isOutOfService = !isOperative
      for (const evse of evses) station.setAvailable(evse, isOperative)
      followAll(station)
    })
  },
}
