import type { Ask } from '../../core/domain/dialogue.ts'
import type { Asker } from './desk.ts'
import { dynamicUpdate } from './dynamic-update.ts'
import { needs } from './needs.ts'
import { sessionEvent } from './session-event.ts'
import { told } from './told.ts'
import { vehicleSchedule } from './vehicle-schedule.ts'

/** Who answers what: one file each. What 1.6 asks as well is answered in actors/dialogue.ts. */
export const askers = {
  'session.event': sessionEvent,
  told,
  needs,
  vehicleSchedule,
  dynamicUpdate,
} as const satisfies { readonly [Type in Ask['type']]?: Asker<Type> }
