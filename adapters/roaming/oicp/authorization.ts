import type { RoamingPartner } from '../../../core/domain/roaming-partner.ts'
import type { TokenType } from '../../../core/domain/token.ts'
import type { AuthorizationInfo, LocationReferences } from '../../../core/roaming/model.ts'
import { driverToken } from '../../../core/roaming/oicp/driver-token.ts'
import { evseIdOf, providerCode } from '../../../core/roaming/oicp/identifiers.ts'
import { type Identification, identificationOf } from '../../../core/roaming/oicp/identification.ts'
import type { AuthorizationAnswer } from '../../../core/roaming/oicp/messages.ts'
import { typeOfPartner } from '../../../core/roaming/token-type.ts'
import { askWhether, type HubReply } from './client.ts'
import { type Hub, hubOf, type OicpParts } from './parts.ts'
import { learnProvider } from './providers.ts'

/** A driver whom nobody here knows, as real-time authorization asks about him. */
export interface HubQuestion {
  readonly uid: string
  /** In the words of OCPI. */
  readonly type: string
  readonly place?: LocationReferences
  readonly withinMs: number
}

export type HubAnswer =
  | { readonly type: 'said'; readonly info: AuthorizationInfo }
  | { readonly type: 'unknown' }
  | { readonly type: 'silent'; readonly reason: string }

type Parts = Pick<OicpParts, 'store' | 'partners' | 'reach' | 'sealer' | 'clock' | 'ledger' | 'log'>

/**
 * Asks all EMPs behind the hub whether one of them knows the driver (AuthorizeStart). A yes comes with the hub's name of the
 * session: it is the reference that session and CDR carry, so that the hub finds them again.
 */
export const askHubWhether =
  (parts: Parts) =>
  async (partner: RoamingPartner, question: HubQuestion): Promise<HubAnswer> => {
    const hub = hubOf(partner)
    const type = typeOfPartner(question.type)
    const identification = type && identificationOf(type, question.uid)
    // what OICP has no form for is nobody's there
    if (hub === undefined || type === undefined || identification === undefined) return { type: 'unknown' }
    const evseId = await evseIn(parts, partner.tenant, question.place)
    const reply = await askWhether(
      parts,
      hub,
      { operation: 'authorizeStart', identification, ...(evseId !== undefined && { evseId }) },
      { timeoutMs: question.withinMs },
    )
    return answered(parts, { hub, question, type, identification, evseId }, reply)
  }

interface Asked {
  readonly hub: Hub
  readonly question: HubQuestion
  readonly type: TokenType
  readonly identification: Identification
  readonly evseId: string | undefined
}

const answered = async (
  parts: Parts,
  { hub, question, type, identification, evseId }: Asked,
  reply: HubReply<AuthorizationAnswer>,
): Promise<HubAnswer> => {
  if (reply.type === 'refused') return { type: 'unknown' }
  if (reply.type !== 'done') return { type: 'silent', reason: reply.reason }
  const { SessionID: session, ProviderID: provider, EMPPartnerSessionID: empSession } = reply.answer
  const code = provider === undefined ? undefined : providerCode(provider)
  // without them nobody would pay for it
  if (session === undefined || provider === undefined || code === undefined)
    return { type: 'silent', reason: 'it says yes, and not whose driver it is' }
  const { partner } = hub
  const at = parts.clock.now()
  const ref = { tenant: partner.tenant, partner: partner.id }
  await parts.store.begin(ref, {
    session,
    kind: 'card',
    provider,
    identification,
    createdAt: at,
    ...(evseId !== undefined && { evseId }),
    ...(empSession !== undefined && { empSession }),
  })
  await learnProvider(parts, hub, code)
  const token = driverToken({ uid: question.uid, type, code, provider }, at)
  return { type: 'said', info: { allowed: 'ALLOWED', token, authorization_reference: session } }
}

const evseIn = async (
  { store }: Parts,
  tenant: string,
  place: LocationReferences | undefined,
): Promise<string | undefined> => {
  const [uid, ...others] = place?.evse_uids ?? []
  const known = uid === undefined || others.length > 0 ? undefined : await store.evseIdOf(tenant, uid)
  return known && evseIdOf(known)
}
