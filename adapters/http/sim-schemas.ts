import { z } from '@hono/zod-openapi'
import { causes, type Diagnosis } from '../../core/domain/diagnosis.ts'
import { formatInstant } from '../../core/domain/instant.ts'
import { simStates } from '../../core/domain/sim.ts'
import {
  type SimCommand,
  simCommandOutcomes,
  simCommandStates,
  simCommandTypes,
} from '../../core/domain/sim-command.ts'
import { megabytes, type UsageDay } from '../../core/domain/usage-day.ts'
import type { SimCost, SimProviderView, SimStay, SimView } from '../../core/ports/sims.ts'
import { instant } from './schemas.ts'

/** SIM cards, their providers, and what is done about them, as the API shows them. */

const when = (ms: number | undefined): string | null => (ms === undefined ? null : formatInstant(ms))

export const simProviderSchema = z
  .object({
    id: z.string().openapi({ example: 'emnify' }),
    kind: z.string().describe('who can talk to it: 1nce, emnify, simulator').openapi({ example: 'emnify' }),
    settings: z.record(z.string(), z.unknown()),
    secrets: z.array(z.string()).describe('the names of the secrets that are set; what they are is never shown'),
    enabled: z.boolean(),
    sims: z.number().int().describe('how many SIMs are known to be its'),
    pausedUntil: instant.nullable().describe('it did not answer, or asked for time: nothing is asked before'),
    faults: z.number().int().describe('attempts in a row that it did not answer'),
    said: z.string().nullable().describe('what was heard of it then'),
    import: z
      .object({ state: z.enum(['wanted', 'done']), sims: z.number().int(), at: instant })
      .nullable()
      .describe('how far the last import of its SIMs has come'),
    changedAt: instant,
  })
  .openapi('SimProvider')

export const simProviderView = (
  provider: SimProviderView,
  secrets: readonly string[],
): z.infer<typeof simProviderSchema> => ({
  id: provider.id,
  kind: provider.kind,
  settings: provider.settings,
  secrets: [...secrets],
  enabled: provider.enabled,
  sims: provider.sims,
  pausedUntil: when(provider.pausedUntil),
  faults: provider.faults,
  said: provider.said ?? null,
  import: provider.import === undefined ? null : { ...provider.import, at: formatInstant(provider.import.at) },
  changedAt: formatInstant(provider.changedAt),
})

export const bySimProvider = z.object({
  id: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/)
    .openapi({ param: { name: 'id', in: 'path' }, example: 'emnify' }),
})

export const simProviderBody = z
  .strictObject({
    kind: z.string().max(64),
    settings: z.record(z.string().max(64), z.unknown()).default({}),
    secrets: z
      .record(z.string().max(64), z.string().max(5_000).nullable())
      .default({})
      .describe('what is not named stays as it is; null: is no more'),
    enabled: z.boolean().default(true),
  })
  .openapi('SimProviderBody')

const connectivitySchema = z.object({
  attachment: z.enum(['attached', 'detached', 'unknown']).describe('whether a network has it'),
  dataSession: z.enum(['open', 'none', 'unknown']),
  sessionSince: instant.nullable(),
  said: z.string().describe('in its provider’s word'),
  at: instant,
})

export const simSchema = z
  .object({
    iccid: z.string().describe('19 digits: without its check digit where it has 20'),
    imsi: z.string().nullable(),
    eid: z.string().nullable(),
    imei: z.string().nullable().describe('of the modem that its provider sees it in, 14 digits'),
    provider: z.string().nullable(),
    state: z.enum(simStates),
    chargePoint: z.string().nullable(),
    chargePointSince: instant.nullable(),
    seenAt: instant.nullable().describe('when a charge point has last reported it anew'),
    askedAt: instant.nullable().describe('when its provider has last answered'),
    connectivity: connectivitySchema.nullable(),
  })
  .openapi('Sim')

export const simView = (sim: SimView): z.infer<typeof simSchema> => {
  const { connectivity: line } = sim
  return {
    iccid: sim.iccid,
    imsi: sim.imsi ?? null,
    eid: sim.eid ?? null,
    imei: sim.imei ?? null,
    provider: sim.provider ?? null,
    state: sim.state,
    chargePoint: sim.station ?? null,
    chargePointSince: when(sim.stationSince),
    seenAt: when(sim.seenAt),
    askedAt: when(sim.askedAt),
    connectivity:
      line === undefined
        ? null
        : {
            attachment: line.attachment,
            dataSession: line.dataSession,
            sessionSince: when(line.sessionSince),
            said: line.said,
            at: formatInstant(line.at),
          },
  }
}

