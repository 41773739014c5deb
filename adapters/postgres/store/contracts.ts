import type { AuditAction } from '../../../core/domain/audit.ts'
import { type Contract, contractName } from '../../../core/domain/contract.ts'
import { evcoKey, evcoSpellings } from '../../../core/domain/evco-id.ts'
import { formatPartyCode, parsePartyCode, partyKey } from '../../../core/domain/party-code.ts'
import type { ContractPut, ContractRefusal, ContractStore } from '../../../core/ports/contracts.ts'
import type { Act } from '../../../core/ports/market.ts'
import type { Sql, Transaction } from '../connect.ts'
import { contractColumns, contractFrom, type ContractRow } from '../contract-of.ts'
import { codeOf } from '../faults.ts'
import { inMarket } from '../market.ts'
import { asTenant } from '../tenant.ts'
import { writeAudit } from '../write-audit.ts'
import { contractTokenStore } from './contract-tokens.ts'
import { keyOfCursor, pageOf } from './paging.ts'

export const contractStore = (app: Sql): ContractStore => ({
  list: (tenant, { emp: wanted, state = null, evcoId, token = null }, page) =>
    asTenant(app, tenant, async (tx) => {
      const [after = ''] = keyOfCursor(page.cursor, 1) ?? []
      const key = evcoId === undefined ? null : (evcoKey(evcoId) ?? '')
      const emp = wanted === undefined ? null : ((await empOf(tx, tenant, wanted)) ?? '')
      const rows = await tx<ContractRow[]>`select ${tx.unsafe(contractColumns)} from contracts c
        where c.tenant = ${tenant} and c.id > ${after} and (${emp}::text is null or c.emp = ${emp}::text) and (${state}::text is null or c.state = ${state}::text)
          and (${key}::text is null or c.evco_key = ${key}::text)
          and (${token}::text is null or exists (select 1 from contract_tokens ct where ct.tenant = c.tenant and ct.contract = c.id and ct.key = lower(${token}::text)))
        order by c.id limit ${page.limit + 1}`
      return pageOf(rows, page, ({ id }) => [id], contractFrom)
    }),

  find: (tenant, id) => asTenant(app, tenant, (tx) => contractBy(tx, tenant, id)),

  async put(tenant, contract, act) {
    try {
      // its EMP is a party that nobody removes meanwhile
      return await inMarket(app, tenant, (tx) => put(tx, tenant, contract, act))
    } catch (error) {
      // another contract has it, as its own or as a token that it was given
      if (codeOf(error) === '23505' || codeOf(error) === '23P01') return 'evcoIdTaken'
      throw error
    }
  },

  remove: (tenant, id, act) =>
    asTenant(app, tenant, async (tx) => {
      const before = await contractBy(tx, tenant, id, 'for update')
      if (before === undefined) return 'missing'
      const names = [id, contractName(before)]
      const [charged] = await tx`select 1 from cdrs where tenant = ${tenant} and contract = any(${names}::text[])
        union all select 1 from sessions where tenant = ${tenant} and state = 'open' and auth->>'contract' = any(${names}::text[]) limit 1`
      if (charged !== undefined) return 'charged'
      await tell(tx, tenant, id, act.at)
      await tx`delete from contracts where tenant = ${tenant} and id = ${id}`
      await audit(tx, tenant, 'contract.removed', { id, before, act })
      return 'removed'
    }),

  ...contractTokenStore(app),
})

const contractBy = async (
  tx: Transaction,
  tenant: string,
  id: string,
  lock: '' | 'for update' = '',
): Promise<Contract | undefined> => {
  const [row] = await tx<
    ContractRow[]
  >`select ${tx.unsafe(contractColumns)} from contracts c where c.tenant = ${tenant} and c.id = ${id} ${tx.unsafe(lock)}`
  return row && contractFrom(row)
}

