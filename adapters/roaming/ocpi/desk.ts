import type { AuditAction, AuditActor } from '../../../core/domain/audit.ts'
import { moved, type RegistrationEvent, type RoamingPartner } from '../../../core/domain/roaming-partner.ts'
import type { DeskRefusal, PartnerDesk, PartnerRef } from '../../../core/ports/roaming-partners.ts'
import { ask } from './client.ts'
import { shakeHands } from './handshake.ts'
import { type OcpiParts, versionsUrlOf } from './parts.ts'
import { withoutAccess } from './registrations.ts'
import { hashOf, newToken } from './token.ts'

/** What operators do about partners, over OCPI. */
export const ocpiDesk = (parts: OcpiParts): PartnerDesk => ({
  async invite(ref, by) {
    const token = newToken(parts.secrets)
    const at = parts.clock.now()
    const result = await parts.partners.change(
      ref,
      (before) => {
        const state = moved(before, 'invite', at)
        if (state === undefined) return undefined
        // an attempt of ours that is under way goes on
        const since = state === before.state ? before.since : at
        return {
          partner: { ...before, state, since, changedAt: at },
          drops: 'invitations',
          issues: { hash: hashOf(parts.digest, token), use: 'invitation', retires: false },
        }
      },
      { at, by, action: 'roaming-partner.invited' },
    )
    if (typeof result === 'string') return result
    parts.access.forget()
    return { token, url: versionsUrlOf(parts, ref.tenant) }
  },

  async connect(ref, { url, token }, by) {
    const known = await parts.partners.find(ref)
    if (known === undefined) return 'missing'
    const versionsUrl = url ?? known.versionsUrl
    const sealed = token === undefined ? known.token : parts.sealer.seal(token)
    if (versionsUrl === undefined || sealed === undefined) return 'incomplete'
    const begun = await begin(parts, ref, { event: 'connect', by, action: 'roaming-partner.connected' }, (before) => ({
      ...before,
      versionsUrl,
      token: sealed,
    }))
    return typeof begun === 'string' ? begun : shakeHands(parts, begun)
  },

  async rotate(ref, by) {
    const begun = await begin(parts, ref, { event: 'renew', by, action: 'roaming-partner.rotated' }, (before) => before)
    return typeof begun === 'string' ? begun : shakeHands(parts, begun)
  },

  async unregister(ref, by) {
    const known = await parts.partners.find(ref)
    if (known === undefined) return 'missing'
    if (moved(known, 'end', parts.clock.now()) === undefined) return 'senseless'
    const fault = await farewell(parts, known)
    const at = parts.clock.now()
    const result = await parts.partners.change(
      ref,
      (before) => {
        const state = moved(before, 'end', at)
        const check = { step: 'credentials' as const, passed: fault === undefined, detail: fault ?? 'told', at }
        return (
          state && {
            partner: { ...withoutAccess(before), state, since: at, checks: [check], changedAt: at },
            drops: 'all',
          }
        )
      },
      { at, by, action: 'roaming-partner.unregistered' },
    )
    parts.access.forget()
    return result
  },
})

interface Beginning {
  readonly event: RegistrationEvent
  readonly by: AuditActor | undefined
  readonly action: AuditAction
}

const begin = (
  parts: OcpiParts,
  ref: PartnerRef,
  { event, by, action }: Beginning,
  withGiven: (before: RoamingPartner) => RoamingPartner,
): Promise<RoamingPartner | DeskRefusal> => {
  const at = parts.clock.now()
  const attempt = parts.ids.uuid()
  return parts.partners.change(
    ref,
    (before) => {
      const state = moved(before, event, at)
      return state && { partner: { ...withGiven(before), state, attempt, since: at, checks: [], changedAt: at } }
    },
    { at, action, ...(by !== undefined && { by }) },
  )
}

/** Tells it that it is over; answers why it could not be told. */
const farewell = async (parts: OcpiParts, partner: RoamingPartner): Promise<string | undefined> => {
  const url = partner.endpoints.find(({ module }) => module === 'credentials')?.url
  if (partner.token === undefined || url === undefined) return 'nothing is known to tell it with'
  try {
    const token = parts.sealer.open(partner.token)
    const said = await ask(parts, { ...partner, token }, { method: 'DELETE', url })
    return 'fault' in said ? said.fault : undefined
  } catch {
    return 'its token cannot be read any more'
  }
}
