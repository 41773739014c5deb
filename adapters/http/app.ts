import { OpenAPIHono } from '@hono/zod-openapi'
import { bodyLimit } from 'hono/body-limit'
import { secureHeaders } from 'hono/secure-headers'
import { agreementRoutes } from './agreements.ts'
import { apiKeyRoutes } from './api-keys.ts'
import { auditRoutes } from './audit.ts'
import { brandRoutes } from './brand.ts'
import { brandPages, logoHeaders } from './branded.ts'
import { authenticate } from './auth.ts'
import { takesRaw } from './bodies.ts'
import { campaignRoutes } from './campaigns.ts'
import { certificateRoutes } from './certificates.ts'
import { cdrRoutes } from './cdrs.ts'
import { contractTokenRoutes } from './contract-tokens.ts'
import { contractRoutes } from './contracts.ts'
import { chargePointRoutes } from './charge-points.ts'
import { chargingStationRoutes } from './charging-stations.ts'
import { commandRoutes } from './commands.ts'
import { erpDeliveryRoutes } from './erp-deliveries.ts'
import { erpTargetRoutes } from './erp-targets.ts'
import { documentRoutes } from './documents.ts'
import { explanationRoutes } from './explanations.ts'
import { eventRoutes } from './events.ts'
import { evseRoutes } from './evses.ts'
import { fileRoutes } from './files.ts'
import { atItsHost, whileOpen } from './hosts.ts'
import { idempotent } from './idempotency.ts'
import { identifierRoutes } from './identifiers.ts'
import { importRoutes } from './imports.ts'
import { itemRoutes } from './items.ts'
import { chargingRoutes } from './charging.ts'
import { marketImportRoutes } from './market-imports.ts'
import { mirrorRoutes } from './mirrors.ts'
import { partyStatementRoutes } from './party-statements.ts'
import { pageRoutes, referencePage } from './pages.ts'
import { partyRoutes } from './parties.ts'
import type { ApiEnv, ApiParts } from './parts.ts'
import { onInvalid, Problem, problemOf, problemResponse } from './problem.ts'
import { quarantineRoutes } from './quarantine.ts'
import { resaleRoutes } from './resale.ts'
import { reservationRoutes } from './reservations.ts'
import { retailPriceRoutes } from './retail-prices.ts'
import { roamingDeliveryRoutes } from './roaming-deliveries.ts'
import { roamingCommandRoutes } from './roaming-commands.ts'
import { hubRoutes } from './hubs.ts'
import { roamingPartnerRoutes } from './roaming-partners.ts'
import { roamingReadingRoutes } from './roaming-reading.ts'
import { securityEventRoutes } from './security-events.ts'
import { sessionRoutes } from './sessions.ts'
import { simProviderRoutes } from './sim-providers.ts'
import { simRoutes } from './sims.ts'
import { tariffAssignmentRoutes } from './tariff-assignments.ts'
import { tariffChoiceRoutes } from './tariff-choice.ts'
import { tariffTryRoutes } from './tariff-try.ts'
import { tariffRoutes } from './tariffs.ts'
import { settlementRoutes } from './settlement.ts'
import { settlementRunRoutes } from './settlement-runs.ts'
import { siteRoutes } from './sites.ts'
import { tenantRoutes } from './tenant.ts'
import { tenantsRoutes } from './tenants.ts'
import { statementDeliveryRoutes } from './statement-deliveries.ts'
import { statementRoutes } from './statements.ts'
import { stationFileRoutes } from './station-files.ts'
import { tenureRoutes } from './tenures.ts'
import { tokenRoutes } from './tokens.ts'
import { traceRoutes } from './traces.ts'
import { webPaymentRoutes } from './web-payments.ts'
import { trustAnchorRoutes } from './trust-anchors.ts'
import { whatIfRoutes } from './what-ifs.ts'

const megabyte = 1024 * 1024
const tooLarge = (): Response => problemResponse(new Problem(413, 'the body is too large'))

export interface App {
  fetch(request: Request, peer: string): Response | Promise<Response>
  /** Every route, as `GET /api/v1/…`; a test holds the document to it. */
  readonly routes: readonly string[]
}

