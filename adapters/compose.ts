import { randomBytes, randomInt } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { Pool } from 'pg'
import { campaignDesk, CampaignRunner } from '../actors/campaigns.ts'
import { Deliveries } from '../actors/deliveries.ts'
import { Budget } from '../actors/budget.ts'
import { booksDesk } from '../actors/delivery/desk.ts'
import { statementsToBooks, toPartners } from '../actors/delivery/words.ts'
import { Publisher } from '../actors/publisher.ts'
import { Pusher } from '../actors/pusher.ts'
import { AskedCommands } from '../actors/asked-commands.ts'
import { CommandResults } from '../actors/command-results.ts'
import { Relay } from '../actors/relay.ts'
import { RoamingCommands } from '../actors/roaming-commands.ts'
import { OrderDesk } from '../actors/commander.ts'
import { RoamingChores } from '../actors/roaming-chores.ts'
import { SimCommands } from '../actors/sim-commands.ts'
import { Sims } from '../actors/sims.ts'
import { SettlementRunner } from '../actors/settlements.ts'
import { Sweeper } from '../actors/sweeper.ts'
import { WhatIfRunner } from '../actors/what-ifs.ts'
import { defaultSettings, Worker } from '../actors/worker.ts'
import type { ChargePointRef } from '../core/domain/charge-point.ts'
import type { Bus } from '../core/ports/bus.ts'
import type { Digest } from '../core/ports/digest.ts'
import type { Directory } from '../core/ports/directory.ts'
import type { Ledger } from '../core/ports/ledger.ts'
import type { Gateway, Listener } from '../core/ports/gateway.ts'
import type { Log } from '../core/ports/log.ts'
import type { OutboxJob, SharedJob } from '../core/ports/outbox.ts'
import type { StoredEvent } from '../core/ports/store.ts'
import { warmUp } from '../core/ocpp/router.ts'
import { createAuthority } from './authority/authority.ts'
import { createRevocation } from './authority/revocation.ts'
import { openBooks } from './books.ts'
import { migrateQueues } from './bullmq/migrate.ts'
import { openQueue, openWorker, type QueueBackend, queueNames } from './bullmq/queue.ts'
import { commandTargets } from './command-targets.ts'
import { clientCertificate, clientFingerprint } from './certificate.ts'
import { certificateRequests, signAndDeliver } from './certificate-signing.ts'
import { chargingOf } from './charging-of.ts'
import { contractCheck } from './contract-check.ts'
import { type Config, modeOf } from './config.ts'
import { consolePages } from './console/pages.ts'
import { descriptorLimit, socketsWithin } from './descriptors.ts'
import { createDigest } from './digest.ts'
import { displayPrices } from './display-prices.ts'
import { openDoor } from './door.ts'
import { pepperOf } from './embedded/pepper.ts'
import { startEmbedded } from './embedded/postgres.ts'
import { erpKinds } from './erp/kinds.ts'
import { createApp } from './http/app.ts'
import { consoleSessions, linkKey } from './http/console-session.ts'
import { installKey, lookupOf, newKeyText } from './http/keys.ts'
import type { Readiness } from './http/parts.ts'
import { memoryBus } from './memory/bus.ts'
import { memoryDirectory } from './memory/directory.ts'
import { MemoryLedger } from './memory/ledger.ts'
import { startOtel } from './otel/setup.ts'
import { createTelemetry } from './otel/telemetry.ts'
import { inventories } from './inventories.ts'
import { statementsOf, targetAccess } from './target-access.ts'
import { oicpOrders } from './oicp-orders.ts'
import { orderContexts } from './order-contexts.ts'
import { rolePassword } from './role-password.ts'
import { writeCdrs } from './postgres/cdr-writer.ts'
import { printedStatement } from './pdf/statement.ts'
import { commandGrants } from './postgres/command-grants.ts'
import { jobDone, requestOfJob } from './postgres/certificate-requests.ts'
import { confirmedCdrs } from './postgres/confirmed-cdrs.ts'
import { socketOf, type Target } from './postgres/connect.ts'
import { postgresCredentials } from './postgres/credentials.ts'
import { postgresCurrentState } from './postgres/current-state.ts'
import { Days } from './postgres/days.ts'
import { postgresDeadlines } from './postgres/deadlines.ts'
import { postgresLanes } from './postgres/erp-lanes.ts'
import { generalLedger } from './postgres/general-ledger.ts'
import { startFeed } from './postgres/feed.ts'
import { leaveLanes } from './postgres/leave-lanes.ts'
import { postgresLedger } from './postgres/ledger.ts'
import { prepare } from './postgres/migrate.ts'
import { startOpenSessions } from './postgres/open-sessions.ts'
import { postgresOutbox } from './postgres/outbox.ts'
import { lookWhenDue } from './postgres/ports.ts'
import { ownTokens } from './postgres/own-tokens.ts'
import { dropOldFrames, removeOld, removeOldFiles } from './postgres/retention.ts'
import { publishedObjects } from './postgres/published-objects.ts'
import { publishedSources } from './postgres/published-sources.ts'
import { postgresPushLanes } from './postgres/push-lanes.ts'
import { receivedObjects } from './postgres/received-objects.ts'
import { receivedTokens } from './postgres/received-tokens.ts'
import { partnerAccess } from './postgres/roaming-access.ts'
import { roamingAuthorizations } from './postgres/roaming-authorizations.ts'
import { roamingAlarms } from './postgres/roaming-alarms.ts'
import { roamingChores } from './postgres/roaming-chores.ts'
import { postgresCdrLanes } from './postgres/roaming-cdr-lanes.ts'
import { roamingCommands } from './postgres/roaming-commands.ts'
import { postgresRoamingLedger } from './postgres/roaming-ledger.ts'
import { postgresPublisher } from './postgres/roaming-publisher.ts'
import { roamingReports } from './postgres/roaming-reports.ts'
import { resendObjects } from './postgres/roaming-resend.ts'
import { priceRetail } from './postgres/retail-prices.ts'
import { useZone } from './postgres/places.ts'
import { doPost } from './postgres/post-job.ts'
import { doSeal, sealDocuments } from './postgres/seal-documents.ts'
import { simLanes } from './postgres/sim-lanes.ts'
import { postgresSessionCosts } from './postgres/session-costs.ts'
import { postgresStatementLanes } from './postgres/statement-lanes.ts'
import { postgresStore } from './postgres/store/index.ts'
import { everyTenant } from './postgres/tenant-book.ts'
import { underSights } from './postgres/tenant.ts'
import { postgresTokens } from './postgres/tokens.ts'
import { startTraceDefault } from './postgres/trace-default.ts'
import { postgresTraces } from './postgres/trace-store.ts'
import { claimAlone, startLease } from './postgres/workers.ts'
import { guarded } from './plug-and-charge/addresses.ts'
import { certificateStatus } from './plug-and-charge/certificate-status.ts'
import { contractPool } from './plug-and-charge/contract-pool.ts'
import { presentedTokens } from './presented-tokens.ts'
import { machinePressure } from './pressure.ts'
import { clientOf, trustList } from './proxies.ts'
import { publicUrlOf } from './public-url.ts'
import { isSameText } from './same-text.ts'
import { flowingSights } from './sights.ts'
import { createSealer } from './seal.ts'
import { redisBus } from './redis/bus.ts'
import { findRedis, openRedis, type RedisPlace } from './redis/connect.ts'
import { redisDirectory } from './redis/directory.ts'
import { cdrReceiver } from './roaming/ocpi/cdr-receiver.ts'
import { cdrText } from './roaming/ocpi/cdr-text.ts'
import { isOcpi } from './roaming/ocpi/server.ts'
import { choresOf } from './roaming/chores.ts'
import { openOicp } from './roaming/oicp/open.ts'
import { isOicp } from './roaming/oicp/server.ts'
import { openRoaming } from './roaming/open.ts'
import { reachOver } from './roaming/reach.ts'
import { listenHere } from './runtime/index.ts'
import { simKinds } from './sim/kinds.ts'
import { simDesk } from './sim-access.ts'
import { systemClock, systemIds, systemRandom, systemSecrets, systemTimers } from './system.ts'
import { openTenantBook } from './tenant-book.ts'
import { createTickets } from './tickets.ts'
import { vatNumbers } from './vat/vat-numbers.ts'

