import type { StopTransactionRequest } from 'typed-ocpp/dist/ocpp16/types.js'
import { clean } from '../../domain/text.ts'
import { milliWattHours } from '../../domain/units.ts'
import { type Action, dialect } from '../dialect.ts'
import { billingTime, flagsOf } from './billing.ts'
import { idTagInfo } from './id-tag-info.ts'
import { flagsOfReadings, type MeterValueElement, readingsOf } from './meter-value.ts'

/** StopTransaction — the session is over. OCPP 1.6 §4.10. It cannot be refused; a missing reason means Local. */
export const StopTransaction: Action = {
  'ocpp1.6': [
    dialect('session.stop', {
      request: 'StopTransactionRequest',
      leniency: 'billing',
      ask: (request: StopTransactionRequest, heard) => {
        const { ms, key, flags } = billingTime(request.timestamp, heard)
        const readings = readingsOf(request.transactionData as readonly MeterValueElement[] | undefined, heard.now)
        const known = request.meterStop >= 0 ? milliWattHours(request.meterStop) : undefined
        return {
          type: 'session.stop',
          transaction: String(request.transactionId),
          ...(known !== undefined && { meterMwh: known }),
          at: ms,
          atKey: key,
          reason: clean(request.reason ?? 'Local', 50),
          ...(request.idTag !== undefined && { token: clean(request.idTag) }),
          readings,
          flags: [
            ...flagsOf(heard),
            ...flags,
            ...flagsOfReadings(readings),
            ...(known === undefined ? ['the station does not know its last register'] : []),
          ],
        }
      },
      answer: ({ authorization }) => (authorization === undefined ? {} : { idTagInfo: idTagInfo(authorization) }),
    }),
  ],
}
