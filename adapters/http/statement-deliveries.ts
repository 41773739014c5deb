import { booksDeliveryRoutes } from './books-deliveries.ts'
import { statementDeliverySchema, statementDeliveryView } from './erp-schemas.ts'
import { openedBy } from './opened-target.ts'
import type { Api, ApiParts } from './parts.ts'
import { Problem } from './problem.ts'

/** Statements of closed months on their way to the operator's books. */
export const statementDeliveryRoutes = (api: Api, parts: ApiParts): void =>
  booksDeliveryRoutes(api, parts, {
    at: '/api/v1/statement-deliveries',
    tag: 'Settlement',
    what: 'statement',
    summary: 'Statements on their way to the books, and those that are there, the newest month first',
    description:
      'Of each month that was closed while its target wanted statements (`statements: true`). `state=refused` and `state=unclear` list what waits for a person.',
    schema: statementDeliverySchema,
    view: statementDeliveryView,
    bodies: { retry: 'StatementRetry', resolve: 'StatementResolution' },
    list: parts.store.statementDeliveries,
    acts: { retried: 'statement-delivery.retried', resolved: 'statement-delivery.resolved' },
    guardOf: (target) => {
      const { statements } = openedBy(parts.books, target)
      if (statements === undefined) throw new Problem(409, 'this target takes no statements any more')
      return statements.guard
    },
  })
