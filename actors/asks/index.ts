import type { Ask } from '../../core/domain/dialogue.ts'
import type { Asker } from './desk.ts'
import { sessionEvent } from './session-event.ts'
import { told } from './told.ts'

/** Who answers what: one file each. What 1.6 asks as well is answered in actors/dialogue.ts. */
export const askers = {
  'session.event': sessionEvent,
  told,
} as const satisfies { readonly [Type in Ask['type']]?: Asker<Type> }
