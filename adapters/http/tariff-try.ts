import { z } from '@hono/zod-openapi'
import { millionths } from '../../core/domain/decimal.ts'
import { timeZone } from '../../core/domain/time-zone.ts'
import { milliWattHours } from '../../core/domain/units.ts'
import { isReservation } from '../../core/pricing/cut.ts'
import { price } from '../../core/pricing/price.ts'
import { stretchKinds, type Usage } from '../../core/pricing/usage.ts'
import { msOf } from './params.ts'
import type { Api, ApiParts } from './parts.ts'
import { pricedFields, pricedOf } from './priced-schemas.ts'
import { notFound } from './problem.ts'
import { route } from './route.ts'
import { given, instant, json, missing, problems, unprocessable } from './schemas.ts'
import { decimalText } from './tariff-body.ts'
import { byTariff } from './tariffs.ts'

const minuteMs = 60_000
const monthMs = 31 * 86_400_000

const minutes = z
  .number()
  .min(0)
  .max(monthMs / minuteMs)
const zone = z
  .string()
  .refine((text) => timeZone(text) !== undefined, {
    error: 'must be a time zone of IANA, such as Europe/Berlin',
    params: { rule: 'timeZone' },
  })
  .default('UTC')
  .describe('of the site: in it the hours of the tariff count')
const thousandths = (most: number) => z.number().min(-most).max(most).multipleOf(0.001)

const stretch = z.strictObject({
  kind: z.enum(stretchKinds),
  from: instant,
  until: instant,
  energyWh: thousandths(1e9).default(0).describe('negative: given back'),
  powerW: thousandths(1e9).optional().describe('absent: what its energy makes it'),
  currentA: thousandths(1e5).optional().describe('the sum of all phases'),
})

const tryBody = z
  .strictObject({
    version: z.number().int().min(1).max(2_147_483_647).optional().describe('absent: the newest'),
    zone,
    startedAt: instant.optional().describe('absent: now'),
    minutes: minutes.optional().describe('of charging'),
    kWh: decimalText.optional().describe('drawn evenly meanwhile'),
    parkedMinutes: minutes.optional().describe('after that, while the vehicle asks for no power'),
    reservedMinutes: minutes.optional().describe('before that'),
    stretches: z.array(stretch).min(1).max(1_000).optional().describe('in place of all these'),
  })
  .superRefine(({ stretches, ...body }, context) => {
    const refuse = (path: readonly (string | number)[], rule: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [...path], message, params: { rule } })
    for (const name of ['startedAt', 'minutes', 'kWh', 'parkedMinutes', 'reservedMinutes'] as const) {
      if (stretches !== undefined && body[name] !== undefined) refuse([name], 'shortOrExact', 'is in the stretches')
      if (stretches === undefined && body[name] === undefined && (name === 'minutes' || name === 'kWh'))
        refuse([name], 'shortOrExact', 'is missing, and there are no stretches')
    }
    for (const { path, rule, detail } of stretchFaults(stretches ?? [])) refuse(['stretches', ...path], rule, detail)
  })
  .openapi('TariffUsage')

const stretchFaults = (stretches: readonly z.infer<typeof stretch>[]) => {
  const start = msOf(stretches[0]?.from) ?? 0
  const times = stretches.map(({ from, until }) => ({ from: msOf(from) ?? 0, until: msOf(until) ?? 0 }))
  return [
    ...stretches.flatMap(({ kind }, i) => {
      const { from, until } = times[i] ?? { from: start, until: start }
      const isLate = isReservation({ kind }) && stretches.slice(0, i).some((other) => !isReservation(other))
      return [
        ...(from === (times[i - 1]?.until ?? start)
          ? []
          : [{ path: [i, 'from'], rule: 'withoutGaps', detail: 'it begins where the one before ends' }]),
        ...(until >= from ? [] : [{ path: [i, 'until'], rule: 'endsAfterStart', detail: 'it ends before it begins' }]),
        ...(isLate
          ? [{ path: [i, 'kind'], rule: 'reservedBefore', detail: 'a reservation comes before its session' }]
          : []),
      ]
    }),
    ...((times.at(-1)?.until ?? start) - start > monthMs
      ? [{ path: [], rule: 'oneMonth', detail: 'they are longer than 31 days' }]
      : []),
  ]
}

const schema = z.object(pricedFields).openapi('PricedUsage')

const usageOf = ({ zone: ofSite, stretches, ...body }: z.infer<typeof tryBody>, now: number): Usage => {
  if (stretches !== undefined)
    return {
      zone: ofSite,
      stretches: stretches.map(({ kind, from, until, energyWh, powerW, currentA }) => ({
        kind,
        from: msOf(from) ?? 0,
        until: msOf(until) ?? 0,
        energyMwh: milliWattHours(energyWh) ?? 0,
        ...given({ powerMw: thousandfold(powerW), currentMa: thousandfold(currentA) }),
      })),
    }
  const { startedAt, minutes: charged = 0, kWh = '0', parkedMinutes = 0, reservedMinutes = 0 } = body
  const from = msOf(startedAt) ?? now
  const until = from + msOfMinutes(charged)
  const energyMwh = Number(millionths(kWh))
  const reserved = { kind: 'reserved', from: from - msOfMinutes(reservedMinutes), until: from, energyMwh: 0 } as const
  const parking = { kind: 'parking', from: until, until: until + msOfMinutes(parkedMinutes), energyMwh: 0 } as const
  return {
    zone: ofSite,
    stretches: [
      ...(reservedMinutes > 0 ? [reserved] : []),
      { kind: 'charging', from, until, energyMwh },
      ...(parkedMinutes > 0 ? [parking] : []),
    ],
  }
}

const msOfMinutes = (of: number): number => Math.round(of * minuteMs)
const thousandfold = (value: number | undefined): number | undefined =>
  value === undefined ? undefined : Math.round(value * 1_000)

/** What a session would cost, for a person to see what a tariff does. Nothing is stored. */
export const tariffTryRoutes = (api: Api, { store, clock }: ApiParts): void => {
  api.openapi(
    route({
      method: 'post',
      path: '/api/v1/tariffs/{id}/try',
      'x-permission': 'tariffs.read',
      tags: ['Tariffs'],
      summary: 'What a session would cost by a tariff',
      description:
        'Either in short, by `minutes`, `kWh` and `parkedMinutes`, or by `stretches` as a session has them. Nothing is stored.',
      request: { params: byTariff, body: { content: { 'application/json': { schema: tryBody } }, required: true } },
      responses: { 200: json(schema, 'The price, and what it is made of'), ...problems, ...missing, ...unprocessable },
    }),
    async (c) => {
      const { tenant } = c.get('caller')
      const { id } = c.req.valid('param')
      const body = c.req.valid('json')
      const view =
        body.version === undefined
          ? await store.tariffs.find(tenant, id)
          : await store.tariffs.version(tenant, id, body.version)
      if (view === undefined) throw notFound(body.version === undefined ? 'tariff' : 'version of a tariff')
      return c.json(pricedOf({ priced: price(view.tariff, usageOf(body, clock.now())) }), 200)
    },
  )
}
