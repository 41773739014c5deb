import { formatPartyCode } from '../domain/party-code.ts'
import type { Token } from '../domain/token.ts'
import { lossesOf, type Made } from './mapped.ts'
import type { Token as TokenObject } from './model.ts'
import { codeOf } from './owner.ts'
import { typeOfPartner } from './token-type.ts'

/**
 * A partner's token as one of ours (OCPI 2.3.0 mod_tokens): issued by its party, of the contract that goes with it. One
 * that may never be whitelisted is good for no station that is offline. Whether its EMP is to be asked is said by
 * `whitelist`, which is not part of it.
 */
export const tokenFrom = (object: TokenObject): Made<Token> => {
  const { uid, type, contract_id, group_id, valid, whitelist } = object
  const known = typeOfPartner(type)
  return {
    object: {
      uid,
      issuer: formatPartyCode(codeOf(object)),
      type: known ?? 'OTHER',
      status: valid ? 'Accepted' : 'Blocked',
      ...(group_id !== undefined && { groupId: group_id }),
      contract: contract_id,
      ...(whitelist === 'NEVER' && { cacheS: 0 }),
    },
    losses: [
      ...(known === undefined ? [{ pointer: '/type', detail: `“${type}” is taken as OTHER` }] : []),
      ...lossesOf(object, {
        visual_number: 'what is printed on it is not kept',
        language: 'the language of its driver is not kept',
        default_profile_type: 'how its driver wants to charge is not kept',
        energy_contract: 'its energy contract is not kept',
      }),
    ],
  }
}
