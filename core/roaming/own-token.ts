import { authorize } from '../domain/authorization.ts'
import { type Term, termAt } from '../domain/contract.ts'
import type { PartyCode } from '../domain/party-code.ts'
import type { Token, Whitelist } from '../domain/token.ts'
import type { Mapped } from './mapped.ts'
import type { Token as TokenObject } from './model.ts'
import { tokenObject } from './token-object.ts'

/** A token of a contract with an EMP of our own. */
export interface OwnToken {
  /** With what its contracts say of it. */
  readonly token: Token
  /** Of the EMP. */
  readonly code: PartyCode
  /** What stands on the card. */
  readonly issuer: string
  readonly whitelist: Whitelist
}

/** As CPOs have it, at a time (ms since 1970 UTC). One that is no more stays, and is not valid (OCPI 2.3.0 mod_tokens). */
export const ownTokenObject = ({ token, code, issuer, whitelist }: OwnToken, now: number): Mapped<TokenObject> => {
  const contract = termOf(token.terms ?? [], now)?.contract
  const isValid = authorize(token, now).status === 'Accepted'
  return tokenObject(token, {
    code,
    issuer,
    whitelist,
    isValid,
    updatedAt: now,
    ...(contract !== undefined && { contract }),
  })
}

/** The contract that it belongs to, or did last. */
const termOf = (terms: readonly Term[], now: number): Term | undefined =>
  termAt(terms, now) ?? terms.filter(({ from }) => from <= now).toSorted((a, b) => b.from - a.from)[0]

/** When it will be otherwise by itself, ms since 1970 UTC; undefined: never. */
export const ownTokenTurns = ({ token }: OwnToken, now: number): number | undefined => {
  const turns = [token.expiresAt, ...(token.terms ?? []).flatMap(({ from, until }) => [from, until])]
  const next = Math.min(...turns.filter((at): at is number => at !== undefined && at > now))
  return Number.isFinite(next) ? next : undefined
}
