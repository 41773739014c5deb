import { formatPartyCode, type PartyCode } from '../../../core/domain/party-code.ts'
import type { Hub, OicpParts } from './parts.ts'

/**
 * The hub does not say which EMPs there are behind it: each is known from when its first driver comes. From then on what is
 * for that EMP goes to the hub.
 */
export const learnProvider = async (
  { partners, clock }: Pick<OicpParts, 'partners' | 'clock'>,
  { partner: { tenant, id, roles } }: Hub,
  code: PartyCode,
): Promise<void> => {
  const isKnown = (known: typeof roles): boolean =>
    known.some(({ code: one, role }) => role === 'EMSP' && one.country === code.country && one.party === code.party)
  if (isKnown(roles)) return
  const at = clock.now()
  await partners.change(
    { tenant, partner: id },
    (before) =>
      isKnown(before.roles)
        ? undefined
        : {
            partner: {
              ...before,
              roles: [...before.roles, { role: 'EMSP', code, name: formatPartyCode(code) }],
              changedAt: at,
            },
          },
    { at },
  )
}
