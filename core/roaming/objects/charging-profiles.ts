import type {
  ActiveChargingProfile,
  ActiveChargingProfileResult,
  ChargingProfile,
  ChargingProfilePeriod,
  ChargingProfileResponse,
  ChargingProfileResult,
  ClearProfileResult,
  SetChargingProfile,
} from '../model.ts'
import { dateTime, type FieldsOf, int, many, maybe, number, object, one, shape, url, words } from '../shape.ts'

/** How much a session may draw (OCPI 2.3.0 mod_charging_profiles; 2.1.1 has no such module). */
const newer = { since: '2.2.1' } as const

const period = shape(
  'ChargingProfilePeriod',
  { start_period: one(int), limit: one(number) } satisfies FieldsOf<ChargingProfilePeriod>,
  newer,
)

const profile = shape(
  'ChargingProfile',
  {
    start_date_time: maybe(dateTime),
    duration: maybe(int),
    charging_rate_unit: one(words('ChargingRateUnit', 'W A')),
    min_charging_rate: maybe(number),
    charging_profile_period: many(object(period)),
  } satisfies FieldsOf<ChargingProfile>,
  newer,
)

export const setChargingProfile = shape(
  'SetChargingProfile',
  { charging_profile: one(object(profile)), response_url: one(url) } satisfies FieldsOf<SetChargingProfile>,
  newer,
)

export const activeChargingProfile = shape(
  'ActiveChargingProfile',
  {
    start_date_time: one(dateTime),
    charging_profile: one(object(profile)),
  } satisfies FieldsOf<ActiveChargingProfile>,
  newer,
)

export const chargingProfileResponse = shape(
  'ChargingProfileResponse',
  {
    result: one(words('ChargingProfileResponseType', 'ACCEPTED NOT_SUPPORTED REJECTED TOO_OFTEN UNKNOWN_SESSION')),
    timeout: one(int),
  } satisfies FieldsOf<ChargingProfileResponse>,
  newer,
)

const result = one(words('ChargingProfileResultType', 'ACCEPTED REJECTED UNKNOWN'))

export const activeChargingProfileResult = shape(
  'ActiveChargingProfileResult',
  { result, profile: maybe(object(activeChargingProfile)) } satisfies FieldsOf<ActiveChargingProfileResult>,
  newer,
)

export const chargingProfileResult = shape(
  'ChargingProfileResult',
  { result } satisfies FieldsOf<ChargingProfileResult>,
  newer,
)

export const clearProfileResult = shape('ClearProfileResult', { result } satisfies FieldsOf<ClearProfileResult>, newer)
