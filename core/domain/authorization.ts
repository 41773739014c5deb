import { type Decimal, millionths } from './decimal.ts'
import { type Token, tokenStatuses } from './token.ts'

/** OCPP 1.6 §7.2, 2.x. ConcurrentTx is the token's that charges elsewhere already, as often as it may; NoCredit: it is prepaid, and used up. */
export const authorizationStatuses = [...tokenStatuses, 'ConcurrentTx', 'NoCredit'] as const
export type AuthorizationStatus = (typeof authorizationStatuses)[number]

/** Whether a token may charge, and what the station is told with it. Authorize and StartTransaction say the same. */
export interface Authorization {
  readonly status: AuthorizationStatus
  readonly groupId?: string
  readonly expiresAt?: number
  readonly contract?: string
  /** What a session with it may cost, where it is prepaid. */
  readonly maxCost?: Decimal
}

/** Decides by the token as it stands now; an unknown token is `Invalid` (OCPP 1.6 §7.2). */
export const authorize = (token: Token | undefined, now: number): Authorization => {
  if (token === undefined) return { status: 'Invalid' }
  const status = statusOf(token, now)
  return {
    status,
    ...(token.groupId !== undefined && { groupId: token.groupId }),
    ...expiry(token, now),
    ...(token.contract !== undefined && { contract: token.contract }),
    ...(token.credit !== undefined && status === 'Accepted' && { maxCost: token.credit }),
  }
}

const statusOf = ({ status, expiresAt, credit }: Token, now: number): AuthorizationStatus => {
  if (status !== 'Accepted') return status
  if (expiresAt !== undefined && expiresAt <= now) return 'Expired'
  return credit !== undefined && millionths(credit) === 0n ? 'NoCredit' : status
}

/** Until when a station may rely on it while it is offline: as long as the token is valid, or as its policy says. */
const expiry = (
  { expiresAt, credit, cacheS = credit === undefined ? undefined : 0 }: Token,
  now: number,
): { readonly expiresAt?: number } => {
  const ends = Math.min(expiresAt ?? Infinity, cacheS === undefined ? Infinity : now + cacheS * 1_000)
  return Number.isFinite(ends) ? { expiresAt: ends } : {}
}
