import { z } from '@hono/zod-openapi'
import { type Evse, evseStates } from '../../core/domain/evse.ts'
import { parseEvseId } from '../../core/domain/evse-id.ts'
import { formatInstant } from '../../core/domain/instant.ts'
import {
  connectorStandards,
  type Outlet,
  outletFormats,
  outletsFault,
  powerTypes,
  wattsOf,
} from '../../core/domain/outlet.ts'
import type { Given } from '../../core/ports/market.ts'
import { named } from './party-schemas.ts'
import { given, instant } from './schemas.ts'

const evseId = z
  .string()
  .max(48)
  .superRefine((text, context) => {
    const parsed = parseEvseId(text)
    if ('fault' in parsed) context.addIssue({ code: 'custom', message: parsed.fault })
    else if (parsed.type !== 'evse')
      context.addIssue({ code: 'custom', message: `is the name of a ${parsed.type}, not of an EVSE` })
  })
  .openapi({ example: 'DE*ABC*E123*1' })

export const outletBody = z.strictObject({
  id: named,
  number: z
    .number()
    .int()
    .min(1)
    .max(100)
    .optional()
    .describe('as OCPP numbers it in its EVSE; else by its place here'),
  standard: z.enum(connectorStandards),
  format: z.enum(outletFormats),
  powerType: z.enum(powerTypes),
  maxVolts: z.number().int().min(1).max(2_000).describe('between line and neutral, where it is AC'),
  maxAmps: z.number().int().min(1).max(5_000),
  maxWatts: z
    .number()
    .int()
    .min(1)
    .max(10_000_000)
    .nullish()
    .describe('where it is less than voltage, amperage and phases make'),
})

const outletOf = ({ number, maxWatts, ...outlet }: z.infer<typeof outletBody>, place: number): Outlet => ({
  ...outlet,
  number: number ?? place + 1,
  ...given({ maxWatts: maxWatts ?? undefined }),
})

export const evseBody = z.strictObject({
  station: named,
  evseId: evseId.nullish().describe('its public name; it may go to another EVSE, its uid never does'),
  state: z.enum(['planned', 'active']).default('active'),
  plug: z
    .strictObject({ chargePoint: z.string().min(1).max(255), evse: z.number().int().min(1).max(10_000) })
    .nullish()
    .describe('which one it is to OCPP; what it was before is remembered for sessions of that time'),
  connectors: z
    .array(outletBody)
    .max(20)
    .superRefine((bodies, context) => {
      const fault = outletsFault(bodies.map(outletOf))
      if (fault !== undefined)
        context.addIssue({ code: 'custom', path: fault.at.split('/').slice(1), message: fault.detail })
    }),
})

export const evseSchema = z
  .object({
    uid: z.string(),
    station: z.string().nullable(),
    evseId: z.string().nullable(),
    state: z.enum(evseStates),
    plug: z.object({ chargePoint: z.string(), evse: z.number().int() }).nullable(),
    connectors: z.array(
      z.object({
        id: z.string(),
        number: z.number().int(),
        standard: z.enum(connectorStandards),
        format: z.enum(outletFormats),
        powerType: z.enum(powerTypes),
        maxVolts: z.number().int(),
        maxAmps: z.number().int(),
        maxWatts: z.number().int(),
      }),
    ),
    changedAt: instant,
  })
  .openapi('Evse')

export const evseView = (evse: Evse): z.infer<typeof evseSchema> => ({
  uid: evse.uid,
  station: evse.station ?? null,
  evseId: evse.evseId ?? null,
  state: evse.state,
  plug: evse.plug === undefined ? null : { ...evse.plug },
  connectors: evse.outlets.map((outlet) => ({ ...outlet, maxWatts: wattsOf(outlet) })),
  changedAt: formatInstant(evse.changedAt),
})

export const evseFrom = (tenant: string, uid: string, body: z.infer<typeof evseBody>): Given<Evse> => ({
  tenant,
  uid,
  station: body.station,
  state: body.state,
  outlets: body.connectors.map(outletOf).toSorted((a, b) => a.number - b.number),
  ...given({ evseId: body.evseId?.trim().toUpperCase(), plug: body.plug ?? undefined }),
})
