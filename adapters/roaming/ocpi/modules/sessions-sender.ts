import { notAllowed } from '../envelope.ts'
import { listOnly } from '../list-only.ts'
import type { ListParts } from '../list-sender.ts'
import type { OcpiModule } from '../module.ts'
import { chargingPreferences } from './charging-preferences.ts'
import type { ModuleParts } from './parts.ts'

const list = listOnly({ module: 'sessions', kind: 'session', as: 'CPO', requires: 'date_from' })

/**
 * Sessions for the partner of their driver (OCPI 2.3.0 mod_sessions, Sender interface): a list from a date on, and how a
 * driver wants to charge.
 */
export const sessionsSender = (parts: ListParts & Pick<ModuleParts, 'commands'>): OcpiModule => {
  const listed = list(parts)
  return {
    ...listed,
    async answer(asked) {
      const [session = '', ...rest] = asked.path
      if (rest.length !== 1 || rest[0] !== 'charging_preferences') return listed.answer(asked)
      if (asked.method !== 'PUT') return notAllowed(['PUT'], `${asked.method} is not possible here`)
      return chargingPreferences(parts, asked, session)
    },
  }
}
