import { type Contract, type ContractState } from '../../core/domain/contract.ts'
import { evcoKey } from '../../core/domain/evco-id.ts'
import { tokenKey } from '../../core/domain/token.ts'
import type { Sql, Transaction } from './connect.ts'
import { present } from './rows.ts'

export interface ContractRow {
  readonly id: string
  readonly emp: string
  readonly evco_id: string | null
  readonly driver: string | null
  readonly from_ms: number
  readonly until_ms: number | null
  readonly state: ContractState
}

/** What is read of a contract; `c` is the contracts table. */
export const contractColumns = `c.id, c.emp, c.evco_id, c.driver, ms(c.valid_from) as from_ms, ms(c.valid_until) as until_ms, c.state`

export const contractFrom = ({ id, emp, evco_id, driver, from_ms, until_ms, state }: ContractRow): Contract => ({
  id,
  emp,
  validFrom: from_ms,
  state,
  ...present({ evcoId: evco_id, driver, validUntil: until_ms }),
})

/** What a session says of who charged. */
interface Charged {
  /** The contract that it named when it began (`Authorization.contract`): with it, its token does not matter any more. */
  readonly named?: string
  readonly uid?: string
  /** Absent: our own tokens come before those of others. */
  readonly issuer?: string
}

/**
 * The contract that a session is charged to: the one that it named at its start, whatever became of its token since; of a
 * session that named none, the one that its token belonged to at that time.
 */
export const contractOf = async (
  tx: Transaction | Sql,
  tenant: string,
  { named, uid, issuer }: Charged,
  at: number,
): Promise<Contract | undefined> => {
  const [row] =
    named === undefined
      ? await tx<ContractRow[]>`select ${tx.unsafe(contractColumns)}
          from contract_tokens ct join contracts c on c.tenant = ct.tenant and c.id = ct.contract
          where ct.tenant = ${tenant} and ct.key = ${tokenKey(uid ?? '')} and (${issuer ?? null}::text is null or ct.issuer = ${issuer ?? null}::text or ct.is_name)
            and greatest(ct.from_at, c.valid_from) <= at_ms(${at}) and (ct.until_at is null or ct.until_at > at_ms(${at})) and (c.valid_until is null or c.valid_until > at_ms(${at}))
          order by ct.issuer, c.id limit 1`
      : await tx<ContractRow[]>`select ${tx.unsafe(contractColumns)} from contracts c
          where c.tenant = ${tenant} and (c.id = ${named} or c.evco_key = ${evcoKey(named) ?? null}::text) order by c.evco_key = ${evcoKey(named) ?? ''} desc limit 1`
  return row && contractFrom(row)
}
