import type { RaiseAlarm } from '../../core/ports/roaming.ts'
import type { Sql } from './connect.ts'
import { insertEvents } from './insert-events.ts'
import { asTenant } from './tenant.ts'

/** Alarms about partners are events: the console shows them, and operators' programs hear them. */
export const roamingAlarms =
  (app: Sql): RaiseAlarm =>
  async ({ tenant, partner, at, ...data }) => {
    const event = { tenant, type: 'roaming.alarm', subject: partner, at, data: { partner, ...data } } as const
    await asTenant(app, tenant, async (tx) => insertEvents(tx, [event]))
  }
