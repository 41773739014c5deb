import { tokensLastMs, tokensRetryMs } from '../../../core/domain/roaming-partner.ts'
import type { PartnerDesk } from '../../../core/ports/roaming-partners.ts'
import type { OcpiParts } from './parts.ts'

/** Gives everybody new tokens whose tokens are old (S-25). Answers how many that were; how it went is in their checks. */
export const rotateOld = async (
  { partners, clock }: Pick<OcpiParts, 'partners' | 'clock'>,
  desk: Pick<PartnerDesk, 'rotate'>,
): Promise<number> => {
  const now = clock.now()
  const due = await partners.due(now - tokensLastMs, now - tokensRetryMs)
  // one after the other: there is no hurry
  for (const ref of due) await desk.rotate(ref)
  return due.length
}
