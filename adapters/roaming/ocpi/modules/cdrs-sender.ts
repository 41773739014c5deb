import { listOnly } from '../list-only.ts'

/** Accounts for the partner of their driver (OCPI 2.3.0 mod_cdrs, Sender interface): a list alone. */
export const cdrsSender = listOnly({ module: 'cdrs', kind: 'cdr', as: 'CPO' })
