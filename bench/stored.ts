import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import postgres from 'postgres'
import { median } from './cpu.ts'

/** What reached the disk, asked of the database itself and not of the server that says so. */
export interface Stored {
  readonly samples: number
  readonly sessions: number
  readonly ended: number
  readonly cdrs: number
}

export interface Database {
  stored(): Promise<Stored>
  /** Seconds until everything that is in the write-ahead log is in its table too. */
  checkpoint(): Promise<number>
  /** ms, median: one commit of so many rows with as many columns as a reading has, alone on one connection. */
  bareCommit(rows: number, times: number): Promise<number>
  /** Rows a second of the same, as fast as it goes for so many seconds. */
  bareRows(rows: number, seconds: number): Promise<number>
  /** ms from the commit of each session's stop to that of its CDR, of all there are. */
  cdrDelays(): Promise<readonly number[]>
  /** When each session's stop was committed, ms since 1970 UTC, by its id. */
  stops(): Promise<ReadonlyMap<string, number>>
  /** CDRs a second that were issued from a time on, from the first of them to the last. */
  cdrsPerS(since: number): Promise<number>
  /** So many objects as partners find them, all alike but for their ids; the last share of them has changed in the last hour. */
  publish(module: 'cdrs' | 'locations', count: number, body: object, only?: string): Promise<void>
  close(): Promise<void>
}

/** How much of what is published has changed a short while ago. */
export const changedShare = 0.01

/** As superuser of a server's own PostgreSQL, by its SM_DATA. */
export const administrator = (data: string): postgres.Sql => {
  const noted = join(data, 'place')
  const place = existsSync(noted) ? readFileSync(noted, 'utf8').trim() : data
  return postgres({
    host: join(place, 'run', '.s.PGSQL.5432'),
    path: join(place, 'run', '.s.PGSQL.5432'),
    database: 'stationmaster',
    username: 'sm_admin',
    password: readFileSync(join(data, 'admin-password'), 'utf8').trim(),
    max: 1,
    onnotice: () => {},
  })
}

/** Of a server with its own PostgreSQL. */
export const openDatabase = async (data: string): Promise<Database> => {
  const sql = administrator(data)
  await sql`create table if not exists bench_rows (day date, session uuid, at timestamptz, key uuid, tenant text, received_at timestamptz, register_mwh bigint, protocol text, reading text, primary key (session, key, day))`
  const reading = JSON.stringify(
    Array.from({ length: 6 }, (_, i) => ({ value: `23${i}.1`, measurand: 'Voltage', unit: 'V' })),
  )
  const commit = async (rows: number): Promise<void> => {
    await sql`insert into bench_rows select current_date, ('00000000-0000-0000-0000-' || lpad((n % 100)::text, 12, '0'))::uuid, now(), gen_random_uuid(), 'default', now(), n, '1.6', r
      from unnest(${Array.from({ length: rows }, () => reading)}::text[]) with ordinality as w(r, n)`
  }
  return {
    async stored() {
      const [row] = await sql<
        Stored[]
      >`select (select count(*)::int from samples) as samples, (select count(*)::int from sessions) as sessions,
        (select count(*)::int from sessions where state <> 'open') as ended, (select count(*)::int from cdrs) as cdrs`
      return row ?? { samples: 0, sessions: 0, ended: 0, cdrs: 0 }
    },
    async checkpoint() {
      const began = performance.now()
      await sql`checkpoint`
      return (performance.now() - began) / 1_000
    },
    async bareCommit(rows, times) {
      const took: number[] = []
      for (let i = 0; i < times; i++) {
        const began = performance.now()
        await commit(rows)
        took.push(performance.now() - began)
      }
      return median(took)
    },
    async bareRows(rows, seconds) {
      const began = performance.now()
      let n = 0
      for (; performance.now() - began < seconds * 1_000; n++) await commit(rows)
      return (n * rows * 1_000) / (performance.now() - began)
    },
    async cdrDelays() {
      const rows = await sql<{ readonly ms: number }[]>`select extract(epoch from c.at - s.at)::float8 * 1000 as ms
        from events c join events s on s.tenant = c.tenant and s.subject = c.data->>'session' and s.type = 'session.closed' where c.type = 'cdr.issued'`
      return rows.map(({ ms }) => ms)
    },
    async stops() {
      const rows = await sql<{ readonly session: string; readonly at: number }[]>`
        select subject as session, extract(epoch from at)::float8 * 1000 as at from events where type = 'session.closed'`
      return new Map(rows.map(({ session, at }) => [session, at]))
    },
    async cdrsPerS(since) {
      const [row] = await sql<{ readonly per_s: number | null }[]>`
        select (count(*) / nullif(extract(epoch from max(at) - min(at)), 0))::float8 as per_s
        from events where type = 'cdr.issued' and at >= to_timestamp(${since / 1_000})`
      return row?.per_s ?? 0
    },
    async publish(module, count, body, only) {
      const unchanged = Math.floor(count * (1 - changedShare))
      // nobody is told of them, and nothing is delivered
      await sql.begin(async (tx) => {
        await tx`set local session_replication_role = replica`
        await tx`insert into roaming_objects (tenant, module, country_code, party_id, id, partner, serial, revision, last_updated, body, source)
        select 'default', ${module}, 'DE', 'ABC', 'bench-' || i, ${only ?? null}, i, i,
          now() - case when i > ${unchanged} then interval '10 minutes' else interval '30 days' end,
          ${JSON.stringify(body)}::text::jsonb || jsonb_build_object('id', 'bench-' || i), 'bench-' || i
        from generate_series(1, ${count}::int) as i`
      })
      await sql`insert into roaming_publishers (tenant, serial, revision) values ('default', ${count}, ${count})
        on conflict (tenant) do update set serial = greatest(roaming_publishers.serial, excluded.serial), revision = greatest(roaming_publishers.revision, excluded.revision)`
      await sql`analyze roaming_objects`
    },
    close: () => sql.end(),
  }
}
