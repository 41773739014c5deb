import type { GetTariffsResponse } from 'typed-ocpp/dist/ocpp21/types.js'
import type { Item } from '../../domain/item.ts'
import { clean } from '../../domain/text.ts'
import { accepted, type Action, order, rejected } from '../dialect.ts'
import { tariffKey } from '../tariff.ts'

/** GetTariffs — which tariffs a station has, by name; what is in them it does not say. 2.1 part 2 I09. */
export const GetTariffs: Action = {
  'ocpp2.1': [
    order('getTariffs', {
      action: 'GetTariffs',
      tell: ({ evse }) => ({ payload: { evseId: evse } }),
      told: ({ status, tariffAssignments = [] }: GetTariffsResponse, { evse }, { number }) => {
        if (status === 'Rejected') return rejected(status)
        const prefix = evse === 0 ? '' : `${evse}/`
        if (status === 'NoTariff') return accepted(status, [{ type: 'items.cleared', kind: 'tariff', prefix }])
        const items = tariffAssignments.flatMap(itemsOf(evse))
        return accepted(`${tariffAssignments.length} tariffs`, [
          // merged: what was set through us is known beside its name
          { type: 'items.put', kind: 'tariff', items, merge: true, request: number },
          ...(evse === 0 ? [{ type: 'items.swept', kind: 'tariff', request: number } as const] : []),
        ])
      },
    }),
  ],
}

type Assignment = NonNullable<GetTariffsResponse['tariffAssignments']>[number]

const itemsOf =
  (asked: number) =>
  ({ tariffId, tariffKind, validFrom, evseIds, idTokens }: Assignment): readonly Item[] =>
    (evseIds ?? [asked]).map((evse) => ({
      key: tariffKey(evse, clean(tariffId, 60)),
      body: {
        tariffId: clean(tariffId, 60),
        evse,
        kind: tariffKind,
        ...(validFrom !== undefined && { validFrom }),
        ...(idTokens !== undefined && { tokens: idTokens.map((token) => clean(token)) }),
      },
    }))
