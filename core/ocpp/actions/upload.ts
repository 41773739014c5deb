import type { OrderOf } from '../dialect.ts'

/** What both messages about a log share. */

type Upload = OrderOf<'uploadLog'>

export const attempts = ({ retries, retryIntervalS }: Upload): object => ({
  ...(retries !== undefined && { retries }),
  ...(retryIntervalS !== undefined && { retryInterval: retryIntervalS }),
})
export const nowhere = { unsupported: 'there is no address to put the log' }
/** A new upload takes the place of one that still runs. */
export const superseding = [{ type: 'supersedes', effect: 'log' }] as const
