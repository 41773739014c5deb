import type { PartyCode } from '../domain/party-code.ts'
import type { Owner } from './model.ts'

/** The code of a party, in the two fields that say whose an object is. */
export const ownerOf = ({ country, party }: PartyCode): Owner => ({ country_code: country, party_id: party })

export const codeOf = ({ country_code, party_id }: Owner): PartyCode => ({
  country: country_code.toUpperCase(),
  party: party_id.toUpperCase(),
})

/** What a required field has where nobody can know it (OCPI 2.3.0 transport_and_format, “No data available”). */
export const notAvailable = '#NA'
