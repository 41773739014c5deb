import { isReachable } from '../../../core/domain/hub-client.ts'
import { parsePartyCode, type PartyCode } from '../../../core/domain/party-code.ts'
import type { RoamingPartner } from '../../../core/domain/roaming-partner.ts'
import type { ModuleCall, ModuleReply } from '../../../core/ports/roaming.ts'
import type { Routing } from './routing.ts'

/** What is of one party alone, and never for all of them (OCPI 2.3.0 transport, "Broadcast Push"). */
const ofOne: readonly string[] = ['sessions', 'cdrs', 'commands', 'chargingprofiles']
/** Of these the platform itself is spoken to. */
const withoutParties: readonly string[] = ['hubclientinfo']

/**
 * Who speaks to whom in a call. Through a hub, what is pushed and names no receiver is for all of its parties, as is the
 * whole of a list that is asked for: then the hub itself is the receiver. Anything else without one is the hub's to route.
 */
export const routed = (
  { hub }: Pick<RoamingPartner, 'hub'>,
  { module, kind, method, path = [], url, from, to }: ModuleCall,
): Routing => {
  if (withoutParties.includes(module)) return {}
  const isForAll =
    kind === 'push'
      ? method !== 'GET' && method !== 'POST' && !ofOne.includes(module)
      : kind === 'pull' && path.length === 0
  const receiver = to ?? (isForAll && url === undefined ? hubCode(hub) : undefined)
  return { ...(from !== undefined && { from }), ...(receiver !== undefined && { to: receiver }) }
}

const hubCode = (hub: string | undefined): PartyCode | undefined => {
  const code = parsePartyCode(hub ?? '')
  return 'fault' in code ? undefined : code
}

/**
 * Why nothing is sent to a party that its hub has not connected: what is told of a state is not kept for it either, for it
 * asks when it is back; an account has to arrive, and is sent again.
 */
export const unreachable = (partner: RoamingPartner, { module, to }: ModuleCall): ModuleReply | undefined => {
  if (to === undefined || isReachable(partner, to)) return undefined
  const reason = `its hub says that ${to.country}*${to.party} is not connected: nothing is sent`
  return { type: module === 'cdrs' ? 'failed' : 'absent', reason }
}
