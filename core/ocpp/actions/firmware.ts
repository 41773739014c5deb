import type { Effect } from '../../domain/expectation.ts'
import type { OrderOf } from '../dialect.ts'

/** What both messages about a new firmware share: attempts, and what is waited for. */

export type Update = OrderOf<'updateFirmware'>

/** The update's end, as the station tells it. */
export const effectOf = ({ retries, version }: Update, request?: number): Effect => ({
  type: 'firmware',
  retries: (retries ?? 0) > 0,
  ...(request !== undefined && { request }),
  ...(version !== undefined && { version }),
})
export const attempts = ({ retries, retryIntervalS }: Pick<Update, 'retries' | 'retryIntervalS'>): object => ({
  ...(retries !== undefined && { retries }),
  ...(retryIntervalS !== undefined && { retryInterval: retryIntervalS }),
})
export const nowhere = { unsupported: 'there is no address for the firmware' }
