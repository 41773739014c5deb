import type { UpdateFirmwareRequest } from 'typed-ocpp/dist/ocpp21/types.js'
import type { FirmwareParts } from '../charger/firmware.ts'
import type { Update } from '../charger/firmware-order.ts'
import { followAll } from './evse.ts'
import { reboot } from './reset.ts'
import type { Station } from './station.ts'

/** How a station renews its firmware, in the words of 2.x: every step has one, and is told under the id of the order. */
export const firmwareOf = (station: Station): FirmwareParts => {
  const close = (isClosed: boolean): void => {
    station.isClosed = isClosed
    followAll(station)
  }
  return {
    after: (ms, then) => station.after(ms, then),
    note: (text) => station.note(text),
    time: station.time,
    tidings: station.tidings,
    security: station.security,
    certificates: station.certificates,
    isBusy: () => station.evses.some(({ transaction }) => transaction !== undefined),
    close: () => close(true),
    reopen: () => close(false),
    reboot: () => reboot(station, { reason: 'FirmwareUpdate', stopped: 'Reboot' }),
    messageOf: ({ requestId }, status) => ['FirmwareStatusNotification', { status, requestId }],
  }
}

export const updateOf = ({ requestId, firmware, retries, retryInterval }: UpdateFirmwareRequest): Update => {
  const { location, retrieveDateTime, installDateTime, signingCertificate, signature } = firmware
  const isSigned = signingCertificate !== undefined && signature !== undefined
  return {
    location,
    retrieveAt: Date.parse(retrieveDateTime),
    requestId,
    isCancelled: false,
    ...(installDateTime !== undefined && { installAt: Date.parse(installDateTime) }),
    ...(isSigned && { signed: { certificate: signingCertificate, signature } }),
    ...(retries !== undefined && { retries }),
    ...(retryInterval !== undefined && { retryInterval }),
  }
}
