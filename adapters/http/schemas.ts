import { z } from '@hono/zod-openapi'
import { keyRoles } from '../../core/domain/access.ts'
import { authorizationStatuses } from '../../core/domain/authorization.ts'
import { type Cdr, cdrStates } from '../../core/domain/cdr.ts'
import { remoteStarts } from '../../core/domain/charge-point.ts'
import type { Command } from '../../core/domain/command.ts'
import { commandOutcomes, commandStates } from '../../core/domain/command.ts'
import { connectorStatuses } from '../../core/domain/connector.ts'
import { decimalPattern } from '../../core/domain/decimal.ts'
import { gapsOf } from '../../core/domain/event-book.ts'
import { formatInstant } from '../../core/domain/instant.ts'
import { canonicalUnits } from '../../core/domain/normal.ts'
import { type Correction, rules } from '../../core/domain/sanity.ts'
import { givenBack } from '../../core/domain/export.ts'
import { energyOf, sessionStates } from '../../core/domain/session.ts'
import { monthPattern } from '../../core/domain/statement.ts'
import type { Token } from '../../core/domain/token.ts'
import { tokenStatuses, tokenTypes } from '../../core/domain/token.ts'
import { wattHours } from '../../core/domain/units.ts'
import type { ApiKey, CdrView, ChargePointView, SessionView } from '../../core/ports/store.ts'
import { pricedFields, pricedOf } from './priced-schemas.ts'
import { problemSchema } from './problem.ts'

/** The resources as the API shows them: energy in Wh, times in ISO 8601 UTC, null where nothing is known. */

export const instant = z.iso.datetime().openapi({ example: '2026-11-24T12:00:00.000Z' })
export const month = z.string().regex(monthPattern, 'must be a month such as 2026-11').openapi({ example: '2026-11' })
export const when = (ms: number | undefined): string | null => (ms === undefined ? null : formatInstant(ms))
const wh = (mwh: number | undefined): number | null => (mwh === undefined ? null : wattHours(mwh))

export const supplySchema = z
  .strictObject({
    kind: z.enum(['AC', 'DC']),
    volts: z.number().int().min(1).max(2_000),
    phases: z.literal([1, 2, 3]),
  })
  .openapi('Supply')

/** An amount of money or a price: exact to its last digit, so a text. */
export const decimal = z
  .string()
  .regex(decimalPattern, 'must be a decimal number with up to 9 digits before the point and 6 behind it, as text')
  .openapi({ example: '0.45' })
export const currency = z
  .string()
  .regex(/^[A-Z]{3}$/, 'must be a currency of ISO 4217')
  .openapi({ example: 'EUR' })

export const displayPriceSchema = z
  .strictObject({
    currency,
    energyPerKwh: decimal.optional(),
    timePerHour: decimal.optional().describe('from the start of the session to its end'),
    sessionFee: decimal.optional(),
  })
  .refine((price) => Object.keys(price).length > 1, 'must have a price, if only one of 0: no price is not for free')
  .openapi('DisplayPrice')

export const limitsSchema = z
  .strictObject({
    maxCost: decimal.optional(),
    maxEnergyWh: z.number().int().min(1).max(1_000_000_000).optional(),
    maxTimeS: z.number().int().min(1).max(31_536_000).optional(),
    maxSoC: z.number().int().min(1).max(100).optional(),
  })
  .openapi('SessionLimits')

export const chargePointSchema = z
  .object({
    identity: z.string().openapi({ example: 'CP-1' }),
    tenant: z.string(),
    online: z.boolean(),
    protocol: z.string().nullable(),
    registration: z.enum(['accepted', 'pending', 'rejected']),
    blocked: z.boolean(),
    traced: z
      .boolean()
      .nullable()
      .describe('its trace is kept in the store; null: while there are fewer than 1,000 charge points'),
    securityProfile: z.number().int().nullable().describe('the least it must come with; null: its password'),
    clockless: z.boolean(),
    remoteStart: z.enum(remoteStarts).describe('what a remote start presents'),
    supply: supplySchema.nullable(),
    assumeProtocol: z.string().nullable().describe('what it speaks where it names no sub-protocol'),
    maxPowerW: z.number().int().nullable().describe('the most that one connector can deliver; null: not known'),
    displayPrice: displayPriceSchema.nullable().describe('what its display says that a session costs; null: nothing'),
    lastSeen: instant.nullable(),
    vendor: z.string().nullable(),
    model: z.string().nullable(),
    serial: z.string().nullable(),
    firmware: z.string().nullable(),
    iccid: z.string().nullable(),
    imsi: z.string().nullable(),
    status: z
      .object({ status: z.enum(connectorStatuses), errorCode: z.string() })
      .nullable()
      .describe('of the station as a whole (connector 0)'),
    evses: z.array(
      z.object({
        id: z.number().int(),
        evseId: z.string().nullable(),
        connectors: z.array(
          z.object({ id: z.number().int(), status: z.enum(connectorStatuses), errorCode: z.string() }),
        ),
        session: z.string().nullable(),
      }),
    ),
  })
  .openapi('ChargePoint')