/** The API, the console's files and the health checks: everything on SM_PORT that is no charge point. */
export const createApp = (parts: ApiParts): App => {
  const api = new OpenAPIHono<ApiEnv>({ defaultHook: onInvalid as never })

  api.use('*', logoHeaders)
  api.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'self'"],
        frameAncestors: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
      },
      strictTransportSecurity: parts.secure,
      crossOriginEmbedderPolicy: false,
    }),
  )
  api.use('/api/v1/imports/*', bodyLimit({ maxSize: 5 * megabyte, onError: tooLarge }))
  api.use('*', (c, next) =>
    takesRaw(c.req.path) ? next() : bodyLimit({ maxSize: megabyte, onError: tooLarge })(c, next),
  )
  api.use('/api/v1/*', authenticate(parts))
  api.use('/api/v1/*', atItsHost(parts))
  api.use('/api/v1/*', whileOpen(parts))
  api.use('/api/v1/*', requireJson)
  api.use('/api/v1/*', idempotent(parts))

  chargePointRoutes(api, parts)
  commandRoutes(api, parts)
  campaignRoutes(api, parts)
  tokenRoutes(api, parts)
  contractRoutes(api, parts)
  contractTokenRoutes(api, parts)
  identifierRoutes(api)
  statementRoutes(api, parts)
  settlementRunRoutes(api, parts)
  settlementRoutes(api, parts)
  partyStatementRoutes(api, parts)
  sessionRoutes(api, parts)
  traceRoutes(api, parts)
  mirrorRoutes(api, parts)
  chargingRoutes(api, parts)
  itemRoutes(api, parts)
  reservationRoutes(api, parts)
  webPaymentRoutes(api, parts)
  cdrRoutes(api, parts)
  explanationRoutes(api, parts)
  erpTargetRoutes(api, parts)
  erpDeliveryRoutes(api, parts)
  statementDeliveryRoutes(api, parts)
  documentRoutes(api, parts)
  whatIfRoutes(api, parts)
  auditRoutes(api, parts)
  quarantineRoutes(api, parts)
  securityEventRoutes(api, parts)
  tenantRoutes(api, parts)
  tenantsRoutes(api, parts)
  brandRoutes(api, parts)
  resaleRoutes(api, parts)
  eventRoutes(api, parts)
  importRoutes(api, parts)
  apiKeyRoutes(api, parts)
  certificateRoutes(api, parts)
  trustAnchorRoutes(api, parts)
  fileRoutes(api, parts)
  stationFileRoutes(api, parts)
  tariffRoutes(api, parts)
  tariffAssignmentRoutes(api, parts)
  tariffTryRoutes(api, parts)
  tariffChoiceRoutes(api, parts)
  partyRoutes(api, parts)
  siteRoutes(api, parts)
  chargingStationRoutes(api, parts)
  evseRoutes(api, parts)
  tenureRoutes(api, parts)
  marketImportRoutes(api, parts)
  agreementRoutes(api, parts)
  hubRoutes(api, parts)
  roamingPartnerRoutes(api, parts)
  roamingDeliveryRoutes(api, parts)
  retailPriceRoutes(api, parts)
  roamingReadingRoutes(api, parts)
  roamingCommandRoutes(api, parts)
  simProviderRoutes(api, parts)
  simRoutes(api, parts)
  const routes = api.routes
    .filter(({ method, path }) => method !== 'ALL' && path.startsWith('/api/v1/'))
    .map(({ method, path }) => `${method} ${path}`)

  // made for whoever asks for it first: it takes as long as a good part of a start
  const described = once(() => describe(api))
  const reference = once(() => referencePage(described() as unknown as Parameters<typeof referencePage>[0]))
  api.get('/api/openapi.json', (c) => c.json(described()))
  api.get('/api/reference', (c) => c.html(reference()))
  brandPages(api, parts)
  pageRoutes(api, parts)

  api.notFound((c) => problemResponse(methodProblem(api.routes, c.req.method, c.req.path)))
  api.onError((error) =>
    problemResponse(
      problemOf(error, (unexpected) =>
        parts.log.error('a request failed', {
          reason: unexpected instanceof Error ? (unexpected.stack ?? unexpected.message) : String(unexpected),
        }),
      ),
    ),
  )

  return { fetch: (request, peer) => api.fetch(request, { peer }), routes: [...new Set(routes)] }
}

const requireJson = async (
  c: { req: { method: string; path: string; header(name: string): string | undefined } },
  next: () => Promise<void>,
): Promise<void> => {
  const { method, path } = c.req
  const type = c.req.header('content-type')?.toLowerCase() ?? ''
  const mayHaveBody = method === 'PUT' || (method === 'POST' && c.req.header('content-length') !== '0')
  if (mayHaveBody && !takesRaw(path) && !/^application\/json *(;|$)/.test(type))
    throw new Problem(415, 'send application/json')
  await next()
}

/** A path that exists under another method says which (405); any other path is not there (404). */
const methodProblem = (
  routes: readonly { readonly method: string; readonly path: string }[],
  method: string,
  path: string,
): Problem => {
  const matching = routes.filter(
    (route) =>
      route.method !== 'ALL' &&
      !route.path.includes('*') &&
      new RegExp(`^${route.path.replaceAll(/[.]/g, '\\.').replaceAll(/:[^/]+/g, '[^/]+')}$`).test(path),
  )
  const allow = [...new Set(matching.map((route) => route.method))]
  if (allow.length > 0 && !allow.includes(method))
    return new Problem(405, `${method} is not possible here`, { headers: { allow: allow.join(', ') } })
  return new Problem(404, 'there is nothing at this path')
}

const describe = (api: OpenAPIHono<ApiEnv>) => {
  const document = api.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Stationmaster',
      version: '1',
      description:
        'Charge points, sessions, CDRs and orders. Energy in Wh, times in UTC; lists are {items, next}; errors are problem+json.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    security: [{ key: [] }],
  })
  return {
    ...document,
    components: { ...document.components, securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
  }
}

const once = <Value>(make: () => Value): (() => Value) => {
  let made: { readonly value: Value } | undefined
  return () => (made ??= { value: make() }).value
}
