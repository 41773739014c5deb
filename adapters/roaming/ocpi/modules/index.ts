import type { OcpiModule } from '../module.ts'
import { cdrsReceiver } from './cdrs-receiver.ts'
import { cdrsSender } from './cdrs-sender.ts'
import { hubClientInfoReceiver } from './hubclientinfo-receiver.ts'
import { locationsReceiver } from './locations-receiver.ts'
import { locationsSender } from './locations-sender.ts'
import { chargingProfilesReceiver } from './chargingprofiles-receiver.ts'
import { commandsReceiver } from './commands-receiver.ts'
import { commandsSender } from './commands-sender.ts'
import type { ModuleParts } from './parts.ts'
import { sessionsReceiver } from './sessions-receiver.ts'
import { sessionsSender } from './sessions-sender.ts'
import { tariffsReceiver } from './tariffs-receiver.ts'
import { tariffsSender } from './tariffs-sender.ts'
import { tokensReceiver } from './tokens-receiver.ts'
import { tokensSender } from './tokens-sender.ts'

/** All that partners find here, each on the side that we have of it. */
export const ocpiModules = (parts: ModuleParts): readonly OcpiModule[] => [
  locationsSender(parts),
  tariffsSender(parts),
  sessionsSender(parts),
  cdrsSender(parts),
  locationsReceiver(parts),
  tariffsReceiver(parts),
  sessionsReceiver(parts),
  cdrsReceiver(parts),
  tokensReceiver(parts),
  tokensSender(parts),
  commandsReceiver(parts),
  commandsSender(parts),
  chargingProfilesReceiver(parts),
  hubClientInfoReceiver(parts),
]
