import type { Clock } from '../../core/ports/clock.ts'
import type { Revocation } from '../../core/ports/revocation.ts'
import { readList } from './crl.ts'
import { readResponse, requestOf } from './ocsp.ts'

/** Says and reads what is said about certificates that may not count any more. */
export const createRevocation = (clock: Pick<Clock, 'now'>): Revocation => ({
  ocspRequest: requestOf,
  readOcsp: (response, about) => readResponse(response, about, clock.now()),
  readCrl: (list, about) => readList(list, about, clock.now()),
})
