import { clear, install, installById } from '../../core/charging/installed.ts'
import type { CertificateUse } from '../../core/domain/certificate.ts'
import type { ChargePointRef } from '../../core/domain/charge-point.ts'
import { advance, type Command } from '../../core/domain/command.ts'
import { completions } from '../../core/domain/deadline.ts'
import type { ConfigurationEntry, MirrorChange } from '../../core/domain/mirror.ts'
import { changeChargingProfiles, type KeptProfile } from './charging-profiles.ts'
import type { Transaction } from './connect.ts'
import { clearItems, pieceItem, putItems, removeItems, sweepItems } from './items.ts'
import { announceReservation, endReservation } from './reservations.ts'
import { commandColumns, commandOf, type CommandRow, writeCommand } from './write-command.ts'

type Change<Type extends MirrorChange['type']> = Extract<MirrorChange, { readonly type: Type }>
/** Whose station it is, and the order whose answer it was learnt from; none where the station said it by itself. */
type Source = ChargePointRef & Partial<Pick<Command, 'id'>>
type Keeper<Type extends MirrorChange['type']> = (
  tx: Transaction,
  source: Source,
  change: Change<Type>,
  at: number,
) => PromiseLike<unknown>

/** What was learnt with a step of an order or with a fact, written in the commit of either. */
export const storeLearnt = async (
  tx: Transaction,
  source: Source,
  learnt: readonly MirrorChange[],
  at: number,
): Promise<void> => {
  for (const change of learnt)
    await (keepers[change.type] as Keeper<typeof change.type>)(tx, source, change as never, at)
}

const keepConfiguration: Keeper<'configuration'> = async (
  tx,
  { tenant, identity },
  { entries, unknown, complete },
  at,
) => {
  // one key twice in an answer: the last word counts
  const said = [
    ...entries.map((e) => ({ ...e, known: true })),
    ...unknown.map((key): ConfigurationEntry & { known: boolean } => ({ key, readonly: false, known: false })),
  ]
  const rows = [...new Map(said.map((entry) => [entry.key.toLowerCase(), entry])).values()]
  if (complete)
    await tx`update configuration set known = false, value = null where tenant = ${tenant} and identity = ${identity}
      and not (lower(key) = any(${rows.map((r) => r.key.toLowerCase())}::text[]))`
  await tx`insert into configuration (tenant, identity, key, value, readonly, known, reported_at)
    select ${tenant}, ${identity}, coalesce((select c.key from configuration c where c.tenant = ${tenant} and c.identity = ${identity} and lower(c.key) = lower(w.key) limit 1), w.key),
      w.value, w.readonly::boolean, w.known::boolean, at_ms(${at})
    from unnest(${rows.map((r) => r.key)}::text[], ${rows.map((r) => r.value ?? null)}::text[], ${rows.map((r) => String(r.readonly))}::text[], ${rows.map((r) => String(r.known))}::text[])
      as w(key, value, readonly, known)
    on conflict (tenant, identity, key) do update set value = excluded.value, readonly = excluded.readonly, known = excluded.known,
      reported_at = excluded.reported_at, after_boot = configuration.after_boot and excluded.value is distinct from configuration.desired`
}

const keepSet: Keeper<'configuration.set'> = (tx, { tenant, identity }, { key, value, afterBoot }, at) =>
  tx`insert into configuration (tenant, identity, key, value, reported_at, desired, desired_at, after_boot)
    values (${tenant}, ${identity}, coalesce((select c.key from configuration c where c.tenant = ${tenant} and c.identity = ${identity} and lower(c.key) = lower(${key}) limit 1), ${key}),
      ${afterBoot ? null : value}, at_ms(${at}), ${value}, at_ms(${at}), ${afterBoot})
    on conflict (tenant, identity, key) do update set value = case when ${afterBoot} then configuration.value else excluded.value end, known = true,
      reported_at = excluded.reported_at, desired = excluded.desired, desired_at = excluded.desired_at, after_boot = excluded.after_boot`

const sendList: Keeper<'localList.sent'> = (tx, { tenant, identity }, { list }) =>
  tx`insert into local_lists (tenant, identity, sent_version, sent_entries) values (${tenant}, ${identity}, ${list.version}, ${JSON.stringify(list.entries)}::text::jsonb)
    on conflict (tenant, identity) do update set sent_version = excluded.sent_version, sent_entries = excluded.sent_entries`

