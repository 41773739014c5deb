import { type Contract, type ContractState } from '../../core/domain/contract.ts'
import { evcoKey } from '../../core/domain/evco-id.ts'
import { tokenKey, type Whitelist } from '../../core/domain/token.ts'
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
  readonly whitelist: Whitelist
}

/** What is read of a contract; `c` is the contracts table. */
export const contractColumns = `c.id, c.emp, c.evco_id, c.driver, ms(c.valid_from) as from_ms, ms(c.valid_until) as until_ms, c.state, c.whitelist`

export const contractFrom = ({
  id,
  emp,
  evco_id,
  driver,
  from_ms,
  until_ms,
  state,
  whitelist,
}: ContractRow): Contract => ({
  id,
  emp,
  validFrom: from_ms,
  state,
  whitelist,
  ...present({ evcoId: evco_id, driver, validUntil: until_ms }),
})

/** What a session says of who charged, and when: ms since 1970 UTC. */
export interface Charged {
  /** The contract that it named when it began (`Authorization.contract`): with it, its token does not matter any more. */
  readonly named?: string
  readonly uid?: string
  /** Absent: our own tokens come before those of others. */
  readonly issuer?: string
  readonly at: number
}

/**
 * The contracts that sessions are charged to, in the order in which they are asked for: the one that a session named at its
 * start, whatever became of its token since; of one that named none, the one that its token belonged to at that time.
 */
export const contractsOf = async (
  tx: Transaction | Sql,
  tenant: string,
  charged: readonly Charged[],
): Promise<readonly (Contract | undefined)[]> => {
  const rows = await tx<(ContractRow & { readonly nth: number })[]>`select w.nth::int, x.*
    from unnest(${charged.map(({ named }) => named ?? null)}::text[], ${charged.map(({ named }) => evcoKey(named ?? '') ?? null)}::text[], ${charged.map(({ uid }) => tokenKey(uid ?? ''))}::text[],
      ${charged.map(({ issuer }) => issuer ?? null)}::text[], ${charged.map(({ at }) => at)}::bigint[]) with ordinality as w(named, evco, key, issuer, at, nth)
    cross join lateral (
      (select ${tx.unsafe(contractColumns)} from contract_tokens ct join contracts c on c.tenant = ct.tenant and c.id = ct.contract
        where w.named is null and ct.tenant = ${tenant} and ct.key = w.key and (w.issuer is null or ct.issuer = w.issuer or ct.is_name)
          and greatest(ct.from_at, c.valid_from) <= at_ms(w.at) and (ct.until_at is null or ct.until_at > at_ms(w.at)) and (c.valid_until is null or c.valid_until > at_ms(w.at))
        order by ct.issuer, c.id limit 1)
      union all
      (select ${tx.unsafe(contractColumns)} from contracts c
        where w.named is not null and c.tenant = ${tenant} and (c.id = w.named or c.evco_key = w.evco) order by c.evco_key = coalesce(w.evco, '') desc limit 1)
    ) x`
  const found = new Map(rows.map((row) => [row.nth, contractFrom(row)]))
  return charged.map((_, i) => found.get(i + 1))
}
