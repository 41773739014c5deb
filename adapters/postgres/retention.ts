import type { Sql } from './connect.ts'

const batch = 5_000
const answersKept = '25 hours'
/** A report whose last page has not come by then is none (BI-47). */
const pagesKept = '1 day'

/**
 * Removes what nobody asks for any more: events and exchanges with partners that are older than `keepDays`, answers to Idempotency-Keys after a day.
 * In small transactions, so that nothing else waits. What is billed, its facts and its readings are never touched.
 */
export const removeOld = async (sql: Sql, keepDays: number): Promise<number> => {
  let removed = 0
  const inBatches = async (remove: () => PromiseLike<{ readonly count: number }>): Promise<void> => {
    for (let count = batch; count === batch; removed += count) count = (await remove()).count
  }
  await inBatches(
    () => sql`delete from events where (xid, id) in (
      select xid, id from events where at < now() - ${keepDays}::int * interval '1 day' limit ${batch})`,
  )
  await inBatches(
    () => sql`delete from idempotency where (tenant, key) in (
      select tenant, key from idempotency where created_at < now() - ${answersKept}::interval limit ${batch})`,
  )
  await inBatches(
    () => sql`delete from report_pages where (tenant, identity, report, request) in (
      select tenant, identity, report, request from report_pages where turned_at < now() - ${pagesKept}::interval limit ${batch})`,
  )
  await inBatches(
    () => sql`delete from roaming_exchanges where (tenant, serial) in (
      select tenant, serial from roaming_exchanges where at < now() - ${keepDays}::int * interval '1 day' limit ${batch})`,
  )
  for (const table of ['roaming_commands', 'roaming_asked_commands'])
    await inBatches(
      () => sql`delete from ${sql(table)} where (tenant, id) in (
        select tenant, id from ${sql(table)} where created_at < now() - ${Math.max(keepDays, 2)}::int * interval '1 day'
          and state not in ('waiting', 'due', 'sending', 'kept', 'asking') limit ${batch})`,
    )
  return removed
}

const fileBatch = 20
/** No upload takes as long: pieces of a file that has no row by then belong to none. */
const uploadLasts = '1 day'
/** A station that comes after the end of its ticket is told so for this long. */
const ticketsKept = '7 days'

/**
 * Removes what stations sent more than `keepDays` ago, pieces of uploads that were never finished, and tickets that have
 * ended. Firmware stays until its operator removes it. Answers the number of files.
 */
export const removeOldFiles = async (sql: Sql, keepDays: number): Promise<number> => {
  let removed = 0
  for (let count = fileBatch; count === fileBatch; removed += count)
    ({ count } = await sql`with gone as (
      delete from files where id in (
        select id from files where kind <> 'firmware' and created_at < now() - ${keepDays}::int * interval '1 day' limit ${fileBatch})
      returning id), pieces as (delete from file_chunks where file in (select id from gone))
      select id from gone`)
  for (let count = fileBatch; count === fileBatch;)
    ({ count } = await sql`with lost as (
      select file from file_chunks c where position = 0 and created_at < now() - ${uploadLasts}::interval
        and not exists (select 1 from files f where f.id = c.file) limit ${fileBatch}), pieces as (delete from file_chunks where file in (select file from lost))
      select file from lost`)
  for (let count = batch; count === batch;)
    ({ count } = await sql`delete from file_tickets where id in (
      select id from file_tickets where until < now() - ${ticketsKept}::interval limit ${batch})`)
  return removed
}

/** Drops the days of frames that are older than `keepDays` (0 = all of them); answers how many. */
export const dropOldFrames = async (sql: Sql, keepDays: number): Promise<number> => {
  const [row] = await sql<{ gone: number }[]>`select drop_frames_before(
    (now() at time zone 'UTC')::date - ${keepDays === 0 ? -365 : keepDays}::int) as gone`
  return row?.gone ?? 0
}
