import { OutOfSight, type TokenStore } from '../../../core/ports/store.ts'
import type { Sql, Transaction } from '../connect.ts'
import { insertEvents } from '../insert-events.ts'
import { contractTokens, termsColumn } from '../contract-terms.ts'
import { asTenant } from '../tenant.ts'
import { tokenColumns, tokenOf, type TokenRow } from '../tokens.ts'
import { keyOfCursor, pageOf } from './paging.ts'

export const tokenStore = (app: Sql): TokenStore => ({
  list: (tenant, page) =>
    asTenant(app, tenant, async (tx) => {
      const [issuer, uid, type] = keyOfCursor(page.cursor, 3) ?? [null, null, null]
      const rows = await tx<TokenRow[]>`select ${tx.unsafe(tokenColumns)} from tokens t
        where (${page.issuer ?? null}::text is null or issuer = ${page.issuer ?? null}::text)
          and (${issuer ?? null}::text is null or (issuer, key, type) > (${issuer ?? ''}::text, ${uid ?? ''}::text, ${type ?? ''}::text))
        order by issuer, key, type limit ${page.limit + 1}`
      return pageOf(rows, page, (row) => [row.issuer, row.uid.toLowerCase(), row.type], tokenOf)
    }),

  accepted: (tenant, uids) =>
    asTenant(app, tenant, async (tx) => {
      const wanted = uids?.map((uid) => uid.trim().toLowerCase()) ?? null
      const rows = await tx<
        TokenRow[]
      >`select distinct on (t.key) ${tx.unsafe(tokenColumns)}, ${tx.unsafe(termsColumn)} from (
          select tenant, issuer, type, uid, key, status, group_id, expires_at, contract, most_sessions, cache_s, credit, partner, whitelist, partner_type from tokens where tenant = ${tenant}
          union all ${tx.unsafe(contractTokens('not ct.is_name'))} and ct.tenant = ${tenant}
        ) t
        where t.status = 'Accepted' and t.whitelist is distinct from 'NEVER' and (${wanted === null} or t.key = any(${wanted ?? []}::text[])) order by t.key, t.issuer, t.type`
      return rows.map(tokenOf)
    }),

  find: (tenant, uid, issuer) =>
    asTenant(app, tenant, async (tx) => {
      const [row] = await tx<
        TokenRow[]
      >`select ${tx.unsafe(tokenColumns)} from tokens t where tenant = ${tenant} and issuer = ${issuer} and key = lower(${uid}) order by type limit 1`
      return row && tokenOf(row)
    }),

  put: (tenant, tokens, at) =>
    asTenant(app, tenant, async (tx) => {
      const results: { uid: string; created: boolean }[] = []
      for (const token of tokens) {
        // one card is one row, whatever type it was given before
        await tx`delete from tokens where tenant = ${tenant} and issuer = ${token.issuer} and key = lower(${token.uid}) and type <> ${token.type}`
        const [made] = await tx<{ uid: string }[]>`
          insert into tokens (tenant, issuer, type, uid, status, group_id, expires_at, contract, most_sessions, cache_s, credit)
          values (${tenant}, ${token.issuer}, ${token.type}, ${token.uid}, ${token.status}, ${token.groupId ?? null}, at_ms(${token.expiresAt ?? null}::bigint), ${token.contract ?? null}, ${token.mostSessions ?? null}, ${token.cacheS ?? null}, ${token.credit ?? null})
          on conflict do nothing returning uid`
        const uid = made?.uid ?? (await change(tx, tenant, token))
        // a row that is in the way and is not seen
        if (uid === undefined) throw new OutOfSight(new Error('there is such a token'))
        results.push({ uid, created: made !== undefined })
      }
      await announce(
        tx,
        tenant,
        tokens.map((t) => t.uid),
        at,
      )
      return results
    }),

  remove: (tenant, uid, issuer, at) =>
    asTenant(app, tenant, async (tx) => {
      const { count } =
        await tx`delete from tokens where tenant = ${tenant} and issuer = ${issuer} and key = lower(${uid})`
      if (count > 0) await announce(tx, tenant, [uid], at)
      return count > 0
    }),
})

type TokenPut = Parameters<TokenStore['put']>[1][number]

/** Answers its uid as it was spelt first. */
const change = async (tx: Transaction, tenant: string, token: TokenPut): Promise<string | undefined> => {
  const [row] = await tx<
    { uid: string }[]
  >`update tokens set status = ${token.status}, group_id = ${token.groupId ?? null},
      expires_at = at_ms(${token.expiresAt ?? null}::bigint), contract = ${token.contract ?? null},
      most_sessions = ${token.mostSessions ?? null}, cache_s = ${token.cacheS ?? null}, credit = ${token.credit ?? null}
    where tenant = ${tenant} and issuer = ${token.issuer} and type = ${token.type} and key = lower(${token.uid}) returning uid`
  return row?.uid
}

const announce = async (tx: Transaction, tenant: string, uids: readonly string[], at: number): Promise<void> => {
  if (uids.length > 0)
    await insertEvents(
      tx,
      uids.map((uid) => ({ tenant, type: 'token.changed' as const, subject: uid, at, data: { token: uid } })),
    )
}