export const chargePointOf = (view: ChargePointView): z.infer<typeof chargePointSchema> => {
  const numbers = [...new Set(view.connectors.map((c) => c.evse))].filter((evse) => evse > 0)
  const whole = view.connectors.find((c) => c.evse === 0)
  return {
    identity: view.identity,
    tenant: view.tenant,
    online: view.online,
    protocol: view.protocol ?? null,
    registration: view.registration,
    blocked: view.blocked,
    traced: view.traced ?? null,
    securityProfile: view.securityProfile ?? null,
    clockless: view.clockless,
    remoteStart: view.remoteStart,
    supply: view.supply ?? null,
    assumeProtocol: view.assumeProtocol ?? null,
    maxPowerW: view.maxPowerW ?? null,
    displayPrice: view.displayPrice ?? null,
    lastSeen: when(view.lastSeen),
    vendor: view.inventory?.vendor ?? null,
    model: view.inventory?.model ?? null,
    serial: view.inventory?.serial ?? null,
    firmware: view.inventory?.firmware ?? null,
    iccid: view.inventory?.iccid ?? null,
    imsi: view.inventory?.imsi ?? null,
    status: whole === undefined ? null : { status: whole.status, errorCode: whole.errorCode },
    evses: numbers.map((id) => {
      const connectors = view.connectors.filter((c) => c.evse === id)
      return {
        id,
        evseId: connectors.find((c) => c.evseId !== undefined)?.evseId ?? null,
        connectors: connectors.map((c) => ({ id: c.connector, status: c.status, errorCode: c.errorCode })),
        session: connectors.find((c) => c.session !== undefined)?.session ?? null,
      }
    }),
  }
}

export const tokenSchema = z
  .object({
    uid: z.string(),
    issuer: z.string().describe('empty = ourselves'),
    type: z.enum(tokenTypes),
    status: z.enum(tokenStatuses),
    groupId: z.string().nullable(),
    expiresAt: instant.nullable(),
    contract: z.string().nullable(),
    mostSessions: z.number().int().nullable(),
    cacheS: z.number().int().nullable(),
    credit: z.string().nullable().describe('what is left on it, where it is prepaid'),
  })
  .openapi('Token')

export const tokenView = (token: Token): z.infer<typeof tokenSchema> => ({
  uid: token.uid,
  issuer: token.issuer,
  type: token.type,
  status: token.status,
  groupId: token.groupId ?? null,
  expiresAt: when(token.expiresAt),
  contract: token.contract ?? null,
  mostSessions: token.mostSessions ?? null,
  cacheS: token.cacheS ?? null,
  credit: token.credit ?? null,
})

export const sessionSchema = z
  .object({
    id: z.string(),
    chargePoint: z.string(),
    evse: z.number().int(),
    connector: z.number().int(),
    transaction: z.string().nullable().describe('the transaction id on the wire'),
    token: z.string().nullable(),
    contract: z.string().nullable(),
    authorization: z.enum(authorizationStatuses).nullable(),
    state: z.enum(sessionStates),
    startedAt: instant.nullable(),
    endedAt: instant.nullable(),
    meterStartWh: z.number().nullable(),
    meterStopWh: z.number().nullable(),
    energyWh: z.number().nullable(),
    exportedWh: z
      .number()
      .nullable()
      .describe('given back by the vehicle (V2X), never taken off energyWh; null = no meter says'),
    estimated: z.boolean().describe('the energy is not from the stop itself'),
    stopReason: z.string().nullable(),
    missing: z
      .string()
      .nullable()
      .describe('of its numbered events, as far as it is over (2.x): what has not come, or will not any more'),
    flags: z.array(z.string()),
    command: z.string().nullable().describe('the order that began it'),
    limits: z
      .object({
        maxCost: z.string().nullable(),
        maxEnergyWh: z.number().nullable(),
        maxTimeS: z.number().nullable(),
        maxSoC: z.number().nullable(),
      })
      .nullable()
      .describe('how far it may go, as the station has said last, or was told; null: as far as it likes (OCPP 2.1)'),
    stationCost: z
      .record(z.string(), z.unknown())
      .nullable()
      .describe('what the station has worked out itself, in its own words (costDetails of OCPP 2.1)'),
    stationTariff: z.string().nullable().describe('the tariff that it did so with'),
    cdr: z.string().nullable(),
  })
  .openapi('Session')

