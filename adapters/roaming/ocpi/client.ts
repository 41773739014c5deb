import type { OcpiVersion, PartnerRole, Quirks } from '../../../core/domain/roaming-partner.ts'
import { addressFault, withSlash } from './address.ts'
import { opened } from './envelope.ts'
import type { OcpiParts } from './parts.ts'
import { headerOf } from './token.ts'

/** Whom we ask: with which token of theirs, and how they want to be asked. */
export interface Peer {
  readonly token: string
  readonly quirks: Quirks
  /** As far as that is known. */
  readonly version?: OcpiVersion
  readonly roles?: readonly PartnerRole[]
}

interface Question {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly url: string
  readonly body?: unknown
}

/** What a partner said; or why that is nothing, and whether it may have heard us all the same. */
export type Said = { readonly data: unknown } | Unsaid
export interface Unsaid {
  readonly fault: string
  readonly mayHaveHeard: boolean
  /** Of HTTP, where it answered. */
  readonly status?: number
}

const timeoutMs = 10_000

/** One question to a partner outside of the functional modules: so without the headers that name parties. */
export const ask = async (
  parts: Pick<OcpiParts, 'reach' | 'namedHosts' | 'ids' | 'log'>,
  { token, quirks, version = quirks.version }: Peer,
  { method, url, body }: Question,
): Promise<Said> => {
  const refused = addressFault(url, parts.namedHosts)
  if (refused !== undefined) {
    parts.log.warn('an address of a roaming partner is not called', { reason: refused })
    return { fault: `its address is not called: ${refused}`, mayHaveHeard: false }
  }
  const said = await parts.reach({
    method,
    url: quirks.trailingSlash ? withSlash(url) : url,
    headers: {
      authorization: headerOf(token, quirks, version),
      accept: 'application/json',
      ...(version !== '2.1.1' && { 'x-request-id': parts.ids.uuid(), 'x-correlation-id': parts.ids.uuid() }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: new TextEncoder().encode(JSON.stringify(body)) }),
    timeoutMs,
  })
  if (said.type === 'unreached') return { fault: said.reason, mayHaveHeard: false }
  if (said.type === 'unclear') return { fault: said.reason, mayHaveHeard: true }
  const { status, text, isWhole } = said
  if (!isWhole) return { fault: 'its answer broke off, or was too long', mayHaveHeard: true }
  const envelope = opened(text)
  const isFine = status >= 200 && status < 300
  if (envelope === undefined)
    return isFine
      ? { fault: `it answered ${status}, and nothing that is of OCPI`, mayHaveHeard: true }
      : { fault: `it answered ${status}`, mayHaveHeard: status >= 500, status }
  const { code, message, data } = envelope
  const why = message === '' ? '' : `: ${message}`
  if (!isFine) return { fault: `it answered ${status} (${code})${why}`, mayHaveHeard: false, status }
  if (code < 1_000 || code >= 2_000) return { fault: `it answered ${code}${why}`, mayHaveHeard: false }
  return { data }
}

/** Where an object is expected: what is the only one of a list, of whom that is known. */
export const objectIn = (data: unknown, { quirks }: Pick<Peer, 'quirks'>): unknown =>
  quirks.dataAsList && Array.isArray(data) && data.length === 1 ? data[0] : data
