import { type Misread, misread, strangeIn } from './misread.ts'

/**
 * The code of a party in the market: the country that registered it and three characters, `DE*ABC`. EVSEIDs begin with
 * that of their operator, EVCO IDs with that of their provider (handbook/roaming.md §6).
 */
export interface PartyCode {
  /** ISO 3166-1 alpha-2; whether there is such a country is the registrar's affair. */
  readonly country: string
  readonly party: string
}

export const parsePartyCode = (text: string): PartyCode | Misread => {
  const strange = strangeIn(text.trim(), '*-')
  if (strange !== undefined) return misread(strange)
  const plain = text.trim().toUpperCase()
  const [, country, party] = /^([A-Z]{2})[*-]?([A-Z0-9]{3})$/.exec(plain) ?? []
  if (country !== undefined && party !== undefined) return { country, party }
  if (plain.replaceAll(/[*-]/g, '').length !== 5)
    return misread('it is not two letters of a country and three characters of a party')
  return misread(
    /^[A-Z]{2}/.test(plain)
      ? 'a separator can stand only after the country'
      : `the country is two letters, and this begins with “${plain.slice(0, 2)}”`,
  )
}

export const formatPartyCode = ({ country, party }: PartyCode): string => `${country}*${party}`

/** By what party codes are equal: capitals without a separator. Undefined for what is none. */
export const partyKey = (text: string): string | undefined => {
  const code = parsePartyCode(text)
  return 'fault' in code ? undefined : code.country + code.party
}
