import { X509Certificate } from 'node:crypto'
import { z } from '@hono/zod-openapi'
import { formatInstant } from '../../core/domain/instant.ts'
import { clean } from '../../core/domain/text.ts'
import { cdrStates, type HubOverview, lanes } from '../../core/ports/oicp.ts'
import type { Sealer } from '../../core/ports/sealer.ts'
import { forms } from '../../core/roaming/oicp/forms.ts'
import { accessibilities, calibrations, type OicpSettings } from '../../core/roaming/oicp/settings.ts'
import { partnerBody } from './roaming-schemas.ts'
import { given, instant } from './schemas.ts'

/** Hubs that speak OICP, as operators give them to the API. */

const isCertificate = (text: string): boolean => {
  try {
    return new X509Certificate(text).subject !== ''
  } catch {
    return false
  }
}
const certificate = z.string().max(20_000).refine(isCertificate, 'is no certificate in PEM')
const name = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .transform((text) => clean(text, 100))
const operatorId = z.string().regex(forms.operatorId)

export const newHubBody = z
  .strictObject({
    id: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/),
    name: partnerBody.shape.name,
    baseUrl: z
      .url({ protocol: /^https$/ })
      .max(200)
      .transform((url) => url.replace(/\/+$/, ''))
      .describe('beneath it stand its services: what comes before `/evsepush/v23` in their addresses'),
    operatorId: operatorId.describe('as the hub has given it to you, `DE*ABC`'),
    operatorName: name,
    subOperators: z.array(operatorId).max(100).default([]).describe('others whose EVSEs are published with yours'),
    hotline: z.string().regex(forms.phone, 'must be + and 5 to 15 digits').describe('where drivers call'),
    language: z.string().regex(forms.language).default('en').describe('of the names of your locations'),
    accessibility: z.enum(accessibilities).default('Free publicly accessible'),
    calibration: z.enum(calibrations).default('Not Available').describe('where drivers find signed meter values'),
    certificate: certificate.describe('your client certificate, PEM'),
    key: z
      .string()
      .max(20_000)
      .regex(/^-----BEGIN [A-Z ]*PRIVATE KEY-----/, 'is no private key in PEM'),
    authority: certificate.optional().describe('by whom its certificates are, PEM; absent: whom the system trusts'),
    hubCertificate: certificate.optional().describe('with which it calls you, PEM'),
    secret: z
      .string()
      .regex(/^[\u0021-\u007e]{20,200}$/)
      .optional()
      .describe('what it shows as a bearer token instead, on a test stand'),
  })
  .openapi('NewRoamingHub')

export const settingsOf = (body: z.infer<typeof newHubBody>, sealer: Sealer): OicpSettings => ({
  baseUrl: body.baseUrl,
  operatorId: body.operatorId,
  operatorName: body.operatorName,
  subOperators: body.subOperators,
  hotline: body.hotline,
  language: body.language,
  accessibility: body.accessibility,
  calibration: body.calibration,
  certificate: sealer.seal(body.certificate),
  key: sealer.seal(body.key),
  ...given({
    authority: body.authority,
    hubFingerprint: body.hubCertificate === undefined ? undefined : fingerprintOf(body.hubCertificate),
    secret: body.secret === undefined ? undefined : sealer.seal(body.secret),
  }),
})

const fingerprintOf = (pem: string): string => new X509Certificate(pem).fingerprint256.replaceAll(':', '').toLowerCase()

export const overviewSchema = z
  .object({
    lanes: z.array(
      z.object({
        lane: z.enum(lanes),
        faults: z.number().int(),
        reason: z.string().nullable(),
        pausedUntil: instant.nullable(),
      }),
    ),
    evses: z.object({
      told: z.number().int(),
      toTell: z.number().int(),
      refused: z.array(z.object({ evseId: z.string(), reason: z.string() })),
    }),
    cdrs: z.object(
      Object.fromEntries(cdrStates.map((state) => [state, z.number().int()])) as Record<
        (typeof cdrStates)[number],
        z.ZodNumber
      >,
    ),
    unsent: z
      .array(z.object({ id: z.string(), session: z.string().nullable(), state: z.enum(cdrStates), reason: z.string() }))
      .describe('CDRs that the hub has refused, or that were kept because it would'),
  })
  .openapi('RoamingHubOverview')

export const overviewView = ({ lanes: all, evses, cdrs, unsent }: HubOverview): z.infer<typeof overviewSchema> => ({
  lanes: all.map(({ lane, faults, reason, pausedUntil }) => ({
    lane,
    faults,
    reason: reason ?? null,
    pausedUntil: pausedUntil === undefined ? null : formatInstant(pausedUntil),
  })),
  evses: { ...evses, refused: evses.refused.map((one) => ({ ...one })) },
  cdrs,
  unsent: unsent.map(({ id, session, state, reason }) => ({ id, session: session ?? null, state, reason })),
})
