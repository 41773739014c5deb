import { dateTime } from '../../core/roaming/date-time.ts'
import { stamped } from '../../core/roaming/stamped.ts'
import type { Log } from '../../core/ports/log.ts'
import type { RoamingModule } from '../../core/ports/roaming.ts'
import type { Publication, RoamingPublisher } from '../../core/ports/roaming-publisher.ts'
import type { Sql, Transaction } from './connect.ts'
import { isCollision, isOutage } from './faults.ts'
import type { Draft, PublishedSource, Reading } from './published-source.ts'
import { type Stored, storedOf, type Write, writeObjects } from './published-rows.ts'
import { collect } from './roaming-collector.ts'
import { putDirty, registeredStates } from './roaming-dirty.ts'
import { remarksOnce } from './roaming-remarks.ts'
import { sweepPage } from './roaming-sweeps.ts'
import { asTenant } from './tenant.ts'

interface Parts {
  readonly ingest: Sql
  readonly app: Sql
  readonly sources: readonly PublishedSource[]
  readonly log: Log
  /** Done in the commit in which objects of these modules change: whoever tells partners of them has to be woken. */
  readonly published?: (tx: Transaction, tenant: string, modules: readonly RoamingModule[]) => PromiseLike<unknown>
}

/** So many keys are looked at in one commit. */
const batch = 500
const putOffMs = 10 * 60_000
/** How often it is asked for what no event has told. */
const lookMs = 60_000

/** What partners find, written by one process at a time for each tenant (D-17). */
export const postgresPublisher = (parts: Parts): RoamingPublisher => {
  const { ingest } = parts
  const turn = { ...parts, tell: remarksOnce(parts.log) }
  let lookedAt = 0
  return {
    collect(now) {
      const looksAround = now - lookedAt >= lookMs
      if (looksAround) lookedAt = now
      return collect(parts, looksAround)
    },
    sweep: (now) => sweepPage(parts, now),

    async due(now) {
      const rows = await ingest<{ tenant: string }[]>`select distinct d.tenant from roaming_dirty d
        join roaming_partners p on p.tenant = d.tenant and p.state = any(${[...registeredStates]}::text[])
        where d.due <= at_ms(${now}) order by d.tenant`
      return rows.map(({ tenant }) => tenant)
    },

    async publish(tenant, now) {
      try {
        return await publish(turn, { tenant, now, limit: batch })
      } catch (error) {
        if (isOutage(error) || isCollision(error)) throw error
        return oneByOne(turn, tenant, now)
      }
    },
  }
}

interface Turn extends Parts {
  readonly tell: ReturnType<typeof remarksOnce>
}

interface Batch {
  readonly tenant: string
  readonly now: number
  readonly limit: number
}

const publish = ({ app, sources, published, tell }: Turn, { tenant, now, limit }: Batch): Promise<Publication> =>
  asTenant(app, tenant, async (tx) => {
    const modules = sources.map(({ module }) => module)
    const head = await lockHead(tx, tenant)
    if (head === undefined) return { changed: new Map(), keys: 0, isMore: false }
    const dirty = await takeDirty(tx, { tenant, now, limit }, modules)
    if (dirty.length === 0) return { changed: new Map(), keys: 0, isMore: false }
    // not before anything that is published already, whatever clocks say
    const at = Math.max(now, head.stampedAt + 1)
    const writes: Write[] = []
    for (const source of sources) {
      const keys = dirty.filter(({ module }) => module === source.module).map(({ key }) => key)
      if (keys.length === 0) continue
      const [readings, stored] = await Promise.all([
        source.read(tx, tenant, keys, now),
        storedOf(tx, tenant, source.module, keys),
      ])
      for (const key of keys) {
        const reading = readings.get(key) ?? { drafts: [] }
        tell(tenant, source.module, key, reading)
        if ('drafts' in reading) writes.push(...writesOf(source, { key, reading, had: stored.get(key) ?? [], at }))
      }
      await putDirty(
        tx,
        keys.flatMap((key) => {
          const reading = readings.get(key)
          const again = reading !== undefined && 'drafts' in reading ? reading.again : undefined
          return again === undefined ? [] : [{ tenant, module: source.module, key, due: Math.max(again, now + 1) }]
        }),
      )
    }
    const changed = new Map<RoamingModule, number>()
    for (const { module } of writes) changed.set(module, (changed.get(module) ?? 0) + 1)
    if (writes.length > 0) {
      await writeObjects(tx, { tenant, at, head }, writes)
      await published?.(tx, tenant, [...changed.keys()])
    }
    return { changed, keys: dirty.length, isMore: dirty.length >= limit }
  })

