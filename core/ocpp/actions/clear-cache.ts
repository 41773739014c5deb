import type { ClearCacheResponse } from 'typed-ocpp/dist/ocpp16/types.js'
import { accepted, type Action, order, rejected } from '../dialect.ts'

/** ClearCache — forget every cached authorisation. OCPP 1.6 §5.4. Rejected also means that there is no cache (errata 3.23). */
export const ClearCache: Action = {
  'ocpp1.6': [
    order('clearCache', {
      action: 'ClearCache',
      tell: () => ({ payload: {} }),
      told: ({ status }: ClearCacheResponse) =>
        status === 'Accepted' ? accepted() : rejected('refused, or there is no cache'),
    }),
  ],
}