export interface Server {
  /** Where charge points, API and console are; undefined for a process that only does jobs. */
  readonly url: URL | undefined
  readonly opsUrl: URL
  /** A key made at this very first start; its owner must be told now. */
  readonly generatedKey: string | undefined
  /** Where its database is, for the workers of a group. */
  readonly target: Target
  /** Runs migrations that have come to the sources since it started. */
  migrate(): Promise<readonly string[]>
  /** A link that signs a browser in once. */
  consoleLink(): string
  stop(): Promise<void>
}

/** Undoes what was done, in reverse, whatever fails on the way. */
class Undo {
  readonly #steps: { readonly what: string; readonly undo: () => Promise<unknown> }[] = []

  on(what: string, undo: () => Promise<unknown>): void {
    this.#steps.push({ what, undo })
  }

  async all(log: Log): Promise<void> {
    for (const { what, undo } of this.#steps.toReversed()) {
      try {
        await undo()
      } catch (error) {
        log.warn('could not be stopped cleanly', { what, reason: String(error) })
      }
    }
  }
}

/** What a supervisor hands to its workers, and keeps for itself. */
export interface Group {
  /** The embedded database that the supervisor owns. */
  readonly target?: Target
  /** Several processes listen on the same port. */
  readonly sharesPort?: boolean
  /** This one listens even when it is full: somebody must say that there is no room, and serve the API. */
  readonly staysOpen?: boolean
  /** What /metrics, /readyz and /workers of the whole group say; else they speak of this process alone. */
  readonly operations?: (path: string) => Promise<Response | undefined>
}

