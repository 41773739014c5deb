import type { Entry } from '../core/domain/cdr.ts'
import type { Log } from '../core/ports/log.ts'
import type { OutboxJob, SharedJob } from '../core/ports/outbox.ts'
import type { Telemetry } from '../core/ports/telemetry.ts'
import { inTurns } from './in-turns.ts'

type Job = Pick<OutboxJob, 'id' | 'tenant' | 'key'>
type Accounts = Pick<SharedJob, 'id' | 'tenant' | 'beside'>

interface Parts {
  /** Writes all accounts of a job that can be, whatever becomes of its others. */
  readonly write: (job: Accounts) => Promise<{
    readonly entries: readonly Entry[]
    readonly refused: readonly { readonly row: number; readonly error: unknown }[]
  }>
  /** Seals all that a tenant has issued; answers how many documents that were. */
  readonly sealAll: (tenant: string) => Promise<number>
  /** Does a job that wants that done, unless another one has had its effect. */
  readonly doSeal: (job: Job, seal: (tenant: string) => Promise<number>) => Promise<number>
  /** Posts all of a tenant that waits for it, and takes the job away; answers how many pages that were. */
  readonly doPost: (job: Job) => Promise<number>
  readonly telemetry: Telemetry
  readonly log: Log
}

/** The jobs of the books, by their kind: accounts, the seals under them, and what follows of both in the general ledger. */
export interface Books {
  readonly cdr: (job: Accounts) => Promise<void>
  readonly seal: (job: Job) => Promise<void>
  readonly post: (job: Job) => Promise<void>
}

export const openBooks = (parts: Parts): Books => {
  const seal = inTurns(parts.sealAll)
  return {
    async cdr(job) {
      const { entries, refused } = await parts.write(job)
      for (const entry of entries) tell(parts, entry)
      const [first] = refused
      // done again later, without those that are written
      if (first !== undefined)
        throw new Error(`${refused.length} accounts cannot be written, of row ${first.row} first`, {
          cause: first.error,
        })
    },
    async seal(job) {
      const sealed = await parts.doSeal(job, seal)
      if (sealed > 0) parts.log.info('documents sealed', { tenant: job.tenant, documents: sealed })
    },
    post: async (job) => void (await parts.doPost(job)),
  }
}

const tell = ({ telemetry, log }: Parts, { cdr, credit, isAgain }: Entry): void => {
  if (credit !== undefined) telemetry.count('cdr.credited')
  if (credit !== undefined) log.info('CDR credited', { cdr: credit.cdr, reason: credit.reason })
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
