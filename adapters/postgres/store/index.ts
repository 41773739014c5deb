import type { Store } from '../../../core/ports/store.ts'
import type { Sql } from '../connect.ts'
import { askedCommands } from '../asked-commands.ts'
import { agreementStores } from './agreements.ts'
import { apiKeyStore } from './api-keys.ts'
import { authorityStore } from './authorities.ts'
import { auditStore } from './audit.ts'
import { brandStore } from './brands.ts'
import { campaignStore } from './campaigns.ts'
import { cdrStore } from './cdrs.ts'
import { certificateStore } from './certificates.ts'
import { chargePointStore } from './charge-points.ts'
import { chargingStationStore } from './charging-stations.ts'
import { commandStore } from './commands.ts'
import { erpDeliveryStore } from './erp-deliveries.ts'
import { erpTargetStore } from './erp-targets.ts'
import { contractStore } from './contracts.ts'
import { documentStore } from './documents.ts'
import { eventStore } from './events.ts'
import { evseStore } from './evses.ts'
import { fileStore } from './files.ts'
import { idempotencyStore } from './idempotency.ts'
import { mirrorStore } from './mirrors.ts'
import { oicpStore } from '../oicp-store.ts'
import { partyStore } from './parties.ts'
import { quarantineStore } from './quarantine.ts'
import { resaleStore } from './resale.ts'
import { reservationStore } from './reservations.ts'
import { roamingDeliveryStore } from './roaming-deliveries.ts'
import { roamingPartnerStore } from './roaming-partners.ts'
import { securityEventStore } from './security-events.ts'
import { sessionStore } from './sessions.ts'
import { simProviderStore } from './sim-providers.ts'
import { simStore } from './sims.ts'
import { siteStore } from './sites.ts'
import { tariffStore } from './tariffs.ts'
import { settlementStore } from './settlement.ts'
import { statementStore } from './statements.ts'
import { statementDeliveryStore } from './statement-deliveries.ts'
import { tenantRegister } from './tenant-register.ts'
import { tenantStore } from './tenants.ts'
import { tenureStore } from './tenures.ts'
import { tokenStore } from './tokens.ts'
import { traceReader } from './traces.ts'
import { trustAnchorStore } from './trust-anchors.ts'
import { whatIfStore } from './what-ifs.ts'

/** Everything operators read and write, under row-level security; `ingest` only writes the platform's own keys, and finds campaigns and tokens that are due. */
export const postgresStore = (app: Sql, ingest: Sql): Store => ({
  chargePoints: chargePointStore(app),
  tokens: tokenStore(app),
  contracts: contractStore(app),
  statements: statementStore(app),
  sessions: sessionStore(app),
  cdrs: cdrStore(app),
  documents: documentStore(app),
  commands: commandStore(app),
  campaigns: campaignStore(app, ingest),
  events: eventStore(app),
  apiKeys: apiKeyStore(app, ingest),
  idempotency: idempotencyStore(app),
  quarantine: quarantineStore(app),
  reservations: reservationStore(app),
  mirrors: mirrorStore(app),
  securityEvents: securityEventStore(app),
  tenants: tenantStore(app),
  tenantRegister: tenantRegister(app, ingest),
  brands: brandStore(app),
  resale: resaleStore(app),
  authorities: authorityStore(app),
  certificates: certificateStore(app),
  trustAnchors: trustAnchorStore(app),
  files: fileStore(app),
  audit: auditStore(app),
  whatIfs: whatIfStore(app, ingest),
  erpTargets: erpTargetStore(app),
  erpDeliveries: erpDeliveryStore(app),
  statementDeliveries: statementDeliveryStore(app),
  traces: traceReader(app),
  parties: partyStore(app),
  sites: siteStore(app),
  chargingStations: chargingStationStore(app),
  evses: evseStore(app),
  tenures: tenureStore(app),
  tariffs: tariffStore(app),
  roamingPartners: roamingPartnerStore(app, ingest),
  roamingDeliveries: roamingDeliveryStore(app),
  askedCommands: askedCommands(app, ingest),
  oicp: oicpStore(app, ingest),
  settlement: settlementStore(app, ingest),
  agreements: agreementStores(app),
  sims: simStore(app),
  simProviders: simProviderStore(app),
})
