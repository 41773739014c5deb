import type { BootNotificationRequest } from 'typed-ocpp/dist/ocpp16/types.js'
import type { BootNotificationRequest as BootNotificationRequest2 } from 'typed-ocpp/dist/ocpp21/types.js'
import type { Answers } from '../../domain/dialogue.ts'
import { formatInstant } from '../../domain/instant.ts'
import { clean } from '../../domain/text.ts'
import { type Action, dialect, two } from '../dialect.ts'

const statuses = { accepted: 'Accepted', pending: 'Pending', rejected: 'Rejected' } as const

const answered = ({ now, intervalS, registration }: Answers['boot']): object => ({
  currentTime: formatInstant(now),
  interval: intervalS,
  status: statuses[registration],
})

/** BootNotification — the station has started and says what it is. OCPP 1.6 §4.2, 2.0.1 part 2 B01. Over-long serials are common. */
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
      answer: answered,
    }),
  ],
  ...two(
    dialect('boot', {
      request: 'BootNotificationRequest',
      leniency: 'texts',
      ask: ({ reason, chargingStation: station }: BootNotificationRequest2) => ({
        type: 'boot',
        reason: clean(reason, 50),
        inventory: {
          vendor: clean(station.vendorName),
          model: clean(station.model),
          ...(station.serialNumber !== undefined && { serial: clean(station.serialNumber) }),
          ...(station.firmwareVersion !== undefined && { firmware: clean(station.firmwareVersion) }),
          ...(station.modem?.iccid !== undefined && { iccid: clean(station.modem.iccid) }),
          ...(station.modem?.imsi !== undefined && { imsi: clean(station.modem.imsi) }),
        },
      }),
      answer: answered,
    }),
  ),
}
