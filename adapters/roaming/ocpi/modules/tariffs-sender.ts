import { listOnly } from '../list-only.ts'

/** Tariffs for partners (OCPI 2.3.0 mod_tariffs, Sender interface): a list alone. */
export const tariffsSender = listOnly({ module: 'tariffs', kind: 'tariff', as: 'CPO' })
