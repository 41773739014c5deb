import type { EventType } from '../../core/domain/event.ts'
import type { Collected } from '../../core/ports/roaming-publisher.ts'
import type { Sql, Transaction } from './connect.ts'
import type { EventRow } from './feed.ts'
import type { PublishedSource } from './published-source.ts'
import { type DirtyKey, putDirty, registeredStates } from './roaming-dirty.ts'
import { beginSweeps } from './roaming-sweeps.ts'

/** So many events are one commit. */
const batch = 2_000

interface Parts {
  readonly ingest: Sql
  readonly sources: readonly PublishedSource[]
}

const nothing: Collected = { dirty: 0, isMore: false, isIdle: false }

/**
 * Reads the events behind the last one that was read, below the oldest transaction that still runs (D-17), and keeps in
 * the same commit what may have changed with them and how far it has read: each event counts once, whoever dies. One
 * process at a time; the others find nothing to do. Whoever looks around also asks for what no event
 * has told.
 */
export const collect = ({ ingest, sources }: Parts, looksAround: boolean): Promise<Collected> =>
  ingest.begin(async (tx) => {
    const [row] = await tx<
      { held: boolean }[]
    >`select pg_try_advisory_xact_lock(hashtext('stationmaster.roaming-feed'), 0) as held`
    if (row?.held !== true) return nothing
    // who has partners is looked at after it is settled how far is read: a registration that is not seen is read later
    const [[feed], [reach]] = await Promise.all([
      tx<{ xid: string; id: number }[]>`select xid::text, id from roaming_feed`,
      tx<{ xid: string }[]>`select pg_snapshot_xmin(pg_current_snapshot())::text as xid`,
    ])
    const until = reach?.xid ?? '0'
    const tenants = await tenantsWithPartners(tx)
    if (feed === undefined) {
      await beginSweeps(tx, tenants, modulesOf(sources))
      await tx`insert into roaming_feed (xid, id) values (${until}::xid8, 0)`
      return { ...nothing, isIdle: tenants.length === 0 }
    }
    const events = tenants.length === 0 ? [] : await eventsOf(tx, { sources, tenants, from: feed, until })
    const dirty = await keep(tx, sources, { events, looksAround: looksAround && tenants.length > 0 })
    const last = events.length < batch ? undefined : events.at(-1)
    if (last !== undefined || until !== feed.xid)
      await tx`update roaming_feed set xid = ${last?.xid ?? until}::xid8, id = ${last?.id ?? 0}`
    return { dirty, isMore: last !== undefined, isIdle: tenants.length === 0 }
  }) as Promise<Collected>

const tenantsWithPartners = async (tx: Transaction): Promise<readonly string[]> => {
  const rows = await tx<{ tenant: string }[]>`select distinct tenant from roaming_partners
    where state = any(${[...registeredStates]}::text[]) order by tenant`
  return rows.map(({ tenant }) => tenant)
}

const registration: EventType = 'roaming-partner.changed'

interface Range {
  readonly sources: readonly PublishedSource[]
  readonly tenants: readonly string[]
  readonly from: { readonly xid: string; readonly id: number }
  readonly until: string
}

const eventsOf = (tx: Transaction, { sources, tenants, from, until }: Range): PromiseLike<EventRow[]> => {
  const types = new Set([registration, ...sources.flatMap(({ hears }) => hears)])
  return tx<EventRow[]>`select xid::text, id, tenant, type, subject, ms(at) as at, data from events
    where (xid, id) > (${from.xid}::xid8, ${from.id}) and xid < ${until}::xid8
      and type = any(${[...types]}::text[]) and tenant = any(${[...tenants]}::text[])
    order by events.xid, events.id limit ${batch}`
}

const keep = async (
  tx: Transaction,
  sources: readonly PublishedSource[],
  { events, looksAround }: { readonly events: readonly EventRow[]; readonly looksAround: boolean },
): Promise<number> => {
  const joined = events.filter(({ type, data }) => type === registration && data['state'] === registeredStates[0])
  if (joined.length > 0) await beginSweeps(tx, tenantsOf(joined), modulesOf(sources))
  const dirty: DirtyKey[] = []
  for (const source of sources) {
    const heard = events.filter(({ type }) => source.hears.includes(type))
    const found = [
      ...(heard.length === 0 ? [] : await source.dirtied(tx, heard)),
      ...((looksAround ? await source.unheard?.(tx) : undefined) ?? []),
    ]
    const whole = found.filter((one) => 'everything' in one)
    if (whole.length > 0) await beginSweeps(tx, tenantsOf(whole), [source.module])
    for (const one of found)
      if ('key' in one) dirty.push({ tenant: one.tenant, module: source.module, key: one.key, due: one.due ?? 0 })
  }
  return putDirty(tx, dirty)
}

const tenantsOf = (all: readonly { readonly tenant: string }[]): readonly string[] =>
  [...new Set(all.map(({ tenant }) => tenant))].sort()

const modulesOf = (sources: readonly PublishedSource[]) => sources.map(({ module }) => module)
