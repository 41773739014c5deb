import type { ChargePointRef } from '../../core/domain/charge-point.ts'
import type { ItemChange, ItemKind, Pages } from '../../core/domain/item.ts'
import type { Transaction } from './connect.ts'
import { safeJson } from './safe-json.ts'

type Change<Type extends ItemChange['type']> = Extract<ItemChange, { readonly type: Type }>

/** Replaces items as a whole, or adds what is said of them to what was said before. Of two under one key the last counts. */
export const putItems = (
  tx: Transaction,
  { tenant, identity }: ChargePointRef,
  { kind, items, merge, request }: Change<'items.put'>,
  at: number,
): PromiseLike<unknown> => {
  const rows = [...new Map(items.map((item) => [item.key, item])).values()].sort((a, b) => (a.key < b.key ? -1 : 1))
  return tx`insert into items (tenant, identity, kind, key, body, report, reported_at)
    select ${tenant}, ${identity}, ${kind}, key, body::jsonb, ${request ?? null}::int, at_ms(${at})
    from unnest(${rows.map((row) => row.key)}::text[], ${rows.map((row) => safeJson(row.body))}::text[]) as w(key, body)
    on conflict (tenant, identity, kind, key) do update set body = case when ${merge === true} then items.body || excluded.body else excluded.body end,
      report = coalesce(excluded.report, items.report), reported_at = excluded.reported_at`
}

export const removeItems = (
  tx: Transaction,
  { tenant, identity }: ChargePointRef,
  { kind, keys }: Change<'items.removed'>,
): PromiseLike<unknown> =>
  tx`delete from items where tenant = ${tenant} and identity = ${identity} and kind = ${kind} and key = any(${keys as string[]}::text[])`

export const clearItems = (
  tx: Transaction,
  { tenant, identity }: ChargePointRef,
  { kind, prefix = '' }: Change<'items.cleared'>,
): PromiseLike<unknown> =>
  tx`delete from items where tenant = ${tenant} and identity = ${identity} and kind = ${kind} and starts_with(key, ${prefix})`

/** A piece of a text, and the text of all that have come: in the order of their numbers, each counted once. */
export const pieceItem = (
  tx: Transaction,
  { tenant, identity }: ChargePointRef,
  { kind, key, seq, text }: Change<'items.pieced'>,
  at: number,
): PromiseLike<unknown> =>
  tx`insert into items (tenant, identity, kind, key, body, reported_at)
    values (${tenant}, ${identity}, ${kind}, ${key}, jsonb_build_object('text', ${text}::text, 'pieces', jsonb_build_object(${String(seq)}::text, ${text}::text)), at_ms(${at}))
    on conflict (tenant, identity, kind, key) do update set reported_at = excluded.reported_at, body = (
      select items.body || jsonb_build_object('pieces', p, 'text', (select string_agg(t, '' order by n::bigint) from jsonb_each_text(p) as e(n, t)))
      from (select coalesce(items.body->'pieces', '{}') || (excluded.body->'pieces') as p) as pieces)`

export const sweepItems = (
  tx: Transaction,
  { tenant, identity }: ChargePointRef,
  { kind, request }: { readonly kind: ItemKind; readonly request: number },
): PromiseLike<unknown> =>
  tx`delete from items where tenant = ${tenant} and identity = ${identity} and kind = ${kind} and report is distinct from ${request}`

export const turnPages = (tx: Transaction, pages: readonly Pages[], at: number): PromiseLike<unknown> =>
  tx`insert into report_pages (tenant, identity, report, request, seqs, last, turned_at)
    select tenant, identity, report, request::int, array(select jsonb_array_elements_text(seqs::jsonb)::int), last::int, at_ms(${at})
    from unnest(${pages.map((p) => p.tenant)}::text[], ${pages.map((p) => p.identity)}::text[], ${pages.map((p) => p.report)}::text[], ${pages.map((p) => String(p.request))}::text[],
      ${pages.map((p) => JSON.stringify(p.seqs))}::text[], ${pages.map((p) => (p.last === undefined ? null : String(p.last)))}::text[]) as w(tenant, identity, report, request, seqs, last)
    on conflict (tenant, identity, report, request) do update set seqs = excluded.seqs, last = excluded.last, turned_at = excluded.turned_at`

/** What has come of the reports of which a page has come, locked: two workers never count one page each. */
export const lockPages = (
  tx: Transaction,
  wanted: readonly Omit<Pages, 'seqs' | 'last'>[],
): PromiseLike<(Omit<Pages, 'last'> & { readonly last: number | null })[]> =>
  tx`select p.tenant, p.identity, p.report, p.request, p.seqs, p.last from report_pages p
    join (select distinct * from unnest(${wanted.map((w) => w.tenant)}::text[], ${wanted.map((w) => w.identity)}::text[], ${wanted.map((w) => w.report)}::text[], ${wanted.map((w) => w.request)}::int[]) as w(tenant, identity, report, request)) w
      using (tenant, identity, report, request)
    order by p.tenant, p.identity, p.report, p.request for update of p`
