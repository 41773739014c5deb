import { tenantFault } from '../../../core/domain/charge-point.ts'
import {
  isRegistered,
  type OcpiVersion,
  partyFor,
  type PartnerRole,
  type Side,
  sideFor,
  sides,
} from '../../../core/domain/roaming-partner.ts'
import { clean } from '../../../core/domain/text.ts'
import type { Exchange } from '../../../core/ports/roaming.ts'
import { type Presented, presented } from './auth.ts'
import { bodyOf } from './body.ts'
import { type Answer, codes, notAllowed, refusal, respond, success } from './envelope.ts'
import { lossText } from './losses.ts'
import type { OcpiModule } from './module.ts'
import { baseOf, type OcpiParts } from './parts.ts'
import { ended, registered, replaced, shownCredentials } from './registrations.ts'
import { moduleAt } from './module-at.ts'
import { offeredModules } from './own-roles.ts'
import { headersOf, impliedRouting, namesParties, routingOf, turned } from './routing.ts'
import { isOcpiVersion, olderDetails, olderModules, sideBase, versionDetails, versionList } from './versions.ts'

/** Where in our address space a request leads; `rest` is what stands behind the version. */
interface Address {
  readonly tenant: string
  /** 2.1.1 has an address for each side of ours. */
  readonly side?: Side
  readonly version: string
  readonly rest: readonly string[]
}

const unknownPath = refusal(codes.clientError, 'there is nothing at this path', 404)
const unauthorized: Answer = {
  ...refusal(codes.clientError, 'the token is missing or not valid', 401),
  headers: { 'www-authenticate': 'Token' },
}

const tooMany: Answer = { ...refusal(codes.clientError, 'too many requests', 429), headers: { 'retry-after': '10' } }

/** Whether a path is for partners. */
export const isOcpi = (path: string): boolean => path.startsWith('/ocpi/')

/** Everything under `/ocpi/<tenant>/`: whatever happens, the answer is in an envelope. */
export const ocpiServer = (parts: OcpiParts): ((request: Request, address: string) => Promise<Response>) => {
  const answer = async (request: Request, address: string): Promise<Answer> => {
    const place = placeOf(new URL(request.url).pathname)
    if (place === undefined) return unknownPath
    const header = request.headers.get('authorization')
    const { tenant, side, version, rest } = place
    const by = await presented(parts, { tenant, header, address, isOlder: side !== undefined })
    if (by === 'tooMany') return tooMany
    if (by === undefined) return unauthorized
    const roles = await parts.rolesOf(tenant)
    const base = baseOf(parts, tenant)
    if (version === 'versions') {
      if (rest.length > 0) return unknownPath
      return onlyGet(request, () => success(versionList(base, side ?? sideFor(roles, by.partner) ?? 'CPO')))
    }
    if (!isOcpiVersion(version) || (version === '2.1.1') !== (side !== undefined)) return unknownPath
    const offered = offeredModules(parts.modules, roles)
    if (rest.length === 0)
      return onlyGet(request, () =>
        success(
          side === undefined
            ? versionDetails(base, version, offered)
            : olderDetails(sideBase(base, side), olderModules(offered, side)),
        ),
      )
    const asked = { by, version, side }
    if (rest.length === 1 && rest[0] === 'credentials') return credentials(parts, request, asked)
    return functional(parts, request, { ...asked, roles, at: moduleAt(offered, base, { version, side, rest }) })
  }

  return async (request, address) => {
    const echoed = echoOf(request.headers, parts)
    const at = parts.clock.now()
    try {
      return respond(await answer(request, address), { at, echoed })
    } catch (error) {
      parts.log.error('a request of a roaming partner failed', {
        reason: error instanceof Error ? (error.stack ?? error.message) : String(error),
      })
      return respond(refusal(codes.serverError, 'something went wrong here; it is logged', 500), { at, echoed })
    }
  }
}

const placeOf = (path: string): Address | undefined => {
  const [, ocpi, tenant, ...below] = (path.endsWith('/') ? path.slice(0, -1) : path).split('/')
  const side = sides.find((one) => one.toLowerCase() === below[0])
  const [version, ...rest] = side === undefined ? below : below.slice(1)
  if (ocpi !== 'ocpi' || tenant === undefined || version === undefined || tenantFault(tenant)) return undefined
  return { tenant, version, rest, ...(side !== undefined && { side }) }
}

