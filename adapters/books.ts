import type { Clock } from '../core/ports/clock.ts'
import type { Ids } from '../core/ports/ids.ts'
import type { Log } from '../core/ports/log.ts'
import type { OutboxJob } from '../core/ports/outbox.ts'
import type { Telemetry } from '../core/ports/telemetry.ts'
import { inTurns } from './in-turns.ts'
import { writeCdr } from './postgres/cdr-writer.ts'
import type { Sql } from './postgres/connect.ts'
import { doSeal, sealDocuments } from './postgres/seal-documents.ts'

interface Parts {
  readonly app: Sql
  readonly clock: Clock
  readonly ids: Ids
  readonly telemetry: Telemetry
  readonly log: Log
}

type Job = Pick<OutboxJob, 'id' | 'tenant' | 'key'>

/** The jobs of the books, by their kind: accounts, and the seals under them. */
export interface Books {
  readonly cdr: (job: Job) => Promise<void>
  readonly seal: (job: Job) => Promise<void>
}

export const openBooks = (parts: Parts): Books => {
  const sealAll = inTurns((tenant) => sealDocuments(parts, tenant))
  return {
    cdr: (job) => account(parts, job),
    async seal(job) {
      const sealed = await doSeal(parts, job, sealAll)
      if (sealed > 0) parts.log.info('documents sealed', { tenant: job.tenant, documents: sealed })
    },
  }
}

const account = async ({ telemetry, log, ...parts }: Parts, job: Job): Promise<void> => {
  const { cdr, credit, isAgain } = (await writeCdr(parts, job)) ?? {}
  if (credit !== undefined) telemetry.count('cdr.credited')
  if (credit !== undefined) log.info('CDR credited', { cdr: credit.cdr, reason: credit.reason })
  if (cdr === undefined) return
  if (isAgain !== true) telemetry.count('cdr.created')
  if (isAgain !== true && cdr.state === 'held') telemetry.count('cdr.held')
  log.info(cdr.state === 'held' ? 'CDR held' : 'CDR issued', {
    cdr: cdr.id,
    ...(cdr.hold !== undefined && { rules: cdr.hold.reasons.map(({ rule }) => rule) }),
    chargePoint: `${cdr.tenant}/${cdr.chargePoint}`,
    energyWh: cdr.energyMwh / 1000,
    durationS: Math.round(cdr.durationMs / 1000),
    stopReason: cdr.stopReason,
    ...(cdr.priced !== undefined && { cost: `${cdr.priced.total.gross} ${cdr.priced.tariff.currency}` }),
  })
}
