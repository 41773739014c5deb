import { runMigrations } from 'bullmq'
import type { PoolClient } from 'pg'

/** Brings BullMQ's own schema up to date, as the owner, and lets the run-time role use it. */
export const migrateQueues = async (owner: Pick<PoolClient, 'query'>): Promise<void> => {
  await runMigrations(owner as never)
  await owner.query(`
    -- each queue makes its own sequence at its first job
    grant usage, create on schema bullmq to sm_app;
    grant select, insert, update, delete on all tables in schema bullmq to sm_app;
    grant usage, select on all sequences in schema bullmq to sm_app;
    grant execute on all functions in schema bullmq to sm_app;
  `)
}
