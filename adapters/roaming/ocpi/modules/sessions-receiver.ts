import { patch, put } from '../../../../core/roaming/told.ts'
import { codes, notAllowed, refusal } from '../envelope.ts'
import { knownFrom, knownOf } from '../known-from.ts'
import type { OcpiModule } from '../module.ts'
import type { ModuleParts } from './parts.ts'
import { bodyIn, changed, nothingHere, ownerIn, readBody, refOf, shown } from './told.ts'

const unknown = refusal(codes.clientError, 'we have no such session: PUT it first')

/**
 * Sessions at stations of CPOs (OCPI 2.3.0 mod_sessions, Receiver Interface). The periods of a PATCH are added to those that
 * we have. One at a location that we know nothing of is kept like any other: some platforms send no more than that.
 */
export const sessionsReceiver = (parts: Pick<ModuleParts, 'received' | 'ownTokens' | 'clock'>): OcpiModule => ({
  module: 'sessions',
  role: 'RECEIVER',
  as: 'EMSP',
  async answer(asked) {
    const { method, partner } = asked
    const [country, party, id, ...more] = asked.path
    const owner = ownerIn(partner, country, party)
    if (owner === undefined || id === undefined || more.length > 0) return nothingHere
    const ref = refOf(asked, 'sessions', owner, id)
    if (method === 'GET') {
      const found = await parts.received.find(ref, partner.id)
      return shown(found, { kind: 'session', asked, ...(found && { known: await knownOf(parts, partner, found) }) })
    }
    if (method !== 'PUT' && method !== 'PATCH')
      return notAllowed(['GET', 'PUT', 'PATCH'], `${method} is not possible here`)
    const read = readBody(asked, {
      kind: 'session',
      isPart: method === 'PATCH',
      named: { country_code: owner.country, party_id: owner.party, id },
      known: await knownFrom(parts, { partner, owner, value: bodyIn(asked) }),
    })
    if ('refused' in read) return read.refused
    const { object, remarks } = read
    const decide = method === 'PUT' ? put(object) : patch(object, 'session')
    return changed(parts, asked, { ref, decide, remarks, unknown })
  },
})
