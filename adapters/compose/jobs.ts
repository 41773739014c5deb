import { Deliveries } from '../../actors/deliveries.ts'
import { statementsToBooks, toPartners } from '../../actors/delivery/words.ts'
import { Pusher } from '../../actors/pusher.ts'
import { Relay } from '../../actors/relay.ts'
import { SettlementRunner } from '../../actors/settlements.ts'
import { SimCommands } from '../../actors/sim-commands.ts'
import { Sims } from '../../actors/sims.ts'
import { Sweeper } from '../../actors/sweeper.ts'
import { WhatIfRunner } from '../../actors/what-ifs.ts'
import type { Worker } from '../../actors/worker.ts'
import type { Digest } from '../../core/ports/digest.ts'
import type { OutboxJob, SharedJob } from '../../core/ports/outbox.ts'
import type { createAuthority } from '../authority/authority.ts'
import { openBooks } from '../books.ts'
import { type QueueBackend, openQueue, openWorker, queueNames } from '../bullmq/queue.ts'
import { signAndDeliver } from '../certificate-signing.ts'
import { writeCdrs } from '../postgres/cdr-writer.ts'
import { jobDone, requestOfJob } from '../postgres/certificate-requests.ts'
import { postgresDeadlines } from '../postgres/deadlines.ts'
import { postgresLanes } from '../postgres/erp-lanes.ts'
import { generalLedger } from '../postgres/general-ledger.ts'
import { postgresOutbox } from '../postgres/outbox.ts'
import { doPost } from '../postgres/post-job.ts'
import type { publishedObjects } from '../postgres/published-objects.ts'
import { postgresPushLanes } from '../postgres/push-lanes.ts'
import { priceRetail } from '../postgres/retail-prices.ts'
import { postgresCdrLanes } from '../postgres/roaming-cdr-lanes.ts'
import { doSeal, sealDocuments } from '../postgres/seal-documents.ts'
import { simLanes } from '../postgres/sim-lanes.ts'
import { postgresStatementLanes } from '../postgres/statement-lanes.ts'
import { cdrReceiver } from '../roaming/ocpi/cdr-receiver.ts'
import { cdrText } from '../roaming/ocpi/cdr-text.ts'
import type { Oicp } from '../roaming/oicp/open.ts'
import type { simDesk } from '../sim-access.ts'
import { systemClock, systemIds, systemRandom, systemTimers } from '../system.ts'
import { statementsOf, type targetAccess } from '../target-access.ts'
import type { Shared } from './shared.ts'

interface Parts extends Shared {
  readonly queues: QueueBackend
  readonly worker: Pick<Worker, 'commandsChanged'>
  readonly authority: Awaited<ReturnType<typeof createAuthority>>
  readonly targets: ReturnType<typeof targetAccess>
  readonly simsDesk: ReturnType<typeof simDesk>
  readonly hubs: Pick<Oicp, 'runner'>
  readonly published: ReturnType<typeof publishedObjects>
  readonly digest: Digest
}

