import { availability } from './availability.ts'
import { certificates } from './certificates.ts'
import { charging } from './charging.ts'
import { configuration } from './configuration.ts'
import { localList } from './local-list.ts'
import { maintenance } from './maintenance.ts'
import type { Answers } from './reply.ts'
import { reservation } from './reservation.ts'
import { smartCharging } from './smart-charging.ts'
import { trigger } from './trigger.ts'

/** What this station answers, to every order of OCPP 1.6 and its security extension. */
export const answers: Answers = {
  ...availability,
  ...certificates,
  ...charging,
  ...configuration,
  ...localList,
  ...maintenance,
  ...reservation,
  ...smartCharging,
  ...trigger,
}
