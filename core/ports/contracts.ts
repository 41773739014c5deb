import type { Contract, ContractState, ContractToken } from '../domain/contract.ts'
import type { Act } from './market.ts'
import type { Page, PageRequest } from './store.ts'

/** What is not said of a contract is as it was: when it begins, which EVCO ID it has, and what CPOs may do with its tokens. */
export type ContractPut = Omit<Contract, 'validFrom' | 'whitelist'> & Partial<Pick<Contract, 'validFrom' | 'whitelist'>>

/** Another EMP or EVCO ID is another contract; and an EVCO ID is one contract. */
export type ContractRefusal = 'unknownEmp' | 'otherEmp' | 'otherEvcoId' | 'evcoIdTaken' | 'endsBeforeItBegins'

/**
 * EV contracts and their tokens. What is changed is audited and told in the same commit, so that whoever remembers its
 * tokens looks again.
 */
export interface ContractStore {
  /** By their ids. */
  list(
    tenant: string,
    filter: {
      readonly emp?: string
      readonly state?: ContractState
      readonly evcoId?: string
      /** Those that this one is or was a token of. */
      readonly token?: string
    },
    page: PageRequest,
  ): Promise<Page<Contract>>
  find(tenant: string, id: string): Promise<Contract | undefined>
  put(
    tenant: string,
    contract: ContractPut,
    act: Act,
  ): Promise<{ readonly contract: Contract; readonly created: boolean } | ContractRefusal>
  /** Only what nobody was charged under; what was is ended. */
  remove(tenant: string, id: string, act: Act): Promise<'removed' | 'missing' | 'charged'>
  /** By uid and time; undefined where there is no such contract. */
  tokens(tenant: string, id: string, page: PageRequest): Promise<Page<ContractToken> | undefined>
  /**
   * Says when a token is one of this contract, in place of what was said of that time before. Without `from`: as it was, or
   * from now on. Refused where it is one of another contract at any moment of it.
   */
  putToken(
    tenant: string,
    id: string,
    token: Omit<ContractToken, 'from'> & { readonly from?: number },
    act: Act,
  ): Promise<{ readonly token: ContractToken; readonly created: boolean } | 'missing' | 'endsBeforeItBegins' | TakenBy>
  /** Ends its time in this contract, and takes back what was to come after; false where there was none. */
  endToken(
    tenant: string,
    id: string,
    token: Pick<ContractToken, 'issuer' | 'uid'> & { readonly at: number },
    act: Act,
  ): Promise<boolean>
}

export interface TakenBy {
  /** The contract that it is one of meanwhile; absent where that is not any more by now. */
  readonly takenBy?: string
}