const takeList: Keeper<'localList.taken'> = (tx, { tenant, identity }, { list }, at) =>
  tx`insert into local_lists (tenant, identity, version, entries, taken_at) values (${tenant}, ${identity}, ${list.version}, ${JSON.stringify(list.entries)}::text::jsonb, at_ms(${at}))
    on conflict (tenant, identity) do update set version = excluded.version, entries = excluded.entries, taken_at = excluded.taken_at, sent_version = null, sent_entries = null`

const reserve: Keeper<'reserved'> = async (tx, { tenant, identity, id: command = null }, r, at) => {
  await tx`insert into reservations (tenant, id, identity, evse, token, group_id, expires_at, state, command, created_at)
    values (${tenant}, ${r.id}, ${identity}, ${r.evse}, ${r.token}, ${r.groupId ?? null}, at_ms(${r.expiresAt}), 'active', ${command}, at_ms(${at}))
    on conflict (tenant, id) do update set evse = excluded.evse, token = excluded.token, group_id = excluded.group_id, expires_at = excluded.expires_at,
      state = 'active', reason = null, session = null, command = excluded.command
      where reservations.identity = excluded.identity and reservations.command is distinct from excluded.command`
  await tx`insert into deadlines (tenant, kind, key, due) values (${tenant}, 'reservation.expire', ${String(r.id)}, at_ms(${r.expiresAt}))
    on conflict (tenant, kind, key) do update set due = excluded.due`
  await announceReservation(tx, { tenant, identity, id: r.id }, { state: 'active' }, at)
}

const cancelReservation: Keeper<'reservation.cancelled'> = (tx, { tenant, identity }, { id, reason }, at) =>
  endReservation(tx, { tenant, identity, id }, { state: 'cancelled', reason }, at)

const keepCertificates: Keeper<'certificates'> = async (tx, { tenant, identity }, { use, hashes }, at) => {
  await tx`delete from installed_certificates where tenant = ${tenant} and identity = ${identity} and use = ${use}`
  await tx`insert into installed_certificates (tenant, identity, use, algorithm, issuer_name, issuer_key, serial, reported_at)
    select ${tenant}, ${identity}, ${use}, w.*, at_ms(${at}) from unnest(${hashes.map((h) => h.hashAlgorithm)}::text[], ${hashes.map((h) => h.issuerNameHash)}::text[],
      ${hashes.map((h) => h.issuerKeyHash)}::text[], ${hashes.map((h) => h.serialNumber)}::text[]) as w on conflict do nothing`
}

/** Both passwords count from here on. A key that may be the station's is never given up for another: the step fails then. */
const sendPassword: Keeper<'password.sent'> = async (tx, ref, { salt, hash, replaces }, at) => {
  const { count } =
    await tx`update charge_points set next_salt = ${Buffer.from(salt)}, next_hash = ${Buffer.from(hash)}, next_after_boot = false
      where tenant = ${ref.tenant} and identity = ${ref.identity} and (next_hash is null or next_hash = ${replaces === undefined ? null : Buffer.from(replaces)}::bytea)`
  if (count === 0) throw new Error('a key that was sent before may still be the one of the charge point')
  await changeRecord(tx, ref, undefined, at)
}

const settlePassword: Keeper<'password'> = (tx, ref, { hash, became }, at) => {
  const isIt = tx`tenant = ${ref.tenant} and identity = ${ref.identity} and next_hash = ${Buffer.from(hash)}`
  const settled =
    became === 'current'
      ? tx`update charge_points set salt = next_salt, hash = next_hash, next_salt = null, next_hash = null where ${isIt}`
      : became === 'nothing'
        ? tx`update charge_points set next_salt = null, next_hash = null where ${isIt}`
        : tx`update charge_points set next_after_boot = true where ${isIt}`
  return changeRecord(tx, ref, settled, at)
}

const raiseProfile: Keeper<'securityProfile'> = (tx, ref, { profile }, at) =>
  changeRecord(
    tx,
    ref,
    tx`update charge_points set next_profile = ${profile} where tenant = ${ref.tenant} and identity = ${ref.identity} and coalesce(security_profile, 1) < ${profile}`,
    at,
  )

/** Those who remember the record hear that it has changed. */
const changeRecord = async (
  tx: Transaction,
  { tenant, identity }: ChargePointRef,
  change: PromiseLike<unknown> | undefined,
  at: number,
): Promise<void> => {
  await change
  await tx`insert into events (tenant, type, subject, at, data)
    values (${tenant}, 'charge-point.registered', ${identity}, at_ms(${at}), ${JSON.stringify({ chargePoint: identity })}::text::jsonb)`
}

