import type { ChargingNeedsType, NotifyEVChargingNeedsRequest } from 'typed-ocpp/dist/ocpp21/types.js'
import type { VehicleNeeds } from '../../charging/needs.ts'
import type { Tenths } from '../../charging/profile.ts'
import { parseInstant } from '../../domain/instant.ts'
import { tenths } from '../charging-profile.ts'
import { type Action, dialect, two } from '../dialect.ts'

/**
 * NotifyEVChargingNeeds — what a vehicle asks for over ISO 15118. 2.x K15, K17, K18. Where it is accepted, a profile for
 * its session follows within 60 seconds (K15.FR.07).
 */
export const NotifyEVChargingNeeds: Action = two((protocol) =>
  dialect('needs', {
    request: 'NotifyEVChargingNeedsRequest',
    ask: ({ evseId: evse, maxScheduleTuples, chargingNeeds }: NotifyEVChargingNeedsRequest) => {
      const needs: VehicleNeeds = {
        evse,
        ...needsOf(chargingNeeds),
        ...(maxScheduleTuples !== undefined && maxScheduleTuples > 0 && { mostPeriods: maxScheduleTuples }),
      }
      return {
        type: 'needs',
        needs,
        told: {
          topic: 'charging-needs',
          data: { ...needs },
          learnt: [
            {
              type: 'items.put',
              kind: 'chargingNeeds',
              items: [{ key: String(evse), body: { ...needs, said: chargingNeeds } }],
            },
          ],
        },
      }
    },
    answer: ({ status }) => ({ status: status === 'none' && protocol === 'ocpp2.0.1' ? 'Rejected' : statuses[status] }),
  }),
)

const statuses = { accepted: 'Accepted', rejected: 'Rejected', none: 'NoChargingProfile' } as const

const needsOf = (needs: ChargingNeedsType): Omit<VehicleNeeds, 'evse' | 'mostPeriods'> => {
  const { acChargingParameters: ac, dcChargingParameters: dc, v2xChargingParameters: v2x } = needs
  const departsAt = needs.departureTime === undefined ? undefined : parseInstant(needs.departureTime)?.ms
  const energyWh = ac?.energyAmount ?? dc?.energyAmount ?? v2x?.evTargetEnergyRequest
  const most = rates(
    dc === undefined
      ? sum(v2x?.maxChargePower, v2x?.maxChargePower_L2, v2x?.maxChargePower_L3)
      : (dc.evMaxPower ?? dc.evMaxCurrent * dc.evMaxVoltage),
    ac?.evMaxCurrent ?? v2x?.maxChargeCurrent,
  )
  const least = rates(
    sum(v2x?.minChargePower, v2x?.minChargePower_L2, v2x?.minChargePower_L3),
    ac?.evMinCurrent ?? v2x?.minChargeCurrent,
  )
  return {
    mode: needs.requestedEnergyTransfer,
    ...(departsAt !== undefined && { departsAt }),
    ...(energyWh !== undefined && energyWh >= 0 && { energyWh }),
    ...(most !== undefined && { most }),
    ...(least !== undefined && { least }),
    ...(needs.controlMode === 'DynamicControl' && { isDynamic: true as const }),
  }
}

const sum = (first: number | undefined, ...others: readonly (number | undefined)[]): number | undefined =>
  first === undefined ? undefined : others.reduce<number>((all, one) => all + (one ?? 0), first)

const rates = (watts: number | undefined, amperes: number | undefined): VehicleNeeds['most'] => {
  const [w, a] = [rate(watts), rate(amperes)]
  if (w === undefined && a === undefined) return undefined
  return { ...(w !== undefined && { W: w }), ...(a !== undefined && { A: a }) }
}

/** More than any vehicle draws is a mistake, and no limit. */
const rate = (value: number | undefined): Tenths | undefined => {
  const exact = value === undefined ? Number.NaN : tenths(value)
  return exact >= 0 && exact <= 1e11 ? exact : undefined
}
