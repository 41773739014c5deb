import { z } from '@hono/zod-openapi'
import { derControlTypes } from '../../core/charging/der.ts'
import { energyTransferModes } from '../../core/charging/needs.ts'
import {
  operationModes,
  purposes,
  type RateName,
  rateNames,
  type Rates,
  type Schedule,
} from '../../core/charging/profile.ts'
import type { ProfileWish } from '../../core/domain/order.ts'
import { msOf } from './params.ts'
import { given, instant } from './schemas.ts'

/** Charging profiles and what else bears on charging, as the API takes it: limits in W or A, times in ISO 8601 or seconds. */

export const evse = z.number().int().min(0).max(10_000)
export const stackLevel = z.number().int().min(0).max(1_000)
const most = 10_000_000
const drawn = z.number().min(0).max(most).multipleOf(0.1)
const limit = drawn.describe('W of all phases, or A of each')
const given21 = z.number().min(-most).max(0).multipleOf(0.1)
const either = z.number().min(-most).max(most).multipleOf(0.1)

/** How much; all but `limit` is of 2.1. With values of L2 and L3 the first one is that of L1. */
export const ratesShape = {
  limit: limit.optional(),
  limitL2: drawn.optional(),
  limitL3: drawn.optional(),
  dischargeLimit: given21.optional().describe('what may be given back: 0 and below (2.1)'),
  dischargeLimitL2: given21.optional(),
  dischargeLimitL3: given21.optional(),
  setpoint: either.optional().describe('what shall be drawn, or below 0 be given back (2.1)'),
  setpointL2: either.optional(),
  setpointL3: either.optional(),
  setpointReactive: either.optional(),
  setpointReactiveL2: either.optional(),
  setpointReactiveL3: either.optional(),
} satisfies Readonly<Record<RateName, z.ZodType>>

const scheduleBody = z.strictObject({
  unit: z.enum(['W', 'A']),
  startsAt: instant.optional(),
  durationS: z.number().int().min(1).max(31_536_000).optional(),
  minRate: limit.optional(),
  periods: z
    .array(
      z.strictObject({
        startS: z.number().int().min(0).max(31_536_000),
        ...ratesShape,
        phases: z.literal([1, 2, 3]).optional(),
        phaseToUse: z.literal([1, 2, 3]).optional().describe('with phases 1 (2.x)'),
        operationMode: z.enum(operationModes).optional().describe('2.1; else ChargingOnly'),
      }),
    )
    .min(1)
    .max(1_024),
})

export const profileBody = z
  .strictObject({
    id: z.number().int().min(1).max(2_147_483_647).optional().describe('else one is chosen'),
    evse: evse.describe('0 = the station, or every EVSE of it'),
    purpose: z.enum(purposes),
    stackLevel: stackLevel.default(0),
    kind: z.enum(['absolute', 'daily', 'weekly', 'relative', 'dynamic']),
    validFrom: instant.optional(),
    validTo: instant.optional(),
    updateEveryS: z.number().int().min(1).max(86_400).optional().describe('of a dynamic one (2.1)'),
    schedule: scheduleBody.optional(),
    schedules: z
      .array(scheduleBody)
      .min(1)
      .max(3)
      .optional()
      .describe('in place of schedule: a choice for a vehicle (2.x)'),
  })
  .openapi('ChargingProfile')

export const modes = z.array(z.enum(energyTransferModes)).min(1).max(11)
export const controlType = z.enum(derControlTypes)
export const controlId = z.string().min(1).max(36)

const tenths = (value: number): number => Math.round(value * 10)

/** Rates as they are inside, out of whatever fields a body has. */
export const ratesOf = (body: Readonly<Partial<Record<string, unknown>>>): Rates =>
  Object.fromEntries(
    rateNames.flatMap((name) => {
      const value = body[name]
      return typeof value === 'number' ? [[name, tenths(value)]] : []
    }),
  )

const scheduleOf = ({ unit, startsAt, durationS, minRate, periods }: z.infer<typeof scheduleBody>): Schedule => ({
  unit,
  ...given({
    startsAt: msOf(startsAt),
    durationMs: durationS === undefined ? undefined : durationS * 1_000,
    minRate: minRate === undefined ? undefined : tenths(minRate),
  }),
  periods: periods.map(({ startS, phases, phaseToUse, operationMode, ...rates }) => ({
    startMs: startS * 1_000,
    ...ratesOf(rates),
    ...given({ phases, phaseToUse, operationMode }),
  })),
})

/** A profile as it is sent, whatever its id will be. */
export const wishOf = ({
  schedule,
  schedules,
  validFrom,
  validTo,
  ...profile
}: z.infer<typeof profileBody>): ProfileWish => ({
  ...(given(profile) as Omit<ProfileWish, 'schedules'>),
  ...given({ validFrom: msOf(validFrom), validTo: msOf(validTo) }),
  schedules: (schedules ?? (schedule === undefined ? [] : [schedule])).map(scheduleOf),
})

/** What is wrong with the form of a profile, beside what is wrong with the profile. */
export const formFault = ({ schedule, schedules }: z.infer<typeof profileBody>): string | undefined =>
  (schedule === undefined) === (schedules === undefined) ? 'give a schedule or schedules, one of them' : undefined
