import type { Authorization } from '../../core/domain/authorization.ts'
import type { Cdr, Pricing } from '../../core/domain/cdr.ts'
import type { MeterRow } from '../../core/domain/meter.ts'
import type { Place } from '../../core/domain/place.ts'
import type { Session } from '../../core/domain/session.ts'
import { priceOfAccount } from '../../core/pricing/account-usage.ts'
import type { Tariff } from '../../core/pricing/tariff.ts'
import { courseOf } from './charging-course.ts'
import type { Transaction } from './connect.ts'
import { placeOf } from './places.ts'
import { tariffFor } from './tariff-choice.ts'

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
 * Where a session was, and what its account costs. The tariff is that of its start; what was issued with a price keeps the
 * very version in all that replaces it, whatever has been told of tariffs and places since (INV-46).
 */
export const accountingOf = async (tx: Transaction, of: Accounted): Promise<Accounting> => {
  const { session, last, readings, startedAt } = of
  const [{ place, tariff, ...reserved }, states] = await Promise.all([
    basisOf(tx, session, { startedAt, kept: keptFrom(last, startedAt) }),
    courseOf(tx, session),
  ])
  return {
    place,
    price: (account) =>
      tariff && priceOfAccount(account, session, tariff, { zone: place.zone, readings, states, ...reserved }),
  }
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

export const basisOf = async (
  tx: Transaction,
  session: PlacedSession,
  { startedAt, kept }: { readonly startedAt: number; readonly kept?: Kept | undefined },
): Promise<Basis> => {
  const { tenant, identity, evse, connector, token, authorization } = session
  const [now, reserved] = await Promise.all([placeOf(tx, session, evse, startedAt), reservedSince(tx, session)])
  const place = { ...now, ...(kept !== undefined && { zone: kept.zone }) }
  const { contract, groupId } = authorization ?? {}
  const tariff =
    kept?.tariff ??
    (await tariffFor(tx, {
      tenant,
      identity,
      evse,
      connector,
      at: startedAt,
      place,
      ...(token !== undefined && { token }),
      ...(contract !== undefined && { contract }),
      ...(groupId !== undefined && { group: groupId }),
    }))
  return { place, ...(tariff !== undefined && { tariff }), ...reserved }
}

/** What it was priced by when it was issued; by its own start, which a release may have corrected. */
const keptFrom = (last: Cdr | undefined, startedAt: number): Kept | undefined => {
  const own = last?.measured ?? last
  return last?.state === 'held' || own?.startedAt !== startedAt ? undefined : own.priced
}

/** The station's word that it keeps a connector is not kept: it is kept from when it was ordered. */
const reservedSince = async (
  tx: Transaction,
  { id }: Pick<Session, 'id'>,
): Promise<{ readonly reservedAt?: number }> => {
  const [row] = await tx<
    { at: number | null }[]
  >`select ms(min(created_at)) as at from reservations where session = ${id}`
  return row?.at == null ? {} : { reservedAt: row.at }
}
