import type { Spot } from '../../../../core/roaming/within.ts'
import { patch, patchWithin, put, putWithin, spotIn } from '../../../../core/roaming/told.ts'
import { ownerOf } from '../../../../core/roaming/owner.ts'
import { codes, notAllowed, refusal } from '../envelope.ts'
import type { ModuleRequest, OcpiModule } from '../module.ts'
import type { ModuleParts } from './parts.ts'
import { changed, nothingHere, ownerIn, readBody, refOf, shown } from './told.ts'

const unknown = refusal(codes.unknownLocation, 'we have no such location, EVSE or connector: PUT it first')

/**
 * Locations of CPOs, their EVSEs and connectors (OCPI 2.3.0 mod_locations, Receiver Interface). What changes an EVSE changes
 * the location that it is in; one that we have not got can get no EVSE.
 */
export const locationsReceiver = (parts: Pick<ModuleParts, 'received' | 'clock'>): OcpiModule => ({
  module: 'locations',
  role: 'RECEIVER',
  as: 'EMSP',
  async answer(asked) {
    const [country, party, id, evse, connector, ...more] = asked.path
    const owner = ownerIn(asked.partner, country, party)
    if (owner === undefined || id === undefined || more.length > 0) return nothingHere
    const ref = refOf(asked, 'locations', owner, id)
    const spot = evse === undefined ? undefined : { evse, ...(connector !== undefined && { connector }) }
    if (asked.method === 'GET') {
      const object = await parts.received.find(ref, asked.partner.id)
      if (object === undefined || spot === undefined) return shown(object, { kind: 'location', asked })
      const part = spotIn(object.body, spot)
      return part === undefined ? nothingHere : shown(object, { kind: kindOf(spot), asked, part })
    }
    if (asked.method !== 'PUT' && asked.method !== 'PATCH')
      return notAllowed(['GET', 'PUT', 'PATCH'], `${asked.method} is not possible here`)
    const read = readBody(asked, {
      kind: kindOf(spot),
      isPart: asked.method === 'PATCH',
      named: namesOf(asked, spot),
      known: { owner: ownerOf(owner) },
    })
    if ('refused' in read) return read.refused
    const { object, remarks } = read
    const decide =
      spot === undefined
        ? asked.method === 'PUT'
          ? put(object)
          : patch(object, 'location')
        : asked.method === 'PUT'
          ? putWithin(spot, object)
          : patchWithin(spot, object)
    return changed(parts, asked, { ref, decide, remarks, unknown })
  },
})

const kindOf = (spot: Spot | undefined): 'location' | 'evse' | 'connector' => {
  if (spot === undefined) return 'location'
  return spot.connector === undefined ? 'evse' : 'connector'
}

const namesOf = (
  { path: [country = '', party = '', id = ''] }: ModuleRequest,
  spot: Spot | undefined,
): Readonly<Record<string, string>> => {
  if (spot === undefined) return { country_code: country, party_id: party, id }
  return spot.connector === undefined ? { uid: spot.evse } : { id: spot.connector }
}
