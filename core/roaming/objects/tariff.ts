import { amountText, partsOf, quotient, roundedTo, unitOf } from '../../domain/amount.ts'
import { type Aid, at, isJson, type Json, unsayable } from '../field.ts'
import type { PriceComponent, Tariff, TariffElement, TariffRestrictions } from '../model.ts'
import {
  ciText,
  dateTime,
  type FieldsOf,
  int,
  many,
  maybe,
  number,
  object,
  one,
  owner,
  shape,
  some,
  text,
  url,
  whole,
  words,
} from '../shape.ts'
import { displayText, energyMix } from './basics.ts'
import { timeOfDay } from './hours.ts'
import { maybeLimit } from './price.ts'

const priceComponent = shape('PriceComponent', {
  type: one(words('TariffDimensionType', 'ENERGY FLAT PARKING_TIME TIME')),
  price: one(number),
  vat: maybe(number, { since: '2.2.1' }),
  step_size: one(int),
} satisfies FieldsOf<PriceComponent>)

const day = text(10, {}, /^[12]\d{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/)

/** An element without one of its restrictions would be another price: where one cannot be said, the element is not. */
const restriction = { since: '2.2.1', bars: true } as const

const restrictions = shape('TariffRestrictions', {
  start_time: maybe(timeOfDay),
  end_time: maybe(timeOfDay),
  start_date: maybe(day),
  end_date: maybe(day),
  min_kwh: maybe(number),
  max_kwh: maybe(number),
  min_current: maybe(number, restriction),
  max_current: maybe(number, restriction),
  min_power: maybe(number),
  max_power: maybe(number),
  min_duration: maybe(int),
  max_duration: maybe(int),
  day_of_week: many(words('DayOfWeek', 'MONDAY TUESDAY WEDNESDAY THURSDAY FRIDAY SATURDAY SUNDAY')),
  reservation: maybe(words('ReservationRestrictionType', 'RESERVATION RESERVATION_EXPIRES'), restriction),
} satisfies FieldsOf<TariffRestrictions>)

const element = shape('TariffElement', {
  price_components: some(object(priceComponent)),
  restrictions: maybe(object(restrictions), { bars: true }),
} satisfies FieldsOf<TariffElement>)

/** Older versions have prices without taxes only: prices with VAT go out without it, and others not at all. */
const withoutTaxes = (tariff: Json, { note }: Aid): Json | typeof unsayable => {
  const { tax_included: included, elements } = tariff
  if (included === undefined && elements !== undefined) {
    note('missing', 'prices cannot go without a word on the taxes in them', '/elements')
    return unsayable
  }
  if (included !== 'YES' || !Array.isArray(elements)) return tariff
  let isSayable = true
  const net = elements.map((of: unknown, i) => {
    if (!isJson(of) || !Array.isArray(of['price_components'])) return of
    const components = of['price_components'].map((component: unknown, j) => {
      const place = at(at(at(at(at('', 'elements'), i), 'price_components'), j), 'price')
      const made = netOf(component, (rule, detail) => note(rule, detail, place))
      isSayable &&= made !== unsayable
      return made
    })
    return { ...of, price_components: components }
  })
  return isSayable ? { ...tariff, elements: net } : unsayable
}

/** A hundred, in parts. */
const hundred = partsOf('100')

const netOf = (component: unknown, note: Aid['note']): unknown => {
  if (!isJson(component) || typeof component['price'] !== 'string' || partsOf(component['price']) === 0n)
    return component
  const { price, vat } = component
  if (typeof vat !== 'string') {
    note('noValue', 'taxes are in the price, and how much of it they are is not known')
    return unsayable
  }
  if (partsOf(vat) === 0n) return component
  const exact = quotient(partsOf(price) * hundred, hundred + partsOf(vat))
  const net = roundedTo(unitOf(6), exact)
  const isEven = net * (hundred + partsOf(vat)) === partsOf(price) * hundred
  note(isEven ? 'replaced' : 'rounded', `${price} with ${vat} % of VAT in it is sent without`)
  return { ...component, price: amountText(net, 0) }
}

/** What charging costs (OCPI 2.3.0 mod_tariffs). */
export const tariff = shape(
  'Tariff',
  {
    country_code: owner('country_code', 2),
    party_id: owner('party_id', 3),
    id: one(ciText(36)),
    currency: one(whole(3)),
    type: maybe(words('TariffType', 'AD_HOC_PAYMENT PROFILE_CHEAP PROFILE_FAST PROFILE_GREEN REGULAR'), {
      since: '2.2.1',
    }),
    tariff_alt_text: many(object(displayText)),
    tariff_alt_url: maybe(url),
    min_price: maybeLimit,
    max_price: maybeLimit,
    elements: some(object(element)),
    tax_included: one(words('TaxIncluded', 'YES NO N/A'), { since: '2.3.0', implied: 'NO' }),
    start_date_time: maybe(dateTime, { since: '2.2.1' }),
    end_date_time: maybe(dateTime, { since: '2.2.1' }),
    energy_mix: maybe(object(energyMix)),
    last_updated: one(dateTime),
  } satisfies FieldsOf<Tariff>,
  { first: withoutTaxes },
)
