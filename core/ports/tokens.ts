import type { Token } from '../domain/token.ts'

/** Tokens in the hot path: read-through, batched, refreshed by the change feed (D-20). */
export interface Tokens {
  /** By uid regardless of case; our own issuer before others. */
  find(tenant: string, uid: string): Promise<Token | undefined>
}
