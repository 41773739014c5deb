import { jsonNumber } from '../../domain/decimal.ts'
import { accepted, type Action, order, two } from '../dialect.ts'

/**
 * CostUpdated — what a session costs so far, for the display. 2.0.1 part 2 I02. Its answer says nothing; the currency is
 * a setting of the station. In 1.6: a DataTransfer (vendors/cost-message.ts).
 */
export const CostUpdated: Action = two(
  order('showCost', {
    action: 'CostUpdated',
    tell: ({ session }, { transaction, totalCost }) =>
      transaction === undefined || totalCost === undefined
        ? { unsupported: `session ${session} has no transaction on this charge point` }
        : { payload: { totalCost: jsonNumber(totalCost), transactionId: transaction } },
    told: () => accepted(),
  }),
)
