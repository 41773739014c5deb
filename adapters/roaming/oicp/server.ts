import { tenantFault } from '../../../core/domain/charge-point.ts'
import { isRegistered } from '../../../core/domain/roaming-partner.ts'
import { clean } from '../../../core/domain/text.ts'
import type { HubWish } from '../../../core/ports/oicp.ts'
import type { PartnerRef } from '../../../core/ports/roaming-partners.ts'
import { acknowledged } from '../../../core/roaming/oicp/acknowledged.ts'
import { providerCode } from '../../../core/roaming/oicp/identifiers.ts'
import { type Fault, faultsText, type Read, readMessage } from '../../../core/roaming/oicp/message.ts'
import {
  type Acknowledgement,
  remoteStart,
  type RemoteStop,
  remoteStop,
  reservationStart,
  reservationStop,
  usualReservation,
} from '../../../core/roaming/oicp/messages.ts'
import type { StatusCode } from '../../../core/roaming/oicp/status-code.ts'
import { type Hub, hubOf, type OicpParts } from './parts.ts'
import { learnProvider } from './providers.ts'
import { type Caller, isShownBy, type Shows } from './shown.ts'

export const isOicp = (path: string): boolean => path.startsWith('/oicp/')

const operations = {
  'charging/v21 authorize-remote/start': 'start',
  'charging/v21 authorize-remote/stop': 'stop',
  'reservation/v11 reservation-start-request': 'reserve',
  'reservation/v11 reservation-stop-request': 'cancel',
} as const
type Operation = (typeof operations)[keyof typeof operations]

interface Place {
  readonly tenant: string
  /** The hub: one tenant may have several. */
  readonly partner: string
  readonly operation: Operation
  readonly provider: string
}

/** `/oicp/<tenant>/<partner>/api/oicp/charging/v21/providers/<provider>/authorize-remote/start` and its siblings. */
const placeOf = (path: string): Place | undefined => {
  const [, tenant = '', partner = '', service = '', provider = '', rest = ''] =
    /^\/oicp\/([^/]+)\/([^/]+)\/(?:api\/oicp\/)?([a-z]+\/v\d+)\/providers\/([^/]+)\/([a-z-]+(?:\/[a-z]+)?)\/?$/.exec(
      path,
    ) ?? []
  const name = `${service} ${rest}`
  if (!Object.hasOwn(operations, name) || tenantFault(tenant)) return undefined
  return { tenant, partner, provider: decoded(provider), operation: operations[name as keyof typeof operations] }
}

const decoded = (part: string): string => {
  try {
    return clean(decodeURIComponent(part), 20)
  } catch {
    return part
  }
}

type Parts = OicpParts & { readonly shows: Shows }

/** What EMPs want of our EVSEs through a hub. Each answer is an acknowledgement, there before the hub stops waiting. */
export const oicpServer =
  (parts: Parts) =>
  async (request: Request, caller: Caller): Promise<Response> => {
    const place = placeOf(new URL(request.url).pathname)
    if (place === undefined) return respond(404, acknowledged('320'))
    const ref = { tenant: place.tenant, partner: place.partner }
    const hub = hubOf(await parts.partners.find(ref))
    if (hub === undefined || !isRegistered(hub.partner) || !isShownBy(parts, hub, request, caller))
      return respond(401, acknowledged('017'))
    if (request.method !== 'POST') return respond(405, acknowledged('320'))
    const [at, began] = [parts.clock.now(), parts.clock.monotonic()]
    const text = await bodyOf(request)
    const answer = await answered(parts, { hub, place }, text)
    const { Code: code, AdditionalInfo: detail } = answer.StatusCode
    parts.ledger.note({
      ...ref,
      kind: 'asked',
      module: 'commands',
      method: 'POST',
      object: place.operation,
      at,
      tookMs: Math.round(parts.clock.monotonic() - began),
      attempt: 1,
      bytesIn: text?.length ?? 0,
      bytesOut: JSON.stringify(answer).length,
      status: 200,
      code: Number(code),
      result: answer.Result ? 'done' : 'refused',
      ...(detail !== undefined && { detail }),
    })
    return respond(200, answer)
  }

const respond = (status: number, body: Acknowledgement): Response => Response.json(body, { status })

const mostBytes = 64 * 1024

/** Undefined for what is longer than any of these messages. */
const bodyOf = async (request: Request): Promise<string | undefined> => {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of request.body ?? []) {
    chunks.push(chunk)
    length += chunk.length
    if (length > mostBytes) return undefined
  }
  return Buffer.concat(chunks).toString('utf8')
}

interface Asked {
  readonly hub: Hub
  readonly place: Place
}

type Order = (orders: OicpParts['orders'], ref: PartnerRef) => Promise<StatusCode>
type Heard = { readonly faults: readonly Fault[] } | { readonly message: RemoteStop; readonly order: Order }

const hearing =
  <Message extends RemoteStop>(
    read: Read<Message>,
    order: (orders: OicpParts['orders'], ref: PartnerRef, message: Message) => Promise<StatusCode>,
  ) =>
  (json: unknown): Heard => {
    const heard = readMessage(read, json)
    if ('faults' in heard) return heard
    const { message } = heard
    return { message, order: (orders, ref) => order(orders, ref, message) }
  }

const wishOf = ({ SessionID, ProviderID, EvseID, EMPPartnerSessionID }: RemoteStop): HubWish => ({
  session: SessionID,
  provider: ProviderID,
  evseId: EvseID,
  ...(EMPPartnerSessionID !== undefined && { empSession: EMPPartnerSessionID }),
})

const heardAs: Readonly<Record<Operation, (json: unknown) => Heard>> = {
  start: hearing(remoteStart, (orders, ref, message) =>
    orders.start(ref, { ...wishOf(message), shown: message.Identification }),
  ),
  stop: hearing(remoteStop, (orders, ref, message) => orders.stop(ref, wishOf(message))),
  reserve: hearing(reservationStart, (orders, ref, message) =>
    orders.reserve(ref, {
      ...wishOf(message),
      shown: message.Identification,
      minutes: message.Duration ?? usualReservation,
    }),
  ),
  cancel: hearing(reservationStop, (orders, ref, message) => orders.cancel(ref, wishOf(message))),
}

const answered = async (parts: Parts, { hub, place }: Asked, text: string | undefined): Promise<Acknowledgement> => {
  const heard = heardAs[place.operation](parsed(text))
  if ('faults' in heard) return acknowledged('022', { info: faultsText(heard.faults) })
  const { SessionID, ProviderID, EMPPartnerSessionID } = heard.message
  const code = providerCode(ProviderID)
  const asked = providerCode(place.provider)
  if (code === undefined || asked?.country !== code.country || asked.party !== code.party)
    return acknowledged('022', { info: 'the ProviderID is not that of the address', SessionID })
  const ref = { tenant: hub.partner.tenant, partner: hub.partner.id }
  const sessions = { SessionID, ...(EMPPartnerSessionID !== undefined && { EMPPartnerSessionID }) }
  try {
    await learnProvider(parts, hub, code)
    return acknowledged(await heard.order(parts.orders, ref), sessions)
  } catch (error) {
    parts.log.error('what a hub wants could not be ordered', { partner: ref.partner, reason: String(error) })
    return acknowledged('021', sessions)
  }
}

const parsed = (text: string | undefined): unknown => {
  try {
    return JSON.parse(text ?? '')
  } catch {
    return undefined
  }
}
