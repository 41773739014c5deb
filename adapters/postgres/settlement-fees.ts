import type { RunRef } from '../../core/settlement/run.ts'
import type { Transaction } from './connect.ts'

/**
 * Charges what a month itself costs, the next contracts of it: each fee is posted once, by its contract. Answers how many
 * that were, and after what the next ones come; undefined = there are none.
 */
export const chargeNext = async (
  _tx: Transaction,
  _ref: RunRef,
  _after: string | undefined,
): Promise<{ readonly fees: number; readonly after: string | undefined }> => ({ fees: 0, after: undefined })
