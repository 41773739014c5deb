import type { PartyCode } from '../../../core/domain/party-code.ts'
import { parsePartyCode } from '../../../core/domain/party-code.ts'
import type { PartnerRole, RoamingPartner } from '../../../core/domain/roaming-partner.ts'
import { codes, refusal, type Answer } from './envelope.ts'

/** Which party speaks to which (OCPI 2.3.0 transport, "Message routing"). 2.1.1 has none of it. */
export interface Routing {
  /** Of the partner's parties; absent where it did not say. */
  readonly from?: PartyCode
  /** Of ours; absent: for whoever it concerns. */
  readonly to?: PartyCode
}

const names = ['from', 'to'] as const

export const headersOf = (routing: Routing): Readonly<Record<string, string>> =>
  Object.fromEntries(
    names.flatMap((name) => {
      const code = routing[name]
      if (code === undefined) return []
      return [
        [`ocpi-${name}-country-code`, code.country],
        [`ocpi-${name}-party-id`, code.party],
      ]
    }),
  )

/** Where one party speaks to one (2.1.1): who that is, as far as it is known. */
export const impliedRouting = (
  { roles: [from, ...more] }: Pick<RoamingPartner, 'roles'>,
  to?: PartnerRole,
): Routing => ({
  ...(from !== undefined && more.length === 0 && { from: from.code }),
  ...(to !== undefined && { to: to.code }),
})

/** Whether the headers are for this partner at all. */
export const namesParties = ({ version, quirks }: Pick<RoamingPartner, 'version' | 'quirks'>): boolean =>
  version !== '2.1.1' && quirks.namesParties

export const turned = ({ from, to }: Routing): Routing => ({
  ...(to !== undefined && { from: to }),
  ...(from !== undefined && { to: from }),
})

/**
 * The routing of a request; or the answer to one whose sender is not on the partner's platform (401: it speaks for
 * somebody else), or whose receiver is not on ours (4001). What names the hub itself is for whoever it concerns.
 */
export const routingOf = (
  headers: Headers,
  { roles, hub }: Pick<RoamingPartner, 'roles' | 'hub'>,
  ours: readonly PartnerRole[],
): Routing | { readonly refused: Answer } => {
  const codesIn: { from?: PartyCode; to?: PartyCode } = {}
  for (const name of names) {
    const [country, party] = [headers.get(`ocpi-${name}-country-code`), headers.get(`ocpi-${name}-party-id`)]
    if (country === null && party === null) continue
    const code = parsePartyCode(`${country ?? ''}${party ?? ''}`)
    if ('fault' in code) return { refused: refusal(codes.invalid, `ocpi-${name}-…: ${code.fault}`, 400) }
    codesIn[name] = code
  }
  const { from, to } = codesIn
  if (from !== undefined && !isOf(from, roles, hub))
    return { refused: refusal(codes.clientError, 'the party that this comes from is not on your platform', 401) }
  if (to !== undefined && isHub(to, hub)) return from === undefined ? {} : { from }
  if (to !== undefined && !isOf(to, ours))
    return { refused: refusal(codes.unknownReceiver, 'the party that this is for is not on this platform', 404) }
  return codesIn
}

const isOf = ({ country, party }: PartyCode, roles: readonly Pick<PartnerRole, 'code'>[], hub?: string): boolean =>
  isHub({ country, party }, hub) || roles.some(({ code }) => code.country === country && code.party === party)

const isHub = ({ country, party }: PartyCode, hub: string | undefined): boolean => hub === country + party
