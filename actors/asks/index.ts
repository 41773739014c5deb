import type { Ask } from '../../core/domain/dialogue.ts'
import { authorize } from './authorize.ts'
import { certificateChain } from './certificate-chain.ts'
import { certificateStatus } from './certificate-status.ts'
import type { Asker } from './desk.ts'
import { dynamicUpdate } from './dynamic-update.ts'
import { needs } from './needs.ts'
import { closedStream, eventStream, streamValues } from './event-stream.ts'
import { evCertificate } from './ev-certificate.ts'
import { sessionEvent } from './session-event.ts'
import { settlement } from './settlement.ts'
import { told } from './told.ts'
import { vehicleSchedule } from './vehicle-schedule.ts'
import { vatNumber } from './vat-number.ts'

/** Who answers what: one file each. What 1.6 asks as well is answered in actors/dialogue.ts. */
export const askers = {
  authorize,
  certificateChain,
  certificateStatus,
  evCertificate,
  'session.event': sessionEvent,
  settlement,
  'stream.open': eventStream,
  'stream.close': closedStream,
  'stream.values': streamValues,
  told,
  needs,
  vehicleSchedule,
  dynamicUpdate,
  vatNumber,
} as const satisfies { readonly [Type in Ask['type']]?: Asker<Type> }
