import type {
  ChangeAvailabilityRequest,
  ChangeAvailabilityResponse,
  ResetRequest,
  ResetResponse,
  UnlockConnectorRequest,
  UnlockConnectorResponse,
} from 'typed-ocpp/dist/ocpp16/types.js'
import type { Charger } from '../charger.ts'
import { end } from '../charging.ts'
import { notify, type Plug, plugOf, rest } from '../plug.ts'
import { reboot } from '../reset.ts'
import { type Reply, status } from './reply.ts'

/** Into service at once; out of it when the session there is over. */
const setAvailable = (charger: Charger, plug: Plug, available: boolean): void => {
  plug.pending = undefined
  if (plug.session !== undefined) {
    plug.pending = available ? undefined : false
    return
  }
  plug.available = available
  if (!available) charger.reservations.drop(plug.number)
  rest(charger, plug)
}

export const availability = {
  ChangeAvailability(
    charger: Charger,
    { connectorId, type }: ChangeAvailabilityRequest,
  ): Reply<ChangeAvailabilityResponse> {
    const isOperative = type === 'Operative'
    const plugs = charger.plugs.filter(({ number }) => connectorId === 0 || number === connectorId)
    if (plugs.length === 0) return status('Rejected')
    const waits = !isOperative && plugs.some(({ session }) => session !== undefined)
    return status(waits ? 'Scheduled' : 'Accepted', () => {
      if (connectorId === 0) {
        charger.isOutOfService = !isOperative
        notify(charger, 'whole')
      }
      for (const plug of plugs) setAvailable(charger, plug, isOperative)
    })
  },

  Reset(charger: Charger, { type }: ResetRequest): Reply<ResetResponse> {
    if (!charger.isUp || charger.firmware.isInstalling) return status('Rejected')
    return status('Accepted', () => void reboot(charger, type === 'Hard' ? 'HardReset' : 'SoftReset'))
  },

  /** An unknown connector is NotSupported (errata 3.87), and so is a cable that cannot be taken off. */
  UnlockConnector(charger: Charger, { connectorId }: UnlockConnectorRequest): Reply<UnlockConnectorResponse> {
    const plug = plugOf(charger, connectorId)
    if (plug === undefined || plug.lock === 'none') return status('NotSupported')
    const then = (): void => end(charger, plug, 'UnlockCommand')
    return status(plug.lock === 'jammed' ? 'UnlockFailed' : 'Unlocked', then)
  },
}
