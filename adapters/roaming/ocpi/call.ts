import { isRegistered, type RoamingPartner } from '../../../core/domain/roaming-partner.ts'
import { clean } from '../../../core/domain/text.ts'
import type { CallModule, Exchange, ModuleCall, ModuleReply } from '../../../core/ports/roaming.ts'
import type { Reached } from '../../../core/ports/roaming-partners.ts'
import { addressFault, withSlash } from './address.ts'
import { opened } from './envelope.ts'
import { routed, unreachable } from './hub-routing.ts'
import { lossText } from './losses.ts'
import type { OcpiParts } from './parts.ts'
import { headersOf, namesParties } from './routing.ts'
import { headerOf } from './token.ts'

type Parts = Pick<OcpiParts, 'reach' | 'namedHosts' | 'sealer' | 'ids' | 'clock' | 'ledger' | 'log'>

const usualMs = 10_000
/** A page of a hundred locations with many EVSEs each is a few MB. */
const mostBytes = 32 * 1024 * 1024

/** Calls modules of partners over OCPI; in the ledger is what was sent and what came of it. */
export const moduleCaller =
  (parts: Parts): CallModule =>
  async (partner, call) => {
    const url = addressOf(partner, call)
    if (url === undefined || partner.token === undefined || !isRegistered(partner))
      return { type: 'absent', reason: `it has no ${call.module} (${call.role}), or is not registered` }
    const refused = addressFault(url, parts.namedHosts)
    if (refused !== undefined) return { type: 'absent', reason: `its address is not called: ${refused}` }
    const away = unreachable(partner, call)
    if (away !== undefined) return away
    const text = call.text ?? (call.body === undefined ? undefined : JSON.stringify(call.body))
    const body = text === undefined ? undefined : new TextEncoder().encode(text)
    const [at, began] = [parts.clock.now(), parts.clock.monotonic()]
    const reached = await parts.reach({
      method: call.method,
      url: partner.quirks.trailingSlash && call.url === undefined ? withSlash(url) : url,
      headers: {
        authorization: headerOf(parts.sealer.open(partner.token), partner.quirks, partner.version),
        accept: 'application/json',
        ...(partner.version !== '2.1.1' && { 'x-request-id': parts.ids.uuid(), 'x-correlation-id': parts.ids.uuid() }),
        ...(namesParties(partner) && headersOf(routed(partner, call))),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body }),
      timeoutMs: call.timeoutMs ?? usualMs,
      mostBytes,
    })
    const reply = replyOf(reached, partner.quirks.dataAsList && !isList(call))
    parts.ledger.note({
      ...lineOf(partner, call, reply),
      at,
      tookMs: Math.round(parts.clock.monotonic() - began),
      bytesOut: body?.length ?? 0,
      bytesIn: reached.type === 'answered' ? reached.text.length : 0,
    })
    return reply
  }

const addressOf = (
  { endpoints }: RoamingPartner,
  { module, role, url, path = [], query }: ModuleCall,
): string | undefined => {
  const base = url ?? endpoints.find((one) => one.module === module && one.role === role)?.url
  if (base === undefined || !URL.canParse(base)) return undefined
  const whole = new URL(base)
  if (path.length > 0) whole.pathname = [whole.pathname.replace(/\/$/, ''), ...path.map(encodeURIComponent)].join('/')
  for (const [name, value] of Object.entries(query ?? {})) whole.searchParams.set(name, value)
  return whole.href
}

/** What HTTP and the envelope say, as one: HTTP's word counts only where the envelope's is missing or good. */
const replyOf = (reached: Reached, isWrapped: boolean): ModuleReply => {
  if (reached.type === 'unreached') return { type: 'failed', reason: reached.reason }
  if (reached.type === 'unclear') return reached
  const { status, text, isWhole, headers = {} } = reached
  if (!isWhole) return { type: 'unclear', reason: 'its answer broke off, or was too long' }
  const envelope = opened(text)
  const isFine = status >= 200 && status < 300
  if (envelope === undefined) {
    const reason = `it answered ${status}${isFine ? ', and nothing that is of OCPI' : ''}`
    if (isFine) return { type: 'unclear', reason, headers: flat(headers) }
    return status === 429 || status >= 500
      ? { type: 'failed', reason, status, ...retryAfter(headers) }
      : { type: 'refused', reason, status }
  }
  const { code, message, data } = envelope
  const reason = `it answered ${isFine ? code : `${status} (${code})`}${message === '' ? '' : `: ${message}`}`
  if (isFine && code >= 1_000 && code < 2_000)
    return { type: 'done', data: isWrapped ? single(data) : data, code, status, headers: flat(headers) }
  if (status === 429 || status >= 500 || (isFine && code >= 3_000))
    return { type: 'failed', reason, status, ...retryAfter(headers) }
  return { type: 'refused', reason, status, code }
}

const isList = ({ kind, path = [] }: ModuleCall): boolean => kind === 'pull' && path.length === 0

/** Of whom that is known: what is the only one of a list is meant by itself. */
const single = (data: unknown): unknown => (Array.isArray(data) && data.length === 1 ? data[0] : data)

type Headers = NonNullable<Extract<Reached, { type: 'answered' }>['headers']>

const flat = (headers: Headers): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, typeof value === 'string' ? value : value.join(', ')]],
    ),
  )

/** In seconds; dates are rare there, and a usual wait does as well. */
const retryAfter = (headers: Headers): { readonly retryAfterMs?: number } => {
  const said = headers['retry-after']
  return typeof said === 'string' && /^\d{1,6}$/.test(said) ? { retryAfterMs: Number(said) * 1_000 } : {}
}

type Outcome = Pick<Exchange, 'result' | 'status' | 'code' | 'detail'>

const lineOf = (
  { tenant, id }: RoamingPartner,
  { kind, module, method, object, attempt = 1, losses = [] }: ModuleCall,
  reply: ModuleReply,
): Outcome & Pick<Exchange, 'tenant' | 'partner' | 'kind' | 'module' | 'method' | 'object' | 'attempt'> => ({
  tenant,
  partner: id,
  kind,
  module,
  method,
  ...(object !== undefined && { object }),
  attempt,
  ...outcomeOf(reply, lossText(losses)),
})

const outcomeOf = (reply: ModuleReply, lost: string | undefined): Outcome => {
  if (reply.type === 'done')
    return { result: 'done', status: reply.status, code: reply.code, ...(lost !== undefined && { detail: lost }) }
  const detail = clean(reply.reason, 500)
  if (reply.type === 'unclear' || reply.type === 'absent')
    return { result: reply.type === 'unclear' ? 'unclear' : 'failed', detail }
  return {
    result: reply.type,
    detail,
    ...(reply.status !== undefined && { status: reply.status }),
    ...('code' in reply && reply.code !== undefined && { code: reply.code }),
  }
}
