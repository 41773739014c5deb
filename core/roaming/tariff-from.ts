import { parseInstant } from '../domain/instant.ts'
import { tariffFaults } from '../pricing/tariff-faults.ts'
import type { PriceComponent, PriceLimit, Restrictions, Tariff, TariffElement } from '../pricing/tariff.ts'
import { lossesOf, type Mapped } from './mapped.ts'
import type {
  PriceLimit as LimitObject,
  Tariff as TariffObject,
  TariffElement as ElementObject,
  TariffRestrictions,
} from './model.ts'
import { restrictionNames } from './tariff-object.ts'
import { uncomputable } from './uncomputable.ts'

/**
 * A partner's tariff as one that can be computed with (OCPI 2.3.0 mod_tariffs), or why it cannot. OCPI has no versions:
 * whoever keeps several of one id numbers them.
 */
export const tariffFrom = (object: TariffObject, version = 1): Mapped<Tariff> => {
  const strange = uncomputable(object)
  if (strange.length > 0) return { impossible: strange }
  const tariff = tariffOf(object, version)
  const faults = tariffFaults(tariff)
  if (faults.length > 0) return { impossible: faults.map(({ path, detail }) => `/${path.join('/')}: ${detail}`) }
  return {
    object: tariff,
    losses: lossesOf(object, {
      tariff_alt_url: 'the page that explains it is not kept',
      energy_mix: 'where its energy comes from is not kept',
    }),
  }
}

const tariffOf = (object: TariffObject, version: number): Tariff => {
  const { id, currency, type, tax_included, elements, tariff_alt_text = [] } = object
  const { min_price, max_price, start_date_time, end_date_time } = object
  return {
    id,
    version,
    currency,
    ...(type !== undefined && { type }),
    taxIncluded: tax_included,
    elements: elements.map(elementFrom),
    ...(min_price !== undefined && { minPrice: limitFrom(min_price) }),
    ...(max_price !== undefined && { maxPrice: limitFrom(max_price) }),
    ...(start_date_time !== undefined && { startsAt: instantOf(start_date_time) }),
    ...(end_date_time !== undefined && { endsAt: instantOf(end_date_time) }),
    ...(tariff_alt_text.length > 0 && { texts: tariff_alt_text }),
  }
}

const instantOf = (text: string): number => parseInstant(text)?.ms ?? 0

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
