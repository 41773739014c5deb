import type { PartyCode } from '../domain/party-code.ts'
import { energyOf, isBillable, type Session } from '../domain/session.ts'
import type { Priced } from '../pricing/priced.ts'
import { faultsOfSpot } from './cdr-location.ts'
import { cdrTokenOf, type Driver } from './cdr-token.ts'
import { chargingPeriodsOf } from './charging-periods.ts'
import { dateTime } from './date-time.ts'
import type { Mapped } from './mapped.ts'
import type { AuthMethod, Session as SessionObject, SessionStatus } from './model.ts'
import { notAvailable, ownerOf } from './owner.ts'
import { priceObject } from './price-object.ts'
import type { Spot } from './spot.ts'
import { kilowattHours } from './volume.ts'

/** What a session does not say of itself. */
export interface AboutSession {
  /** Of the CPO. */
  readonly code: PartyCode
  readonly driver: Driver
  readonly authMethod: AuthMethod
  /** The last one that the EMP gave. */
  readonly authorizationReference?: string
  readonly spot: Spot
  readonly meter?: string
  readonly currency: string
  /** What it has cost so far; absent = no tariff is for it. */
  readonly priced?: Priced
  readonly updatedAt: number
}

/** A session as it is now, for the EMP of its driver (OCPI 2.3.0 mod_sessions). */
export const sessionObject = (session: Session, about: AboutSession): Mapped<SessionObject> => {
  const { code, driver, authMethod, authorizationReference, spot, meter, currency, priced, updatedAt } = about
  const { startedAt, endedAt } = session
  const impossible = [...(startedAt === undefined ? ['when it began is not known'] : []), ...faultsOfSpot(spot)]
  if (startedAt === undefined || impossible.length > 0) return { impossible }
  return {
    object: {
      ...ownerOf(code),
      id: session.id,
      start_date_time: dateTime(startedAt),
      ...(endedAt !== undefined && { end_date_time: dateTime(endedAt) }),
      kwh: kilowattHours(energyOf(session)?.mwh ?? 0),
      cdr_token: cdrTokenOf(driver),
      auth_method: authMethod,
      ...(authorizationReference !== undefined && { authorization_reference: authorizationReference }),
      location_id: spot.site.id,
      evse_uid: spot.evse?.uid ?? notAvailable,
      connector_id: spot.outlet?.id ?? notAvailable,
      ...(meter !== undefined && { meter_id: meter }),
      currency: priced?.tariff.currency ?? currency,
      ...(priced !== undefined && {
        charging_periods: chargingPeriodsOf(priced),
        total_cost: priceObject(priced.total, priced.lines),
      }),
      status: sessionStatusOf(session),
      last_updated: dateTime(updatedAt),
    },
    losses: [],
  }
}

/** Completed is what does not change any more; while events of its end are on their way it is active. */
export const sessionStatusOf = (session: Session): SessionStatus => {
  const { state, authorization } = session
  if (state === 'closed' || state === 'inferred') return isBillable(session) ? 'COMPLETED' : 'INVALID'
  if (state === 'orphan') return 'INVALID'
  if (authorization === undefined) return 'PENDING'
  return authorization.status === 'Accepted' ? 'ACTIVE' : 'INVALID'
}
