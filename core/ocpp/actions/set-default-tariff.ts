import type { SetDefaultTariffResponse } from 'typed-ocpp/dist/ocpp21/types.js'
import { accepted, type Action, order, rejected } from '../dialect.ts'
import { tariffKey, tariffTo21 } from '../tariff.ts'

/** SetDefaultTariff — what those pay who bring no tariff of their own. 2.1 part 2 I07. */
export const SetDefaultTariff: Action = {
  'ocpp2.1': [
    order('setDefaultTariff', {
      action: 'SetDefaultTariff',
      tell: ({ evse }, { tariff }) =>
        tariff === undefined
          ? { unsupported: 'no tariff is named' }
          : { payload: { evseId: evse, tariff: tariffTo21(tariff) } },
      told: ({ status }: SetDefaultTariffResponse, { evse }, { tariff }) =>
        status === 'Accepted' && tariff !== undefined
          ? accepted(undefined, [
              {
                type: 'items.put',
                kind: 'tariff',
                items: [
                  {
                    key: tariffKey(evse, tariff.id),
                    body: { tariffId: tariff.id, evse, kind: 'DefaultTariff', tariff },
                  },
                ],
              },
            ])
          : rejected(status),
    }),
  ],
}
