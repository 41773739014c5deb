import { threeLetters } from '../domain/country.ts'
import type { DocumentContent } from '../domain/document.ts'
import { parseInstant } from '../domain/instant.ts'
import type { PartyCode } from '../domain/party-code.ts'
import { isReservation } from '../pricing/cut.ts'
import { cdrLocationOf, faultsOfSpot } from './cdr-location.ts'
import { cdrTokenOf, type Driver } from './cdr-token.ts'
import { cdrTotalsOf } from './cdr-totals.ts'
import { chargingPeriodsOf } from './charging-periods.ts'
import { dateTime } from './date-time.ts'
import type { Loss, Mapped } from './mapped.ts'
import type { AuthMethod, Cdr } from './model.ts'
import { ownerOf } from './owner.ts'
import { signedDataOf } from './signed-data.ts'
import type { Spot } from './spot.ts'
import { tariffObject } from './tariff-object.ts'

/** What an account does not say of its session, as it was when that started. */
export interface AboutCdr {
  /** Of the CPO. */
  readonly code: PartyCode
  readonly driver: Driver
  readonly authMethod: AuthMethod
  /** The last one that the EMP gave. */
  readonly authorizationReference?: string
  readonly spot: Spot
  readonly meter?: string
  /** When the version of its tariff was written; absent: by the start of the session. */
  readonly tariffUpdatedAt?: number
}

type Sealed = Pick<DocumentContent, 'account' | 'signed' | 'sealedAt'>

/**
 * An account that was sealed, as a CDR for the EMP of its driver (OCPI 2.3.0 mod_cdrs; handbook/roaming.md §2.7, §4.1 rules
 * 10 and 11). Its totals are those of the account, to the last digit. One that no tariff was for is not sent: it would
 * have to say what it costs.
 */
export const cdrObject = (sealed: Sealed, about: AboutCdr): Mapped<Cdr> => {
  const { account } = sealed
  const { priced } = account
  const spot = asAccounted(about.spot, account)
  const isSession = priced === undefined || !priced.periods.every(isReservation)
  const impossible = [
    ...(priced === undefined ? ['no tariff was for it'] : []),
    ...(isSession ? faultsOfSession(spot) : []),
    ...countryFault(spot),
  ]
  if (priced === undefined || impossible.length > 0) return { impossible }
  const { code, driver, authMethod, authorizationReference, meter } = about
  const tariff = tariffObject(priced.tariff, { code, updatedAt: about.tariffUpdatedAt ?? account.startedAt })
  const signed = signedDataOf(sealed.signed)
  const remark = [account.stopReason, ...account.notes].join('; ')
  const object: Cdr = {
    ...ownerOf(code),
    id: account.id,
    start_date_time: dateTime(priced.periods[0]?.from ?? account.startedAt),
    end_date_time: dateTime(priced.periods.at(-1)?.until ?? account.endedAt),
    ...(isSession && { session_id: account.session }),
    cdr_token: cdrTokenOf(driver),
    auth_method: authMethod,
    ...(authorizationReference !== undefined && { authorization_reference: authorizationReference }),
    cdr_location: cdrLocationOf(spot),
    ...(meter !== undefined && { meter_id: meter }),
    currency: priced.tariff.currency,
    tariffs: [tariff.object],
    charging_periods: chargingPeriodsOf(priced),
    ...(signed !== undefined && { signed_data: signed }),
    ...cdrTotalsOf(priced),
    remark,
    last_updated: dateTime(parseInstant(sealed.sealedAt)?.ms ?? account.endedAt),
  }
  const losses = tariff.losses.map(({ pointer, detail }) => ({ pointer: `/tariffs/0${pointer}`, detail }))
  return { object, losses: [...losses, ...lossesOf(sealed, signed !== undefined)] }
}

/** An EVSEID may move: the one that the account was written with is its own. */
const asAccounted = (spot: Spot, { evseId }: Sealed['account']): Spot =>
  evseId === undefined || spot.evse === undefined ? spot : { ...spot, evse: { ...spot.evse, evseId } }

const faultsOfSession = (spot: Spot): readonly string[] => [
  ...faultsOfSpot(spot),
  ...(spot.evse !== undefined && spot.evse.evseId === undefined ? [`EVSE ${spot.evse.uid} has no EVSEID`] : []),
]

const countryFault = ({ site: { address } }: Spot): readonly string[] =>
  threeLetters(address.country) === undefined ? [`${address.country} is no country of ISO 3166-1`] : []

const lossesOf = ({ account, signed }: Sealed, isSignedSaid: boolean): readonly Loss[] => [
  ...(signed.length > 0 && !isSignedSaid
    ? [
        {
          pointer: '/signed_data',
          detail: 'the signed meter values are of encodings that are not known, or of several',
        },
      ]
    : []),
  ...(account.exportedMwh === undefined
    ? []
    : [{ pointer: '/total_energy', detail: 'what the vehicle gave back is not told apart' }]),
]
