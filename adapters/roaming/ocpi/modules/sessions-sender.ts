import { listOnly } from '../list-only.ts'

/** Sessions for the partner of their driver (OCPI 2.3.0 mod_sessions, Sender interface): a list from a date on. */
export const sessionsSender = listOnly({ module: 'sessions', kind: 'session', as: 'CPO', requires: 'date_from' })
