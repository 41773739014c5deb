import { decimalPattern } from '../domain/decimal.ts'
import { parseInstant } from '../domain/instant.ts'
import { dimensions, tariffTypes, taxesIncluded, weekdays } from '../pricing/tariff.ts'
import type { DecimalText, Tariff, TariffRestrictions } from './model.ts'

/**
 * What of a partner's tariff cannot be computed with, by JSON pointer: words that only the partner knows, negative prices,
 * more digits than ours have. To leave any of it out would be another tariff.
 */
export const uncomputable = (object: Tariff): readonly string[] => {
  const { type, tax_included, elements, min_price, max_price, start_date_time, end_date_time } = object
  return [
    ...words('/type', tariffTypes, type),
    ...words('/tax_included', taxesIncluded, tax_included),
    ...instants({ start_date_time, end_date_time }),
    ...decimals('/min_price', { ...min_price }),
    ...decimals('/max_price', { ...max_price }),
    ...elements.flatMap(({ price_components, restrictions = {} }, i) => [
      ...price_components.flatMap(({ type: dimension, price, vat, step_size }, j) => {
        const at = `/elements/${i}/price_components/${j}`
        return [
          ...words(`${at}/type`, dimensions, dimension),
          ...decimals(at, { price, vat }),
          ...wholes(at, { step_size }),
        ]
      }),
      ...restrictionFaults(`/elements/${i}/restrictions`, restrictions),
    ]),
  ]
}

const restrictionFaults = (at: string, of: TariffRestrictions): readonly string[] => {
  const { start_time, end_time, start_date, end_date, min_duration, max_duration, day_of_week = [], reservation } = of
  const { min_kwh, max_kwh, min_current, max_current, min_power, max_power } = of
  return [
    ...formed(at, { start_time, end_time }, isTime, 'no time of a day'),
    ...formed(at, { start_date, end_date }, isDate, 'no day of the calendar'),
    ...decimals(at, { min_kwh, max_kwh, min_current, max_current, min_power, max_power }),
    ...wholes(at, { min_duration, max_duration }),
    ...day_of_week.flatMap((day, i) => words(`${at}/day_of_week/${i}`, weekdays, day)),
    ...words(`${at}/reservation`, ['RESERVATION', 'RESERVATION_EXPIRES'], reservation),
  ]
}

type Texts = Readonly<Record<string, string | undefined>>

const words = (pointer: string, known: readonly string[], word: string | undefined): readonly string[] =>
  word === undefined || known.includes(word) ? [] : [`${pointer}: ${word} is not known here`]

const formed = (at: string, texts: Texts, isFormed: (text: string) => boolean, detail: string): readonly string[] =>
  Object.entries(texts).flatMap(([name, text]) =>
    text === undefined || isFormed(text) ? [] : [`${at}/${name}: ${text} is ${detail}`],
  )

const isTime = (text: string): boolean => /^(?:[01]\d|2[0-3]):[0-5]\d$/.test(text)
const isDate = (text: string): boolean =>
  /^\d{4}-\d\d-\d\d$/.test(text) && parseInstant(`${text}T00:00:00Z`) !== undefined

const decimals = (at: string, texts: Readonly<Record<string, DecimalText | undefined>>): readonly string[] =>
  formed(at, texts, (text) => decimalPattern.test(text), 'no number of up to 9 digits before the point and 6 behind it')

const instants = (texts: Texts): readonly string[] =>
  formed('', texts, (text) => parseInstant(text) !== undefined, 'no point in time')

const wholes = (at: string, numbers: Readonly<Record<string, number | undefined>>): readonly string[] =>
  Object.entries(numbers).flatMap(([name, value = 0]) =>
    Number.isSafeInteger(value) && value >= 0 ? [] : [`${at}/${name}: ${value} is no whole number from 0 on`],
  )
