import type { NotifyAllowedEnergyTransferResponse } from 'typed-ocpp/dist/ocpp21/types.js'
import { accepted, type Action, order, rejected } from '../dialect.ts'

/** NotifyAllowedEnergyTransfer — how the vehicle of a session may exchange energy, where that is known late. 2.1 Q02. */
export const NotifyAllowedEnergyTransfer: Action = {
  'ocpp2.1': [
    order('allowEnergyTransfer', {
      action: 'NotifyAllowedEnergyTransfer',
      tell: ({ session, modes }, { transaction }) =>
        transaction === undefined
          ? { unsupported: `session ${session} is not open on this charge point` }
          : { payload: { transactionId: transaction, allowedEnergyTransfer: modes } },
      told: ({ status }: NotifyAllowedEnergyTransferResponse, { modes }, { transaction }) => {
        if (status !== 'Accepted') return rejected(status)
        return transaction === undefined
          ? accepted()
          : accepted(undefined, [
              { type: 'items.put', kind: 'energyTransfer', items: [{ key: transaction, body: { modes } }] },
            ])
      },
    }),
  ],
}