/** The one place that knows every adapter: makes a whole server of the settings. */
/** An order that we give ourselves is not worth waiting for any longer. */
const ownOrderMs = 60_000

export const compose = async (config: Config, log: Log, group: Group = {}): Promise<Server> => {
  const undo = new Undo()
  try {
    return await build(config, log, undo, group)
  } catch (error) {
    await undo.all(log)
    throw error
  }
}

const build = async (config: Config, log: Log, undo: Undo, group: Group): Promise<Server> => {
  const mode = modeOf(config)
  const pepper = await pepperOf(config.data, config.pepper)
  const passwordOf = rolePassword(pepper)
  const digest = createDigest(pepper)
  const name = systemIds.uuid()
  const redis = config.redisUrl === undefined ? undefined : await findRedis(config.redisUrl)

  const otel = await startOtel({
    worker: name,
    ...(config.otlpEndpoint !== undefined && { endpoint: config.otlpEndpoint }),
  })
  undo.on('telemetry', () => otel.stop())
  const telemetry = createTelemetry(otel)

  const admin = group.target === undefined ? await database(config, log, undo) : { target: group.target }
  const prepared = await prepare({
    admin,
    passwordOf,
    asOwner: migrateQueuesAs,
    isPrepared: group.target !== undefined,
  })
  const { ingest, app, ran } = prepared
  undo.on('database connections', () => prepared.close())
  if (ran.length > 0) log.info('database migrated', { ran: ran.join(', ') })
  if (mode === 'embedded' || mode === 'single') {
    const sole = await claimAlone(
      { target: admin.target, user: 'sm_ingest', password: passwordOf('sm_ingest'), max: 1, name: '' },
      () => {
        log.error('another Stationmaster has taken this database: going down')
        process.kill(process.pid, 'SIGTERM')
      },
    )
    undo.on('claim on the database', () => sole.release())
  }

  const { bus, directory } = await between(redis, log, undo)
  // a process without sockets lets nobody in, and need not know who charges
  const openSessions = config.roles.includes('sockets') ? await startOpenSessions(ingest) : noOpenSessions
  undo.on('open sessions', async () => openSessions.stop())
  const storesTraces = config.roles.includes('sockets') && config.keepFramesDays > 0
  const traceDefault = storesTraces ? await startTraceDefault(ingest) : undefined
  undo.on('trace default', async () => traceDefault?.stop())
  const pressure = machinePressure()
  undo.on('pressure', async () => pressure.stop())
  const store = postgresStore(app, ingest)
  const trusts = trustList(config.trustedProxies)
  await useZone(ingest, config.timeZone)
  const tenantBook = await openTenantBook({
    load: () => everyTenant(ingest),
    zone: config.timeZone,
    clock: systemClock,
    timers: systemTimers,
    log,
    closed: (tenants) => worker.tenantsClosed(tenants),
  })
  const access = partnerAccess(store.roamingPartners)
  const sealer = createSealer(pepper)
  const authority = await createAuthority({
    store: store.authorities,
    sealer,
    clock: systemClock,
    ...(config.ca && { given: pemTexts(config.ca) }),
    ...(config.v2gCa && { givenV2g: pemTexts(config.v2gCa) }),
  })
  const status = certificateStatus({
    revocation: createRevocation(systemClock),
    resolve: guarded(config.ocspHosts),
    clock: systemClock,
  })
  const { contractPoolUrl, contractPoolToken } = config
  const plugAndCharge = {
    check: contractCheck({ store, authority, status, log }),
    contracts: contractPool({
      ...(contractPoolUrl !== undefined && { url: contractPoolUrl }),
      ...(contractPoolToken !== undefined && { token: contractPoolToken }),
    }),
    status,
  }
  const credentials = postgresCredentials(ingest)
  const tokens = postgresTokens(ingest)
  const costs = postgresSessionCosts(app)
  const prices = displayPrices({ credentials, costs })
  const worker = new Worker(
    {
      name,
      clock: systemClock,
      timers: systemTimers,
      random: systemRandom,
      ids: systemIds,
      digest,
      ledger: ledgerOf(config, ingest, digest),
      currentState: postgresCurrentState(ingest),
      credentials,
      tokens,
      commands: store.commands,
      directory,
      bus,
      telemetry,
      log,
      trusts,
      tenants: {
        tenantAt: (host) => tenantBook.tenantAt(host),
        isClosed: (tenant) => tenantBook.find(tenant)?.closedAt !== undefined,
      },
      certificateOf: clientCertificate,
      openSessions,
      pressure,
      secrets: systemSecrets,
      certificateRequests: certificateRequests({ store, authority, clock: systemClock }),
      prices,
      vatNumbers: vatNumbers({
        url: config.vatUrl,
        failed: (reason) => log.warn('VAT numbers are taken by their form alone', { reason }),
      }),
      plugAndCharge,
      ordersWait: (ref) =>
        void commander
          .resume(ref)
          .catch((error: unknown) => log.warn('orders that wait could not be sent', { reason: String(error) })),
      orderFor: (ref, order) =>
        void commander
          .order(ref, order, ownOrderMs)
          .catch((error: unknown) => log.warn('an order of our own could not be given', { reason: String(error) })),
      inventoryOf: (ref, firmware) =>
        void reports
          .booted(ref, firmware)
          .catch((error: unknown) => log.warn('an inventory could not be ordered', { reason: String(error) })),
      chargingOf: (ref, evse) => chargingOf(store, ref, evse),
      roaming: { authorize: (presented) => roaming.authorizer.authorize(presented) },
      ...(traceDefault && { traces: postgresTraces(ingest), tracesAll: () => traceDefault.storesAll() }),
    },
    {
      ...defaultSettings,
      heartbeatS: config.heartbeatS,
      pingMs: config.pingMs,
      callTimeoutMs: config.callTimeoutMs,
      framesPerS: config.framesPerS,
      traceMb: config.traceMb,
      allowedOrigins: config.allowedOrigins,
      uniform401: config.unknownIdentity === '401',
      ocppj101Close: config.unknownProtocol === '101-close',
      mostExi: config.mostExi,
      abortModels: config.abortModels,
      ...(config.receiptUrl !== undefined && { receiptUrl: config.receiptUrl }),
      mostSockets: socketsWithin(descriptorLimit()),
    },
  )
  if (config.journal === 'memory') log.error('the journal is in memory: nothing of billing is kept')
  // what most stations speak is ready before the first of them; the others' with their first message
  warmUp('ocpp1.6')

  const lease = await startLease({
    sql: ingest,
    worker: name,
    host: hostname(),
    failed: (error) => log.warn('the lease could not be renewed', { reason: String(error) }),
    silent() {
      log.error('the database has fallen silent: its connections are given up')
      ingest.abandon()
      app.abandon()
    },
  })
  undo.on('lease', () => lease.stop())
  const exchanges = postgresRoamingLedger(app, log)
  undo.on('roaming ledger', () => exchanges.stop())
  const exchanged = {
    published: publishedObjects(app),
    received: receivedObjects(app),
    receivedTokens: receivedTokens(app),
    ownTokens: ownTokens(app),
    alarm: roamingAlarms(app),
  }
  const chores = roamingChores(app, ingest)
  const authorizations = roamingAuthorizations(app, ingest)
  const { published } = exchanged
  const taken = roamingCommands(app, ingest)
  const system = { clock: systemClock, timers: systemTimers, ids: systemIds, log }
  const roaming = openRoaming({
    authorizations,
    timers: systemTimers,
    telemetry,
    partners: store.roamingPartners,
    parties: store.parties,
    access,
    resolve: guarded(config.roamingHosts),
    namedHosts: config.roamingHosts,
    publicUrl: () => publicUrlOf(config, door?.url).replace(/\/+$/, ''),
    ...exchanged,
    ledger: exchanges,
    failures: new Budget(systemClock, 60),
    requests: new Budget(systemClock, 6_000),
    sealer,
    secrets: systemSecrets,
    digest,
    clock: systemClock,
    ids: systemIds,
    log,
    askHub: (...question) => hubs.ask(...question),
    desks: (can) => ({
      commands: new RoamingCommands({
        ...system,
        commands: taken,
        targets: commandTargets({ ...can, published, store }),
        grants: commandGrants(app),
        tokens: presentedTokens({ tokens, store: store.tokens, ...exchanged }),
        store,
        commander: { order: (...order) => commander.order(...order) },
      }),
      asks: new AskedCommands({ ...system, ...can, asked: store.askedCommands, partners: store.roamingPartners, bus }),
    }),
  })
  undo.on('roaming', async () => roaming.close())

  const feed = await startFeed({
    sql: ingest,
    everyMs: 300,
    types: [
      'session.inferred',
      'token.changed',
      'charge-point.registered',
      'charge-point.removed',
      'site.changed',
      'evse.changed',
      'tariff.changed',
      'roaming-partner.changed',
      'party.changed',
      'tenant.changed',
    ],
    hear(events) {
      for (const event of events) refresh(event)
    },
    stirred: () => bus.publish('events', ''),
    lost(error) {
      log.warn('the change feed cannot be read', { reason: String(error) })
      tokens.forgetAll()
      credentials.forgetAll()
      costs.forget()
      access.forget()
      roaming.forgetAll()
      authorizations.forgetPlaces()
      tenantBook.stale()
    },
  })
  // what was changed between the first look and here
  tenantBook.stale()
  const refresh = ({ type, tenant, subject, data }: StoredEvent): void => {
    if (type === 'session.inferred')
      worker.sessionInferred({ tenant, identity: String(data['chargePoint']) }, subject, String(data['because']))
    if (type === 'token.changed') tokens.forget(tenant, subject)
    if (type === 'roaming-partner.changed') access.forget()
    if (type === 'roaming-partner.changed') roaming.forgetPartners(tenant)
    if (type === 'site.changed' || type === 'evse.changed') authorizations.forgetPlaces()
    if (type === 'party.changed') roaming.forgetRoles(tenant)
    if (type === 'tenant.changed') tenantBook.stale()
    if (type === 'tariff.changed' || type === 'site.changed' || type === 'evse.changed') costs.forget()
    if (type !== 'charge-point.registered' && type !== 'charge-point.removed') return
    credentials.forget(tenant, subject)
    void worker
      .recordChanged({ tenant, identity: subject })
      .catch((error: unknown) => log.warn('a changed record cannot be read', { reason: String(error) }))
  }
  undo.on('change feed', async () => feed.stop())

  const days = new Days(ingest)
  await days.ahead(systemClock.now(), 3)
  hourly(undo, 'partitions', log, () => days.ahead(systemClock.now(), 3))
  if (storesTraces) {
    const frameDays = new Days(ingest, 'frames')
    await frameDays.ahead(systemClock.now(), 3)
    hourly(undo, 'partitions of frames', log, () => frameDays.ahead(systemClock.now(), 3))
  }

  let door: Listener | undefined
  const tickets = createTickets({
    store: store.files,
    digest,
    clock: systemClock,
    ids: systemIds,
    randomBytes,
    publicUrl: () => publicUrlOf(config, door?.url),
  })
  const commander = new OrderDesk({
    directory,
    bus,
    commands: store.commands,
    contexts: orderContexts({ store, tickets, authority, clock: systemClock, prices }),
    digest,
    clock: systemClock,
    timers: systemTimers,
    ids: systemIds,
    log,
  })
  const hubs = openOicp({
    store: store.oicp,
    partners: store.roamingPartners,
    published,
    orders: oicpOrders({
      hubs: store.oicp,
      grants: commandGrants(app),
      store,
      commander,
      clock: systemClock,
      ids: systemIds,
    }),
    reach: roaming.reach,
    ledger: exchanges,
    sealer,
    clock: systemClock,
    ids: systemIds,
    timers: systemTimers,
    shows: isSameText,
    log,
  })
  const reports = inventories({ store, commander })
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

  const kinds = erpKinds({
    resolve: guarded(config.erpHosts),
    clock: systemClock,
    ...(config.erpFolder !== undefined && { folder: config.erpFolder }),
    originalOf: async ({ tenant, cdr }) => (await store.documents.list(tenant, { kind: 'cdr', cdr }, { limit: 1 }))[0],
  })
  const targets = targetAccess({ kinds, sealer })
  const sending = { clock: systemClock, random: systemRandom, telemetry, log }
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

  const simReach = reachOver(guarded(config.simHosts))
  undo.on('SIM providers', async () => simReach.close())
  const simsDesk = simDesk({
    kinds: simKinds({ reach: simReach, clock: systemClock, namedHosts: config.simHosts }),
    sealer,
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

  if (config.roles.includes('jobs')) {
    const backend = queueBackend(redis, admin.target, passwordOf('sm_app'), log, undo)
    const queue = openQueue(backend, log)
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
      const jobs = openWorker(backend, log, { queue: name, work })
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
    const publisher = new Publisher({
      publisher: postgresPublisher({ ingest, app, sources: publishedSources, log, published: leaveLanes }),
      published: () => relay.hurry(),
      clock: systemClock,
      timers: systemTimers,
      telemetry,
      log,
    })
    publisher.start()
    undo.on('publisher', async () => publisher.stop())
    const seeing = new RoamingChores({
      chores,
      partners: store.roamingPartners,
      rolesOf: roaming.rolesOf,
      work: choresOf({
        ...exchanged,
        call: roaming.call,
        clock: systemClock,
        timers: systemTimers,
        resend: resendObjects(app, leaveLanes),
        confirmed: confirmedCdrs(app),
      }),
      name,
      clock: systemClock,
      timers: systemTimers,
      log,
    })
    seeing.start()
    undo.on('chores of roaming', async () => seeing.stop())
    const results = new CommandResults({
      ...system,
      commands: taken,
      partners: store.roamingPartners,
      store,
      commander,
      call: roaming.call,
    })
    const asks = roaming.asks.sweeping()
    for (const rounds of [results, asks]) {
      rounds.start()
      undo.on('commands of roaming partners', async () => rounds.stop())
    }
    hourly(undo, 'parties of hubs', log, () => roaming.pullClients())
    hourly(undo, 'tokens of roaming partners', log, async () => {
      const rotated = await roaming.rotate()
      if (rotated > 0) log.info('tokens of roaming partners were due', { partners: rotated })
    })
    every(undo, 60_000, { what: 'connected ports', log, work: () => lookWhenDue(ingest, systemClock.now()) })
    hourly(undo, 'retention', log, async () => {
      const rows = await removeOld(ingest, config.keepEventsDays)
      if (rows > 0) log.info('old events removed', { rows })
      const files = await removeOldFiles(ingest, config.keepFilesDays)
      if (files > 0) log.info('old files removed', { files })
    })
    hourly(undo, 'retention of frames', log, async () => {
      const dropped = await dropOldFrames(ingest, config.keepFramesDays)
      if (dropped > 0) log.info('old frames dropped', { days: dropped })
    })
  }

  const readiness = (): Readiness => {
    const closed = worker.refusesBecause()
    const checks = {
      database: lease.healthy() && worker.journal.outageMs === 0 ? 'ok' : 'does not take writes',
      door: closed ?? 'open',
    }
    return { ready: checks.database === 'ok' && closed === undefined, checks }
  }
  const desk = { campaigns: store.campaigns, clock: systemClock, random: systemRandom, ids: systemIds }
  const sights = flowingSights()
  const parts = {
    store: postgresStore(underSights(app, sights), ingest),
    sights,
    commander,
    campaigns: campaignDesk(desk),
    books: booksDesk(targets),
    partners: roaming.desk,
    roaming: { received: exchanged.received, reports: roamingReports(app), chores },
    asks: roaming.asks,
    tenantBook,
    mayEnter: async (reseller: { readonly tenant: string }, wanted: string) => tenantBook.mayEnter(reseller, wanted),
    trusts,
    sims: simsDesk,
    digest,
    sealer,
    authority,
    tickets,
    mostFileBytes: config.maxFileBytes,
    clock: systemClock,
    ids: systemIds,
    bus,
    log,
    randomBytes: (n: number) => randomBytes(n),
    randomInteger: (least: number, most: number) => randomInt(least, most + 1),
    readiness,
    chargingOf: (ref: ChargePointRef, evse: number) => chargingOf(store, ref, evse),
    pages: consolePages(),
    printStatement: printedStatement,
    secure: config.tls !== undefined,
  }
  // the supervisor has seen to the keys before its workers began
  const generatedKey = group.target === undefined ? await firstKey(config, parts, ingest) : undefined

  const listen = await listenHere()
  const ops = await listen(closedGateway, {
    hostname: '127.0.0.1',
    port: config.opsPort,
    reusePort: false,
    maxMessageBytes: 1_024,
    http: async (request) => {
      const path = new URL(request.url).pathname
      return (
        (await group.operations?.(path)) ?? operations(path, { readiness, metrics: () => otel.prometheus(), worker })
      )
    },
  })
  undo.on('operations port', () => ops.stop())

  if (config.roles.includes('sockets') || config.roles.includes('api')) {
    await worker.start()
    const api = createApp(parts)
    const addressOf = clientOf(trusts)
    const callerOf = ({ headers }: Request, peer: string): { readonly fingerprint?: string } => {
      const fingerprint = trusts(peer) ? clientFingerprint(headers.get('client-cert') ?? '') : undefined
      return fingerprint === undefined ? {} : { fingerprint }
    }
    const answer = (request: Request, peer: string): Response | Promise<Response> => {
      const { pathname } = new URL(request.url)
      if (isOcpi(pathname)) return roaming.serve(request, addressOf(request, peer))
      return isOicp(pathname) ? hubs.serve(request, callerOf(request, peer)) : api.fetch(request, peer)
    }
    const tls = config.tls && { cert: readFileSync(config.tls.cert, 'utf8'), key: readFileSync(config.tls.key, 'utf8') }
    const isShared = group.sharesPort === true
    const open = await openDoor({
      listen: (port) =>
        listen(config.roles.includes('sockets') ? worker.gateway : closedGateway, {
          hostname: config.host,
          port,
          reusePort: isShared,
          maxMessageBytes: config.maxMessageBytes,
          ...(tls && { tls }),
          http: answer,
        }),
      port: config.port,
      mayClose: isShared && group.staysOpen !== true,
      isFull: () => worker.isFull,
      hasRoom: () => worker.hasRoom,
      failed: (error) => log.warn('the port cannot be opened again', { reason: String(error) }),
    })
    door = open
    undo.on('door', () => open.stop())
    undo.on('sockets', async () => {
      // new sockets are a sibling's from here on
      await open.pause()
      await worker.drain(config.drainMs)
    })
  }

  if (config.roles.includes('jobs')) {
    // begun last, so that it ends first: nobody is ordered whose socket is being closed
    const runner = new CampaignRunner({ ...desk, commander, timers: systemTimers, log })
    runner.start()
    undo.on('campaigns', async () => runner.stop())
  }

  return {
    url: door?.url,
    opsUrl: ops.url,
    generatedKey,
    target: admin.target,
    migrate: () => prepared.migrate(),
    consoleLink: () =>
      new URL(
        `/session?once=${consoleSessions(parts).once({ tenant: 'default', key: linkKey, platform: true })}`,
        door?.url ?? ops.url,
      ).href,
    stop: () => undo.all(log),
  }
}

/** An authority that is given by files. */
const pemTexts = ({ cert, key }: NonNullable<Config['ca']>): { certificate: string; privateKey: string } => ({
  certificate: readFileSync(cert, 'utf8'),
  privateKey: readFileSync(key, 'utf8'),
})

const hourly = (undo: Undo, what: string, log: Log, work: () => Promise<unknown>): void =>
  every(undo, 3_600_000, { what, log, work })

/** Does something again and again until it is undone; what fails is told, and tried again the next time. */
const every = (
  undo: Undo,
  ms: number,
  { what, log, work }: { readonly what: string; readonly log: Log; readonly work: () => Promise<unknown> },
): void => {
  const timer = setInterval(
    () =>
      void work().catch((error: unknown) =>
        log.warn('what is done again and again failed', { what, reason: String(error) }),
      ),
    ms,
  )
  undo.on(what, async () => clearInterval(timer))
}

interface Admin {
  readonly target: Target
  readonly user?: string
  readonly password?: string
}

const database = async (config: Config, log: Log, undo: Undo): Promise<Admin> => {
  if (config.databaseUrl !== undefined) return { target: { url: config.databaseUrl } }
  const embedded = await startEmbedded({ data: config.data, say: (line) => log.info(line) })
  undo.on('PostgreSQL', () => embedded.stop())
  const { host, port, database: name, superuser } = embedded
  return { target: { host, port, database: name }, ...superuser }
}

/** In memory only where a measurement asks for it: then nothing of billing is kept, and the log says so. */
const ledgerOf = (config: Config, sql: Parameters<typeof postgresStore>[1], digest: Digest): Ledger => {
  if (config.journal === 'memory')
    return new MemoryLedger({
      clock: systemClock,
      ids: systemIds,
      digest,
      firstTransaction: () => 1_000_000,
      keepsAll: false,
    })
  return postgresLedger({ sql, clock: systemClock, ids: systemIds, digest })
}

const between = async (
  place: RedisPlace | undefined,
  log: Log,
  undo: Undo,
): Promise<{ readonly bus: Bus; readonly directory: Directory }> => {
  if (place === undefined) {
    const bus = memoryBus()
    undo.on('bus', () => bus.close())
    return { bus, directory: memoryDirectory() }
  }
  const redis = openRedis(place, 'state', log)
  undo.on('Redis', async () => redis.disconnect())
  const bus = await redisBus(redis, () => systemIds.uuid())
  undo.on('bus', () => bus.close())
  return { bus, directory: redisDirectory(redis) }
}

const poolTo = (target: Target, user: string, password: string, max: number): Pool => {
  const search = { options: '-c search_path=bullmq,public', user, password, max }
  const socket = 'url' in target ? socketOf(target.url) : target
  if (socket !== undefined) return new Pool({ ...socket, ...search })
  const url = new URL('url' in target ? target.url : '')
  return new Pool({ host: url.hostname, port: Number(url.port || 5432), database: url.pathname.slice(1), ...search })
}

const migrateQueuesAs = async (owner: {
  readonly target: Target
  readonly user: string
  readonly password: string
}): Promise<void> => {
  const pool = poolTo(owner.target, owner.user, owner.password, 1)
  try {
    await migrateQueues(pool)
  } finally {
    await pool.end()
  }
}

const queueBackend = (
  redis: RedisPlace | undefined,
  target: Target,
  password: string,
  log: Log,
  undo: Undo,
): QueueBackend => {
  if (redis !== undefined) return { kind: 'redis', open: () => openRedis(redis, 'jobs', log) }
  const pool = poolTo(target, 'sm_app', password, 8)
  pool.on('error', (error) => log.warn("the job queue's database connection broke", { reason: String(error) }))
  undo.on("the job queue's connections", () => pool.end())
  return { kind: 'postgres', pool }
}

/** A demo brings a key of its own, which ends with the day and is not the operator's first. */
export const demoKeyPrefix = 'sm_demo_'

/** The key of the settings, or, where there is no key at all yet, a new one. */
const firstKey = async (
  config: Config,
  parts: Parameters<typeof installKey>[0],
  ingest: Parameters<typeof postgresStore>[1],
): Promise<string | undefined> => {
  const key = { id: systemIds.uuid(), role: 'platform', scope: 'tenant', createdAt: systemClock.now() } as const
  if (config.apiKey !== undefined) {
    const isDemo = config.apiKey.startsWith(demoKeyPrefix)
    const label = isDemo ? 'demo' : 'SM_API_KEY'
    await installKey(parts, { ...key, label, ...(isDemo && { expiresAt: key.createdAt + 86_400_000 }) }, config.apiKey)
    // one that was set before is not wanted any more
    if (!isDemo) await parts.store.apiKeys.platform.replace(label, lookupOf(parts.digest, config.apiKey), key.createdAt)
    return undefined
  }
  const [known] = await ingest`select 1 from api_keys where revoked_at is null and label <> 'demo' limit 1`
  if (known !== undefined) return undefined
  const text = newKeyText(randomBytes)
  await installKey(parts, { ...key, label: 'first key' }, text)
  return text
}

const noOpenSessions = { has: () => false, stop: () => {} }

/** A door behind which there are no charge points. */
const closedGateway: Gateway = {
  admit: async () => ({ admitted: false, status: 404, headers: {}, reason: 'no charge points here' }),
  opened: (seat) => seat,
  abandoned: () => {},
  heard: () => {},
  heardBinary: () => {},
  ponged: () => {},
  pinged: () => {},
  closed: () => {},
}

interface Operations {
  readonly readiness: () => Readiness
  readonly metrics: () => Promise<string>
  readonly worker: Worker
}

const operations = async (path: string, { readiness, metrics, worker }: Operations): Promise<Response> => {
  const json = (body: unknown, status = 200): Response =>
    new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } })
  if (path === '/metrics')
    return new Response(await metrics(), { headers: { 'content-type': 'text/plain; version=0.0.4' } })
  if (path === '/livez') return json({ alive: true })
  if (path === '/readyz') return json(readiness(), readiness().ready ? 200 : 503)
  if (path === '/workers')
    return json({ workers: [{ name: worker.name, sockets: worker.registry.size, pending: worker.journal.pending }] })
  return json({ paths: ['/metrics', '/readyz', '/livez', '/workers'] }, 404)
}
