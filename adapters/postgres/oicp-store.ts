import type { OicpStore } from '../../core/ports/oicp.ts'
import type { Sql } from './connect.ts'
import { oicpCdrs } from './oicp-cdrs.ts'
import { oicpEvses } from './oicp-evses.ts'
import { oicpLanes } from './oicp-lanes.ts'
import { oicpOverview } from './oicp-overview.ts'
import { oicpSessions } from './oicp-sessions.ts'

/** Under row-level security; `ingest` only finds which hubs there are. */
export const oicpStore = (app: Sql, ingest: Sql): OicpStore => ({
  ...oicpLanes(app, ingest),
  ...oicpEvses(app),
  ...oicpCdrs(app),
  ...oicpSessions(app),
  ...oicpOverview(app),
})
