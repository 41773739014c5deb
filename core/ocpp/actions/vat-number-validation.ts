import type { VatNumberValidationRequest } from 'typed-ocpp/dist/ocpp21/types.js'
import { clean } from '../../domain/text.ts'
import { type Action, dialect } from '../dialect.ts'

/** VatNumberValidation — whether what a driver has typed in is a VAT number, and whose. 2.1 part 2 C18. */
export const VatNumberValidation: Action = {
  'ocpp2.1': [
    dialect('vatNumber', {
      request: 'VatNumberValidationRequest',
      ask: ({ vatNumber, evseId }: VatNumberValidationRequest) => ({
        type: 'vatNumber',
        number: clean(vatNumber, 20),
        ...(evseId !== undefined && { evse: evseId }),
      }),
      answer: ({ number, evse, isValid, reason, company }) => ({
        vatNumber: number,
        status: isValid ? 'Accepted' : 'Rejected',
        ...(evse !== undefined && { evseId: evse }),
        ...(company !== undefined && { company }),
        ...(reason !== undefined && {
          statusInfo: { reasonCode: 'InvalidVat', additionalInfo: reason.slice(0, 1_024) },
        }),
      }),
    }),
  ],
}
