import type { Ask } from '../../core/domain/dialogue.ts'
import { authorize } from './authorize.ts'
import { certificateChain } from './certificate-chain.ts'
import { certificateStatus } from './certificate-status.ts'
import type { Asker } from './desk.ts'
import { evCertificate } from './ev-certificate.ts'
import { sessionEvent } from './session-event.ts'
import { told } from './told.ts'

/** Who answers what: one file each. What 1.6 asks as well is answered in actors/dialogue.ts. */
export const askers = {
  authorize,
  certificateChain,
  certificateStatus,
  evCertificate,
  'session.event': sessionEvent,
  told,
} as const satisfies { readonly [Type in Ask['type']]?: Asker<Type> }
