import { booksDeliveryRoutes } from './books-deliveries.ts'
import { deliverySchema, deliveryView } from './erp-schemas.ts'
import { openedBy } from './opened-target.ts'
import type { Api, ApiParts } from './parts.ts'

/** Documents on their way to the operator's books. */
export const erpDeliveryRoutes = (api: Api, parts: ApiParts): void =>
  booksDeliveryRoutes(api, parts, {
    at: '/api/v1/erp-deliveries',
    tag: 'ERP',
    what: 'document',
    summary: 'Documents on their way to the books, and those that are there, the highest number first',
    description: '`state=refused` and `state=unclear` list what waits for a person.',
    schema: deliverySchema,
    view: deliveryView,
    bodies: { retry: 'ErpRetry', resolve: 'ErpResolution' },
    list: parts.store.erpDeliveries,
    acts: { retried: 'erp-delivery.retried', resolved: 'erp-delivery.resolved' },
    guardOf: (target) => openedBy(parts.books, target).guard,
  })
