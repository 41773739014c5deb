import { standingOf, termAt } from './contract.ts'
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

/**
 * Decides by the token as it stands now; an unknown token is `Invalid` (OCPP 1.6 §7.2). The contract is the one that it
 * belonged to `at` the time when it was presented: that may be told of later, when it belongs to another.
 */
export const authorize = (token: Token | undefined, now: number, at = now): Authorization => {
  if (token === undefined) return { status: 'Invalid' }
  const status = statusOf(token, now)
  const contract = token.terms === undefined ? token.contract : termAt(token.terms, at)?.contract
  return {
    status,
    ...(token.groupId !== undefined && { groupId: token.groupId }),
    ...expiry(token, now),
    ...(contract !== undefined && { contract }),
    ...(token.credit !== undefined && status === 'Accepted' && { maxCost: token.credit }),
  }
}

const statusOf = ({ status, expiresAt, credit, terms }: Token, now: number): AuthorizationStatus => {
  if (status !== 'Accepted') return status
  if (expiresAt !== undefined && expiresAt <= now) return 'Expired'
  const standing = terms === undefined ? 'Accepted' : standingOf(terms, now)
  if (standing !== 'Accepted') return standing
  return credit !== undefined && millionths(credit) === 0n ? 'NoCredit' : status
}

/** When a token that is good now ends being it by itself, with its contract or before; undefined: never. */
export const lastsUntil = ({ expiresAt = Infinity, terms = [] }: Token, now: number): number | undefined => {
  const ends = Math.min(expiresAt, termAt(terms, now)?.until ?? Infinity)
  return Number.isFinite(ends) ? ends : undefined
}

/** Until when a station may rely on it while it is offline: as long as the token is valid, or as its policy says. */
const expiry = (token: Token, now: number): { readonly expiresAt?: number } => {
  const { credit, cacheS = credit === undefined ? undefined : 0 } = token
  const ends = Math.min(lastsUntil(token, now) ?? Infinity, cacheS === undefined ? Infinity : now + cacheS * 1_000)
  return Number.isFinite(ends) ? { expiresAt: ends } : {}
}
