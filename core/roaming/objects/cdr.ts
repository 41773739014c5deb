import type { Cdr } from '../model.ts'
import {
  boolean,
  ciText,
  dateTime,
  type FieldsOf,
  many,
  maybe,
  number,
  object,
  one,
  owner,
  shape,
  some,
  text,
  whole,
} from '../shape.ts'
import { cdrLocation, withRelevant, withWhole } from './cdr-location.ts'
import { authMethod, chargingPeriod, oneCdrToken } from './cdr-parts.ts'
import { location } from './location.ts'
import { newerPrice, onePrice } from './price.ts'
import { signedData } from './signed-data.ts'
import { tariff } from './tariff.ts'

const newer = { since: '2.2.1' } as const

/** The account of a session (OCPI 2.3.0 mod_cdrs). Where there are no credit CDRs, none can be sent: it would be one more bill. */
export const cdr = shape(
  'CDR',
  {
    country_code: owner('country_code', 2),
    party_id: owner('party_id', 3),
    id: one(ciText(39, { '2.1.1': 36 })),
    start_date_time: one(dateTime),
    end_date_time: one(dateTime, { as: { '2.1.1': 'stop_date_time' } }),
    session_id: maybe(ciText(36), newer),
    cdr_token: oneCdrToken,
    auth_method: one(authMethod),
    authorization_reference: maybe(ciText(36), newer),
    cdr_location: one(object(cdrLocation), { since: '2.2.1', moved: ['2.1.1'] }),
    meter_id: maybe(whole(255)),
    currency: one(whole(3)),
    tariffs: many(object(tariff)),
    charging_periods: some(object(chargingPeriod)),
    signed_data: maybe(object(signedData), newer),
    total_cost: onePrice,
    total_fixed_cost: newerPrice,
    total_energy: one(number),
    total_energy_cost: newerPrice,
    total_time: one(number),
    total_time_cost: newerPrice,
    total_parking_time: maybe(number),
    total_parking_cost: newerPrice,
    total_reservation_cost: newerPrice,
    remark: maybe(text(255)),
    invoice_reference_id: maybe(ciText(39), newer),
    credit: maybe(boolean, { since: '2.2.1', implied: false, bars: true }),
    credit_reference_id: maybe(ciText(39), newer),
    home_charging_compensation: maybe(boolean, { since: '2.2.1', implied: false }),
    last_updated: one(dateTime),
  } satisfies FieldsOf<Cdr>,
  {
    only: { '2.1.1': { location: one(object(location)) } },
    down: { '2.1.1': withWhole },
    up: { '2.1.1': withRelevant },
  },
)
