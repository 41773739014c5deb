import { ciKey, isJson, type Json, type Turn, unsayable } from '../field.ts'
import type { CdrDimension, CdrToken, ChargingPeriod } from '../model.ts'
import { ciText, dateTime, type FieldsOf, maybe, number, object, one, owner, shape, some, words } from '../shape.ts'
import { tokenType } from './token.ts'

/** What sessions and CDRs have both (OCPI 2.3.0 mod_cdrs). */

/** Whoever asked for a session has granted it: where COMMAND is no word, the EMP was asked. */
export const authMethod = words('AuthMethod', 'AUTH_REQUEST WHITELIST', {
  since: { '2.2.1': 'COMMAND' },
  instead: { '2.1.1': { COMMAND: 'AUTH_REQUEST' } },
})

const dimension = shape('CdrDimension', {
  type: one(
    words('CdrDimensionType', 'ENERGY MAX_CURRENT MIN_CURRENT PARKING_TIME TIME', {
      since: {
        '2.2.1': 'CURRENT ENERGY_EXPORT ENERGY_IMPORT MAX_POWER MIN_POWER POWER RESERVATION_TIME STATE_OF_CHARGE',
      },
      only: { '2.1.1': 'FLAT' },
    }),
  ),
  volume: one(number),
} satisfies FieldsOf<CdrDimension>)

export const chargingPeriod = shape('ChargingPeriod', {
  start_date_time: one(dateTime),
  dimensions: some(object(dimension), { fill: { '2.1.1': [{ type: 'TIME', volume: '0' }] } }),
  tariff_id: maybe(ciText(36), { since: '2.2.1' }),
} satisfies FieldsOf<ChargingPeriod>)

const cdrToken = shape('CdrToken', {
  country_code: owner('country_code', 2),
  party_id: owner('party_id', 3),
  uid: one(ciText(36)),
  type: one(tokenType),
  contract_id: one(ciText(36)),
} satisfies FieldsOf<CdrToken>)

/** 2.1.1 names the contract alone. */
const contractOnly: Turn = (value, { note, known: { token } }) => {
  if (!isJson(value)) return value
  for (const name of Object.keys(value))
    if (name !== 'contract_id' && value[name] !== token?.[name])
      note('noField', 'a token is named by its contract alone', `/${name}`)
  return value['contract_id'] ?? unsayable
}

const named = ['country_code', 'party_id', 'uid', 'type'] as const

/** A session's owner is not its token's: all but the contract comes from the token. */
const tokenOf: Turn = (value, { note, known: { token } }) => {
  const source: Json = token !== undefined && ciKey(token['contract_id']) === ciKey(value) ? token : {}
  const rest = named.map((name) => [name, source[name]] as const)
  for (const [name, found] of rest)
    if (found === undefined) note('missing', `${name} of the token with this contract is not known`)
  return Object.fromEntries([...rest.filter(([, found]) => found !== undefined), ['contract_id', value]])
}

export const oneCdrToken = one(object(cdrToken), {
  as: { '2.1.1': 'auth_id' },
  type: { '2.1.1': ciText(36) },
  down: { '2.1.1': contractOnly },
  up: { '2.1.1': tokenOf },
})
