import { accountSoFar } from '../../core/domain/cdr.ts'
import type { Session } from '../../core/domain/session.ts'
import type { Cost } from '../../core/ports/prices.ts'
import { lastsTooLong, needsCourse, priceOfAccount } from '../../core/pricing/account-usage.ts'
import { type Basis, type PlacedSession, withBases } from './accounting.ts'
import { courseOf } from './charging-course.ts'
import { readingsOf } from './circumstances.ts'
import type { Sql, Transaction } from './connect.ts'
import { ReadThrough } from './read-through.ts'
import { asTenant } from './tenant.ts'

/**
 * What sessions cost so far by their tariffs: worked out as their accounts are, from the same rows, so that the last cost
 * that a driver is told is the one that is billed.
 */
export interface SessionCosts {
  /** Whether a tenant has given any tariff to anybody; true where that is not known yet. */
  mayHaveTariff(tenant: string): boolean
  /** At a time by the station's clock; undefined where no tariff is for it. */
  costOf(session: Session, at: number): Promise<Cost | undefined>
  /** Tariffs, what they are given to, or where things are have changed; or they may have. */
  forget(): void
}

/** Sessions of one worker that are under way. */
const mostSessions = 50_000

export const postgresSessionCosts = (app: Sql): SessionCosts => {
  const tenants = new ReadThrough<{ readonly isPriced: boolean }>((tenant) =>
    asTenant(app, tenant, async (tx) => {
      const [row] = await tx<{ is_priced: boolean }[]>`select exists (
        select from tariff_assignments where tenant = ${tenant}) as is_priced`
      return { isPriced: row?.is_priced === true }
    }),
  )
  const bases = new ReadThrough<Basis>((key) => {
    const { startedAt, ...session } = JSON.parse(key) as PlacedSession & { readonly startedAt: number }
    return asTenant(app, session.tenant, async (tx) => {
      const [based] = await withBases(tx, session.tenant, [{ session, startedAt }])
      return based?.basis
    })
  }, mostSessions)
  return {
    mayHaveTariff: (tenant) => tenants.known(tenant)?.isPriced !== false,
    async costOf(session, at) {
      const { tenant, startedAt } = session
      // without a start there is no tariff of it
      if (startedAt === undefined) return undefined
      if ((await tenants.find(tenant))?.isPriced === false) return undefined
      const { tariff, place, ...reserved } = (await bases.find(keyOf(session, startedAt))) ?? {}
      if (tariff === undefined || place === undefined) return undefined
      const account = accountSoFar(session, at)
      if (lastsTooLong(account)) return undefined
      const { readings, states } = needsCourse(tariff)
        ? await asTenant(app, tenant, (tx) => evidenceOf(tx, { ...session, endedAt: account.endedAt }))
        : { readings: [], states: [] }
      const evidence = { zone: place.zone, readings, states, ...reserved }
      const { total } = priceOfAccount(account, session, tariff, evidence)
      return { total: total.gross, currency: tariff.currency }
    },
    forget() {
      tenants.forgetAll()
      bases.forgetAll()
    },
  }
}

/** Everything that its tariff can depend on: what is told later of its place or its token makes it another. */
const keyOf = (session: PlacedSession, startedAt: number): string => {
  const { id, tenant, identity, evse, connector, token, authorization } = session
  const { contract, groupId } = authorization ?? {}
  const key: PlacedSession & { readonly startedAt: number } = {
    id,
    tenant,
    identity,
    evse,
    connector,
    startedAt,
    ...(token !== undefined && { token }),
    authorization: { ...(contract !== undefined && { contract }), ...(groupId !== undefined && { groupId }) },
  }
  return JSON.stringify(key)
}

const evidenceOf = async (tx: Transaction, session: Session) => {
  const [readings, courses] = await Promise.all([readingsOf(tx, [session]), courseOf(tx, [session])])
  return { readings: readings.get(session.id) ?? [], states: courses.get(session.id) ?? [] }
}
