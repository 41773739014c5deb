import type {
  BatteryDataType,
  BatterySwapEventEnumType,
  RequestBatterySwapRequest,
  RequestBatterySwapResponse,
} from 'typed-ocpp/dist/ocpp21/types.js'
import type { Station } from '../station.ts'
import { type Reply, status } from './reply.ts'

const swapMs = 1_000

/** Block S of 2.1: somebody takes a full battery out of a slot, and puts an empty one in. */
export const battery = {
  RequestBatterySwap(
    station: Station,
    { requestId, idToken }: RequestBatterySwapRequest,
  ): Reply<RequestBatterySwapResponse> {
    const [slot] = station.evses
    if (slot === undefined || !station.isUp) return status('Rejected')
    const tell = (eventType: BatterySwapEventEnumType, serialNumber: string, soC: number): void => {
      const batteryData: BatteryDataType[] = [{ evseId: slot.id, serialNumber, soC, soH: 97 }]
      station.tidings.tell('BatterySwap', { eventType, requestId, idToken, batteryData })
    }
    return status('Accepted', () => {
      station.after(swapMs, () => tell('BatteryOut', `B-${requestId}-full`, 95))
      station.after(2 * swapMs, () => tell('BatteryIn', `B-${requestId}-empty`, 12))
    })
  },
}
