import type { ChargingProfile } from '../../core/charging/profile.ts'
import type { ChargePointRef } from '../../core/domain/charge-point.ts'
import type { TakenProfile } from '../../core/ports/store.ts'
import type { Transaction } from './connect.ts'

/** One that came with a remote start is that of the session which its order begins. */
export type KeptProfile = ChargingProfile & { readonly command?: string }

/** What a station holds, as far as we know; profiles of sessions that are over are not its any more. */
export const chargingProfilesOf = async (
  tx: Transaction,
  { tenant, identity }: ChargePointRef,
): Promise<readonly TakenProfile[]> => {
  const rows = await tx<{ profile: KeptProfile; taken: number; transaction: string | null; evse: number | null }[]>`
    select p.profile, ms(p.taken_at) as taken, s.transaction, s.evse from charging_profiles p
    left join lateral (
      select s.transaction, s.evse from sessions s where p.profile->>'purpose' = 'tx' and s.tenant = p.tenant and s.identity = p.identity and s.state = 'open'
        and (s.transaction = p.profile->>'transaction' or s.command::text = p.profile->>'command') limit 1) s on true
    where p.tenant = ${tenant} and p.identity = ${identity} and (p.profile->>'purpose' <> 'tx' or s.transaction is not null)
    order by p.id`
  return rows.map(({ profile: { command, ...profile }, taken: takenAt, transaction, evse }) => ({
    ...profile,
    ...(command !== undefined && transaction !== null && { transaction, evse: evse ?? profile.evse }),
    takenAt,
  }))
}

/** Changes what it holds, by the rule of its version. */
export const changeChargingProfiles = async (
  tx: Transaction,
  ref: ChargePointRef,
  change: (profiles: readonly ChargingProfile[]) => readonly ChargingProfile[],
  at: number,
): Promise<void> => {
  const { tenant, identity } = ref
  // two answers of one station at once: the second begins with what the first has left
  await tx`select 1 from charge_points where tenant = ${tenant} and identity = ${identity} for no key update`
  const before: readonly ChargingProfile[] = await chargingProfilesOf(tx, ref)
  const after = change(before)
  // what came with a start that is still under way waits for its session
  await tx`delete from charging_profiles p where p.tenant = ${tenant} and p.identity = ${identity} and not (p.id = any(${after.map((p) => p.id)}::int[]))
    and not exists (select 1 from commands c where c.tenant = p.tenant and c.id::text = p.profile->>'command' and c.state not in ('done', 'cancelled'))`
  const fresh = after.filter((profile) => !before.includes(profile))
  await tx`insert into charging_profiles (tenant, identity, id, evse, profile, taken_at)
    select ${tenant}, ${identity}, id, evse, profile::jsonb, at_ms(${at})
    from unnest(${fresh.map((p) => p.id)}::int[], ${fresh.map((p) => p.evse)}::int[], ${fresh.map((p) => JSON.stringify(p))}::text[]) as w(id, evse, profile)
    on conflict (tenant, identity, id) do update set evse = excluded.evse, profile = excluded.profile, taken_at = excluded.taken_at`
}
