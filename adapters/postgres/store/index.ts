import type { Store } from '../../../core/ports/store.ts'
import type { Sql } from '../connect.ts'
import { apiKeyStore } from './api-keys.ts'
import { cdrStore } from './cdrs.ts'
import { chargePointStore } from './charge-points.ts'
import { commandStore } from './commands.ts'
import { eventStore } from './events.ts'
import { idempotencyStore } from './idempotency.ts'
import { quarantineStore } from './quarantine.ts'
import { sessionStore } from './sessions.ts'
import { tokenStore } from './tokens.ts'
import { traceReader } from './traces.ts'

/** Everything operators read and write, under row-level security; `ingest` only writes the platform's own keys. */
export const postgresStore = (app: Sql, ingest: Sql): Store => ({
  chargePoints: chargePointStore(app),
  tokens: tokenStore(app),
  sessions: sessionStore(app),
  cdrs: cdrStore(app),
  commands: commandStore(app),
  events: eventStore(app),
  apiKeys: apiKeyStore(app, ingest),
  idempotency: idempotencyStore(app),
  quarantine: quarantineStore(app),
  traces: traceReader(app),
})
