import { z } from '@hono/zod-openapi'
import { formatInstant } from '../../core/domain/instant.ts'
import type { Chore } from '../../core/ports/roaming-chores.ts'
import { choreKinds, choreStates } from '../../core/ports/roaming-chores.ts'
import type { ReceivedObject } from '../../core/ports/roaming.ts'
import { roamingModules } from '../../core/ports/roaming.ts'
import type { LedgerLine, Scorecard } from '../../core/ports/roaming-reports.ts'
import { instant } from './schemas.ts'

/** What partners have told us, and what was exchanged with them, as the API shows it. */

const when = (ms: number | undefined): string | null => (ms === undefined ? null : formatInstant(ms))
const counts = z.record(z.string(), z.number().int())

export const receivedSchema = z
  .object({
    module: z.enum(roamingModules),
    countryCode: z.string(),
    partyId: z.string(),
    id: z.string(),
    partner: z.string().describe('who told us'),
    lastUpdated: instant.describe('by its own word'),
    receivedAt: instant,
    verdict: z
      .record(z.string(), z.unknown())
      .nullable()
      .describe(
        'of a CDR: what we found when we worked it out again from its own tariff and periods; `verdict` is matches, differs or uncomputable',
      ),
    body: z.record(z.string(), z.unknown()).describe('in the words of OCPI 2.3.0, with fields that nobody here knows'),
  })
  .openapi('RoamingReceived')

export const receivedView = (o: ReceivedObject): z.infer<typeof receivedSchema> => ({
  module: o.module,
  countryCode: o.owner.country,
  partyId: o.owner.party,
  id: o.id,
  partner: o.partner,
  lastUpdated: formatInstant(o.lastUpdated),
  receivedAt: formatInstant(o.receivedAt),
  verdict: o.verdict === undefined ? null : { ...o.verdict },
  body: { ...o.body },
})

export const exchangeKinds = ['push', 'pull', 'ask', 'told', 'pulled', 'asked'] as const
export const exchangeResults = ['done', 'refused', 'failed', 'unclear'] as const

export const exchangeSchema = z
  .object({
    serial: z.number().int(),
    partner: z.string(),
    kind: z
      .enum(exchangeKinds)
      .describe(
        'push: we told; pull: we asked for objects; ask: we wanted something done; the others: so did the partner',
      ),
    module: z.string(),
    method: z.string(),
    object: z.string().nullable(),
    at: instant,
    tookMs: z.number().int(),
    attempt: z.number().int(),
    bytesOut: z.number().int(),
    bytesIn: z.number().int(),
    status: z.number().int().nullable().describe('of HTTP; null: no answer came'),
    code: z.number().int().nullable().describe('of OCPI'),
    result: z.enum(exchangeResults),
    detail: z.string().nullable(),
  })
  .openapi('RoamingExchange')

export const exchangeView = ({ tenant: _tenant, ...line }: LedgerLine): z.infer<typeof exchangeSchema> => ({
  ...line,
  object: line.object ?? null,
  at: formatInstant(line.at),
  status: line.status ?? null,
  code: line.code ?? null,
  detail: line.detail ?? null,
})

export const choreSchema = z
  .object({
    kind: z.enum(choreKinds).describe('pull: we read its list; reconcile: we look whether it has what we have told it'),
    module: z.enum(roamingModules),
    state: z.enum(choreStates),
    due: instant.describe('when it is done next'),
    whole: z.boolean().describe('everything, not only what has changed'),
    beganAt: instant.nullable(),
    endedAt: instant.nullable(),
    wholeAt: instant.nullable().describe('when it was last done whole'),
    items: z.number().int().describe('objects that were looked at so far'),
    total: z.number().int().nullable().describe('how many there are'),
    counts: counts.describe(
      'by what came of them: new, changed, same, refused, removed, missing, differed, resent, unclear, unseen (a partner has not said where)',
    ),
    notes: z.array(z.string()).describe('the first few that something was wrong with'),
    detail: z.string().nullable().describe('why it failed'),
  })
  .openapi('RoamingChore')

export const choreView = (c: Chore): z.infer<typeof choreSchema> => ({
  kind: c.kind,
  module: c.module,
  state: c.state,
  due: formatInstant(c.due),
  whole: c.wanted.whole,
  beganAt: when(c.beganAt),
  endedAt: when(c.endedAt),
  wholeAt: when(c.wholeAt),
  items: c.progress.items,
  total: c.progress.total ?? null,
  counts: { ...c.progress.counts },
  notes: [...c.progress.notes],
  detail: c.detail ?? null,
})

export const scorecardSchema = z
  .object({
    modules: z.array(
      z.object({
        module: z.string(),
        days: z.array(
          z.object({
            days: z.number().int().describe('1, 7 or 30'),
            exchanges: z.number().int(),
            done: z.number().int(),
            p50Ms: z.number().int(),
            p95Ms: z.number().int(),
          }),
        ),
        lastOut: instant.nullable().describe('the last that we began and that was done'),
        lastIn: instant.nullable().describe('the last that the partner began'),
        reasons: z.array(z.object({ reason: z.string(), times: z.number().int() })),
      }),
    ),
    lanes: z
      .array(z.object({ module: z.string(), behind: z.number().int(), faults: z.number().int() }))
      .describe('what it has not been told yet'),
    deliveries: counts.describe('CDRs on their way to it, by state'),
    verdicts: counts.describe('CDRs from it, by what we found'),
    clockAheadMs: z.number().int().describe('how far its newest object is ahead of our clock'),
  })
  .openapi('RoamingScorecard')

export const scorecardView = ({ modules, lanes, ...card }: Scorecard): z.infer<typeof scorecardSchema> => ({
  ...card,
  deliveries: { ...card.deliveries },
  verdicts: { ...card.verdicts },
  lanes: lanes.map((lane) => ({ ...lane })),
  modules: modules.map(({ days, lastIn, lastOut, reasons, module }) => ({
    module,
    days: days.map((one) => ({ ...one })),
    lastOut: when(lastOut),
    lastIn: when(lastIn),
    reasons: reasons.map((one) => ({ ...one })),
  })),
})
