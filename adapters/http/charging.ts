import { z } from '@hono/zod-openapi'
import { compositeSchedule } from '../../core/charging/composite.ts'
import { type Drift, driftOf, drifts, type Reported } from '../../core/charging/drift.ts'
import {
  type ChargingProfile,
  operationModes,
  purposes,
  type RateName,
  rateNames,
  type SchedulePeriod,
} from '../../core/charging/profile.ts'
import type { Command } from '../../core/domain/command.ts'
import { formatInstant } from '../../core/domain/instant.ts'
import type { ChargePointView, ItemView } from '../../core/ports/store.ts'
import { knownChargePoint } from './known.ts'
import { byIdentity } from './params.ts'
import type { Api, ApiParts } from './parts.ts'
import { route } from './route.ts'
import { instant, json, missing, pageSchema, problems } from './schemas.ts'

const at = '/api/v1/charge-points/{identity}'
const when = (ms: number | undefined): string | null => (ms === undefined ? null : formatInstant(ms))

const rates = Object.fromEntries(rateNames.map((name) => [name, z.number().optional()])) as {
  readonly [Name in RateName]: z.ZodOptional<z.ZodNumber>
}

const profileSchema = z
  .object({
    id: z.number().int(),
    evse: z.number().int(),
    purpose: z.enum(purposes),
    stackLevel: z.number().int(),
    kind: z.string(),
    validFrom: instant.nullable(),
    validTo: instant.nullable(),
    transaction: z.string().nullable(),
    updateEveryS: z.number().nullable(),
    drift: z
      .enum(drifts)
      .nullable()
      .describe(
        'what its last report says otherwise: missing; different; foreign, that is reported as ours and never taken from us (2.x)',
      ),
    schedules: z.array(
      z.object({
        unit: z.enum(['W', 'A']),
        startsAt: instant.nullable(),
        durationS: z.number().nullable(),
        periods: z.array(
          z.object({
            startS: z.number(),
            ...rates,
            limit: z.number().nullable(),
            phases: z.number().nullable(),
            operationMode: z.enum(operationModes).optional(),
          }),
        ),
      }),
    ),
  })
  .openapi('InstalledChargingProfile')

const periodOf = ({ startMs, limit, phases, operationMode, ...period }: SchedulePeriod) => ({
  startS: startMs / 1_000,
  ...(Object.fromEntries(
    rateNames.flatMap((name) => {
      const rate = name === 'limit' ? undefined : period[name]
      return rate === undefined ? [] : [[name, rate / 10]]
    }),
  ) as { readonly [Name in RateName]?: number }),
  limit: limit === undefined ? null : limit / 10,
  phases: phases ?? null,
  ...(operationMode !== undefined && { operationMode }),
})

const shownProfile = (profile: ChargingProfile, drift: Drift | undefined): z.infer<typeof profileSchema> => ({
  id: profile.id,
  evse: profile.evse,
  purpose: profile.purpose,
  stackLevel: profile.stackLevel,
  kind: profile.kind,
  validFrom: when(profile.validFrom),
  validTo: when(profile.validTo),
  transaction: profile.transaction ?? null,
  updateEveryS: profile.updateEveryS ?? null,
  drift: drift ?? null,
  schedules: profile.schedules.map(({ unit, startsAt, durationMs, periods }) => ({
    unit,
    startsAt: when(startsAt),
    durationS: durationMs === undefined ? null : durationMs / 1_000,
    periods: periods.map(periodOf),
  })),
})

const compositeSchema = z
  .object({
    startsAt: instant,
    durationS: z.number(),
    unit: z.enum(['W', 'A']),
    periods: z.array(
      z.object({
        startS: z.number(),
        limit: z.number().nullable().describe('null: none'),
        phases: z.number().nullable(),
      }),
    ),
  })
  .openapi('CompositeSchedule')

/** What it reports as set by us; of others we set nothing to compare. */
const reportedOf = (items: readonly ItemView[]): readonly Reported[] =>
  items.flatMap(({ body, reportedAt }) =>
    body['source'] === 'CSO' && Array.isArray(body['schedules'])
      ? [{ profile: body as unknown as ChargingProfile, at: reportedAt }]
      : [],
  )

/** When it last reported everything. */
const wholeReport = (commands: readonly Command[]): number | undefined =>
  commands.find(
    ({ order, outcome }) =>
      order.type === 'reportChargingProfiles' && outcome === 'succeeded' && Object.keys(order).length === 1,
  )?.createdAt

/** What a station has been told about charging, and what follows from it. */
export const chargingRoutes = (api: Api, { store, clock, chargingOf }: ApiParts): void => {
  const known = (tenant: string, identity: string): Promise<ChargePointView> =>
    knownChargePoint(store, { tenant, identity })

  api.openapi(
    route({
      method: 'get',
      path: `${at}/charging-profiles`,
      'x-permission': 'chargePoints.read',
      tags: ['Smart charging'],
      summary: 'The charging profiles that it has taken',
      description:
        'And where its own report says otherwise: the order reportChargingProfiles asks for one (2.x). What others have set there is under …/items/stationProfile.',
      request: { params: byIdentity },
      responses: { 200: json(pageSchema(profileSchema), 'Profiles'), ...problems, ...missing },
    }),
    async (c) => {
      const view = await known(c.get('caller').tenant, c.req.valid('param').identity)
      const [taken, { items }, commands] = await Promise.all([
        store.mirrors.chargingProfiles(view),
        store.mirrors.items(view, { kind: 'stationProfile' }, { limit: 1_000 }),
        store.commands.list(view, { limit: 100 }),
      ])
      const reported = reportedOf(items)
      const wholeAt = wholeReport(commands.items)
      const foreign = reported.filter(({ profile }) => !taken.some(({ id }) => id === profile.id))
      const shown = [
        ...taken.map((profile) => shownProfile(profile, driftOf(profile, profile.takenAt, reported, wholeAt))),
        ...foreign.map(({ profile }) => shownProfile(profile, 'foreign')),
      ]
      return c.json({ items: shown, next: null }, 200)
    },
  )

  api.openapi(
    route({
      method: 'get',
      path: `${at}/composite-schedule`,
      'x-permission': 'chargePoints.read',
      tags: ['Smart charging'],
      summary: 'What it may draw, by the profiles that it has taken',
      description:
        'Computed here, with the limits of others that it has told of. The order getCompositeSchedule asks the station for its own, and says where the two differ.',
      request: {
        params: byIdentity,
        query: z.object({
          evse: z.coerce.number().int().min(0).max(10_000).default(0),
          durationS: z.coerce.number().int().min(1).max(604_800).default(86_400),
          unit: z.enum(['W', 'A']).default('W'),
        }),
      },
      responses: { 200: json(compositeSchema, 'The schedule'), ...problems, ...missing },
    }),
    async (c) => {
      const view = await known(c.get('caller').tenant, c.req.valid('param').identity)
      const { evse, durationS, unit } = c.req.valid('query')
      const charging = await chargingOf(view, evse)
      const schedule = compositeSchedule({ ...charging, evse, from: clock.now(), durationMs: durationS * 1_000, unit })
      const periods = schedule.periods.map(({ startMs, limit, phases }) => ({
        startS: startMs / 1_000,
        limit: limit === undefined ? null : limit / 10,
        phases: phases ?? null,
      }))
      return c.json({ startsAt: formatInstant(schedule.startsAt), durationS, unit, periods }, 200)
    },
  )
}
