import { formatEvcoId, parseEvcoId } from '../../domain/evco-id.ts'
import { formatEvseId, parseEvseId } from '../../domain/evse-id.ts'
import { parsePartyCode, type PartyCode } from '../../domain/party-code.ts'
import { forms } from './forms.ts'

/** Identifiers of ours as OICP writes them; undefined for what it has no form for. */

export const evseIdOf = (text: string): string | undefined => {
  const id = parseEvseId(text)
  if ('fault' in id || id.type !== 'evse') return undefined
  const written = formatEvseId(id)
  return forms.evseId.test(written) ? written : undefined
}

/** Of the EVSEs of whom an EVSEID is: the code that it begins with, `DEABC`, `+49123`. */
export const operatorKeyOf = (evseId: string): string | undefined => {
  const id = parseEvseId(evseId)
  if ('fault' in id) return undefined
  return id.form === 'din' ? `+${id.country}${id.operator}` : id.country + id.operator
}

/** By what OperatorIDs are equal. */
export const keyOfOperator = (operatorId: string): string => {
  const plain = operatorId.trim().toUpperCase().replaceAll(/[*-]/g, '')
  return /^\d/.test(plain) ? `+${plain}` : plain
}

/** With its check digit, which OICP does not leave out. A contract of ISO that does not begin with C has no form there. */
export const evcoIdOf = (text: string): string | undefined => {
  const id = parseEvcoId(text)
  if ('fault' in id) return undefined
  const written = formatEvcoId(id)
  return forms.evcoId.test(written) ? written : undefined
}

/** UIDs are read by some stations with separators between the bytes. */
export const uidOf = (text: string): string | undefined => {
  const plain = text.replaceAll(/[\s:-]/g, '').toUpperCase()
  return forms.uid.test(plain) ? plain : undefined
}

/** Whose driver it is; undefined for what is no ProviderID. */
export const providerCode = (providerId: string): PartyCode | undefined => {
  const code = parsePartyCode(providerId)
  return 'fault' in code ? undefined : code
}
