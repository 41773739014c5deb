import { ciKey, isJson, type Json } from '../../../../core/roaming/field.ts'
import type { Objects } from '../../../../core/roaming/objects/index.ts'
import { toWire } from '../../../../core/roaming/wire.ts'
import { type Answer, codes, notAllowed, refusal, success } from '../envelope.ts'
import { exchangeOf } from '../exchange-of.ts'
import { knownTo } from '../known.ts'
import { type ListParts, listed } from '../list-sender.ts'
import type { ModuleRequest, OcpiModule } from '../module.ts'

/**
 * Locations for partners (OCPI 2.3.0 mod_locations, Sender interface): all of them, one, and within it one EVSE, one
 * connector. Whose it is stands in no address: where the request names no party, it is the first that has one of this id.
 */
export const locationsSender = (parts: ListParts): OcpiModule => ({
  module: 'locations',
  role: 'SENDER',
  as: 'CPO',
  async answer(asked) {
    if (asked.path.length > 3) return nothing
    if (asked.method !== 'GET') return notAllowed(['GET'], `${asked.method} is not possible here`)
    return asked.path.length === 0
      ? listed(parts, { module: 'locations', kind: 'location' }, asked)
      : found(parts, asked)
  },
})

const nothing = refusal(codes.unknownLocation, 'there is nothing of this name', 404)

const found = async ({ published }: ListParts, asked: ModuleRequest): Promise<Answer> => {
  const { partner, version, routing, path } = asked
  const [id = '', evse, connector] = path
  const owner = routing.to
  const ref = { tenant: partner.tenant, module: 'locations', id, ...(owner !== undefined && { owner }) } as const
  const location = await published.find(ref, partner.id)
  const spot = spotIn(location?.body, evse, connector)
  if (location === undefined || spot === undefined) return nothing
  const known = await knownTo(published, partner)(location)
  const exchange = exchangeOf({ ...partner, version }, spot.kind, known)
  const sent = toWire(spot.object as unknown as Objects[Spot['kind']], exchange)
  return { ...(sent.body === undefined ? nothing : success(sent.body)), losses: sent.losses }
}

interface Spot {
  readonly kind: 'location' | 'evse' | 'connector'
  readonly object: Json
}

const spotIn = (location: Json | undefined, uid: string | undefined, id: string | undefined): Spot | undefined => {
  if (location === undefined || uid === undefined) return location && { kind: 'location', object: location }
  const evse = elementOf(location['evses'], 'uid', uid)
  if (evse === undefined || id === undefined) return evse && { kind: 'evse', object: evse }
  const connector = elementOf(evse['connectors'], 'id', id)
  return connector && { kind: 'connector', object: connector }
}

const elementOf = (list: unknown, key: string, id: string): Json | undefined =>
  (Array.isArray(list) ? list : []).filter(isJson).find((one) => ciKey(one[key]) === ciKey(id))
