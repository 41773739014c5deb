import type { ContractToken } from '../../../core/domain/contract.ts'
import { tokenKey, type TokenType } from '../../../core/domain/token.ts'
import type { ContractStore, TakenBy } from '../../../core/ports/contracts.ts'
import type { Act } from '../../../core/ports/market.ts'
import type { Sql, Transaction } from '../connect.ts'
import { codeOf } from '../faults.ts'
import { insertEvents } from '../insert-events.ts'
import { present } from '../rows.ts'
import { asTenant } from '../tenant.ts'
import { writeAudit } from '../write-audit.ts'
import { keyOfCursor, pageOf } from './paging.ts'

interface Row {
  readonly issuer: string
  readonly uid: string
  readonly type: TokenType
  readonly from_ms: number
  readonly until_ms: number | null
}

const columns = `issuer, uid, type, ms(from_at) as from_ms, ms(until_at) as until_ms`

const tokenFrom = ({ issuer, uid, type, from_ms, until_ms }: Row): ContractToken => ({
  issuer,
  uid,
  type,
  from: from_ms,
  ...present({ until: until_ms }),
})

type Tokens = Pick<ContractStore, 'tokens' | 'putToken' | 'endToken'>

export const contractTokenStore = (app: Sql): Tokens => ({
  tokens: (tenant, id, page) =>
    asTenant(app, tenant, async (tx) => {
      const [key, issuer, from] = keyOfCursor(page.cursor, 3) ?? ['', '', '0']
      const [contract] = await tx`select 1 from contracts where tenant = ${tenant} and id = ${id}`
      if (contract === undefined) return undefined
      const rows = await tx<Row[]>`select ${tx.unsafe(columns)} from contract_tokens
        where tenant = ${tenant} and contract = ${id} and not is_name
          and (key, issuer, from_at) > (${key ?? ''}::text, ${issuer ?? ''}::text, at_ms(${Number(from)}))
        order by key, issuer, from_at limit ${page.limit + 1}`
      return pageOf(rows, page, ({ uid, issuer: by, from_ms }) => [tokenKey(uid), by, from_ms], tokenFrom)
    }),

  async putToken(tenant, id, token, act) {
    try {
      return await asTenant(app, tenant, (tx) => put(tx, { tenant, id }, token, act))
    } catch (error) {
      if (codeOf(error) !== '23P01' && codeOf(error) !== '23505') throw error
      return asTenant(app, tenant, (tx) => takenBy(tx, tenant, { from: act.at, ...token }))
    }
  },

  endToken: (tenant, id, { issuer, uid, at }, act) =>
    asTenant(app, tenant, async (tx) => {
      const theirs = tx`tenant = ${tenant} and contract = ${id} and issuer = ${issuer} and key = ${tokenKey(uid)} and not is_name`
      const removed = await tx`delete from contract_tokens where ${theirs} and from_at >= at_ms(${at})`
      const ended =
        await tx`update contract_tokens set until_at = at_ms(${at}) where ${theirs} and (until_at is null or until_at > at_ms(${at}))`
      if (removed.count + ended.count === 0) return false
      await tell(tx, tenant, uid, act.at)
      await audit(tx, { tenant, id }, { before: { issuer, uid }, after: { issuer, uid, until: at } }, act)
      return true
    }),
})

interface Of {
  readonly tenant: string
  readonly id: string
}
type Wanted = Omit<ContractToken, 'from'> & { readonly from?: number }

const put = async (
  tx: Transaction,
  { tenant, id }: Of,
  wanted: Wanted,
  act: Act,
): Promise<{ readonly token: ContractToken; readonly created: boolean } | 'missing' | 'endsBeforeItBegins'> => {
  const [contract] = await tx`select 1 from contracts where tenant = ${tenant} and id = ${id} for update`
  if (contract === undefined) return 'missing'
  const { issuer, uid, type, until } = wanted
  const theirs = tx`tenant = ${tenant} and contract = ${id} and issuer = ${issuer} and key = ${tokenKey(uid)} and not is_name`
  const [current] = await tx<
    Row[]
  >`select ${tx.unsafe(columns)} from contract_tokens where ${theirs} and (until_at is null or until_at > at_ms(${act.at})) order by from_at limit 1`
  const from = wanted.from ?? current?.from_ms ?? act.at
  if ((until ?? Infinity) <= from) return 'endsBeforeItBegins'
  const token: ContractToken = { issuer, uid, type, from, ...(until !== undefined && { until }) }
  const before = await tx<
    Row[]
  >`delete from contract_tokens where ${theirs} and tstzrange(from_at, until_at) && tstzrange(at_ms(${from}), at_ms(${until ?? null}::bigint)) returning ${tx.unsafe(columns)}`
  await tx`insert into contract_tokens (tenant, contract, issuer, uid, type, from_at, until_at)
    values (${tenant}, ${id}, ${issuer}, ${uid}, ${type}, at_ms(${from}), at_ms(${until ?? null}::bigint))`
  await tell(tx, tenant, uid, act.at)
  await audit(tx, { tenant, id }, { before: before.map(tokenFrom), after: token }, act)
  return { token, created: before.length === 0 }
}

const takenBy = async (
  tx: Transaction,
  tenant: string,
  { issuer, uid, from, until }: ContractToken,
): Promise<TakenBy> => {
  const [row] = await tx<{ contract: string }[]>`select contract from contract_tokens
    where tenant = ${tenant} and issuer = ${issuer} and key = ${tokenKey(uid)} and tstzrange(from_at, until_at) && tstzrange(at_ms(${from}), at_ms(${until ?? null}::bigint))
    order by from_at limit 1`
  return row === undefined ? {} : { takenBy: row.contract }
}

const tell = (tx: Transaction, tenant: string, uid: string, at: number): PromiseLike<unknown> =>
  insertEvents(tx, [{ tenant, type: 'token.changed', subject: uid, at, data: { token: uid } }])

const audit = (
  tx: Transaction,
  { tenant, id }: Of,
  told: { readonly before: unknown; readonly after: unknown },
  { by, at }: Act,
): PromiseLike<unknown> =>
  writeAudit(tx, { tenant, at, actor: by, action: 'contract.tokenChanged', subject: id, ...told })
