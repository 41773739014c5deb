import { Pusher } from '../../actors/pusher.ts'
import type { Sql } from '../../adapters/postgres/connect.ts'
import { publishedObjects } from '../../adapters/postgres/published-objects.ts'
import { postgresPushLanes } from '../../adapters/postgres/push-lanes.ts'
import { moduleCaller } from '../../adapters/roaming/ocpi/call.ts'
import { wordingFor } from '../../adapters/roaming/ocpi/wording.ts'
import { reachOver } from '../../adapters/roaming/reach.ts'
import { createSealer } from '../../adapters/seal.ts'
import { systemIds } from '../../adapters/system.ts'
import type { Clock } from '../../core/ports/clock.ts'
import { testKey } from './digest.ts'
import { deaf, silence } from './quiet.ts'

const sealer = createSealer(new Uint8Array(32).fill(7))
/** What partners of tests are shown, sealed as the pusher opens it. */
export const sealedToken = sealer.seal('a-token-of-theirs')

/** Who tells partners, with PostgreSQL and real sockets beneath. */
export const pusherOn = (app: Sql, clock: Clock) => {
  const reach = reachOver(async () => [{ address: '127.0.0.1', family: 4 }])
  const parts = {
    lanes: postgresPushLanes(app),
    published: publishedObjects(app),
    call: moduleCaller({
      reach,
      namedHosts: ['127.0.0.1'],
      sealer,
      ids: systemIds,
      clock,
      ledger: { note() {} },
      log: silence,
    }),
    wording: wordingFor(publishedObjects(app)),
    digest: testKey,
    clock,
    ids: systemIds,
    telemetry: deaf,
    log: silence,
  } satisfies ConstructorParameters<typeof Pusher>[0]
  return { parts, pusher: new Pusher(parts), close: () => reach.close() }
}
