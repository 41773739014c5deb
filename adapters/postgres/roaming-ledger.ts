import type { Log } from '../../core/ports/log.ts'
import type { Exchange, RoamingLedger } from '../../core/ports/roaming.ts'
import type { Sql } from './connect.ts'
import { asTenant } from './tenant.ts'

const everyMs = 250
/** More than this wait only where the database is away: then the oldest are the first to go, and it is said how many. */
const mostWaiting = 50_000
const batch = 2_000

/** Writes what was exchanged with partners a little later, many lines in one commit. */
export const postgresRoamingLedger = (app: Sql, log: Log): RoamingLedger & { stop(): Promise<void> } => {
  let waiting: Exchange[] = []
  let lost = 0
  let writing = Promise.resolve()
  const flush = async (): Promise<void> => {
    while (waiting.length > 0) {
      const lines = waiting.slice(0, batch)
      try {
        for (const [tenant, its] of Map.groupBy(lines, (line) => line.tenant)) await insert(app, tenant, its)
      } catch (error) {
        log.warn('the roaming ledger cannot be written', { waiting: waiting.length, lost, reason: String(error) })
        return
      }
      waiting = waiting.slice(lines.length)
    }
  }
  const timer = setInterval(() => {
    writing = writing.then(flush)
  }, everyMs)
  return {
    note(exchange) {
      waiting.push(exchange)
      if (waiting.length <= mostWaiting) return
      waiting = waiting.slice(batch)
      lost += batch
    },
    async stop() {
      clearInterval(timer)
      await writing
      await flush()
    },
  }
}

const insert = (app: Sql, tenant: string, e: readonly Exchange[]): Promise<unknown> =>
  asTenant(
    app,
    tenant,
    (
      tx,
    ) => tx`insert into roaming_exchanges (tenant, partner, kind, module, method, object, at, took_ms, attempt, bytes_out, bytes_in,
        status, code, result, detail)
      select ${tenant}, partner, kind, module, method, object, at_ms(at), took, attempt, bytes_out, bytes_in, status, code, result, detail
      from unnest(${e.map((x) => x.partner)}::text[], ${e.map((x) => x.kind)}::text[], ${e.map((x) => x.module)}::text[],
        ${e.map((x) => x.method)}::text[], ${e.map((x) => x.object ?? null)}::text[], ${e.map((x) => x.at)}::bigint[],
        ${e.map((x) => x.tookMs)}::int[], ${e.map((x) => x.attempt)}::int[], ${e.map((x) => x.bytesOut)}::int[],
        ${e.map((x) => x.bytesIn)}::int[], ${e.map((x) => x.status ?? null)}::int[], ${e.map((x) => x.code ?? null)}::int[],
        ${e.map((x) => x.result)}::text[], ${e.map((x) => x.detail ?? null)}::text[])
        as w(partner, kind, module, method, object, at, took, attempt, bytes_out, bytes_in, status, code, result, detail)`,
  )
