import { runMigrations } from 'bullmq'
import type { Pool } from 'pg'

/**
 * Brings BullMQ's own schema up to date, as the owner, and lets the run-time role use what is made in it. A queue makes
 * a sequence of its own at its first job, as that role: so the rights are given ahead, never on what is there already.
 */
export const migrateQueues = async (owner: Pick<Pool, 'query'>): Promise<void> => {
  await owner.query(`
    create schema if not exists bullmq;
    grant usage, create on schema bullmq to sm_app;
    alter default privileges in schema bullmq grant select, insert, update, delete on tables to sm_app;
    alter default privileges in schema bullmq grant usage, select on sequences to sm_app;
  `)
  await runMigrations(owner as never)
}
