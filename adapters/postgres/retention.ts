import type { Sql } from './connect.ts'

const batch = 5_000
const answersKept = '25 hours'

/**
 * Removes what nobody asks for any more: events that are older than `keepDays`, answers to Idempotency-Keys after a day.
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
  return removed
}

/** Drops the days of frames that are older than `keepDays` (0 = all of them); answers how many. */
export const dropOldFrames = async (sql: Sql, keepDays: number): Promise<number> => {
  const [row] = await sql<{ gone: number }[]>`select drop_frames_before(
    (now() at time zone 'UTC')::date - ${keepDays === 0 ? -365 : keepDays}::int) as gone`
  return row?.gone ?? 0
}
