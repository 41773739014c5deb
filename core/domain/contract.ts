import type { TokenType, Whitelist } from './token.ts'

export const contractStates = ['active', 'suspended', 'ended'] as const
export type ContractState = (typeof contractStates)[number]

/** EV contract: between an EMP and a driver. Whoever charges with one of its tokens charges at the cost of its EMP. */
export interface Contract {
  /** The operator's own name for it. */
  readonly id: string
  /** A party of ours, or its code: `DE*ABC`. */
  readonly emp: string
  /** As it is shown: `DE-8AA-001234567-0`. */
  readonly evcoId?: string
  /** The EMP's own reference to its customer: a pseudonym, never a name. */
  readonly driver?: string
  /** Milliseconds since 1970 UTC; the end is excluded. */
  readonly validFrom: number
  readonly validUntil?: number
  readonly state: ContractState
  /** What CPOs may do with its tokens where they are no partners' own: whether they ask us when one is presented. */
  readonly whitelist: Whitelist
}

/** A token while it belongs to a contract; the end is excluded. A token is one of one contract at a time. */
export interface ContractToken {
  readonly issuer: string
  readonly uid: string
  readonly type: TokenType
  readonly from: number
  readonly until?: number
}

/** What sessions and accounts call it. */
export const contractName = ({ id, evcoId }: Pick<Contract, 'id' | 'evcoId'>): string => evcoId ?? id

/** A token's time in a contract, as far as the contract itself is valid then. */
export interface Term {
  /** Its name. */
  readonly contract: string
  readonly state: ContractState
  readonly from: number
  readonly until?: number
}

export const termAt = (terms: readonly Term[], at: number): Term | undefined =>
  terms.find(({ from, until = Infinity }) => from <= at && at < until)

const words = { active: 'Accepted', suspended: 'Blocked', ended: 'Expired' } as const

/**
 * What its contracts say of a token now. It is not good again when its time in them is over: a card that was given back
 * is nobody's.
 */
export const standingOf = (terms: readonly Term[], now: number): (typeof words)[ContractState] | 'Invalid' => {
  const term = termAt(terms, now)
  if (term !== undefined) return words[term.state]
  return terms.some(({ from }) => from <= now) ? 'Expired' : 'Invalid'
}