/** The job before this one has been cancelled by it: its order hears so now, and of nothing that follows. */
const supersede: Keeper<'supersedes'> = async (tx, { id = null, tenant, identity }, { effect }, at) => {
  const rows = await tx<CommandRow[]>`select ${tx.unsafe(commandColumns)} from commands c
    join expectations e on e.command = c.id
    where e.tenant = ${tenant} and e.identity = ${identity} and e.effect->>'type' = ${effect} and c.id <> ${id} and c.created_at <= (select created_at from commands where id = ${id})
    order by c.id for no key update of c`
  for (const row of rows)
    await writeCommand(
      tx,
      advance(commandOf(row), { at, state: 'done', outcome: 'failed', reason: 'a newer order has taken its place' }),
    )
}

const keepDelivered: Keeper<'certificate.delivered'> = async (tx, { tenant, identity }, { serial, accepted }, at) => {
  // delivered twice it is refused the second time: what the station has taken it has
  const [delivered] = await tx<
    { use: CertificateUse }[]
  >`update issued_certificates set state = ${accepted ? 'accepted' : 'rejected'}, changed_at = at_ms(${at})
      where tenant = ${tenant} and identity = ${identity} and serial = ${serial} and (state = 'issued' or (${accepted} and state = 'rejected'))
      returning use`
  if (delivered === undefined) return
  const rows = await tx<
    CommandRow[]
  >`select ${tx.unsafe(commandColumns)} from commands c join expectations e on e.command = c.id
    where e.tenant = ${tenant} and e.identity = ${identity} and e.effect->>'type' = 'certificate'
      and ${delivered.use} in ('both', coalesce(e.effect->>'use', 'station')) order by c.id for no key update of c`
  for (const row of rows)
    await writeCommand(
      tx,
      advance(
        commandOf(row),
        accepted
          ? { at, state: 'done', outcome: 'succeeded', note: `certificate ${serial}` }
          : { at, state: 'done', outcome: 'failed', reason: 'the charge point did not take its certificate' },
      ),
    )
}

const installProfile: Keeper<'chargingProfile.installed'> = (tx, source, { profile, byId }, at) => {
  const { purpose, transaction } = profile
  // given with a remote start: which session it is for is known when that has begun
  const isForNext = purpose === 'tx' && transaction === undefined && source.id !== undefined
  const kept: KeptProfile = isForNext ? { ...profile, command: source.id } : profile
  const installed = byId === true ? installById : install
  return changeChargingProfiles(tx, source, (profiles) => installed(profiles, kept), at)
}

const clearProfiles: Keeper<'chargingProfile.cleared'> = (tx, source, { criteria }, at) =>
  changeChargingProfiles(tx, source, (profiles) => clear(profiles, criteria), at)

/** Its queue holds nothing more of this session: whoever sweeps next settles it. */
const settleSession: Keeper<'session.settled'> = (tx, { tenant, identity }, { transaction }, at) =>
  tx`insert into deadlines (tenant, kind, key, due, reason)
    select tenant, 'session.complete', id, at_ms(${at}), ${completions.emptyQueue} from sessions
    where tenant = ${tenant} and identity = ${identity} and transaction = ${transaction} and state = 'ended'
    on conflict (tenant, kind, key) do update set due = excluded.due, reason = excluded.reason`

const endedReservation: Keeper<'reservation.ended'> = (tx, { tenant, identity }, { id, state, reason }, at) =>
  endReservation(tx, { tenant, identity, id }, { state, reason }, at)

const keepers: { readonly [Type in MirrorChange['type']]: Keeper<Type> } = {
  configuration: keepConfiguration,
  'configuration.set': keepSet,
  'localList.sent': sendList,
  'localList.taken': takeList,
  reserved: reserve,
  'reservation.cancelled': cancelReservation,
  'chargingProfile.installed': installProfile,
  'chargingProfile.cleared': clearProfiles,
  certificates: keepCertificates,
  'certificate.delivered': keepDelivered,
  'password.sent': sendPassword,
  password: settlePassword,
  securityProfile: raiseProfile,
  supersedes: supersede,
  'session.settled': settleSession,
  'reservation.ended': endedReservation,
  'items.put': putItems,
  'items.removed': removeItems,
  'items.cleared': clearItems,
  'items.pieced': pieceItem,
  'items.swept': sweepItems,
}