/** Everything that is done of jobs and deadlines, by whatever process has the role `jobs`. */
export const startJobs = ({
  system,
  log,
  undo,
  telemetry,
  app,
  ingest,
  store,
  commander,
  roaming,
  queues,
  worker,
  authority,
  targets,
  simsDesk,
  hubs,
  published,
  digest,
}: Parts): Pick<Relay, 'hurry'> => {
  const sending = { clock: systemClock, random: systemRandom, telemetry, log }
  const books = openBooks({
    write: (job) => writeCdrs({ app, clock: systemClock, ids: systemIds }, job),
    sealAll: (tenant) => sealDocuments({ app, clock: systemClock }, tenant),
    doSeal: (job, seal) => doSeal({ app }, job, seal),
    doPost: (job) => doPost(app, job),
    telemetry,
    log,
  })
  const certify = async (job: Pick<OutboxJob, 'id' | 'tenant' | 'key'>): Promise<void> => {
    const request = await requestOfJob(app, job)
    if (request === undefined) log.warn('a certificate request cannot be read any more', { job: job.key })
    else await signAndDeliver({ store, authority, clock: systemClock, commander, log }, request)
    await jobDone(app, job)
  }

  const deliveries = new Deliveries({
    ...sending,
    lanes: postgresLanes(app),
    open: (target) => targets.open(target),
  })
  const statementDeliveries = new Deliveries({
    ...sending,
    lanes: postgresStatementLanes(app),
    open: (target) => statementsOf(targets.open(target)),
    words: statementsToBooks,
  })
  const partnerCdrs = cdrReceiver(roaming.call)
  const cdrDeliveries = new Deliveries({
    ...sending,
    lanes: postgresCdrLanes(app, cdrText),
    open: () => partnerCdrs,
    words: toPartners,
  })

  const lanesOfSims = simLanes(app, ingest)

  const pusher = new Pusher({
    lanes: postgresPushLanes(app),
    published,
    call: roaming.call,
    wording: roaming.wording,
    digest,
    clock: systemClock,
    ids: systemIds,
    telemetry,
    log,
  })

  const queue = openQueue(queues, log)
  undo.on('job queue', () => queue.close())
  const sims = new Sims({ ...sending, ...system, lanes: lanesOfSims, desk: simsDesk, ledger: generalLedger(app) })
  const tasks = {
    ...books,
    certificate: certify,
    erp: (job: OutboxJob) => deliveries.work(job),
    statements: (job: OutboxJob) => statementDeliveries.work(job),
    'roaming-cdrs': (job: OutboxJob) => cdrDeliveries.work(job),
    roaming: (job: OutboxJob) => pusher.work(job),
    retail: async (job: OutboxJob) => void (await priceRetail({ app, clock: systemClock }, job)),
    sim: (job: OutboxJob) => sims.work(job),
  }
  const work = async (job: SharedJob): Promise<void> => {
    // a job of the version before names no kind
    const kind = job.kind ?? 'cdr'
    const span = telemetry.span(`job ${kind}`, job.traceparent)
    const began = systemClock.monotonic()
    try {
      await tasks[kind](job)
      span?.end()
    } catch (error) {
      span?.end(String(error))
      throw error
    } finally {
      telemetry.took('job.duration', systemClock.monotonic() - began, kind)
    }
  }
  for (const name of queueNames) {
    const jobs = openWorker(queues, log, { queue: name, work })
    undo.on(`job worker of ${name}`, () => jobs.close())
  }
  undo.on('deliveries to the books', async () => deliveries.stop())
  undo.on('statements to the books', async () => statementDeliveries.stop())
  undo.on('deliveries to roaming partners', async () => cdrDeliveries.stop())
  undo.on('what roaming partners are told', () => pusher.stop())
  undo.on('what SIM providers are asked', () => sims.stop())
  const simCommands = new SimCommands({ ...system, lanes: lanesOfSims })
  simCommands.start()
  undo.on('commands to SIMs', async () => simCommands.stop())
  const relay = new Relay({ outbox: postgresOutbox(ingest), queue, timers: systemTimers, telemetry, log })
  relay.start()
  undo.on('relay', async () => relay.stop())
  const sweeper = new Sweeper({
    deadlines: postgresDeadlines(ingest, systemClock),
    timers: systemTimers,
    log,
    commandsChanged: worker.commandsChanged,
  })
  sweeper.start()
  undo.on('sweeper', async () => sweeper.stop())
  hubs.runner.start()
  undo.on('hubs', () => hubs.runner.stop())
  const whatIfs = new WhatIfRunner({ whatIfs: store.whatIfs, clock: systemClock, timers: systemTimers, log })
  whatIfs.start()
  undo.on('what-ifs', async () => whatIfs.stop())
  const settlements = new SettlementRunner({ runs: store.settlement, clock: systemClock, timers: systemTimers, log })
  settlements.start()
  undo.on('settlement runs', async () => settlements.stop())
  return relay
}