export const diagnosisSchema = z
  .object({
    chargePoint: z.string(),
    cause: z.enum(causes),
    certainty: z.enum(['sure', 'stale', 'contradicting']),
    text: z.string(),
    sim: z.string().nullable().describe('the ICCID of its SIM, where one is known'),
    provider: z.string().nullable(),
    evidence: z.array(
      z.object({
        fact: z.string(),
        text: z.string(),
        from: z.enum(['station', 'provider', 'server']),
        at: instant,
        ageS: z.number().int(),
        stale: z.boolean(),
      }),
    ),
    contradictions: z.array(z.string()),
  })
  .openapi('Diagnosis')

const mb = z.string().describe('megabytes, as its provider counts them').openapi({ example: '12.5' })

export const wholeSimSchema = simSchema
  .extend({
    stays: z.array(z.object({ chargePoint: z.string(), from: instant, until: instant.nullable() })),
    events: z.array(z.object({ at: instant, text: z.string(), alert: z.boolean() })),
    usage: z.object({
      month: z.string().openapi({ example: '2026-11' }),
      dataMb: mb,
      sms: z.number().int(),
      days: z.array(z.object({ day: z.string(), dataMb: mb, sms: z.number().int() })),
    }),
    costs: z.array(
      z.object({
        month: z.string(),
        provider: z.string(),
        chargePoint: z.string().nullable().describe('that it was in at the end of the month'),
        dataMb: mb,
        sms: z.number().int(),
        currency: z.string(),
        net: z.string(),
        postedAt: instant.nullable().describe('when it came into the general ledger'),
      }),
    ),
    diagnosis: diagnosisSchema.nullable().describe('of the charge point that it is in'),
  })
  .openapi('WholeSim')

interface Whole {
  readonly sim: SimView
  readonly stays: readonly SimStay[]
  readonly month: string
  readonly usage: readonly UsageDay[]
  readonly costs: readonly SimCost[]
  readonly diagnosis: z.infer<typeof diagnosisSchema> | null
}

export const wholeSimView = ({
  sim,
  stays,
  month,
  usage,
  costs,
  diagnosis,
}: Whole): z.infer<typeof wholeSimSchema> => ({
  ...simView(sim),
  stays: stays.map(({ station, from, until }) => ({
    chargePoint: station,
    from: formatInstant(from),
    until: when(until),
  })),
  events: sim.events.map(({ at, text, isAlert }) => ({ at: formatInstant(at), text, alert: isAlert })),
  usage: {
    month,
    dataMb: megabytes(usage.reduce((sum, { dataMillionths }) => sum + dataMillionths, 0)),
    sms: usage.reduce((sum, { sms }) => sum + sms, 0),
    days: usage.map(({ day, dataMillionths, sms }) => ({ day, dataMb: megabytes(dataMillionths), sms })),
  },
  costs: costs.map((cost) => ({
    month: cost.month,
    provider: cost.provider,
    chargePoint: cost.station ?? null,
    dataMb: megabytes(cost.dataMillionths),
    sms: cost.sms,
    currency: cost.currency,
    net: cost.net,
    postedAt: when(cost.postedAt),
  })),
  diagnosis,
})

export const diagnosisView = (
  chargePoint: string,
  { cause, certainty, text, evidence, contradictions }: Diagnosis,
  { iccid, provider }: { readonly iccid?: string; readonly provider?: string },
): z.infer<typeof diagnosisSchema> => ({
  chargePoint,
  cause,
  certainty,
  text,
  sim: iccid ?? null,
  provider: provider ?? null,
  evidence: evidence.map((one) => ({
    fact: one.fact,
    text: one.text,
    from: one.from,
    at: formatInstant(one.at),
    ageS: Math.round(one.ageMs / 1_000),
    stale: one.isStale,
  })),
  contradictions: [...contradictions],
})

export const simCommandSchema = z
  .object({
    id: z.string(),
    sim: z.string(),
    type: z.enum(simCommandTypes),
    chargePoint: z.string().nullable().describe('that is to connect'),
    state: z.enum(simCommandStates),
    outcome: z.enum(simCommandOutcomes).nullable(),
    reason: z.string().nullable(),
    createdAt: instant,
    sentAt: instant.nullable(),
    changedAt: instant,
    deadline: instant,
  })
  .openapi('SimCommand')

export const simCommandView = (command: SimCommand): z.infer<typeof simCommandSchema> => ({
  id: command.id,
  sim: command.iccid,
  type: command.type,
  chargePoint: command.station ?? null,
  state: command.state,
  outcome: command.outcome ?? null,
  reason: command.reason ?? null,
  createdAt: formatInstant(command.createdAt),
  sentAt: when(command.sentAt),
  changedAt: formatInstant(command.changedAt),
  deadline: formatInstant(command.deadline),
})

export const simCommandBody = z
  .strictObject({
    type: z
      .enum(simCommandTypes)
      .describe(
        'reset: the network drops it, so that it attaches anew; wakeUp: an SMS; both succeed when the charge point connects. activate, suspend: its card. look: its provider is asked anew.',
      ),
  })
  .openapi('SimCommandBody')
