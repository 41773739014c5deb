import type { SetNetworkProfileRequest, SetNetworkProfileResponse } from 'typed-ocpp/dist/ocpp21/types.js'
import type { Station } from '../station.ts'
import { type Reply, status } from './reply.ts'

/** Block B, B09: in force once it is a priority and the station has started anew. */
export const network = {
  SetNetworkProfile(
    { network: profiles, security }: Station,
    { configurationSlot, connectionData }: SetNetworkProfileRequest,
  ): Reply<SetNetworkProfileResponse> {
    if (profiles.faultOf(configurationSlot, connectionData) !== undefined) return status('Rejected')
    return status('Accepted', () => {
      profiles.set(configurationSlot, connectionData)
      security.note('ReconfigurationOfSecurityParameters', `network profile ${configurationSlot}`)
    })
  },
}
