import type { Timers } from '../../../core/ports/timers.ts'
import { askHubWhether } from './authorization.ts'
import type { OicpParts } from './parts.ts'
import { oicpServer } from './server.ts'
import type { Caller, Shows } from './shown.ts'
import { type OicpRunner, oicpRunner } from './runner.ts'

/** Roaming over OICP, as the rest of the server has it. */
export interface Oicp {
  readonly runner: OicpRunner
  readonly serve: (request: Request, caller: Caller) => Promise<Response>
  /** Real-time authorization: what OCPI partners are asked with POST authorize. */
  readonly ask: ReturnType<typeof askHubWhether>
}

export const openOicp = (parts: OicpParts & { readonly timers: Timers; readonly shows: Shows }): Oicp => ({
  runner: oicpRunner(parts, parts.timers),
  serve: oicpServer(parts),
  ask: askHubWhether(parts),
})
