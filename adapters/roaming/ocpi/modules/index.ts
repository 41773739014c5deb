import type { OcpiModule } from '../module.ts'
import { chargingProfilesReceiver } from './chargingprofiles-receiver.ts'
import { commandsReceiver } from './commands-receiver.ts'
import { commandsSender } from './commands-sender.ts'
import type { ModuleParts } from './parts.ts'

/** All that partners find here, each on the side that we have of it. */
export const ocpiModules = (parts: ModuleParts): readonly OcpiModule[] => [
  commandsReceiver(parts),
  commandsSender(parts),
  chargingProfilesReceiver(parts),
]
