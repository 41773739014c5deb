import type { OcpiModule } from '../module.ts'
import { lossesOnce } from '../losses.ts'
import { locationsSender } from './locations-sender.ts'
import type { ModuleParts } from './parts.ts'
import { tariffsSender } from './tariffs-sender.ts'

/** All that partners find here, each on the side that we have of it. */
export const ocpiModules = (parts: ModuleParts): readonly OcpiModule[] => {
  const sender = { published: parts.published, losses: lossesOnce(parts.log) }
  return [locationsSender(sender), tariffsSender(sender)]
}
import { cdrsReceiver } from './cdrs-receiver.ts'
import { locationsReceiver } from './locations-receiver.ts'
import type { ModuleParts } from './parts.ts'
import { sessionsReceiver } from './sessions-receiver.ts'
import { tariffsReceiver } from './tariffs-receiver.ts'

/** All that partners find here, each on the side that we have of it. */
export const ocpiModules = (parts: ModuleParts): readonly OcpiModule[] => [
  locationsReceiver(parts),
  tariffsReceiver(parts),
  sessionsReceiver(parts),
  cdrsReceiver(parts),
]
