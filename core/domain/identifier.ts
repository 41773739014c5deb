import { converted, type EvcoId, formatEvcoId, keyOfEvcoId, parseEvcoId } from './evco-id.ts'
import { type EvseId, formatEvseId, keyOfEvseId, parseEvseId } from './evse-id.ts'
import { formatPartyCode, parsePartyCode, type PartyCode, partyKey } from './party-code.ts'

/** What a text may be the identifier of. One of 14 letters and digits can be that of an EVSE and of a contract. */
export const identifierKinds = ['evse', 'evco', 'party'] as const
export type IdentifierKind = (typeof identifierKinds)[number]

/** A text as an identifier of one kind: its parts, by what it is equal to others, and how else it is written. */
export interface Reading {
  readonly kind: IdentifierKind
  readonly parts: Readonly<Record<string, string>>
  readonly key: string
  /** By the name of the form: `iso15118`, `din`, … */
  readonly forms: Readonly<Record<string, string>>
}

export interface Identified {
  readonly readings: readonly Reading[]
  /** Why it is none of the other kinds, for each of them a sentence. */
  readonly faults: Readonly<Partial<Record<IdentifierKind, string>>>
}

export const identify = (text: string): Identified => {
  const readings: Reading[] = []
  const faults: Partial<Record<IdentifierKind, string>> = {}
  for (const kind of identifierKinds) {
    const reading = read[kind](text)
    if ('fault' in reading) faults[kind] = reading.fault
    else readings.push({ kind, ...reading })
  }
  return { readings, faults }
}

type Read = Omit<Reading, 'kind'> | { readonly fault: string }

const read: Readonly<Record<IdentifierKind, (text: string) => Read>> = {
  evse(text) {
    const id = parseEvseId(text)
    return 'fault' in id ? id : { parts: { ...id }, key: keyOfEvseId(id), forms: formsOfEvse(id) }
  },
  evco(text) {
    const id = parseEvcoId(text)
    return 'fault' in id ? id : { parts: { ...id }, key: keyOfEvcoId(id), forms: formsOfEvco(id) }
  },
  party(text) {
    const code = parsePartyCode(text)
    return 'fault' in code ? code : { parts: { ...code }, key: partyKey(text) ?? '', forms: formsOfParty(code) }
  },
}

const formsOfEvse = (id: EvseId): Reading['forms'] =>
  id.form === 'din'
    ? { din: formatEvseId(id) }
    : { iso15118: formatEvseId(id), plain: keyOfEvseId(id), ocpi211: formatEvseId(id).replaceAll('*', '-') }

const formsOfEvco = (id: EvcoId): Reading['forms'] => {
  const [iso, emi3] = [converted(id, 'iso'), converted(id, 'emi3')]
  return {
    ...(id.form === 'din' && { din: formatEvcoId(id) }),
    iso15118: formatEvcoId(iso),
    ...(emi3.form === 'emi3' && { emi3: formatEvcoId(emi3) }),
    // at most 15 characters on the wire (ISO 15118-2 eMAIDType)
    plain: formatEvcoId(iso).replaceAll('-', ''),
  }
}

const formsOfParty = (code: PartyCode): Reading['forms'] => ({
  operator: formatPartyCode(code),
  provider: formatPartyCode(code).replace('*', '-'),
  plain: code.country + code.party,
})
