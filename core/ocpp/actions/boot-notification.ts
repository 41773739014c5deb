import type { BootNotificationRequest } from 'typed-ocpp/dist/ocpp16/types.js'
import { formatInstant } from '../../domain/instant.ts'
import { clean } from '../../domain/text.ts'
import { type Action, dialect } from '../dialect.ts'

const statuses = { accepted: 'Accepted', pending: 'Pending', rejected: 'Rejected' } as const

/** BootNotification — the station has started and says what it is. OCPP 1.6 §4.2. Over-long serials are common. */
export const BootNotification: Action = {
  'ocpp1.6': [
    dialect('boot', {
      request: 'BootNotificationRequest',
      leniency: 'texts',
      ask: (request: BootNotificationRequest) => {
        const serial = request.chargePointSerialNumber ?? request.chargeBoxSerialNumber
        return {
          type: 'boot',
          inventory: {
            vendor: clean(request.chargePointVendor),
            model: clean(request.chargePointModel),
            ...(serial !== undefined && { serial: clean(serial) }),
            ...(request.firmwareVersion !== undefined && { firmware: clean(request.firmwareVersion) }),
            ...(request.iccid !== undefined && { iccid: clean(request.iccid) }),
            ...(request.imsi !== undefined && { imsi: clean(request.imsi) }),
            ...(request.meterType !== undefined && { meterType: clean(request.meterType) }),
            ...(request.meterSerialNumber !== undefined && { meterSerial: clean(request.meterSerialNumber) }),
          },
        }
      },
      answer: ({ now, intervalS, registration }) => ({
        currentTime: formatInstant(now),
        interval: intervalS,
        status: statuses[registration],
      }),
    }),
  ],
}
