import type { Finish } from '../field.ts'
import type { AuthorizationInfo, EnergyContract, LocationReferences, PublishToken, Token } from '../model.ts'
import {
  boolean,
  ciText,
  dateTime,
  type FieldsOf,
  many,
  maybe,
  object,
  one,
  owner,
  shape,
  text,
  words,
} from '../shape.ts'
import { displayText } from './basics.ts'

export const tokenType = words('TokenType', 'OTHER RFID', {
  open: true,
  since: { '2.2.1': 'AD_HOC_USER APP_USER', '2.3.0': 'EMAID' },
  instead: {
    '2.2.1': { EMAID: 'OTHER' },
    '2.1.1': { EMAID: 'OTHER', AD_HOC_USER: 'OTHER', APP_USER: 'OTHER' },
  },
})

export const profileType = words('ProfileType', 'CHEAP FAST GREEN REGULAR')

const energyContract = shape('EnergyContract', {
  supplier_name: one(text(64)),
  contract_id: maybe(text(64)),
} satisfies FieldsOf<EnergyContract>)

/** What a driver presents (OCPI 2.3.0 mod_tokens). */
export const token = shape('Token', {
  country_code: owner('country_code', 2),
  party_id: owner('party_id', 3),
  uid: one(ciText(36)),
  type: one(tokenType),
  contract_id: one(ciText(36), { as: { '2.1.1': 'auth_id' } }),
  visual_number: maybe(text(64)),
  issuer: one(text(64)),
  group_id: maybe(ciText(36), { since: '2.2.1' }),
  valid: one(boolean),
  whitelist: one(words('WhitelistType', 'ALWAYS ALLOWED ALLOWED_OFFLINE NEVER')),
  language: maybe(text(2)),
  default_profile_type: maybe(profileType, { since: '2.2.1' }),
  energy_contract: maybe(object(energyContract), { since: '2.2.1' }),
  last_updated: one(dateTime),
} satisfies FieldsOf<Token>)

export const publishToken = shape(
  'PublishTokenType',
  {
    uid: maybe(ciText(36)),
    type: maybe(tokenType),
    visual_number: maybe(text(64)),
    issuer: maybe(text(64)),
    group_id: maybe(ciText(36)),
  } satisfies FieldsOf<PublishToken>,
  { since: '2.2.1' },
)

/** 2.1.1 can ask about single connectors; we ask about their EVSEs. */
const withoutConnectors: Finish = ({ connector_ids: connectors, ...done }, _source, { note }) => {
  if (connectors !== undefined) note('noField', 'an authorization is for EVSEs, not for connectors', '/connector_ids')
  return done
}

export const locationReferences = shape(
  'LocationReferences',
  {
    location_id: one(ciText(36, { '2.1.1': 39 })),
    evse_uids: many(ciText(36, { '2.1.1': 39 })),
  } satisfies FieldsOf<LocationReferences>,
  { only: { '2.1.1': { connector_ids: many(ciText(36)) } }, up: { '2.1.1': withoutConnectors } },
)

export const authorizationInfo = shape('AuthorizationInfo', {
  allowed: one(words('AllowedType', 'ALLOWED BLOCKED EXPIRED NO_CREDIT NOT_ALLOWED')),
  token: one(object(token), { since: '2.2.1', given: ({ token: known }) => known }),
  location: maybe(object(locationReferences)),
  authorization_reference: maybe(ciText(36), { since: '2.2.1' }),
  info: maybe(object(displayText)),
} satisfies FieldsOf<AuthorizationInfo>)
