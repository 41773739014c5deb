import { parseInstant } from '../../domain/instant.ts'
import { evseIdOf } from './identifiers.ts'
import { type Identification, identificationOfCdr } from './identification.ts'
import { forms } from './forms.ts'
import { kilowattHoursOf } from './kilowatt-hours.ts'
import type { Loss, Note } from '../field.ts'
import type { Cdr, ChargingPeriod, SignedData } from '../model.ts'

/** What a charging process was, for the EMP of its driver (OICP 2.3 eRoamingChargeDetailRecord, v2.2 of it). */
export interface ChargeDetailRecord {
  readonly SessionID: string
  readonly CPOPartnerSessionID?: string
  readonly EMPPartnerSessionID?: string
  readonly PartnerProductID?: string
  readonly EvseID: string
  readonly Identification: Identification
  readonly ChargingStart: string
  readonly ChargingEnd: string
  readonly SessionStart: string
  readonly SessionEnd: string
  readonly ConsumedEnergy: number
  readonly SignedMeteringValues?: readonly SignedMeteringValue[]
  readonly CalibrationLawVerificationInfo?: CalibrationLawVerification
}

export interface SignedMeteringValue {
  readonly SignedMeteringValue: string
  readonly MeteringStatus: 'Start' | 'Progress' | 'End'
}

export interface CalibrationLawVerification {
  readonly PublicKey?: string
  readonly MeteringSignatureUrl?: string
  readonly MeteringSignatureEncodingFormat?: string
}

/** What a CDR does not say itself: how the hub knows its session. */
export interface HubSession {
  /** The hub's name for it, which must come back. */
  readonly session: string
  /** The EMP's, where the hub has told it. */
  readonly empSession?: string
  /** With which the session was authorized: the hub knows it by that. */
  readonly identification?: Identification
}

export type MadeRecord =
  | { readonly record: ChargeDetailRecord; readonly losses: readonly Loss[] }
  | { readonly impossible: readonly string[] }

/** An account that is sealed, as the hub takes it. It has no money in it: prices are agreed on beforehand. */
export const chargeDetailRecord = (cdr: Cdr, hub: HubSession | undefined): MadeRecord => {
  const losses: Loss[] = []
  const noting =
    (pointer: string): Note =>
    (rule, detail, below = '') =>
      void losses.push({ pointer: pointer + below, rule, detail })
  const evseId = evseIdOf(cdr.cdr_location.evse_id)
  const identification = hub?.identification ?? identificationOfCdr(cdr.cdr_token)
  const session = sessionOf(cdr, hub)
  const impossible = [
    ...(cdr.credit === true ? ['OICP has no credit: what was wrong is settled outside of it'] : []),
    ...(session === undefined ? ['the hub has given its session no SessionID'] : []),
    ...(evseId === undefined ? [`${cdr.cdr_location.evse_id} is no EVSEID of OICP`] : []),
    ...(identification === undefined ? ['OICP has no form for what it was authorized with'] : []),
  ]
  if (session === undefined || evseId === undefined || identification === undefined || impossible.length > 0)
    return { impossible }
  const [chargingStart, chargingEnd] = chargedWithin(cdr)
  for (const name of unsaid) if (name in cdr) noting(`/${name}`)('noField', 'OICP has no money and no tariffs in it')
  return {
    record: {
      SessionID: session,
      ...(cdr.session_id !== undefined && { CPOPartnerSessionID: cdr.session_id }),
      ...(hub?.empSession !== undefined && { EMPPartnerSessionID: hub.empSession }),
      PartnerProductID: productOf(cdr),
      EvseID: evseId,
      Identification: identification,
      ChargingStart: chargingStart,
      ChargingEnd: chargingEnd,
      SessionStart: cdr.start_date_time,
      SessionEnd: cdr.end_date_time,
      ConsumedEnergy: kilowattHoursOf(cdr.total_energy, noting('/total_energy')),
      ...signedIn(cdr.signed_data, noting('/signed_data')),
    },
    losses,
  }
}

const unsaid = ['total_cost', 'tariffs', 'total_parking_time', 'remark'] as const

