import { contractVerdict } from '../../core/domain/contract-verdict.ts'
import type { AskOf } from '../../core/domain/dialogue.ts'
import type { CertificateVerdict } from '../../core/domain/certificate.ts'
import type { Link } from '../link.ts'
import { noteToken } from '../trace-notes.ts'
import type { Asker, Desk } from './desk.ts'

/** May it charge: the token's word, and where a vehicle has shown a contract certificate, that of those who issued it (C07). */
export const authorize: Asker<'authorize'> = async (desk, link, asked, ask) => {
  const { dialogue, trace } = desk.worker
  const [authorization, certificate] = await Promise.all([
    dialogue.mayCharge(link, ask.token),
    verdictOf(desk, link, ask),
  ])
  const answer = certificate === undefined ? authorization : contractVerdict(certificate, authorization)
  noteToken(trace, link, { asked, uid: ask.token.uid, authorization: answer })
  desk.answer(link, asked, 'authorize', answer)
}

/** Undefined: no certificate was shown. */
const verdictOf = async (
  desk: Desk,
  link: Link,
  { token, certificate, certificateHashes: hashes }: AskOf<'authorize'>,
): Promise<CertificateVerdict | undefined> => {
  if (certificate === undefined && hashes === undefined) return undefined
  const shown = {
    emaid: token.uid,
    ...(certificate !== undefined && { certificate }),
    ...(hashes !== undefined && { hashes }),
  }
  return desk.untilTold(() => desk.worker.plugAndCharge.check.verdict(link.seat.ref.tenant, shown))
}
