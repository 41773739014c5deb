import type { ObjectRef, ReceivedStore } from '../../../../core/ports/roaming.ts'
import type { ReceivedTokens } from '../../../../core/ports/roaming-tokens.ts'
import { ownerOf } from '../../../../core/roaming/owner.ts'
import { patch, put } from '../../../../core/roaming/told.ts'
import { tokenId } from '../../../../core/roaming/told-token.ts'
import { codes, notAllowed, refusal } from '../envelope.ts'
import type { OcpiModule } from '../module.ts'
import type { ModuleParts } from './parts.ts'
import { changed, nothingHere, ownerIn, readBody, refOf, shown } from './told.ts'

const unknown = refusal(codes.unknownToken, 'we have no such token', 404)

/** Tokens of EMPs (OCPI 2.3.0 mod_tokens, Receiver Interface). They are never deleted: one that is no more is not valid. */
export const tokensReceiver = (parts: Pick<ModuleParts, 'receivedTokens' | 'clock'>): OcpiModule => ({
  module: 'tokens',
  role: 'RECEIVER',
  as: 'CPO',
  async answer(asked) {
    const { method, partner, query } = asked
    const [country, party, uid, ...more] = asked.path
    const owner = ownerIn(partner, country, party)
    if (owner === undefined || uid === undefined || uid === '' || more.length > 0) return nothingHere
    const type = query.get('type') ?? 'RFID'
    const ref = refOf(asked, 'tokens', owner, tokenId(uid, type))
    if (method === 'GET') {
      const found = await parts.receivedTokens.find(ref, partner.id)
      return found === undefined ? unknown : shown(found, { kind: 'token', asked })
    }
    if (method !== 'PUT' && method !== 'PATCH')
      return notAllowed(['GET', 'PUT', 'PATCH'], `${method} is not possible here`)
    const isPart = method === 'PATCH'
    const read = readBody(asked, {
      kind: 'token',
      isPart,
      named: { country_code: owner.country, party_id: owner.party, uid, type },
      known: { owner: ownerOf(owner) },
    })
    if ('refused' in read) return read.refused
    const { object, remarks } = read
    const decide = isPart ? patch(object, 'token') : put(object)
    return changed({ received: one(parts.receivedTokens), clock: parts.clock }, asked, {
      ref,
      decide,
      remarks,
      unknown,
    })
  },
})

/** One token in a commit by itself. */
const one = (tokens: ReceivedTokens): Pick<ReceivedStore, 'change'> => ({
  async change(ref: ObjectRef, told, decide) {
    const [answer = 'unknown'] = await tokens.change(ref.tenant, told, [{ ref, decide }])
    return answer
  },
})
