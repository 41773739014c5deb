import { decimalPattern } from '../domain/decimal.ts'
import { parseInstant } from '../domain/instant.ts'
import { tariffFaults } from '../pricing/tariff-faults.ts'
import type { PriceComponent, PriceLimit, Restrictions, Tariff, TariffElement } from '../pricing/tariff.ts'
import { lossesOf, type Mapped } from './mapped.ts'
import type {
  DecimalText,
  PriceLimit as LimitObject,
  Tariff as TariffObject,
  TariffElement as ElementObject,
  TariffRestrictions,
} from './model.ts'
import { restrictionNames } from './tariff-object.ts'

/**
 * A partner's tariff as one that can be computed with (OCPI 2.3.0 mod_tariffs). Its object has been checked against the
 * specification; what the specification allows and our prices cannot be is said here. OCPI has no versions: whoever keeps
 * several of one id numbers them.
 */
export const tariffFrom = (object: TariffObject, version = 1): Mapped<Tariff> => {
  const { id, currency, type, tax_included, elements, tariff_alt_text = [] } = object
  const { min_price, max_price, start_date_time, end_date_time } = object
  const [startsAt, endsAt] = [start_date_time, end_date_time].map((text) => text && parseInstant(text)?.ms)
  const tariff: Tariff = {
    id,
    version,
    currency,
    ...(type !== undefined && { type }),
    taxIncluded: tax_included,
    elements: elements.map(elementFrom),
    ...(min_price !== undefined && { minPrice: limitFrom(min_price) }),
    ...(max_price !== undefined && { maxPrice: limitFrom(max_price) }),
    ...(typeof startsAt === 'number' && { startsAt }),
    ...(typeof endsAt === 'number' && { endsAt }),
    ...(tariff_alt_text.length > 0 && { texts: tariff_alt_text }),
  }
  const impossible = [
    ...decimalFaults(object),
    ...[start_date_time, end_date_time].flatMap((text) =>
      text === undefined || parseInstant(text) !== undefined ? [] : [`“${text}” is no point in time`],
    ),
  ]
  const faults = impossible.length > 0 ? [] : tariffFaults(tariff)
  if (faults.length > 0) impossible.push(...faults.map(({ path, detail }) => `/${path.join('/')}: ${detail}`))
  if (impossible.length > 0) return { impossible }
  return {
    object: tariff,
    losses: lossesOf(object, {
      tariff_alt_url: 'the page that explains it is not kept',
      energy_mix: 'where its energy comes from is not kept',
    }),
  }
}

const elementFrom = ({ price_components, restrictions }: ElementObject): TariffElement => ({
  components: price_components.map(({ type, price, vat, step_size }): PriceComponent => ({
    dimension: type,
    price,
    ...(vat !== undefined && { vat }),
    stepSize: step_size,
  })),
  ...(restrictions !== undefined && { restrictions: restrictionsFrom(restrictions) }),
})

const restrictionsFrom = (object: TariffRestrictions): Restrictions => ({
  ...Object.fromEntries(
    restrictionNames.flatMap(([ours, theirs]) => (object[theirs] === undefined ? [] : [[ours, object[theirs]]])),
  ),
  ...(object.day_of_week !== undefined && object.day_of_week.length > 0 && { daysOfWeek: object.day_of_week }),
})

const limitFrom = ({ before_taxes, after_taxes }: LimitObject): PriceLimit => ({
  beforeTaxes: before_taxes,
  ...(after_taxes !== undefined && { afterTaxes: after_taxes }),
})

/** Prices, taxes and bounds that are negative, or have more digits than we compute with. */
const decimalFaults = ({ elements, min_price, max_price }: TariffObject): readonly string[] =>
  [
    ...elements.flatMap(({ price_components, restrictions = {} }, i) => [
      ...price_components.flatMap(({ price, vat }, j) =>
        decimals({ price, vat }, `/elements/${i}/price_components/${j}`),
      ),
      ...decimals(boundsOf(restrictions), `/elements/${i}/restrictions`),
    ]),
    ...decimals({ ...min_price }, '/min_price'),
    ...decimals({ ...max_price }, '/max_price'),
  ].flatMap(({ pointer, text }) =>
    decimalPattern.test(text)
      ? []
      : [`${pointer}: ${text} is no number of up to 9 digits before the point and 6 behind it`],
  )

const boundsOf = ({ min_kwh, max_kwh, min_current, max_current, min_power, max_power }: TariffRestrictions) => ({
  min_kwh,
  max_kwh,
  min_current,
  max_current,
  min_power,
  max_power,
})

const decimals = (fields: Readonly<Record<string, DecimalText | undefined>>, path: string) =>
  Object.entries(fields).flatMap(([name, text]) => (text === undefined ? [] : [{ pointer: `${path}/${name}`, text }]))