export const sessionOf = (session: SessionView): z.infer<typeof sessionSchema> => {
  const energy = energyOf(session)
  return {
    id: session.id,
    chargePoint: session.identity,
    evse: session.evse,
    connector: session.connector,
    transaction: session.transaction ?? null,
    token: session.token ?? null,
    contract: session.authorization?.contract ?? null,
    authorization: session.authorization?.status ?? null,
    state: session.state,
    startedAt: when(session.startedAt),
    endedAt: when(session.endedAt),
    meterStartWh: wh(session.meterStartMwh),
    meterStopWh: wh(session.meterStopMwh),
    energyWh: wh(energy?.mwh),
    exportedWh: wh(givenBack(session.exported)?.mwh),
    estimated: energy?.estimated ?? false,
    stopReason: session.stopReason ?? null,
    missing: (session.events && gapsOf(session.events)) ?? null,
    flags: [...session.flags],
    command: session.command ?? null,
    limits: limitsView(session),
    stationCost: session.stationCost ?? null,
    stationTariff: session.stationTariff ?? null,
    cdr: session.cdr ?? null,
  }
}

const limitsView = ({ events }: SessionView): z.infer<typeof sessionSchema>['limits'] => {
  const [, limits] = events?.limits ?? events?.ordered ?? []
  if (limits === undefined) return null
  const { maxCost = null, maxEnergyWh = null, maxTimeS = null, maxSoC = null } = limits
  return { maxCost, maxEnergyWh, maxTimeS, maxSoC }
}

export const sampleSchema = z
  .object({
    at: instant,
    receivedAt: instant,
    registerWh: z.number().nullable(),
    values: z.array(
      z.object({
        measurand: z.string(),
        value: z.string(),
        unit: z.string(),
        phase: z.string().nullable(),
        context: z.string(),
        location: z.string(),
        normal: z
          .object({ value: z.number(), unit: z.enum(canonicalUnits) })
          .nullable()
          .describe('in the one unit of what is measured; null = cannot be read'),
      }),
    ),
  })
  .openapi('Sample')

const correctionSchema = z
  .object({
    energyWh: z.number().nullable(),
    startedAt: instant.nullable(),
    endedAt: instant.nullable(),
    how: z.string().describe('how it was computed'),
  })
  .describe('what the CDR should say instead; null = as it is')

const holdSchema = z
  .object({
    reasons: z.array(z.object({ rule: z.enum(rules), detail: z.string(), proposal: correctionSchema.nullable() })),
    proposal: correctionSchema.nullable(),
    heldAt: instant,
  })
  .openapi('Hold')

const correctionOf = ({ energyMwh, startedAt, endedAt, how }: Correction): z.infer<typeof correctionSchema> => ({
  energyWh: wh(energyMwh),
  startedAt: when(startedAt),
  endedAt: when(endedAt),
  how,
})

const holdOf = ({ hold }: Cdr): z.infer<typeof holdSchema> | null =>
  hold === undefined
    ? null
    : {
        reasons: hold.reasons.map(({ rule, detail, proposal }) => ({
          rule,
          detail,
          proposal: proposal === undefined ? null : correctionOf(proposal),
        })),
        proposal: hold.proposal === undefined ? null : correctionOf(hold.proposal),
        heldAt: formatInstant(hold.heldAt),
      }

export const cdrSchema = z
  .object({
    id: z.string(),
    version: z.number().int().describe('0 = the original'),
    number: z.number().int().nullable().describe('of its document; null = not sealed yet, or held'),
    replaces: z.string().nullable(),
    session: z.string(),
    chargePoint: z.string(),
    evse: z.number().int(),
    evseId: z.string().nullable(),
    site: z.string().nullable(),
    station: z.string().nullable().describe('the charging station on the site'),
    country: z.string().nullable().describe('ISO 3166-1 alpha-2'),
    token: z.string().nullable(),
    contract: z.string().nullable(),
    startedAt: instant,
    endedAt: instant,
    energyWh: z.number(),
    exportedWh: z.number().nullable().describe('given back by the vehicle (V2X); null = no meter says'),
    durationS: z.number().int(),
    stopReason: z.string(),
    state: z.enum(cdrStates),
    hold: holdSchema.nullable().describe('why nobody is billed for it yet: until POST …/release'),
    ...pricedFields,
    credits: z.array(z.string()).describe('the credits against it: then another version has replaced it'),
    notes: z.array(z.string()),
  })
  .openapi('Cdr')

