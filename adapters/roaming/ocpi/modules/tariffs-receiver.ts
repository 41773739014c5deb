import { ownerOf } from '../../../../core/roaming/owner.ts'
import { patch, put, remove } from '../../../../core/roaming/told.ts'
import { codes, notAllowed, refusal } from '../envelope.ts'
import type { OcpiModule } from '../module.ts'
import type { ModuleParts } from './parts.ts'
import { changed, nothingHere, ownerIn, readBody, refOf, shown } from './told.ts'

const unknown = refusal(codes.clientError, 'we have no such tariff', 404)

/** Tariffs of CPOs (OCPI 2.3.0 mod_tariffs, Receiver Interface). PATCH was dropped after 2.1.1. */
export const tariffsReceiver = (parts: Pick<ModuleParts, 'received' | 'clock'>): OcpiModule => ({
  module: 'tariffs',
  role: 'RECEIVER',
  as: 'EMSP',
  async answer(asked) {
    const { method, version, partner } = asked
    const [country, party, id, ...more] = asked.path
    const owner = ownerIn(partner, country, party)
    if (owner === undefined || id === undefined || more.length > 0) return nothingHere
    const ref = refOf(asked, 'tariffs', owner, id)
    if (method === 'GET') return shown(await parts.received.find(ref, partner.id), { kind: 'tariff', asked })
    if (method === 'DELETE') return changed(parts, asked, { ref, decide: remove, unknown })
    const isPart = method === 'PATCH' && version === '2.1.1'
    if (method !== 'PUT' && !isPart)
      return notAllowed(
        ['GET', 'PUT', 'DELETE', ...(version === '2.1.1' ? ['PATCH'] : [])],
        `${method} is not possible here`,
      )
    const read = readBody(asked, {
      kind: 'tariff',
      isPart,
      named: { country_code: owner.country, party_id: owner.party, id },
      known: { owner: ownerOf(owner) },
    })
    if ('refused' in read) return read.refused
    const { object, remarks } = read
    return changed(parts, asked, { ref, decide: isPart ? patch(object, 'tariff') : put(object), remarks, unknown })
  },
})
