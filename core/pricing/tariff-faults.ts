import { type Decimal, millionths } from '../domain/decimal.ts'
import type { PriceLimit, Restrictions, Tariff, TariffElement } from './tariff.ts'

/** What is wrong with a tariff although each of its fields is right by itself. */
export interface TariffFault {
  /** `['elements', 0, 'restrictions', 'maxKwh']` */
  readonly path: readonly (string | number)[]
  readonly rule: TariffRule
  readonly detail: string
}

export type TariffRule =
  | 'endsAfterStart'
  | 'minBelowMax'
  | 'minPriceBelowMaxPrice'
  | 'taxIncreases'
  | 'noTaxOfNothing'
  | 'reservationDimensions'
  | 'flatHasNoSteps'
  | 'oneOfADimension'

/** All of them, in the order of the fields (OCPI 2.3.0 mod_tariffs). */
export const tariffFaults = (tariff: Omit<Tariff, 'id' | 'version'>): readonly TariffFault[] => [
  ...tariff.elements.flatMap((element, i) => elementFaults(element, tariff, ['elements', i])),
  ...limitFaults(tariff),
  ...((tariff.startsAt ?? -Infinity) >= (tariff.endsAt ?? Infinity)
    ? [fault(['endsAt'], 'endsAfterStart', 'it ends before it begins, or at once')]
    : []),
]

type Path = TariffFault['path']

const fault = (path: Path, rule: TariffRule, detail: string): TariffFault => ({ path, rule, detail })

const elementFaults = (
  { components, restrictions = {} }: TariffElement,
  { taxIncluded }: Pick<Tariff, 'taxIncluded'>,
  path: Path,
): readonly TariffFault[] => [
  ...components.flatMap(({ dimension, stepSize, vat }, i) => {
    const at = [...path, 'components', i]
    const faults: TariffFault[] = []
    if (components.findIndex((other) => other.dimension === dimension) < i)
      faults.push(fault([...at, 'dimension'], 'oneOfADimension', `an element has one price of ${dimension}`))
    if (restrictions.reservation !== undefined && dimension !== 'FLAT' && dimension !== 'TIME')
      faults.push(
        fault(
          [...at, 'dimension'],
          'reservationDimensions',
          `a reservation has prices of FLAT and TIME, not ${dimension}`,
        ),
      )
    if (dimension === 'FLAT' && stepSize > 1)
      faults.push(fault([...at, 'stepSize'], 'flatHasNoSteps', 'what is due once is not billed in steps'))
    if (taxIncluded === 'N/A' && vat !== undefined)
      faults.push(fault([...at, 'vat'], 'noTaxOfNothing', 'there is no tax where taxIncluded is N/A'))
    return faults
  }),
  ...restrictionFaults(restrictions, [...path, 'restrictions']),
]

const restrictionFaults = (restrictions: Restrictions, path: Path): readonly TariffFault[] => {
  const { startDate = '', endDate = '9999-99-99', minDuration = -1, maxDuration = Infinity } = restrictions
  const faults: TariffFault[] = []
  if (startDate >= endDate)
    faults.push(fault([...path, 'endDate'], 'endsAfterStart', 'it ends before it begins, or at once'))
  for (const name of ['Kwh', 'Current', 'Power'] as const)
    if (isBelow(restrictions[`max${name}`], restrictions[`min${name}`], true))
      faults.push(fault([...path, `max${name}`], 'minBelowMax', `min${name} is not below max${name}`))
  if (minDuration >= maxDuration)
    faults.push(fault([...path, 'maxDuration'], 'minBelowMax', 'minDuration is not below maxDuration'))
  return faults
}

const limitFaults = ({
  minPrice = {},
  maxPrice = {},
}: Pick<Tariff, 'minPrice' | 'maxPrice'>): readonly TariffFault[] => [
  ...(['beforeTaxes', 'afterTaxes'] as const).flatMap((side) =>
    isBelow(maxPrice[side], minPrice[side])
      ? [fault(['maxPrice', side], 'minPriceBelowMaxPrice', 'the highest price is below the lowest one')]
      : [],
  ),
  ...taxFaults(minPrice, ['minPrice', 'afterTaxes']),
  ...taxFaults(maxPrice, ['maxPrice', 'afterTaxes']),
]

const taxFaults = ({ beforeTaxes, afterTaxes }: PriceLimit, path: Path): readonly TariffFault[] =>
  isBelow(afterTaxes, beforeTaxes) ? [fault(path, 'taxIncreases', 'it is lower after taxes than before them')] : []

const isBelow = (a: Decimal | undefined, b: Decimal | undefined, orEqual = false): boolean => {
  if (a === undefined || b === undefined) return false
  return millionths(a) < millionths(b) || (orEqual && millionths(a) === millionths(b))
}
