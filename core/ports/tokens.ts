import type { Presented } from '../domain/token.ts'

/** Tokens for the hot path: from memory where they were found before; a negative answer is never remembered (D-20). */
export interface Tokens {
  /** By what a station presents; own tokens come before those of other issuers. */
  find(tenant: string, uid: string): Promise<Presented | undefined>
  /** How many sessions it has open now; only asked where there is a limit. */
  charging(tenant: string, uid: string): Promise<number>
}
