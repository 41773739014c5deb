import type { PartyCode } from '../../../../core/domain/party-code.ts'
import type { RoamingPartner } from '../../../../core/domain/roaming-partner.ts'
import { clean } from '../../../../core/domain/text.ts'
import type { Clock } from '../../../../core/ports/clock.ts'
import type {
  DecideReceived,
  ObjectRef,
  ReceivedObject,
  ReceivedStore,
  RoamingModule,
} from '../../../../core/ports/roaming.ts'
import type { Json, Known } from '../../../../core/roaming/field.ts'
import type { Kind, Objects } from '../../../../core/roaming/objects/index.ts'
import { ownerOf } from '../../../../core/roaming/owner.ts'
import type { Remark } from '../../../../core/roaming/remark.ts'
import { fromWire, patchFromWire, type Received, toWire } from '../../../../core/roaming/wire.ts'
import { type Answer, codes, refusal, success } from '../envelope.ts'
import { exchangeOf } from '../exchange-of.ts'
import type { ModuleRequest } from '../module.ts'

/** What the receivers of locations, tariffs, sessions and CDRs have in common. */

export const nothingHere = refusal(codes.clientError, 'there is nothing at this path', 404)

/** Whose objects a path is about; undefined where that is nobody on the partner's platform: then there is nothing. */
export const ownerIn = (
  { roles }: Pick<RoamingPartner, 'roles'>,
  country: string | undefined,
  party: string | undefined,
): PartyCode | undefined => {
  const named = `${country ?? ''}*${party ?? ''}`.toUpperCase()
  return roles.find(({ code }) => `${code.country}*${code.party}` === named)?.code
}

/** The object of a request as our model has it; or the answer that says what is wrong with it. */
export type Read = { readonly object: Json; readonly remarks: string } | { readonly refused: Answer }

export interface Reading {
  readonly kind: Kind
  /** Some fields of one (PATCH). */
  readonly isPart?: boolean
  /** What the path says of it, by the name of the field: a body that says something else is refused. */
  readonly named?: Readonly<Record<string, string>>
  readonly known?: Known
}

/** Undefined where it is not JSON. */
export const bodyIn = ({ body }: Pick<ModuleRequest, 'body'>): unknown => {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

export const readBody = (
  { body, partner }: Pick<ModuleRequest, 'body' | 'partner'>,
  { kind, isPart = false, named = {}, known = {} }: Reading,
): Read => {
  const value = bodyIn({ body })
  if (value === undefined) return { refused: refusal(codes.invalid, 'the body is not JSON', 400) }
  const exchange = exchangeOf(partner, kind, known)
  const received: Received<unknown> = isPart ? patchFromWire(value, exchange) : fromWire(value, exchange)
  if (received.object === undefined) return { refused: refusal(codes.invalid, faultText(received.faults)) }
  const object = received.object as Json
  const other = Object.entries(named).find(([field, of]) => isAnother(object[field], of))
  if (other !== undefined)
    return { refused: refusal(codes.invalid, `/${other[0]}: it is not the one of the path, ${other[1]}`) }
  return { object, remarks: remarksOf(received) }
}

const isAnother = (said: unknown, of: string): boolean =>
  typeof said === 'string' && said.toLowerCase() !== of.toLowerCase()

const mostSaid = 5

export const faultText = (faults: readonly Remark<string>[]): string => listText(faults.map(textOf))

const textOf = ({ pointer, detail }: { readonly pointer: string; readonly detail: string }): string =>
  `${pointer || '/'}: ${detail}`

/** What was taken otherwise than it came, for the partner's engineers and for our ledger. */
const remarksOf = ({ oddities, losses }: Pick<Received<unknown>, 'oddities' | 'losses'>): string =>
  listText([...oddities, ...losses].map(textOf))

const listText = (texts: readonly string[]): string => {
  const more = texts.length - mostSaid
  return clean(`${texts.slice(0, mostSaid).join('; ')}${more > 0 ? `; and ${more} more` : ''}`, 500)
}

export const refOf = (
  { partner }: Pick<ModuleRequest, 'partner'>,
  module: RoamingModule,
  owner: PartyCode,
  id: string,
): ObjectRef => ({ tenant: partner.tenant, module, owner, id: clean(id) })

/** Does it, and says what came of it; `unknown` is what is said of what we have not got. */
export const changed = async (
  { received, clock }: { readonly received: Pick<ReceivedStore, 'change'>; readonly clock: Clock },
  { partner }: Pick<ModuleRequest, 'partner'>,
  {
    ref,
    decide,
    remarks = '',
    unknown,
  }: {
    readonly ref: ObjectRef
    readonly decide: DecideReceived
    readonly remarks?: string
    readonly unknown: Answer
  },
): Promise<Answer> => {
  let isNew = false
  const done = await received.change(ref, { partner: partner.id, at: clock.now() }, (had) => {
    isNew = had === undefined || had.isRemoved
    return decide(had)
  })
  if (done === 'unknown') return unknown
  if (done === 'stale') return { ...success(), message: 'it is older than what we have, and has changed nothing' }
  return { ...success(), ...(isNew ? { http: 201 } : {}), ...(remarks !== '' && { message: remarks }) }
}

/** An object of ours to read, or a part of it, in the partner's version. */
export const shown = (
  object: ReceivedObject | undefined,
  {
    kind,
    asked,
    part,
    known,
  }: {
    readonly kind: Kind
    readonly asked: ModuleRequest
    readonly part?: Json | undefined
    readonly known?: Known
  },
): Answer => {
  if (object === undefined) return nothingHere
  // what was taken from the wire has the shape that its table says
  const value = (part ?? object.body) as unknown as Objects[Kind]
  const { body, losses } = toWire(value, exchangeOf(asked.partner, kind, { owner: ownerOf(object.owner), ...known }))
  if (body === undefined)
    return refusal(codes.serverError, `${asked.version} cannot say it: ${losses.map(textOf).join('; ')}`)
  return success(body)
}
