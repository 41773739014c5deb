import type { PartyCode } from '../domain/party-code.ts'
import type { PriceComponent, Restrictions, Tariff, TariffElement } from '../pricing/tariff.ts'
import { dateTime } from './date-time.ts'
import type { Loss, Made } from './mapped.ts'
import type {
  PriceComponent as ComponentObject,
  Tariff as TariffObject,
  TariffElement as ElementObject,
  TariffRestrictions,
} from './model.ts'
import { ownerOf } from './owner.ts'
import { limitOf, lossesOfLimits } from './price-limit.ts'

/** Whose a tariff is, and when this version of it was written. */
export interface AboutTariff {
  readonly code: PartyCode
  readonly updatedAt: number
}

/**
 * A tariff for partners (OCPI 2.3.0 mod_tariffs). Of its versions they have the newest one, under the same id; in a CDR it
 * is the one that priced it.
 */
export const tariffObject = (tariff: Tariff, { code, updatedAt }: AboutTariff): Made<TariffObject> => {
  const { id, currency, type, taxIncluded, elements, startsAt, endsAt, texts = [] } = tariff
  const [least, most] = [limitOf(tariff, 'minPrice'), limitOf(tariff, 'maxPrice')]
  return {
    object: {
      ...ownerOf(code),
      id,
      currency,
      ...(type !== undefined && { type }),
      ...(texts.length > 0 && { tariff_alt_text: texts }),
      ...(least !== undefined && { min_price: least }),
      ...(most !== undefined && { max_price: most }),
      elements: elements.map(elementObject),
      tax_included: taxIncluded,
      ...(startsAt !== undefined && { start_date_time: dateTime(startsAt) }),
      ...(endsAt !== undefined && { end_date_time: dateTime(endsAt) }),
      last_updated: dateTime(updatedAt),
    },
    losses: [...lossesOfLimits(tariff), ...lossesOfTimes({ start_date_time: startsAt, end_date_time: endsAt })],
  }
}

const lossesOfTimes = (times: Readonly<Record<string, number | undefined>>): readonly Loss[] =>
  Object.entries(times).flatMap(([name, at = 0]) =>
    at % 1_000 === 0 ? [] : [{ pointer: `/${name}`, detail: 'it is said in whole seconds' }],
  )

const elementObject = ({ components, restrictions }: TariffElement): ElementObject => {
  const conditions = restrictions && restrictionsObject(restrictions)
  return {
    price_components: components.map(componentObject),
    ...(conditions !== undefined && Object.keys(conditions).length > 0 && { restrictions: conditions }),
  }
}

const componentObject = ({ dimension, price, vat, stepSize }: PriceComponent): ComponentObject => ({
  type: dimension,
  price,
  ...(vat !== undefined && { vat }),
  step_size: stepSize,
})

const restrictionsObject = ({ daysOfWeek, ...others }: Restrictions): TariffRestrictions => ({
  ...Object.fromEntries(
    restrictionNames.flatMap(([ours, theirs]) => (others[ours] === undefined ? [] : [[theirs, others[ours]]])),
  ),
  ...(daysOfWeek !== undefined && daysOfWeek.length > 0 && { day_of_week: daysOfWeek }),
})

/** What is the same but for its spelling. */
export const restrictionNames = [
  ['startTime', 'start_time'],
  ['endTime', 'end_time'],
  ['startDate', 'start_date'],
  ['endDate', 'end_date'],
  ['minKwh', 'min_kwh'],
  ['maxKwh', 'max_kwh'],
  ['minCurrent', 'min_current'],
  ['maxCurrent', 'max_current'],
  ['minPower', 'min_power'],
  ['maxPower', 'max_power'],
  ['minDuration', 'min_duration'],
  ['maxDuration', 'max_duration'],
  ['reservation', 'reservation'],
] as const satisfies readonly (readonly [Exclude<keyof Restrictions, 'daysOfWeek'>, keyof TariffRestrictions])[]
