import { clean } from '../../../core/domain/text.ts'
import type { Exchange } from '../../../core/ports/roaming.ts'
import type { ClientIdentity, Reached } from '../../../core/ports/roaming-partners.ts'
import { faultsText, readMessage, type Read } from '../../../core/roaming/oicp/message.ts'
import {
  acknowledgement,
  type Acknowledgement,
  authorizationAnswer,
  type AuthorizationAnswer,
} from '../../../core/roaming/oicp/messages.ts'
import { bodyOf, type OicpRequest, urlOf } from '../../../core/roaming/oicp/requests.ts'
import { isPassing, isStatusCode, statusCodes } from '../../../core/roaming/oicp/status-code.ts'
import type { Hub, OicpParts } from './parts.ts'

/** What the hub made of a request. */
export type HubReply<Answer = Acknowledgement> =
  | { readonly type: 'done'; readonly answer: Answer }
  /** It has understood, and will not; the same again would be refused again. */
  | { readonly type: 'refused'; readonly code: string; readonly reason: string }
  /** It cannot now, and has not done it. */
  | { readonly type: 'failed'; readonly reason: string }
  /** It may have done it. */
  | { readonly type: 'unclear'; readonly reason: string }

type Parts = Pick<OicpParts, 'reach' | 'sealer' | 'clock' | 'ledger'>

interface Asking {
  readonly timeoutMs?: number
  readonly attempt?: number
}

/** A full load of a large operator takes the hub its time. */
const usualMs = 30_000
const mostBytes = 1024 * 1024

type Authorizing = Extract<OicpRequest, { readonly operation: 'authorizeStart' }>

/** Calls the hub as the operator that the client certificate is of. Never throws; every call is in the ledger. */
export const askHub = (parts: Parts, hub: Hub, request: Exclude<OicpRequest, Authorizing>, asking?: Asking) =>
  exchanged(parts, hub, request, { ...asking, read: acknowledgement })

/** The same of the question that has an answer of its own. */
export const askWhether = (
  parts: Parts,
  hub: Hub,
  request: Authorizing,
  asking?: Asking,
): Promise<HubReply<AuthorizationAnswer>> => exchanged(parts, hub, request, { ...asking, read: authorizationAnswer })

const exchanged = async <Answer extends Acknowledgement | AuthorizationAnswer>(
  parts: Parts,
  hub: Hub,
  request: OicpRequest,
  { read, timeoutMs = usualMs, attempt = 1 }: Asking & { readonly read: Read<Answer> },
): Promise<HubReply<Answer>> => {
  const { settings } = hub
  const body = new TextEncoder().encode(JSON.stringify(bodyOf(request, settings)))
  const [at, began] = [parts.clock.now(), parts.clock.monotonic()]
  const client = identityOf(parts, hub)
  const reached: Reached =
    client === undefined
      ? { type: 'unreached', reason: 'its client certificate cannot be read any more' }
      : await parts.reach({
          method: 'POST',
          url: urlOf(settings.baseUrl, request.operation, settings.operatorId),
          headers: { accept: 'application/json', 'content-type': 'application/json' },
          body,
          timeoutMs,
          mostBytes,
          client,
        })
  const reply = replyOf(reached, read)
  parts.ledger.note({
    ...lineOf(hub, request, attempt),
    ...outcomeOf(reply),
    at,
    tookMs: Math.round(parts.clock.monotonic() - began),
    bytesOut: body.length,
    bytesIn: reached.type === 'answered' ? reached.text.length : 0,
    ...(reached.type === 'answered' && { status: reached.status }),
  })
  return reply
}

const identityOf = ({ sealer }: Parts, { settings }: Hub): ClientIdentity | undefined => {
  try {
    return {
      certificate: sealer.open(settings.certificate),
      key: sealer.open(settings.key),
      ...(settings.authority !== undefined && { authority: settings.authority }),
    }
  } catch {
    return undefined
  }
}

const replyOf = <Answer extends Acknowledgement | AuthorizationAnswer>(
  reached: Reached,
  read: Read<Answer>,
): HubReply<Answer> => {
  if (reached.type === 'unreached') return { type: 'failed', reason: reached.reason }
  if (reached.type === 'unclear') return reached
  const { status, text, isWhole } = reached
  if (!isWhole) return { type: 'unclear', reason: 'its answer broke off, or was too long' }
  const said = readMessage(read, parsed(text))
  if ('faults' in said) {
    const reason = `it answered ${status}, and nothing of OICP: ${faultsText(said.faults)}`
    if (status === 429 || status === 503) return { type: 'failed', reason: `it answered ${status}` }
    // what it did before it failed is not known
    return status >= 400 && status < 500
      ? { type: 'refused', code: String(status), reason }
      : { type: 'unclear', reason }
  }
  const { message } = said
  const { Code: code, AdditionalInfo: info } = message.StatusCode
  const isDone = 'Result' in message ? message.Result : message.AuthorizationStatus === 'Authorized'
  if (isDone) return { type: 'done', answer: message }
  const meaning = isStatusCode(code) ? statusCodes[code] : (message.StatusCode.Description ?? '')
  const reason = clean(`${code}: ${meaning}${info === undefined ? '' : ` (${info})`}`, 500)
  return isPassing(code) ? { type: 'failed', reason } : { type: 'refused', code, reason }
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const modules = {
  evseData: 'locations',
  evseStatus: 'locations',
  authorizeStart: 'tokens',
  cdr: 'cdrs',
  notification: 'sessions',
} as const

type Line = Pick<Exchange, 'tenant' | 'partner' | 'kind' | 'module' | 'method' | 'object' | 'attempt'>

const lineOf = ({ partner }: Hub, request: OicpRequest, attempt: number): Line => ({
  tenant: partner.tenant,
  partner: partner.id,
  kind: request.operation === 'authorizeStart' ? 'ask' : 'push',
  module: modules[request.operation],
  method: 'POST',
  object: objectOf(request),
  attempt,
})

const objectOf = (request: OicpRequest): string => {
  switch (request.operation) {
    case 'evseData':
    case 'evseStatus':
      return `${request.operation} ${request.action} ${request.records.length}`
    case 'cdr':
      return request.record.SessionID
    case 'notification':
      return `${request.notification.Type} ${request.notification.SessionID}`
    case 'authorizeStart':
      return request.operation
  }
}

const outcomeOf = (reply: HubReply<unknown>): Pick<Exchange, 'result' | 'code' | 'detail'> => {
  if (reply.type === 'done') return { result: 'done', code: 0 }
  const { reason: detail } = reply
  return { result: reply.type, detail, ...(reply.type === 'refused' && { code: Number(reply.code) || 0 }) }
}
