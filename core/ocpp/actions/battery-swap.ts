import type { BatterySwapRequest } from 'typed-ocpp/dist/ocpp21/types.js'
import { decimalOf } from '../../domain/decimal.ts'
import type { SwapStatus } from '../../domain/progress.ts'
import { clean } from '../../domain/text.ts'
import { type Action, dialect } from '../dialect.ts'
import { nothing } from '../frame.ts'

const statuses: Readonly<Record<BatterySwapRequest['eventType'], SwapStatus>> = {
  BatteryIn: 'in',
  BatteryOut: 'out',
  BatteryOutTimeout: 'outTimeout',
}
/** As many batteries as one swap may be about. */
const mostBatteries = 100

/**
 * BatterySwap — batteries were put in, taken out, or not taken out in time. 2.1 part 2 S03. What belongs together has one
 * number: ours, where the swap was asked for (RequestBatterySwap).
 */
export const BatterySwap: Action = {
  'ocpp2.1': [
    dialect('told', {
      request: 'BatterySwapRequest',
      ask: ({ eventType, requestId: request, batteryData }: BatterySwapRequest) => {
        const status = statuses[eventType]
        const batteries = batteryData.slice(0, mostBatteries)
        return {
          type: 'told',
          topic: 'batterySwap',
          data: { request, status, batteries: batteries.map(({ serialNumber }) => clean(serialNumber, 50)) },
          progress: { of: 'batterySwap', request, status },
          learnt: [
            {
              type: 'items.put',
              kind: 'battery',
              items: batteries.map((battery) => ({
                key: clean(battery.serialNumber, 50),
                body: {
                  serialNumber: clean(battery.serialNumber, 50),
                  request,
                  // one that nobody took is still there
                  isInside: status !== 'out',
                  status,
                  evse: battery.evseId,
                  soC: decimalOf(battery.soC),
                  soH: decimalOf(battery.soH),
                  ...(battery.productionDate !== undefined && { producedAt: battery.productionDate }),
                  ...(battery.vendorInfo !== undefined && { info: clean(battery.vendorInfo, 500) }),
                },
              })),
            },
          ],
        }
      },
      answer: () => nothing,
    }),
  ],
}