export const cdrOf = (cdr: CdrView): z.infer<typeof cdrSchema> => ({
  id: cdr.id,
  version: cdr.version,
  number: cdr.number ?? null,
  replaces: cdr.replaces ?? null,
  session: cdr.session,
  chargePoint: cdr.chargePoint,
  evse: cdr.evse,
  evseId: cdr.evseId ?? null,
  site: cdr.site ?? null,
  station: cdr.station ?? null,
  country: cdr.country ?? null,
  token: cdr.token ?? null,
  contract: cdr.contract ?? null,
  startedAt: formatInstant(cdr.startedAt),
  endedAt: formatInstant(cdr.endedAt),
  energyWh: wattHours(cdr.energyMwh),
  exportedWh: wh(cdr.exportedMwh),
  durationS: Math.round(cdr.durationMs / 1_000),
  stopReason: cdr.stopReason,
  state: cdr.state,
  hold: holdOf(cdr),
  ...pricedOf(cdr),
  credits: [...cdr.credits],
  notes: [...cdr.notes],
})

export const commandSchema = z
  .object({
    id: z.string(),
    type: z.string(),
    chargePoint: z.string(),
    number: z.number().int().describe('its name on the wire where OCPP wants a number: request, reservation, profile'),
    state: z.enum(commandStates),
    outcome: z.enum(commandOutcomes).nullable(),
    reason: z.string().nullable(),
    session: z.string().nullable(),
    answer: z.unknown().describe('what the station answered, as it answered it'),
    createdAt: instant,
    deadline: instant,
    history: z.array(z.object({ at: instant, state: z.enum(commandStates), note: z.string().nullable() })),
  })
  .openapi('Command')

export const commandView = (command: Command): z.infer<typeof commandSchema> => ({
  id: command.id,
  type: command.order.type,
  chargePoint: command.identity,
  number: command.number,
  state: command.state,
  outcome: command.outcome ?? null,
  reason: command.reason ?? null,
  session: command.session ?? null,
  answer: command.answer ?? null,
  createdAt: formatInstant(command.createdAt),
  deadline: formatInstant(command.deadline),
  history: command.history.map(({ at, state, note }) => ({ at: formatInstant(at), state, note: note ?? null })),
})

const placeId = z.string().min(1).max(255)
export const scopeSchema = z
  .union([
    z.literal('tenant'),
    z.strictObject({
      sites: z.array(placeId).max(1_000).default([]),
      stations: z.array(placeId).max(1_000).default([]),
      chargePoints: z.array(placeId).max(1_000).default([]),
    }),
  ])
  .describe('with what: the whole tenant; or what lies at these sites and charging stations, and these charge points')
  .openapi('Scope')

export const apiKeySchema = z
  .object({
    id: z.string(),
    tenant: z.string().nullable(),
    label: z.string(),
    role: z.enum(keyRoles).describe('what may be done with it'),
    scope: scopeSchema,
    party: z.string().nullable().describe('whose it is: the site owner, or the EMP'),
    createdAt: instant,
    expiresAt: instant.nullable(),
    revokedAt: instant.nullable(),
  })
  .openapi('ApiKey')

export const apiKeyOf = (key: ApiKey): z.infer<typeof apiKeySchema> => ({
  id: key.id,
  tenant: key.tenant ?? null,
  label: key.label,
  role: key.role,
  scope:
    key.scope === 'tenant'
      ? 'tenant'
      : {
          sites: [...key.scope.sites],
          stations: [...key.scope.stations],
          chargePoints: [...key.scope.chargePoints],
        },
  party: key.party ?? null,
  createdAt: formatInstant(key.createdAt),
  expiresAt: when(key.expiresAt),
  revokedAt: when(key.revokedAt),
})

export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  cursor: z.string().max(500).optional(),
}

export const pageSchema = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), next: z.string().nullable().describe('cursor of the next page, or null') })

/** `exactOptionalPropertyTypes` and query strings: what is not there is not passed on. */
export const given = <Fields extends Readonly<Record<string, unknown>>>(
  fields: Fields,
): { [K in keyof Fields]?: Exclude<Fields[K], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never

export const json = <Schema extends z.ZodType>(schema: Schema, description: string) => ({
  description,
  content: { 'application/json': { schema } },
})
const problem = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: problemSchema } },
})
export const problems = {
  400: problem('The request is not valid'),
  401: problem('No key, or not a valid one'),
  403: problem('Not allowed'),
}
export const missing = { 404: problem('There is no such thing') }
export const unprocessable = {
  409: problem('It cannot be done now'),
  413: problem('The body is too large'),
  415: problem('Send JSON'),
  422: problem('The body is not valid'),
}
