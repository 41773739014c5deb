import { type Token, tokenStatuses } from './token.ts'

/** OCPP 1.6 §7.2. ConcurrentTx is the token's that charges elsewhere already, as often as it may. */
export const authorizationStatuses = [...tokenStatuses, 'ConcurrentTx'] as const
export type AuthorizationStatus = (typeof authorizationStatuses)[number]

/** Whether a token may charge, and what the station is told with it. Authorize and StartTransaction say the same. */
export interface Authorization {
  readonly status: AuthorizationStatus
  readonly groupId?: string
  readonly expiresAt?: number
  readonly contract?: string
}

/** Decides by the token as it stands now; an unknown token is `Invalid` (OCPP 1.6 §7.2). */
export const authorize = (token: Token | undefined, now: number): Authorization => {
  if (token === undefined) return { status: 'Invalid' }
  const expired = token.expiresAt !== undefined && token.expiresAt <= now
  return {
    status: token.status === 'Accepted' && expired ? 'Expired' : token.status,
    ...(token.groupId !== undefined && { groupId: token.groupId }),
    ...expiry(token, now),
    ...(token.contract !== undefined && { contract: token.contract }),
  }
}

/** Until when a station may rely on it while it is offline: as long as the token is valid, or as its policy says. */
const expiry = ({ expiresAt, cacheS }: Token, now: number): { readonly expiresAt?: number } => {
  const ends = Math.min(expiresAt ?? Infinity, cacheS === undefined ? Infinity : now + cacheS * 1_000)
  return Number.isFinite(ends) ? { expiresAt: ends } : {}
}
