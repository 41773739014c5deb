import { accountSoFar } from '../../core/domain/cdr.ts'
import { noQuirks } from '../../core/domain/roaming-partner.ts'
import type { Session } from '../../core/domain/session.ts'
import type { Priced } from '../../core/pricing/priced.ts'
import type { Json } from '../../core/roaming/field.ts'
import { sessionObject } from '../../core/roaming/session-object.ts'
import { accountingsOf } from './accounting.ts'
import { readingsOf } from './circumstances.ts'
import type { Transaction } from './connect.ts'
import type { Dirtied, PublishedSource, Reading } from './published-source.ts'
import { driversOf, type Roaming } from './roaming-driver.ts'
import { firstRegistration } from './roaming-partner-of.ts'
import { type OperatedSpot, spotsOf } from './roaming-spots.ts'
import { sessionColumns, sessionOf, type SessionRow } from './rows.ts'
import { isUuid } from './store/paging.ts'

/** A session that goes on costs more by itself: no partner hears of it more often than this, whatever it wants. */
const leastMs = 2_000

/** No currency (ISO 4217): no tariff is for it, and nothing is said of money. */
const noCurrency = 'XXX'

const nowhere = 'its connector stands on no site, or nobody with a code operates that'

/** Sessions of drivers of partners, each for its partner alone. */
export const sessionsSource: PublishedSource = {
  module: 'sessions',
  hears: [
    'session.started',
    'session.changed',
    'session.ended',
    'session.closed',
    'session.inferred',
    'session.orphaned',
    'cdr.issued',
  ],

  async dirtied(tx, events) {
    const dirtied: Dirtied[] = []
    for (const [tenant, its] of Map.groupBy(events, (event) => event.tenant)) {
      const ids = its.map(({ type, subject, data }) => (type === 'cdr.issued' ? String(data['session']) : subject))
      const drivers = await driversOf(tx, tenant, await sessionsOf(tx, tenant, [...new Set(ids)]))
      dirtied.push(...[...drivers.keys()].map((key) => ({ tenant, key })))
    }
    return dirtied
  },

  async keysAfter(tx, tenant, after, limit) {
    const rows = await tx<{ id: string }[]>`select s.id from sessions s
      where s.tenant = ${tenant} and (${after} = '' or s.id > nullif(${after}, '')::uuid)
        and (s.state in ('open', 'ended') or s.started_at >= ${tx.unsafe(firstRegistration)})
      order by s.id limit ${limit}`
    return rows.map(({ id }) => id)
  },

  async read(tx, tenant, keys, now) {
    const all = await sessionsOf(tx, tenant, keys)
    const drivers = await driversOf(tx, tenant, all)
    const sessions = all.filter(({ id }) => drivers.has(id))
    const [spots, prices, intervals] = await Promise.all([
      spotsOf(
        tx,
        tenant,
        sessions.map(({ identity, evse, connector, startedAt }) => ({
          identity,
          evse,
          connector,
          at: startedAt ?? now,
        })),
      ),
      pricesOf(tx, tenant, sessions, now),
      intervalsOf(tx, tenant),
    ])
    return new Map(
      sessions.flatMap((session, i): readonly [string, Reading][] => {
        const roaming = drivers.get(session.id)
        if (roaming === undefined) return []
        const priced = prices.get(session.id)
        const everyMs = intervals.get(roaming.partner) ?? leastMs
        return [[session.id, readingOf(session, { roaming, spot: spots[i], priced, everyMs, now })]]
      }),
    )
  },
}

const sessionsOf = async (tx: Transaction, tenant: string, ids: readonly string[]): Promise<readonly Session[]> => {
  const rows = await tx<SessionRow[]>`select ${tx.unsafe(sessionColumns)} from sessions s
    where s.tenant = ${tenant} and s.id = any(${ids.filter(isUuid)}::uuid[]) order by s.id`
  return rows.map(sessionOf)
}

/** How often each partner wants to hear of a session. */
const intervalsOf = async (tx: Transaction, tenant: string): Promise<ReadonlyMap<string, number>> => {
  const rows = await tx<{ id: string; seconds: number | null }[]>`
    select id, (quirks->>'sessionPushS')::int as seconds from roaming_partners where tenant = ${tenant}`
  return new Map(
    rows.map(({ id, seconds }) => [id, Math.max(leastMs, (seconds ?? noQuirks.sessionPushS) * 1_000)] as const),
  )
}

interface About {
  readonly roaming: Roaming
  readonly spot: OperatedSpot | undefined
  readonly priced: Priced | undefined
  /** After so long it is looked at again, for as long as it goes on. */
  readonly everyMs: number
  readonly now: number
}

const readingOf = (session: Session, { roaming, spot, priced, everyMs, now }: About): Reading => {
  if (spot === undefined) return { impossible: [nowhere] }
  const { partner, ...how } = roaming
  const { code, meter, ...place } = spot
  const mapped = sessionObject(session, {
    ...how,
    code,
    spot: place,
    ...(meter !== undefined && { meter }),
    ...(priced !== undefined && { priced }),
    currency: noCurrency,
    updatedAt: now,
  })
  if ('impossible' in mapped) return mapped
  const goesOn = session.state === 'open'
  return {
    drafts: [{ owner: code, id: session.id, partner, body: { ...mapped.object } satisfies Json }],
    ...(goesOn && { again: now + everyMs }),
  }
}

/** What sessions cost: by their account where they have one that counts, else what it would be if they ended now. */
const pricesOf = async (
  tx: Transaction,
  tenant: string,
  sessions: readonly Session[],
  now: number,
): Promise<ReadonlyMap<string, Priced>> => {
  const rows = await tx<
    { session: string; priced: Priced | null }[]
  >`select distinct on (c.session) c.session, c.priced from cdrs c
    where c.tenant = ${tenant} and c.session = any(${sessions.map(({ id }) => id)}::uuid[]) and c.state = 'issued'
    order by c.session, c.version desc`
  const accounted = new Map(rows.map(({ session, priced }) => [session, priced ?? undefined]))
  const open = sessions.filter(({ id, startedAt }) => startedAt !== undefined && !accounted.has(id))
  const readings = await readingsOf(tx, open)
  const accountings = await accountingsOf(
    tx,
    tenant,
    open.map((session) => ({
      session: { ...session, endedAt: session.endedAt ?? now },
      last: undefined,
      readings: readings.get(session.id) ?? [],
      startedAt: session.startedAt ?? now,
    })),
  )
  for (const { session, price } of accountings)
    accounted.set(
      session.id,
      soFar(() => price(accountSoFar(session, now))),
    )
  return new Map([...accounted].flatMap(([id, priced]) => (priced === undefined ? [] : [[id, priced] as const])))
}

/** A price that cannot be worked out yet is not told; its account tells a person why. */
const soFar = (price: () => Priced | undefined): Priced | undefined => {
  try {
    return price()
  } catch {
    return undefined
  }
}
