import { jsonNumber } from '../domain/decimal.ts'
import {
  type StationTariff,
  type TariffBound,
  type TariffPart,
  type TariffTax,
  tariffParts,
} from '../domain/station-tariff.ts'

/** A tariff in the words of 2.1 (part 2 §2, TariffType): what is per kWh, per minute and fixed is called differently. */
export const tariffTo21 = (tariff: StationTariff): object => {
  const { id, currency, validFrom, description, minCost, maxCost } = tariff
  return {
    tariffId: id,
    currency,
    ...(validFrom !== undefined && { validFrom }),
    ...(description !== undefined && {
      description: description.map(({ text, language }) => ({
        format: 'UTF8',
        content: text,
        ...(language !== undefined && { language }),
      })),
    }),
    ...Object.fromEntries(
      tariffParts.flatMap((name) => {
        const part = tariff[name]
        return part === undefined ? [] : [[name, partTo21(part, priceNames[name])]]
      }),
    ),
    ...(minCost !== undefined && { minCost: boundTo21(minCost) }),
    ...(maxCost !== undefined && { maxCost: boundTo21(maxCost) }),
  }
}

const priceNames: Readonly<Record<(typeof tariffParts)[number], string>> = {
  energy: 'priceKwh',
  chargingTime: 'priceMinute',
  idleTime: 'priceMinute',
  reservationTime: 'priceMinute',
  fixedFee: 'priceFixed',
  reservationFixed: 'priceFixed',
}

const partTo21 = ({ prices, taxes }: TariffPart, priceName: string): object => ({
  prices: prices.map(({ price, conditions }) => ({
    [priceName]: jsonNumber(price),
    ...(conditions !== undefined && { conditions }),
  })),
  ...taxesTo21(taxes),
})

const boundTo21 = ({ exclTax, inclTax, taxes }: TariffBound): object => ({
  ...(exclTax !== undefined && { exclTax: jsonNumber(exclTax) }),
  ...(inclTax !== undefined && { inclTax: jsonNumber(inclTax) }),
  ...taxesTo21(taxes),
})

const taxesTo21 = (taxes: readonly TariffTax[] | undefined): object =>
  taxes === undefined
    ? {}
    : {
        taxRates: taxes.map(({ type, tax, stack }) => ({
          type,
          tax: jsonNumber(tax),
          ...(stack !== undefined && { stack }),
        })),
      }

/** Under which a station's mirror has it. */
export const tariffKey = (evse: number, id: string): string => `${evse}/${id}`
