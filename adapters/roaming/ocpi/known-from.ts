import type { PartyCode } from '../../../core/domain/party-code.ts'
import type { RoamingPartner } from '../../../core/domain/roaming-partner.ts'
import { clean } from '../../../core/domain/text.ts'
import type { ReceivedStore } from '../../../core/ports/roaming.ts'
import type { OwnTokens } from '../../../core/ports/roaming-tokens.ts'
import { isJson, type Json, type Known } from '../../../core/roaming/field.ts'
import { ownerOf } from '../../../core/roaming/owner.ts'
import { typeForPartners } from '../../../core/roaming/token-type.ts'

interface Told {
  readonly partner: Pick<RoamingPartner, 'tenant' | 'version'>
  readonly owner: PartyCode | undefined
  /** As it came. */
  readonly value: unknown
}

/**
 * What a session or a CDR of a partner of 2.1.1 does not say itself: whose it is, and all of the token of ours that it names
 * by its contract alone. From 2.2.1 on it says both.
 */
export const knownFrom = async (
  { ownTokens }: { readonly ownTokens: Pick<OwnTokens, 'ofContract'> },
  { partner: { tenant, version }, owner, value }: Told,
): Promise<Known> => {
  const known = owner === undefined ? {} : { owner: ownerOf(owner) }
  const contract = isJson(value) ? value['auth_id'] : undefined
  if (version !== '2.1.1' || typeof contract !== 'string') return known
  const own = await ownTokens.ofContract(tenant, clean(contract, 100))
  if (own === undefined) return known
  const { code, token } = own
  return {
    ...known,
    token: { ...ownerOf(code), uid: token.uid, type: typeForPartners(token.type), contract_id: contract },
  }
}

/** What an object that a partner of 2.1.1 has told us of needs to be shown to it again: the location that it names. */
export const knownOf = async (
  { received }: { readonly received: Pick<ReceivedStore, 'find'> },
  { tenant, version }: Pick<RoamingPartner, 'tenant' | 'version'>,
  { owner, body }: { readonly owner: PartyCode; readonly body: Json },
): Promise<Known> => {
  const id = body['location_id']
  const known = { owner: ownerOf(owner) }
  if (version !== '2.1.1' || typeof id !== 'string') return known
  const location = await received.find({ tenant, module: 'locations', owner, id })
  return { ...known, ...(location !== undefined && { location: location.body }) }
}
