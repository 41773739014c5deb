import type { GetCompositeScheduleResponse } from 'typed-ocpp/dist/ocpp16/types.js'
import type { GetCompositeScheduleResponse as GetCompositeScheduleResponse2 } from 'typed-ocpp/dist/ocpp21/types.js'
import { differences } from '../../charging/compare.ts'
import { compositeSchedule, type CompositeSchedule } from '../../charging/composite.ts'
import { compositeFrom16 } from '../charging-profile.ts'
import { compositeFrom2 } from '../charging-profile-2.ts'
import { accepted, type Action, failed, order, type OrderContext, rejected, type Told, two } from '../dialect.ts'

/**
 * GetCompositeSchedule — what the station makes of all its profiles together. OCPP 1.6 §5.7, 2.x K08. Its answer is held
 * against what we expect of the profiles that it has taken: the history says where it differs.
 */
export const GetCompositeSchedule: Action = {
  'ocpp1.6': [
    order('getCompositeSchedule', {
      action: 'GetCompositeSchedule',
      tell: ({ evse, durationS, unit }) => ({
        payload: { connectorId: evse, duration: durationS, ...(unit !== undefined && { chargingRateUnit: unit }) },
      }),
      told: (response: GetCompositeScheduleResponse, { evse, durationS }, context) =>
        response.status === 'Rejected'
          ? rejected(response.status)
          : compared(compositeFrom16(response, { at: context.now, durationMs: durationS * 1_000 }), evse, context),
    }),
  ],
  ...two(
    order('getCompositeSchedule', {
      action: 'GetCompositeSchedule',
      tell: ({ evse, durationS, unit }) => ({
        payload: { evseId: evse, duration: durationS, ...(unit !== undefined && { chargingRateUnit: unit }) },
      }),
      told: (response: GetCompositeScheduleResponse2, { evse, durationS }, context) =>
        response.status === 'Rejected'
          ? rejected(response.status)
          : compared(compositeFrom2(response, { at: context.now, durationMs: durationS * 1_000 }), evse, context),
    }),
  ),
}

const compared = (
  theirs: CompositeSchedule | { readonly invalid: string },
  evse: number,
  { charging }: OrderContext,
): Told => {
  if ('invalid' in theirs) return failed(theirs.invalid)
  if (charging === undefined) return accepted()
  const { startsAt: from, durationMs, unit } = theirs
  const ours = compositeSchedule({ ...charging, evse, from, durationMs, unit })
  const apart = differences(ours, theirs)
  return accepted(
    apart.length === 0
      ? 'as its profiles make us expect'
      : `differs from what its profiles make us expect: ${apart.map((d) => sentence(d, unit)).join('; ')}`.slice(
          0,
          500,
        ),
  )
}

const sentence = ({ fromMs, toMs, ours, theirs }: ReturnType<typeof differences>[number], unit: 'W' | 'A'): string => {
  const limit = (tenths: number | undefined): string => (tenths === undefined ? 'no limit' : `${tenths / 10} ${unit}`)
  return `${fromMs / 1_000}–${toMs / 1_000} s ${limit(theirs)}, expected ${limit(ours)}`
}