interface Head {
  readonly serial: number
  readonly revision: number
  readonly stampedAt: number
}

/** Undefined where another process holds it. */
const lockHead = async (tx: Transaction, tenant: string): Promise<Head | undefined> => {
  await tx`insert into roaming_publishers (tenant) values (${tenant}) on conflict do nothing`
  const [row] = await tx<
    { serial: number; revision: number; stamped_ms: number }[]
  >`select serial, revision, ms(stamped_at) as stamped_ms
    from roaming_publishers where tenant = ${tenant} for update skip locked`
  return row && { serial: row.serial, revision: row.revision, stampedAt: row.stamped_ms }
}

/**
 * Taken before anything is read: what changes from now on is marked again. They are chosen first and once: as a part of the
 * deletion the planner would choose anew for each of them.
 */
const takeDirty = (tx: Transaction, { tenant, now, limit }: Batch, modules: readonly RoamingModule[]) =>
  tx<{ module: RoamingModule; key: string }[]>`with w as materialized (
      select module, key from roaming_dirty where tenant = ${tenant} and module = any(${[...modules]}::text[]) and due <= at_ms(${now})
      order by due, module, key limit ${limit} for update skip locked
    )
    delete from roaming_dirty d using w where d.tenant = ${tenant} and d.module = w.module and d.key = w.key returning d.module, d.key`

interface Key {
  readonly key: string
  readonly reading: Extract<Reading, { readonly drafts: unknown }>
  readonly had: readonly Stored[]
  readonly at: number
}

const nameOf = ({ owner, id }: Pick<Draft, 'owner' | 'id'>): string =>
  `${owner.country}${owner.party}/${id}`.toLowerCase()

const writesOf = (source: PublishedSource, { key, reading, had, at }: Key): readonly Write[] => {
  const { module } = source
  const before = new Map(had.map((one) => [nameOf(one), one]))
  const there = new Set(reading.drafts.map(nameOf))
  const stamp = dateTime(at)
  const live = reading.drafts.flatMap((draft): readonly Write[] => {
    const old = before.get(nameOf(draft))
    const found = old?.isRemoved === false ? old.body : undefined
    const kept = old === undefined ? draft.body : (source.kept?.(old.body, draft.body) ?? draft.body)
    const body = stamped(found, kept, stamp)
    if (old !== undefined && body === found && old.partner === draft.partner) return []
    return [{ ...draft, module, source: key, body, isRemoved: false, ...(old && { serial: old.serial }) }]
  })
  const gone = had.flatMap((old): readonly Write[] => {
    if (old.isRemoved || there.has(nameOf(old))) return []
    const left = source.gone?.(old.body)
    if (left === undefined) return [{ ...old, module, source: key, isRemoved: true }]
    const body = stamped(old.body, left, stamp)
    return body === old.body ? [] : [{ ...old, module, source: key, body }]
  })
  return [...live, ...gone]
}

/** Something cannot be read or written: everything else can, and that one is put off. */
const oneByOne = async (turn: Turn, tenant: string, now: number): Promise<Publication> => {
  const changed = new Map<RoamingModule, number>()
  let keys = 0
  for (; keys < batch; keys++) {
    try {
      const one = await publish(turn, { tenant, now, limit: 1 })
      if (one.keys === 0) return { changed, keys, isMore: false }
      for (const [module, count] of one.changed) changed.set(module, (changed.get(module) ?? 0) + count)
    } catch (error) {
      if (isOutage(error) || isCollision(error)) throw error
      await putOff(turn, { tenant, now, error })
    }
  }
  return { changed, keys, isMore: true }
}

const putOff = (
  { app, sources, log }: Turn,
  { tenant, now, error }: { readonly tenant: string; readonly now: number; readonly error: unknown },
): Promise<void> =>
  asTenant(app, tenant, async (tx) => {
    const modules = sources.map(({ module }) => module)
    const [row] = await tx<
      { module: string; key: string }[]
    >`update roaming_dirty d set due = at_ms(${now + putOffMs}) from (
        select module, key from roaming_dirty where tenant = ${tenant} and module = any(${modules}::text[]) and due <= at_ms(${now})
        order by due, module, key limit 1 for update
      ) w where d.tenant = ${tenant} and d.module = w.module and d.key = w.key returning d.module, d.key`
    log.error('something cannot be published', { tenant, ...row, reason: String(error) })
  })
