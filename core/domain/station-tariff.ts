import { canonical } from './canonical.ts'
import type { Decimal } from './decimal.ts'

/**
 * A tariff that a station computes with by itself (2.1 part 2 I07): of each dimension the first price whose conditions
 * hold. Its name stands for its content: another content has another name.
 */
export interface StationTariff {
  readonly id: string
  /** ISO 4217. */
  readonly currency: string
  /** ISO 8601; absent = from now on. */
  readonly validFrom?: string
  readonly description?: readonly { readonly text: string; readonly language?: string }[]
  /** Per kWh. */
  readonly energy?: TariffPart
  /** Per minute, these three. */
  readonly chargingTime?: TariffPart
  readonly idleTime?: TariffPart
  readonly reservationTime?: TariffPart
  readonly fixedFee?: TariffPart
  readonly reservationFixed?: TariffPart
  readonly minCost?: TariffBound
  readonly maxCost?: TariffBound
}

const timedParts = ['energy', 'chargingTime', 'idleTime', 'reservationTime'] as const
const fixedParts = ['fixedFee', 'reservationFixed'] as const
export const tariffParts = [...timedParts, ...fixedParts] as const

export interface TariffPart {
  readonly prices: readonly { readonly price: Decimal; readonly conditions?: TariffConditions }[]
  readonly taxes?: readonly TariffTax[]
}

export interface TariffBound {
  readonly exclTax?: Decimal
  readonly inclTax?: Decimal
  readonly taxes?: readonly TariffTax[]
}

export interface TariffTax {
  readonly type: string
  /** Per cent. */
  readonly tax: Decimal
  /** Taxes of a higher one are on top of those below. */
  readonly stack?: number
}

export const days = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const
/** What both ends of a range are called: Wh, A, W, s. */
export const ranges = ['Energy', 'Current', 'Power', 'Time', 'ChargingTime', 'IdleTime'] as const

type Ranges = { readonly [Name in `${'min' | 'max'}${(typeof ranges)[number]}`]?: number }

/** Times and days are the station's local ones. Of what is fixed only those beside the ranges and the payment count. */
export interface TariffConditions extends Ranges {
  /** `08:00`. */
  readonly startTimeOfDay?: string
  readonly endTimeOfDay?: string
  readonly dayOfWeek?: readonly (typeof days)[number][]
  /** `2026-11-27`, the second one excluded. */
  readonly validFromDate?: string
  readonly validToDate?: string
  readonly evseKind?: 'AC' | 'DC'
  readonly paymentBrand?: string
  readonly paymentRecognition?: string
}

/** What is wrong with a tariff although each of its fields is right. */
export const tariffFault = (tariff: StationTariff): string | undefined => {
  const named = tariffParts.flatMap((name) => (tariff[name] === undefined ? [] : [{ name, part: tariff[name] }]))
  if (named.length === 0) return 'it has no price of anything'
  for (const { name, part } of named)
    for (const { conditions = {} } of part.prices) {
      const fault = conditionsFault(conditions, (fixedParts as readonly string[]).includes(name))
      if (fault !== undefined) return `${name}: ${fault}`
    }
  return undefined
}

const conditionsFault = (conditions: TariffConditions, isFixed: boolean): string | undefined => {
  const { startTimeOfDay, endTimeOfDay, validFromDate, validToDate } = conditions
  if (startTimeOfDay !== undefined && startTimeOfDay === endTimeOfDay) return 'a day part of no length'
  if (validFromDate !== undefined && validToDate !== undefined && validFromDate >= validToDate)
    return 'it ends before it begins'
  const odd = ranges.find((name) => (conditions[`min${name}`] ?? 0) >= (conditions[`max${name}`] ?? Infinity))
  if (odd !== undefined) return `min${odd} is not below max${odd}`
  const ranged = ranges.find((name) => (conditions[`min${name}`] ?? conditions[`max${name}`]) !== undefined)
  if (isFixed && ranged !== undefined) return `what is fixed does not depend on min${ranged} or max${ranged}`
  const { paymentBrand, paymentRecognition } = conditions
  return !isFixed && (paymentBrand ?? paymentRecognition) !== undefined
    ? 'only what is fixed depends on how it is paid'
    : undefined
}

/** Whether both say the same, whatever the order in which they were written. */
export const isSameTariff = (a: unknown, b: unknown): boolean => canonical(a) === canonical(b)
