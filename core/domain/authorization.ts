import type { Token, TokenStatus } from './token.ts'

/** Whether a token may charge, and what the station is told with it. Authorize and StartTransaction say the same. */
export interface Authorization {
  readonly status: TokenStatus
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
    ...(token.expiresAt !== undefined && { expiresAt: token.expiresAt }),
    ...(token.contract !== undefined && { contract: token.contract }),
  }
}
