import type { RoamingPartner } from '../../../core/domain/roaming-partner.ts'
import type { PublishedObject, PublishedStore } from '../../../core/ports/roaming.ts'
import { isJson, type Json, type Known } from '../../../core/roaming/field.ts'
import { ownerOf } from '../../../core/roaming/owner.ts'

/**
 * What objects of ours do not say themselves to a partner of 2.1.1: whose they are, and all of the location that a session
 * or a CDR names. A location is looked up once, however many objects name it. From 2.2.1 on nothing needs to be known.
 */
export const knownTo = (
  { find }: Pick<PublishedStore, 'find'>,
  { id: partner, version }: Pick<RoamingPartner, 'id' | 'version'>,
): ((object: Pick<PublishedObject, 'tenant' | 'module' | 'owner' | 'body'>) => Promise<Known>) => {
  const locations = new Map<string, Promise<Json | undefined>>()
  return async ({ tenant, module, owner, body }) => {
    if (version !== '2.1.1') return {}
    const known = { owner: ownerOf(owner) }
    const id = locationIn(module, body)
    if (id === undefined) return known
    const key = `${owner.country}${owner.party}/${id.toLowerCase()}`
    const found =
      locations.get(key) ?? find({ tenant, module: 'locations', owner, id }, partner).then((one) => one?.body)
    locations.set(key, found)
    const location = await found
    return { ...known, ...(location !== undefined && { location }) }
  }
}

const locationIn = (module: PublishedObject['module'], body: Json): string | undefined => {
  const named = module === 'cdrs' ? body['cdr_location'] : undefined
  const id = module === 'sessions' ? body['location_id'] : isJson(named) ? named['id'] : undefined
  return typeof id === 'string' ? id : undefined
}
