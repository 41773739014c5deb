import type { Campaign, Progress } from '../../core/domain/campaign.ts'
import { campaignEvent } from '../../core/domain/event.ts'
import type { TargetChoice } from '../../core/ports/store.ts'
import type { Told } from './campaign-rows.ts'
import type { Tally } from './campaign-tally.ts'
import type { Transaction } from './connect.ts'
import { insertEvents } from './insert-events.ts'

type Planned = Omit<Campaign, 'targets'>

export const insertCampaign = async (
  tx: Transaction,
  { id, tenant, name, plan, state, createdAt }: Planned,
): Promise<void> => {
  await tx`insert into campaigns (id, tenant, name, plan, targets, waiting, state, created_at)
    values (${id}, ${tenant}, ${name}, ${JSON.stringify(plan)}::text::jsonb, 1, 1, ${state}, at_ms(${createdAt}))`
}

/** Files the charge points that are chosen, and answers how many they are. */
export const chooseTargets = async (tx: Transaction, campaign: Planned, choice: TargetChoice): Promise<number> => {
  const { count } = await ('identities' in choice
    ? byName(tx, campaign, choice.identities)
    : byKind(tx, campaign, choice))
  if (count > 0) await tx`update campaigns set targets = ${count}, waiting = ${count} where id = ${campaign.id}`
  return count
}

const byName = (tx: Transaction, { id, tenant }: Planned, identities: readonly string[]) =>
  tx`insert into campaign_targets (campaign, place, tenant, identity)
    select ${id}::uuid, row_number() over (order by w.place) - 1, p.tenant, p.identity
    from unnest(${[...identities]}::text[]) with ordinality as w(identity, place)
      join charge_points p on p.tenant = ${tenant} and p.key = lower(w.identity)`

type Kind = Exclude<TargetChoice, { readonly identities: readonly string[] }>

/** Online as in the list of charge points: the socket is open, and its worker has been heard of lately. */
const byKind = (tx: Transaction, { id, tenant }: Planned, kind: Kind) => {
  const { vendor, model, firmware, online } = { vendor: null, model: null, firmware: null, online: null, ...kind }
  return tx`insert into campaign_targets (campaign, place, tenant, identity)
    select ${id}::uuid, row_number() over (order by md5(${id}::text || p.identity)) - 1, p.tenant, p.identity
    from charge_points p left join connections c using (tenant, identity) left join workers w on w.worker = c.worker
    where p.tenant = ${tenant} and (${vendor}::text is null or p.vendor = ${vendor}::text)
      and (${model}::text is null or p.model = ${model}::text) and (${firmware}::text is null or p.firmware = ${firmware}::text)
      and (${online}::boolean is null or ${online}::boolean =
        coalesce(c.closed_at is null and c.connected_at is not null and w.seen_at > now() - interval '30 seconds', false))`
}

export const saveCampaign = async (tx: Transaction, campaign: Campaign, tally: Tally): Promise<void> => {
  const { id, state, reason, pace, startedAt, endedAt } = campaign
  await tx`update campaigns set state = ${state}, reason = ${reason ?? null}, waiting = ${tally.waiting}, outcomes = ${JSON.stringify(tally.byOutcome)}::text::jsonb, pace_from = at_ms(${pace?.from ?? null}::bigint), pace_count = ${pace?.count ?? 0},
    started_at = at_ms(${startedAt ?? null}::bigint), ended_at = at_ms(${endedAt ?? null}::bigint) where id = ${id}`
}

/** When it must be looked at next (D-6); without one, only a person moves it. */
export const setDeadline = async (
  tx: Transaction,
  { tenant, id }: Campaign,
  due: number | undefined,
): Promise<void> => {
  if (due === undefined)
    await tx`delete from deadlines where tenant = ${tenant} and kind = 'campaign.step' and key = ${id}`
  else
    await tx`insert into deadlines (tenant, kind, key, due) values (${tenant}, 'campaign.step', ${id}, at_ms(${due}))
      on conflict (tenant, kind, key) do update set due = excluded.due`
}

/** Whether there is anything new to tell. */
export const hasMoved = (told: Told | null, now: Progress): boolean =>
  told === null || fields.some((field) => told[field] !== now[field])

const fields = ['waiting', 'ordered', 'succeeded', 'failed', 'notReached'] as const

/** Tells those who follow how it stands, and remembers what they were told. */
export const tell = async (tx: Transaction, campaign: Campaign, progress: Progress, at: number): Promise<void> => {
  const told = Object.fromEntries(fields.map((field) => [field, progress[field]]))
  await insertEvents(tx, [campaignEvent(campaign, progress, at)])
  await tx`update campaigns set told_at = at_ms(${at}), told = ${JSON.stringify(told)}::text::jsonb where id = ${campaign.id}`
}
