import type { Presented, TokenType } from '../domain/token.ts'

/** Tokens for the hot path: from memory where they were found before; a negative answer is never remembered (D-20). */
export interface Tokens {
  /**
   * By what a station presents; own tokens come before those of other issuers. `at` = when it was presented, by the
   * station's clock: it may tell of it much later. `type` = what the station says it is, where it says so: one of that type
   * comes first, and one of another is none (2.x: two tokens are the same by value and type).
   */
  find(tenant: string, uid: string, at?: number, type?: TokenType): Promise<Presented | undefined>
  /**
   * How many sessions it charges with now at other stations than the one that asks; only asked where there is a limit. At
   * its own station a driver may present it to end the session there: whether another may begin is decided at its start.
   */
  charging(tenant: string, uid: string, asking: string): Promise<number>
}