const onlyGet = ({ method }: Request, answer: () => Answer): Answer =>
  method === 'GET' ? answer() : notAllowed(['GET'], `${method} is not possible here`)

interface Asked {
  readonly by: Presented
  readonly version: OcpiVersion
  readonly side: Side | undefined
}

const writers = { POST: registered, PUT: replaced, DELETE: ended } as const
type Writer = keyof typeof writers
const isWriter = (method: string): method is Writer => method in writers

const credentials = async (parts: OcpiParts, request: Request, asked: Asked): Promise<Answer> => {
  const { method } = request
  if (method === 'GET') return shownCredentials(parts, asked)
  if (!isWriter(method)) return notAllowed(['GET', 'POST', 'PUT', 'DELETE'], `${method} is not possible here`)
  if (method === 'DELETE') return ended(parts, { ...asked, body: undefined })
  const text = await bodyOf(request)
  if (text === undefined) return refusal(codes.clientError, 'the body is too large', 413)
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    return refusal(codes.invalid, 'the body is not JSON', 400)
  }
  return writers[method](parts, { ...asked, body })
}

interface Place {
  readonly roles: readonly PartnerRole[]
  readonly at: ReturnType<typeof moduleAt>
}

/** The modules proper: for those who are registered alone, never with a token that is there to register with. */
const functional = async (
  parts: OcpiParts,
  request: Request,
  { by, version, side, roles, at: place }: Asked & Place,
): Promise<Answer> => {
  if (by.issued.use !== 'access' || !isRegistered(by.partner)) return unauthorized
  if (place === undefined) return unknownPath
  const { module, url: base, path } = place
  const partner = { ...by.partner, version }
  const routing =
    side === undefined
      ? routingOf(request.headers, partner, roles)
      : impliedRouting(partner, partyFor(roles, side, partner.quirks))
  if ('refused' in routing) return routing.refused
  const body = await bodyOf(request)
  if (body === undefined) return refusal(codes.clientError, 'the body is too large', 413)
  const began = parts.clock.monotonic()
  const at = parts.clock.now()
  const { searchParams: query } = new URL(request.url)
  const answer = await module.answer({
    partner,
    version,
    method: request.method,
    path,
    base,
    routing,
    query,
    headers: request.headers,
    body,
  })
  const tookMs = Math.round(parts.clock.monotonic() - began)
  const detail = answer.message === undefined ? lossText(answer.losses ?? []) : clean(answer.message, 500)
  const noted = (bytesOut: number): void =>
    parts.ledger.note({
      tenant: partner.tenant,
      partner: partner.id,
      kind: kindOf(module, request.method),
      module: module.module,
      method: request.method,
      ...(path.length > 0 && { object: clean(path.join('/'), 200) }),
      at,
      tookMs,
      attempt: 1,
      bytesOut,
      bytesIn: body.length,
      status: answer.http ?? 200,
      code: answer.code,
      result: answer.code < 2_000 ? 'done' : answer.code < 3_000 ? 'refused' : 'failed',
      ...(detail !== undefined && { detail }),
    })
  const { http = 200 } = answer
  return {
    ...answer,
    http: http === 201 && partner.quirks.only200 ? 200 : http,
    noted,
    headers: { ...(namesParties(partner) && headersOf(turned(routing))), ...answer.headers },
  }
}

const kindOf = ({ module, role }: OcpiModule, method: string): Exchange['kind'] => {
  if (module === 'commands' || module === 'chargingprofiles' || method === 'POST') return 'asked'
  return role === 'SENDER' && method === 'GET' ? 'pulled' : 'told'
}

/** Both are echoed; whoever sends none gets ones to ask about. */
const echoOf = (headers: Headers, { ids }: Pick<OcpiParts, 'ids'>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    ['x-request-id', 'x-correlation-id'].map((name) => {
      const given = clean(headers.get(name) ?? '', 64)
      return [name, /^[\u0021-\u007e]+$/.test(given) ? given : ids.uuid()]
    }),
  )
