import type { LaneRef, Pace } from '../../core/domain/push-lane.ts'
import type { HeldLane, Settled } from '../../core/ports/push-lanes.ts'
import type { ObjectRef } from '../../core/ports/roaming.ts'
import type { Transaction } from './connect.ts'
import { type PartnerRow, partnerColumns, partnerOf } from './roaming-rows.ts'
import type { RoamingPartner } from '../../core/domain/roaming-partner.ts'
import { present } from './rows.ts'

/** Rows of lanes, of what partners were told on them, and of what they are told again. */

interface LaneRow {
  readonly revision: number
  readonly faults: number
  readonly paused_ms: number | null
  readonly held_by: string | null
  readonly held_until_ms: number | null
  readonly told_as: string | null
}

/** Whoever changes anything of a lane has it locked. */
export const lockLane = async (tx: Transaction, { tenant, partner, module }: LaneRef): Promise<LaneRow | undefined> => {
  const [row] = await tx<
    LaneRow[]
  >`select revision, faults, ms(paused_until) as paused_ms, held_by, ms(held_until) as held_until_ms, told_as
    from roaming_lanes where tenant = ${tenant} and partner = ${partner} and module = ${module} for no key update`
  return row
}

export const partnerOfLane = async (
  tx: Transaction,
  { tenant, partner }: LaneRef,
): Promise<RoamingPartner | undefined> => {
  const [row] = await tx<PartnerRow[]>`select ${tx.unsafe(partnerColumns)} from roaming_partners p
    where p.tenant = ${tenant} and p.id = ${partner}`
  return row && partnerOf(row)
}

export const paceOf = ({ faults, paused_ms }: Pick<LaneRow, 'faults' | 'paused_ms'>): Pace => ({
  faults,
  ...present({ pausedUntil: paused_ms }),
})

/** So many objects as columns for `unnest`: owner, party, key. */
export const refColumns = (objects: readonly ObjectRef[]) =>
  [
    objects.map(({ owner }) => owner.country.toUpperCase()),
    objects.map(({ owner }) => owner.party.toUpperCase()),
    objects.map(({ id }) => id.toLowerCase()),
  ] as const

/** In the order of the objects, so that nobody waits for each other. */
const inOrder = (settled: readonly Settled[]): readonly Settled[] =>
  settled.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
const keyOf = ({ object: { owner, id } }: Settled): string => `${owner.country}/${owner.party}/${id.toLowerCase()}`

export const writeShadows = async (tx: Transaction, lane: HeldLane, settled: readonly Settled[]): Promise<void> => {
  const { tenant, partner, module } = lane
  const gone = settled.filter(({ shadow }) => shadow === 'gone').map(({ object }) => object)
  const told = inOrder(settled).flatMap(({ object, shadow }) =>
    shadow === undefined || shadow === 'gone' ? [] : [{ object, ...shadow }],
  )
  if (gone.length > 0) {
    const [countries, parties, keys] = refColumns(gone)
    await tx`delete from roaming_told t using unnest(${countries}::text[], ${parties}::text[], ${keys}::text[]) as w(country, party, key)
      where t.tenant = ${tenant} and t.partner = ${partner} and t.module = ${module}
        and t.country_code = w.country and t.party_id = w.party and t.key = w.key`
  }
  if (told.length === 0) return
  const [countries, parties, keys] = refColumns(told.map(({ object }) => object))
  await tx`insert into roaming_told (tenant, partner, module, country_code, party_id, key, parts, told_at)
    select ${tenant}, ${partner}, ${module}, w.country, w.party, w.key, w.parts::jsonb, at_ms(w.at)
    from unnest(${countries}::text[], ${parties}::text[], ${keys}::text[], ${told.map(({ parts }) => JSON.stringify(parts))}::text[],
      ${told.map(({ toldAt }) => toldAt)}::bigint[]) as w(country, party, key, parts, at)
    on conflict (tenant, partner, module, country_code, party_id, key)
      do update set parts = excluded.parts, told_at = excluded.told_at, doubtful = false`
}

export const writeRetries = async (
  tx: Transaction,
  lane: HeldLane,
  settled: readonly Settled[],
  at: number,
): Promise<void> => {
  const { tenant, partner, module } = lane
  const done = settled.filter(({ again }) => again === undefined).map(({ object }) => object)
  const later = inOrder(settled).flatMap(({ object, again }) => (again === undefined ? [] : [{ object, ...again }]))
  if (done.length > 0) {
    const [countries, parties, keys] = refColumns(done)
    await tx`delete from roaming_retries r using unnest(${countries}::text[], ${parties}::text[], ${keys}::text[]) as w(country, party, key)
      where r.tenant = ${tenant} and r.partner = ${partner} and r.module = ${module}
        and r.country_code = w.country and r.party_id = w.party and r.key = w.key`
  }
  if (later.length === 0) return
  const [countries, parties, keys] = refColumns(later.map(({ object }) => object))
  await tx`insert into roaming_retries (tenant, partner, module, country_code, party_id, key, revision, attempts, next_at, reason, changed_at)
    select ${tenant}, ${partner}, ${module}, w.country, w.party, w.key, w.revision, w.attempts, at_ms(w.next), w.reason, at_ms(${at}::bigint)
    from unnest(${countries}::text[], ${parties}::text[], ${keys}::text[], ${later.map(({ object }) => object.revision)}::bigint[],
      ${later.map(({ attempts }) => attempts)}::int[], ${later.map(({ nextAt }) => nextAt ?? null)}::bigint[],
      ${later.map(({ reason }) => reason)}::text[]) as w(country, party, key, revision, attempts, next, reason)
    on conflict (tenant, partner, module, country_code, party_id, key) do update set revision = excluded.revision,
      attempts = excluded.attempts, next_at = excluded.next_at, reason = excluded.reason, changed_at = excluded.changed_at`
}
