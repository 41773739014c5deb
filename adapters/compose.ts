import { randomBytes, randomInt } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { campaignDesk, CampaignRunner } from '../actors/campaigns.ts'
import { Budget } from '../actors/budget.ts'
import { booksDesk } from '../actors/delivery/desk.ts'
import { AskedCommands } from '../actors/asked-commands.ts'
import { RoamingCommands } from '../actors/roaming-commands.ts'
import { OrderDesk } from '../actors/commander.ts'
import { defaultSettings, Worker } from '../actors/worker.ts'
import type { ChargePointRef } from '../core/domain/charge-point.ts'
import type { Digest } from '../core/ports/digest.ts'
import type { Ledger } from '../core/ports/ledger.ts'
import type { Listener } from '../core/ports/gateway.ts'
import type { Log } from '../core/ports/log.ts'
import type { StoredEvent } from '../core/ports/store.ts'
import { warmUp } from '../core/ocpp/router.ts'
import { createAuthority } from './authority/authority.ts'
import { createRevocation } from './authority/revocation.ts'
import { commandTargets } from './command-targets.ts'
import { clientCertificate, clientFingerprint } from './certificate.ts'
import { certificateRequests } from './certificate-signing.ts'
import { chargingOf } from './charging-of.ts'
import { contractCheck } from './contract-check.ts'
import { type Config, modeOf } from './config.ts'
import { consolePages } from './console/pages.ts'
import { descriptorLimit, socketsWithin } from './descriptors.ts'
import { createDigest } from './digest.ts'
import { between } from './compose/between.ts'
import { type Database, openDatabase } from './compose/database.ts'
import { firstKey } from './compose/first-key.ts'
import { closedGateway, operations } from './compose/operations.ts'
import { migrateQueuesAs, queueBackend } from './compose/queue-backend.ts'
import { startJobs } from './compose/jobs.ts'
import { keepTidy } from './compose/keep-tidy.ts'
import { startRoamingJobs } from './compose/roaming-jobs.ts'
import { hourly, Undo } from './compose/undo.ts'
import { displayPrices } from './display-prices.ts'
import { openDoor } from './door.ts'
import { pepperOf } from './embedded/pepper.ts'
import { erpKinds } from './erp/kinds.ts'
import { createApp } from './http/app.ts'
import { consoleSessions, linkKey } from './http/console-session.ts'
import type { Readiness } from './http/parts.ts'
import { MemoryLedger } from './memory/ledger.ts'
import { startOtel } from './otel/setup.ts'
import { createTelemetry } from './otel/telemetry.ts'
import { inventories } from './inventories.ts'
import { targetAccess } from './target-access.ts'
import { oicpOrders } from './oicp-orders.ts'
import { orderContexts } from './order-contexts.ts'
import { rolePassword } from './role-password.ts'
import { printedStatement } from './pdf/statement.ts'
import { commandGrants } from './postgres/command-grants.ts'
import type { Target } from './postgres/connect.ts'
import { postgresCredentials } from './postgres/credentials.ts'
import { postgresCurrentState } from './postgres/current-state.ts'
import { Days } from './postgres/days.ts'
import { startFeed } from './postgres/feed.ts'
import { postgresLedger } from './postgres/ledger.ts'
import { prepare } from './postgres/migrate.ts'
import { startOpenSessions } from './postgres/open-sessions.ts'
import { ownTokens } from './postgres/own-tokens.ts'
import { publishedObjects } from './postgres/published-objects.ts'
import { receivedObjects } from './postgres/received-objects.ts'
import { receivedTokens } from './postgres/received-tokens.ts'
import { partnerAccess } from './postgres/roaming-access.ts'
import { roamingAuthorizations } from './postgres/roaming-authorizations.ts'
import { roamingAlarms } from './postgres/roaming-alarms.ts'
import { roamingChores } from './postgres/roaming-chores.ts'
import { roamingCommands } from './postgres/roaming-commands.ts'
import { postgresRoamingLedger } from './postgres/roaming-ledger.ts'
import { roamingReports } from './postgres/roaming-reports.ts'
import { useZone } from './postgres/places.ts'
import { postgresSessionCosts } from './postgres/session-costs.ts'
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
import { findRedis } from './redis/connect.ts'
import { isOcpi } from './roaming/ocpi/server.ts'
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

/** What was begun before, and what a supervisor hands to its workers and keeps for itself. */
export interface Group {
  /** On its way already; a server that is not made of it ends it. */
  readonly database?: Promise<Database>
  /** The embedded database that the supervisor owns. */
  readonly target?: Target
  /** Several processes listen on the same port. */
  readonly sharesPort?: boolean
  /** This one listens even when it is full: somebody must say that there is no room, and serve the API. */
  readonly staysOpen?: boolean
  /** What /metrics, /readyz and /workers of the whole group say; else they speak of this process alone. */
  readonly operations?: (path: string) => Promise<Response | undefined>
}

/** An order that we give ourselves is not worth waiting for any longer. */
const ownOrderMs = 60_000

/** The one place that knows every adapter: makes a whole server of the settings. */
export const compose = async (config: Config, log: Log, group: Group = {}): Promise<Server> => {
  const undo = new Undo()
  const { target, database = openDatabase(target === undefined ? config : { ...config, target }, log) } = group
  // why there is none is for whoever waits for it
  const opened = database.catch(() => undefined)
  undo.on('PostgreSQL', async () => (await opened)?.stop())
  try {
    return await build(config, log, undo, { ...group, database })
  } catch (error) {
    await undo.all(log)
    throw error
  }
}

const build = async (
  config: Config,
  log: Log,
  undo: Undo,
  group: Group & { readonly database: Promise<Database> },
): Promise<Server> => {
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

  // what most stations speak is ready before the first of them; the others' with their first message
  if (config.roles.includes('sockets')) warmUp('ocpp1.6')

  const admin = await group.database
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
  const kinds = erpKinds({
    resolve: guarded(config.erpHosts),
    clock: systemClock,
    ...(config.erpFolder !== undefined && { folder: config.erpFolder }),
    originalOf: async ({ tenant, cdr }) => (await store.documents.list(tenant, { kind: 'cdr', cdr }, { limit: 1 }))[0],
  })
  const targets = targetAccess({ kinds, sealer })
  const simReach = reachOver(guarded(config.simHosts))
  undo.on('SIM providers', async () => simReach.close())
  const simsDesk = simDesk({
    kinds: simKinds({ reach: simReach, clock: systemClock, namedHosts: config.simHosts }),
    sealer,
  })
  if (config.roles.includes('jobs')) {
    const shared = { config, system, log, undo, telemetry, app, ingest, store, commander, roaming }
    const jobs = startJobs({
      ...shared,
      queues: queueBackend(redis, admin.target, passwordOf('sm_app'), log, undo),
      worker,
      authority,
      targets,
      simsDesk,
      hubs,
      published,
      digest,
    })
    startRoamingJobs({ ...shared, hurry: () => jobs.hurry(), name, exchanged, chores, taken })
    keepTidy(shared)
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

const noOpenSessions = { has: () => false, stop: () => {} }
