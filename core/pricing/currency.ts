/** Currencies whose smallest unit is no hundredth (ISO 4217). */
const digitsOf: ReadonlyMap<string, number> = new Map([
  ...[
    'BIF',
    'CLP',
    'DJF',
    'GNF',
    'ISK',
    'JPY',
    'KMF',
    'KRW',
    'PYG',
    'RWF',
    'UGX',
    'VND',
    'VUV',
    'XAF',
    'XOF',
    'XPF',
  ].map((currency) => [currency, 0] as const),
  ...['BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND'].map((currency) => [currency, 3] as const),
])

/** How many digits behind the point an amount of it has: JPY 0, EUR 2, KWD 3. */
export const currencyDigits = (currency: string): number => digitsOf.get(currency) ?? 2
