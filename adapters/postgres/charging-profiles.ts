import type { ChargingProfile } from '../../core/charging/profile.ts'
import type { ChargePointRef } from '../../core/domain/charge-point.ts'
import type { Transaction } from './connect.ts'

/** What a station holds, as far as we know; profiles of sessions that are over are not its any more. */
export const chargingProfilesOf = async (
  tx: Transaction,
  { tenant, identity }: ChargePointRef,
): Promise<readonly ChargingProfile[]> => {
  const rows = await tx<{ profile: ChargingProfile }[]>`select p.profile from charging_profiles p
    where p.tenant = ${tenant} and p.identity = ${identity} and (p.profile->>'purpose' <> 'tx' or exists (
      select 1 from sessions s where s.tenant = p.tenant and s.identity = p.identity and s.transaction = p.profile->>'transaction' and s.state = 'open'))
    order by p.id`
  return rows.map(({ profile }) => profile)
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
  const before = await chargingProfilesOf(tx, ref)
  const after = change(before)
  await tx`delete from charging_profiles where tenant = ${tenant} and identity = ${identity} and not (id = any(${after.map((p) => p.id)}::int[]))`
  const fresh = after.filter((profile) => !before.includes(profile))
  await tx`insert into charging_profiles (tenant, identity, id, evse, profile, taken_at)
    select ${tenant}, ${identity}, id, evse, profile::jsonb, at_ms(${at})
    from unnest(${fresh.map((p) => p.id)}::int[], ${fresh.map((p) => p.evse)}::int[], ${fresh.map((p) => JSON.stringify(p))}::text[]) as w(id, evse, profile)
    on conflict (tenant, identity, id) do update set evse = excluded.evse, profile = excluded.profile, taken_at = excluded.taken_at`
}
