import type { ClearTariffsResponse } from 'typed-ocpp/dist/ocpp21/types.js'
import type { MirrorChange } from '../../domain/mirror.ts'
import { clean } from '../../domain/text.ts'
import { accepted, type Action, order, type OrderContext, type OrderOf, rejected } from '../dialect.ts'

/** ClearTariffs — takes tariffs from a station: those of these names, of one EVSE, or all. 2.1 part 2 I10. It answers for each. */
export const ClearTariffs: Action = {
  'ocpp2.1': [
    order('clearTariffs', {
      action: 'ClearTariffs',
      tell: ({ tariffs, evse }) => ({
        payload: {
          ...(tariffs !== undefined && { tariffIds: tariffs }),
          ...(evse !== undefined && { evseId: evse }),
        },
      }),
      told: ({ clearTariffsResult: results }: ClearTariffsResponse, order, { keys }) => {
        const refused = results.flatMap(({ tariffId, status }) =>
          status === 'Rejected' ? [clean(tariffId ?? 'all', 60)] : [],
        )
        const learnt = gone(results, order, keys)
        return refused.length > 0
          ? rejected(`Rejected: ${refused.join(', ')}`, learnt)
          : accepted(`${results.filter(({ status }) => status === 'Accepted').length} cleared`, learnt)
      },
    }),
  ],
}

/** What is not there any more: it was cleared, or never was. */
const gone = (
  results: ClearTariffsResponse['clearTariffsResult'],
  { evse }: OrderOf<'clearTariffs'>,
  keys: OrderContext['keys'] = [],
): readonly MirrorChange[] => {
  const done = results.filter(({ status }) => status !== 'Rejected')
  const isAll = done.some(({ tariffId }) => tariffId === undefined)
  const names = new Set(done.map(({ tariffId }) => tariffId))
  const lost = keys.filter((key) => {
    const [of = '', ...name] = key.split('/')
    return (evse === undefined || evse === 0 || of === String(evse)) && (isAll || names.has(name.join('/')))
  })
  return lost.length === 0 ? [] : [{ type: 'items.removed', kind: 'tariff', keys: lost }]
}