const sessionOf = ({ authorization_reference: reference }: Cdr, hub: HubSession | undefined): string | undefined =>
  hub?.session ?? (reference !== undefined && forms.sessionId.test(reference) ? reference : undefined)

/** The products that the hub recommends. */
const productOf = ({ cdr_location: { connector_power_type: type } }: Cdr): string => {
  if (type === 'DC') return 'DC'
  return type === 'AC_3_PHASE' ? 'AC3' : 'AC1'
}

/** Without the time before and after it in which a vehicle only stood there. */
const chargedWithin = ({
  start_date_time,
  end_date_time,
  charging_periods: periods,
}: Cdr): readonly [string, string] => {
  const first = periods.findIndex(isCharging)
  const last = periods.findLastIndex(isCharging)
  if (first < 0) return [start_date_time, start_date_time]
  return [periods[first]?.start_date_time ?? start_date_time, periods[last + 1]?.start_date_time ?? end_date_time]
}

const isCharging = ({ dimensions }: ChargingPeriod): boolean =>
  dimensions.some(({ type, volume }) => type !== 'PARKING_TIME' && type !== 'RESERVATION_TIME' && /[1-9]/.test(volume))

const natures: Readonly<Record<string, SignedMeteringValue['MeteringStatus']>> = {
  Start: 'Start',
  Intermediate: 'Progress',
  End: 'End',
}
const most = { values: 10, value: 3_000, key: 1_000, url: 200, format: 50 }

type Signed = Pick<ChargeDetailRecord, 'SignedMeteringValues' | 'CalibrationLawVerificationInfo'>

/** A signature that is cut is none: what is too long is left out. */
const signedIn = (signed: SignedData | undefined, note: Note): Signed => {
  if (signed === undefined) return {}
  const values = signed.signed_values.flatMap(({ nature, signed_data }, i): readonly SignedMeteringValue[] => {
    const status = Object.hasOwn(natures, nature) ? natures[nature] : undefined
    if (status !== undefined && signed_data.length <= most.value)
      return [{ SignedMeteringValue: signed_data, MeteringStatus: status }]
    note('leftOut', 'it is too long for OICP, or of a kind that it has not', `/signed_values/${i}`)
    return []
  })
  if (values.length > most.values) note('leftOut', `OICP has ${most.values} of them at most`, '/signed_values')
  const fits = <Name extends string>(name: Name, text: string | undefined, longest: number) =>
    text !== undefined && text !== '' && text.length <= longest ? ({ [name]: text } as Record<Name, string>) : {}
  return {
    ...(values.length > 0 && { SignedMeteringValues: firstAndLast(values) }),
    CalibrationLawVerificationInfo: {
      ...fits('PublicKey', signed.public_key, most.key),
      ...fits('MeteringSignatureUrl', signed.url, most.url),
      ...fits('MeteringSignatureEncodingFormat', signed.encoding_method, most.format),
    },
  }
}

/** Begin and end are what counts; the ones between are for looking at. */
const firstAndLast = (values: readonly SignedMeteringValue[]): readonly SignedMeteringValue[] => {
  const last = values.at(-1)
  return values.length <= most.values || last === undefined ? values : [...values.slice(0, most.values - 1), last]
}

const mostKwh = 1_000

/** Why the hub would call a record implausible (022): such a one is not sent, for it would be refused for good. */
export const implausible = (record: ChargeDetailRecord, now: number): readonly string[] => {
  const [sessionStart, start, end, sessionEnd] = [
    record.SessionStart,
    record.ChargingStart,
    record.ChargingEnd,
    record.SessionEnd,
  ].map((time) => parseInstant(time)?.ms ?? NaN) as [number, number, number, number]
  const { ConsumedEnergy: energy } = record
  return [
    ...([sessionStart, start, end, sessionEnd].some(Number.isNaN) ? ['a time of it is none'] : []),
    ...(sessionEnd < sessionStart ? ['the session ends before it starts'] : []),
    ...(end < start ? ['charging ends before it starts'] : []),
    ...(sessionEnd > now || end > now ? ['it ends in the future'] : []),
    ...(energy < 0 ? [`its energy is negative: ${energy} kWh`] : []),
    ...(energy > mostKwh ? [`its energy is more than ${mostKwh} kWh: ${energy}`] : []),
  ]
}
