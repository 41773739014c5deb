import { z } from '@hono/zod-openapi'
import { deliveryStates } from '../../core/domain/delivery.ts'
import { formatInstant } from '../../core/domain/instant.ts'
import type { DeliveryView, ErpTargetView, StatementDeliveryView } from '../../core/ports/deliveries.ts'
import { instant } from './schemas.ts'

/** The way to the operator's books, as the API shows it. */

const when = (ms: number | undefined): string | null => (ms === undefined ? null : formatInstant(ms))

export const targetSchema = z
  .object({
    id: z.string().openapi({ example: 'books' }),
    kind: z.string().describe('who can talk to it: webhook, file, …').openapi({ example: 'webhook' }),
    settings: z.record(z.string(), z.unknown()),
    secrets: z.array(z.string()).describe('the names of the secrets that are set; what they are is never shown'),
    enabled: z.boolean(),
    mostInFlight: z.number().int().describe('how many documents may be on their way to it at the same time'),
    pausedUntil: instant.nullable().describe('it was away, or asked for time: nothing is sent before'),
    faults: z.number().int().describe('attempts in a row that it could not be reached or said nothing'),
    deliveries: z
      .object(Object.fromEntries(deliveryStates.map((state) => [state, z.number().int()])))
      .describe('how many documents are in which state'),
    changedAt: instant,
  })
  .openapi('ErpTarget')

export const targetView = (
  { id, kind, settings, enabled, mostInFlight, pausedUntil, faults, deliveries, changedAt }: ErpTargetView,
  secrets: readonly string[],
): z.infer<typeof targetSchema> => ({
  id,
  kind,
  settings,
  secrets: [...secrets],
  enabled,
  mostInFlight,
  pausedUntil: when(pausedUntil),
  faults,
  deliveries: Object.fromEntries(deliveryStates.map((state) => [state, deliveries[state] ?? 0])),
  changedAt: formatInstant(changedAt),
})

const historySchema = z.array(
  z.object({
    attempt: z.number().int(),
    beganAt: instant,
    endedAt: instant.nullable(),
    asked: z.boolean().describe('the receiver was asked first whether it had the document'),
    outcome: z
      .enum(['accepted', 'found', 'refused', 'unavailable', 'unclear'])
      .nullable()
      .describe('found: it was there already; unavailable: nothing has arrived; unclear: nobody knows'),
    detail: z.string().nullable(),
  }),
)

const wayFields = {
  document: z.string().describe('its id'),
  number: z.number().int(),
  state: z.enum(deliveryStates),
  attempts: z.number().int(),
  nextAt: instant.nullable().describe('when it is sent next; null: at once, or never again'),
  reference: z.string().nullable().describe('what the receiver calls it: its number, or its address there'),
  reason: z.string().nullable(),
  changedAt: instant,
  history: historySchema,
}

export const deliverySchema = z.object({ target: z.string(), ...wayFields }).openapi('ErpDelivery')

export const statementDeliverySchema = z
  .object({
    target: z.string(),
    statement: z.object({
      month: z.string().openapi({ example: '2026-11' }),
      party: z.string().openapi({ example: 'siteOwner:mall' }),
      currency: z.string(),
    }),
    ...wayFields,
  })
  .openapi('StatementDelivery')

export const roamingDeliverySchema = z
  .object({ partner: z.string().describe('its id'), ...wayFields })
  .openapi('RoamingDelivery')

export const deliveryView = (d: DeliveryView): z.infer<typeof deliverySchema> => ({ target: d.target, ...wayOf(d) })

export const statementDeliveryView = (d: StatementDeliveryView): z.infer<typeof statementDeliverySchema> => ({
  statement: { ...d.statement },
  ...deliveryView(d),
})

export const roamingDeliveryView = (d: DeliveryView): z.infer<typeof roamingDeliverySchema> => ({
  partner: d.target,
  ...wayOf(d),
})

const wayOf = (d: DeliveryView): Omit<z.infer<typeof deliverySchema>, 'target'> => ({
  document: d.document,
  number: d.number,
  state: d.state,
  attempts: d.attempts,
  nextAt: d.state === 'queued' ? when(d.nextAt) : null,
  reference: d.reference ?? null,
  reason: d.reason ?? null,
  changedAt: formatInstant(d.changedAt),
  history: d.history.map(({ attempt, beganAt, endedAt, asked, outcome, detail }) => ({
    attempt,
    beganAt: formatInstant(beganAt),
    endedAt: when(endedAt),
    asked,
    outcome: outcome ?? null,
    detail: detail ?? null,
  })),
})

export const note = z.string().trim().min(1).max(500).describe('why, for whoever reads the audit log')

export const byTarget = z.object({
  id: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/)
    .openapi({ param: { name: 'id', in: 'path' }, example: 'books' }),
})

export const targetBody = z
  .strictObject({
    kind: z.string().max(64),
    settings: z.record(z.string().max(64), z.unknown()).default({}),
    secrets: z
      .record(z.string().max(64), z.string().max(20_000).nullable())
      .default({})
      .describe('what is not named stays as it is; null: is no more'),
    enabled: z.boolean().default(true),
    mostInFlight: z.number().int().min(1).max(32).default(4),
  })
  .openapi('ErpTargetBody')

export const replayBody = z
  .strictObject({
    fromNumber: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER),
    toNumber: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER),
    again: z
      .boolean()
      .default(false)
      .describe('also what was accepted; only where the receiver takes a document once whatever comes'),
    note: note.optional(),
  })
  .openapi('ErpReplay')
