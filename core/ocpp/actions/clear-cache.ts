import type { ClearCacheResponse } from 'typed-ocpp/dist/ocpp16/types.js'
import { accepted, type Action, order, rejected, two } from '../dialect.ts'

const clear = order('clearCache', {
  action: 'ClearCache',
  tell: () => ({ payload: {} }),
  told: ({ status }: ClearCacheResponse) =>
    status === 'Accepted' ? accepted() : rejected('refused, or there is no cache'),
})

/** ClearCache — forget every cached authorisation. OCPP 1.6 §5.4, 2.0.1 part 2 C11. Rejected also means that there is no cache (errata 3.23). */
export const ClearCache: Action = { 'ocpp1.6': [clear], ...two(clear) }
