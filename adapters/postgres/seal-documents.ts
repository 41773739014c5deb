import { type DocumentKind, documentText, type SignedMeterValue } from '../../core/domain/document.ts'
import { signedMarks, signedValuesOf } from '../../core/ocpp/actions/signed-value.ts'
import type { Clock } from '../../core/ports/clock.ts'
import type { OutboxJob } from '../../core/ports/outbox.ts'
import { cdrColumns, cdrOf, type CdrRow } from './cdr-rows.ts'
import type { Sql, Transaction } from './connect.ts'
import { markDirty } from './roaming-dirty.ts'
import { takeJob } from './take-job.ts'
import { asTenant } from './tenant.ts'

interface Parts {
  readonly app: Sql
  readonly clock: Clock
}

interface Unsealed {
  readonly serial: number
  readonly id: string
  readonly kind: DocumentKind
  readonly cdr: string
  readonly reason: string | null
}

/** So many documents are one commit: more are another, in the same order. */
const batch = 100

/**
 * In the commit of what is to be sealed: for all of it, under the name of what is sealed last, so that it goes with that
 * one. Nobody waits for a sealing that goes on.
 */
export const leaveSeal = (tx: Transaction, tenant: string, id: string): PromiseLike<unknown> =>
  tx`insert into outbox (tenant, kind, key) values (${tenant}, 'seal', ${id}) on conflict do nothing`

/**
 * The effect of a `seal` job, which another one may have had already; answers how many documents came of it. It is for all
 * of its tenant that wait: of many that are left at once, only one is relayed.
 */
export const doSeal = async (
  { app }: Pick<Parts, 'app'>,
  { tenant, id }: Pick<OutboxJob, 'id' | 'tenant'>,
  seal: (tenant: string) => Promise<number>,
): Promise<number> => {
  const waiting = await asTenant(
    app,
    tenant,
    (tx) => tx`select 1 from outbox where tenant = ${tenant} and kind = 'seal' limit 1`,
  )
  if (waiting.length === 0) return 0
  const sealed = await seal(tenant)
  await asTenant(app, tenant, async (tx) => void (await takeJob(tx, { id })))
  return sealed
}

/**
 * Seals what a tenant has issued and not sealed: each CDR and each credit is one document, numbered from the last number
 * there is, under a lock of its tenant and in one commit with what goes to the operator's books (INV-40, INV-41). Whoever
 * dies in the middle has numbered nothing; the next one, for whatever document it comes, finds what is left.
 */
export const sealDocuments = async ({ app, clock }: Parts, tenant: string): Promise<number> => {
  let sealed = 0
  for (let last = batch; last === batch; sealed += last)
    last = await asTenant(app, tenant, (tx) => sealBatch(tx, tenant, clock.now()))
  return sealed
}

const sealBatch = async (tx: Transaction, tenant: string, now: number): Promise<number> => {
  await tx`select pg_advisory_xact_lock(hashtext('stationmaster.documents'), hashtext(${tenant}))`
  const waiting = await tx<Unsealed[]>`select u.serial, u.id, u.kind, u.cdr, x.reason
    from unsealed u left join credits x on x.tenant = u.tenant and x.id = u.id
    where u.tenant = ${tenant} order by u.serial limit ${batch}`
  if (waiting.length === 0) return 0
  const [[last], accounts] = await Promise.all([
    tx<{ number: number }[]>`select coalesce(max(number), 0)::bigint as number from documents where tenant = ${tenant}`,
    tx<
      CdrRow[]
    >`select ${tx.unsafe(cdrColumns)} from cdrs c where c.id = any(${waiting.map(({ cdr }) => cdr)}::uuid[])`,
  ])
  const cdrs = new Map(accounts.map((row) => [row.id, cdrOf(row)]))
  const signed = await signedValues(
    tx,
    [...cdrs.values()].map(({ session }) => session),
  )
  const rows = waiting.flatMap(({ id, kind, reason, cdr: of }, i) => {
    const cdr = cdrs.get(of)
    if (cdr === undefined) throw new Error(`CDR ${of} is to be sealed, and is not there`)
    const number = (last?.number ?? 0) + i + 1
    const text = documentText({
      id,
      tenant,
      number,
      sealedAt: now,
      cdr,
      ...(kind === 'credit' && { credit: { reason: reason ?? '' } }),
      signed: kind === 'credit' ? [] : (signed.get(cdr.session) ?? []),
    })
    return [{ number, id, kind, cdr: of, text }]
  })
  await tx`insert into documents (tenant, number, id, kind, cdr, bytes, digest, sealed_at)
    select ${tenant}, number, id, kind, cdr, convert_to(text, 'UTF8'), sha256(convert_to(text, 'UTF8')), at_ms(${now})
    from unnest(${rows.map((r) => r.number)}::bigint[], ${rows.map((r) => r.id)}::uuid[], ${rows.map((r) => r.kind)}::text[], ${rows.map((r) => r.cdr)}::uuid[], ${rows.map((r) => r.text)}::text[]) as w(number, id, kind, cdr, text)`
  await handOver(
    tx,
    tenant,
    rows.map(({ id }) => id),
    now,
  )
  await markDirty(
    tx,
    tenant,
    'cdrs',
    rows.map(({ id }) => id),
    now,
  )
  await tx`delete from unsealed where tenant = ${tenant} and serial = any(${waiting.map(({ serial }) => serial)}::bigint[])`
  await tx`delete from outbox where tenant = ${tenant} and kind = 'seal' and key = any(${rows.map(({ id }) => id)}::text[])`
  return rows.length
}

/**
 * Each of these documents for each of the operator's books: a delivery; and a job for all that is due there. Where one waits
 * already it will do: whoever begins it locks the target first, as is done here, and so sees these deliveries.
 */
const handOver = (tx: Transaction, tenant: string, ids: readonly string[], now: number): PromiseLike<unknown> =>
  tx`with open as (select tenant, id from erp_targets where tenant = ${tenant} and enabled order by id for share),
    due as (
      insert into erp_deliveries (tenant, target, document, number, changed_at)
      select d.tenant, t.id, d.id, d.number, at_ms(${now}) from documents d join open t on t.tenant = d.tenant
      where d.tenant = ${tenant} and d.id = any(${[...ids]}::uuid[]) order by d.number, t.id
      returning target
    )
    insert into outbox (tenant, kind, key) select ${tenant}, 'erp', target from due group by target order by target collate "C" on conflict do nothing`

/** What was signed, by session, in the order of the station's clock; what is told twice counts once. */
const signedValues = async (
  tx: Transaction,
  sessions: readonly string[],
): Promise<ReadonlyMap<string, readonly SignedMeterValue[]>> => {
  const days = await tx<
    { day: string }[]
  >`select distinct day::text from sessions where id = any(${[...sessions]}::uuid[])`
  const [number, structure] = signedMarks.map((mark) => `%${mark}%`)
  const rows = await tx<
    { session: string; at: number; reading: string }[]
  >`select session, ms(at) as at, reading from samples
    where day = any(${days.map(({ day }) => day)}::text[]::date[]) and session = any(${[...sessions]}::uuid[])
      and (reading like ${number ?? ''} or reading like ${structure ?? ''})
    order by session, at, key`
  const signed = new Map<string, Map<string, SignedMeterValue>>()
  for (const { session, at, reading } of rows)
    for (const value of signedValuesOf(reading, at)) {
      const known = signed.get(session) ?? new Map<string, SignedMeterValue>()
      signed.set(session, known.set(`${value.at} ${value.context} ${value.data}`, value))
    }
  return new Map([...signed].map(([session, values]) => [session, [...values.values()]]))
}
