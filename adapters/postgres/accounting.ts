import type { Authorization } from '../../core/domain/authorization.ts'
import type { Cdr, Pricing } from '../../core/domain/cdr.ts'
import type { MeterRow } from '../../core/domain/meter.ts'
import type { Place } from '../../core/domain/place.ts'
import type { Session } from '../../core/domain/session.ts'
import { priceOfAccount } from '../../core/pricing/account-usage.ts'
import type { Tariff } from '../../core/pricing/tariff.ts'
import { courseOf } from './charging-course.ts'
import type { Transaction } from './connect.ts'
import { placesOf } from './places.ts'
import { present } from './rows.ts'
import { type Start, tariffsFor } from './tariff-choice.ts'

/** What a price must know of a session before it knows what that has used. */
export type PlacedSession = Pick<Session, 'id' | 'tenant' | 'identity' | 'evse' | 'connector' | 'token'> & {
  readonly authorization?: Pick<Authorization, 'contract' | 'groupId'>
}

/** What an account rests on beside its session, gathered in the transaction that writes it. */
interface Accounting {
  readonly place: Place
  readonly price: Pricing
}

interface Accounted {
  readonly session: Session
  /** The newest CDR that it has. */
  readonly last: Cdr | undefined
  readonly readings: readonly MeterRow[]
  /** When its account begins, ms since 1970 UTC. */
  readonly startedAt: number
}

/**
 * Where sessions of a tenant were, and what their accounts cost, in the order in which they are asked for. The tariff is that
 * of a session's start; what was issued with a price keeps the very version in all that replaces it, whatever has been told
 * of tariffs and places since (INV-46).
 */
export const accountingsOf = async <One extends Accounted>(
  tx: Transaction,
  tenant: string,
  accounted: readonly One[],
): Promise<readonly (One & Accounting)[]> => {
  const sessions = accounted.map(({ session }) => session)
  const begun = accounted.map((one) => {
    const { session, startedAt, last } = one
    return { one, session, startedAt, kept: keptFrom(last, startedAt) }
  })
  const [based, courses] = await Promise.all([withBases(tx, tenant, begun), courseOf(tx, sessions)])
  return based.map(({ one, session, basis: { place, tariff, ...reserved } }) => {
    const evidence = { zone: place.zone, readings: one.readings, states: courses.get(session.id) ?? [], ...reserved }
    const price: Pricing = (account) => tariff && priceOfAccount(account, session, tariff, evidence)
    return { ...one, place, price }
  })
}

/** The same of one session. */
export const accountingOf = async (tx: Transaction, accounted: Accounted): Promise<Accounting> => {
  const [accounting] = await accountingsOf(tx, accounted.session.tenant, [accounted])
  if (accounting === undefined) throw new Error('every session has an account')
  return accounting
}

/** By what a session is priced from its start on: none of it changes while it goes on. */
export interface Basis {
  readonly place: Place
  readonly tariff?: Tariff
  /** Since when its connector had been kept for it. */
  readonly reservedAt?: number
}

interface Kept {
  readonly tariff: Tariff
  readonly zone: string
}

interface Begun {
  readonly session: PlacedSession
  readonly startedAt: number
  readonly kept?: Kept | undefined
}

/** Sessions of a tenant, each with its basis, in the order in which they are given. */
export const withBases = async <One extends Begun>(
  tx: Transaction,
  tenant: string,
  begun: readonly One[],
): Promise<readonly (One & { readonly basis: Basis })[]> => {
  const spots = begun.map(({ session: { identity, evse }, startedAt: at }) => ({ identity, evse, at }))
  const ids = begun.map(({ session }) => session.id)
  const [places, reserved] = await Promise.all([placesOf(tx, tenant, spots), reservedSince(tx, ids)])
  const placed = begun.map((one, i) => {
    const place = places[i] ?? { zone: 'UTC' }
    return { one, place: one.kept === undefined ? place : { ...place, zone: one.kept.zone } }
  })
  const unpriced = placed.filter(({ one }) => one.kept === undefined)
  const tariffs = await tariffsFor(tx, tenant, unpriced.map(startOf))
  const chosen = new Map(unpriced.map(({ one }, i) => [one, tariffs[i]]))
  return placed.map(({ one, place }) => {
    const [tariff, reservedAt] = [one.kept?.tariff ?? chosen.get(one), reserved.get(one.session.id)]
    const basis = { place, ...(tariff !== undefined && { tariff }), ...(reservedAt !== undefined && { reservedAt }) }
    return { ...one, basis }
  })
}

const startOf = ({ one, place }: { readonly one: Begun; readonly place: Place }): Start => {
  const { identity, evse, connector, token, authorization } = one.session
  const { contract, groupId } = authorization ?? {}
  const drivers = present({ token: token ?? null, contract: contract ?? null, group: groupId ?? null })
  return { identity, evse, connector, at: one.startedAt, place, ...drivers }
}

/** What it was priced by when it was issued; by its own start, which a release may have corrected. */
const keptFrom = (last: Cdr | undefined, startedAt: number): Kept | undefined => {
  const own = last?.measured ?? last
  return last?.state === 'held' || own?.startedAt !== startedAt ? undefined : own.priced
}

/** The station's word that it keeps a connector is not kept: it is kept from when it was ordered. By session. */
const reservedSince = async (tx: Transaction, sessions: readonly string[]): Promise<ReadonlyMap<string, number>> => {
  const rows = await tx<{ session: string; at: number }[]>`select session, ms(min(created_at)) as at from reservations
    where session = any(${[...sessions]}::uuid[]) group by session`
  return new Map(rows.map(({ session, at }) => [session, at]))
}
