import { administrator } from './stored.ts'

/** A market around the charge points of a bench, and sessions at all of them. */
export interface Placed {
  /** `SITE-0` … */
  readonly sites: number
  readonly sessions: number
}

export interface PlacedDatabase {
  /** With the policies that hold limited keys to their scope, and without them: for a control, and never else. */
  hold(isHeld: boolean): Promise<void>
  close(): Promise<void>
}

/** Puts `BENCH-0` … on so many sites, one after the other, and so many closed sessions on them, evenly and in turns. */
export const place = async (data: string, { sites, sessions }: Placed): Promise<PlacedDatabase> => {
  const sql = administrator(data)
  await sql`insert into sites (tenant, id, name, address, city, country, latitude, longitude, zone, published, created_at, changed_at)
    select 'default', 'SITE-' || n, 'Site', 'Street 1', 'Berlin', 'DE', '52.520008', '13.404954', 'Europe/Berlin', false, now(), now()
    from generate_series(0, ${sites}::int - 1) n`
  await sql`insert into charging_stations (tenant, id, site, created_at, changed_at)
    select tenant, id, id, now(), now() from sites`
  await sql`insert into evses (tenant, uid, station, state, created_at, changed_at)
    select tenant, identity, 'SITE-' || split_part(identity, '-', 2)::int % ${sites}::int, 'active', now(), now() from charge_points`
  await sql`insert into evse_plugs (tenant, uid, identity, evse, from_at)
    select tenant, identity, identity, 1, now() - interval '1 year' from charge_points`
  await sql`insert into sessions (id, tenant, identity, day, start_key, transaction, evse, connector, token, started_at, meter_start_mwh, ended_at, meter_stop_mwh, stop_reason, state, version)
    select ('00000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'default', 'BENCH-' || n % points, current_date, gen_random_uuid(), (2000000 + n)::text, 1, 1,
      'BENCHCARD', now() - interval '1 hour', 0, now() - interval '30 minutes', 1000000, 'Local', 'closed', 1
    from generate_series(1, ${sessions}::int) n, (select count(*) as points from charge_points) p`
  await sql`vacuum analyze`
  const policies = await sql<{ name: string; seen: string; makes: string }[]>`
    select c.relname as name, pg_get_expr(p.polqual, p.polrelid) as seen,
      format('create policy scope on %I as restrictive%s to sm_app using (%s)', c.relname, case p.polcmd when 'r' then ' for select' else '' end, pg_get_expr(p.polqual, p.polrelid)) as makes
    from pg_policy p join pg_class c on c.oid = p.polrelid where p.polname = 'scope'`
  return {
    async hold(isHeld) {
      await sql.begin(async (tx) => {
        for (const { name, makes } of policies) {
          await tx`drop policy if exists scope on ${tx(name)}`
          if (isHeld) await tx.unsafe(makes)
        }
      })
    },
    close: () => sql.end({ timeout: 1 }),
  }
}