const put = async (
  tx: Transaction,
  tenant: string,
  wanted: ContractPut,
  act: Act,
): Promise<{ readonly contract: Contract; readonly created: boolean } | ContractRefusal> => {
  const before = await contractBy(tx, tenant, wanted.id, 'for update')
  const emp = await empOf(tx, tenant, wanted.emp)
  if (emp === undefined) return 'unknownEmp'
  if (before !== undefined && (await empOf(tx, tenant, before.emp)) !== emp) return 'otherEmp'
  const evcoId = wanted.evcoId ?? before?.evcoId
  const contract: Contract = {
    ...wanted,
    emp,
    validFrom: wanted.validFrom ?? before?.validFrom ?? act.at,
    whitelist: wanted.whitelist ?? before?.whitelist ?? 'ALLOWED',
    ...(evcoId !== undefined && { evcoId }),
  }
  const refusal = refusalOf(before, contract)
  if (refusal !== undefined) return refusal
  await write(tx, tenant, contract, act.at)
  if (evcoId !== undefined && before?.evcoId === undefined) await name(tx, tenant, contract.id, evcoId)
  await tell(tx, tenant, contract.id, act.at)
  const told = { id: contract.id, after: contract, act, ...(before !== undefined && { before }) }
  await audit(tx, tenant, 'contract.changed', told)
  return { contract, created: before === undefined }
}

/**
 * The EMP that is meant, by its id or by its code, which it may have before it is a party of ours: then with a separator, or
 * any word of five letters were one. Undefined: nobody.
 */
const empOf = async (tx: Transaction, tenant: string, text: string): Promise<string | undefined> => {
  const code = parsePartyCode(text)
  const [row] = await tx<
    { id: string }[]
  >`select id from parties where tenant = ${tenant} and role = 'emp' and (lower(id) = lower(${text}) or country_code || party_id = ${partyKey(text) ?? null}::text)
    order by lower(id) = lower(${text}) desc limit 1`
  return row?.id ?? ('fault' in code || !/[*-]/.test(text) ? undefined : formatPartyCode(code))
}

const refusalOf = (before: Contract | undefined, now: Contract): ContractRefusal | undefined => {
  if (before?.evcoId !== undefined && before.evcoId !== now.evcoId) return 'otherEvcoId'
  return (now.validUntil ?? Infinity) <= now.validFrom ? 'endsBeforeItBegins' : undefined
}

const write = (tx: Transaction, tenant: string, contract: Contract, at: number): PromiseLike<unknown> => {
  const { id, emp, evcoId, driver, validFrom, validUntil, state, whitelist } = contract
  const key = evcoId === undefined ? undefined : evcoKey(evcoId)
  return tx`insert into contracts (tenant, id, emp, evco_id, evco_key, driver, valid_from, valid_until, state, whitelist, created_at, changed_at)
    values (${tenant}, ${id}, ${emp}, ${evcoId ?? null}, ${key ?? null}, ${driver ?? null}, at_ms(${validFrom}), at_ms(${validUntil ?? null}::bigint), ${state}, ${whitelist}, at_ms(${at}), at_ms(${at}))
    on conflict (tenant, id) do update set emp = excluded.emp, evco_id = coalesce(contracts.evco_id, excluded.evco_id), evco_key = coalesce(contracts.evco_key, excluded.evco_key),
      driver = excluded.driver, valid_from = excluded.valid_from, valid_until = excluded.valid_until, state = excluded.state, whitelist = excluded.whitelist,
      changed_at = excluded.changed_at`
}

/** An EVCO ID is a token of its contract from the first day on, in whatever spelling it is presented. */
const name = (tx: Transaction, tenant: string, id: string, evcoId: string): PromiseLike<unknown> =>
  tx`insert into contract_tokens (tenant, contract, uid, type, from_at, is_name)
    select ${tenant}, ${id}, uid, 'EVCO', 'epoch', true from unnest(${[...evcoSpellings(evcoId)]}::text[]) as w(uid)`

/** Whoever remembers one of its tokens is to look again (D-20). */
const tell = (tx: Transaction, tenant: string, id: string, at: number): PromiseLike<unknown> =>
  tx`insert into events (tenant, type, subject, at, data)
    select distinct on (key) tenant, 'token.changed', uid, at_ms(${at}), jsonb_build_object('token', uid)
    from contract_tokens where tenant = ${tenant} and contract = ${id}`

interface Told {
  readonly id: string
  readonly before?: unknown
  readonly after?: unknown
  readonly act: Act
}

const audit = (
  tx: Transaction,
  tenant: string,
  action: AuditAction,
  { id, act, ...told }: Told,
): PromiseLike<unknown> => writeAudit(tx, { tenant, at: act.at, actor: act.by, action, subject: id, ...told })
