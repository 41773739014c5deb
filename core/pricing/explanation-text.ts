import type { Register } from '../domain/session.ts'
import { durationText, energyText, placeTimes, restrictionsText } from './explanation-words.ts'
import type { ExplainedLine, ExplainedPeriod, Explanation } from './explain.ts'
import type { Taxed } from './priced.ts'

/** Languages that an explanation can be read in. */
export const explanationLanguages = ['en'] as const
export type ExplanationLanguage = (typeof explanationLanguages)[number]

/** An explanation as people read it, in lines for a font of fixed width; every number of it is in the data too. */
export const explanationText = (explanation: Explanation, language: ExplanationLanguage): string =>
  `${texts[language](explanation).join('\n')}\n`

const english = (explanation: Explanation): readonly string[] => {
  const { tariff, because, zone, periods, lines, notes, startedAt, endedAt, energyMwh } = explanation
  const times = placeTimes(zone)
  const taxes = { YES: 'prices with their tax', NO: 'prices without tax', 'N/A': 'no tax' }[tariff.taxIncluded]
  return [
    `Tariff ${tariff.id}, version ${tariff.version}: ${tariff.currency}, ${taxes}`,
    `It was in force when the session began${because === undefined ? '' : `; ${because}`}.`,
    `Session ${times.span(startedAt, endedAt)}, ${durationText(endedAt - startedAt)}, ${energyText(energyMwh)}`,
    `Times are those of ${zone}.`,
    '',
    'What was used',
    ...periods.flatMap((period) => periodText(period, explanation)),
    '',
    'What it costs',
    ...costs(explanation),
    '',
    ...roundingText(explanation),
    ...(lines.some(({ parts }) => parts.length > 1)
      ? ['A price that was asked in several periods is multiplied by the sum of what was used in them.']
      : []),
    ...(notes.length === 0 ? [] : ['', 'Notes', ...notes.map((note) => `  ${note}`)]),
  ]
}

const texts: Readonly<Record<ExplanationLanguage, (explanation: Explanation) => readonly string[]>> = { en: english }

const kinds = {
  charging: 'charging',
  parking: 'parking (the vehicle asked for no power)',
  reserved: 'reserved',
  reservationExpired: 'reserved, and nobody came',
} as const

const periodText = (period: ExplainedPeriod, { lines, tariff, zone }: Explanation): readonly string[] => {
  const { kind, from, until, energyMwh, asks, free } = period
  const used = [durationText(until - from), ...(energyMwh === 0 ? [] : [energyText(energyMwh)])].join(', ')
  return [
    `  ${placeTimes(zone).span(from, until)} ${kinds[kind]}, ${used}`,
    ...(kind === 'reserved' || kind === 'reservationExpired' ? [] : [`    ${meterText(period, zone)}`]),
    ...asks.flatMap(({ line, volume }) => {
      const asked = lines[line]
      if (asked === undefined) return []
      const said = `    ${volumeText(asked, volume)} at ${priceText(asked, tariff.currency)} (${sourceText(asked)})`
      const isAll = asked.parts.length === 1 && asked.billed === asked.volume
      return [isAll ? `${said} = ${amountText(asked, tariff.currency)}` : `${said}: line ${line + 1}`]
    }),
    ...(free.length === 0 ? [] : [`    free: ${free.join(', ')}`]),
  ]
}

const meterText = ({ meter, energyMwh, from }: ExplainedPeriod, zone: string): string => {
  const { how, readings, first, last } = meter
  const of = `${readings} reading${readings === 1 ? '' : 's'}`
  if (how === 'unread' || first === undefined || last === undefined)
    return energyMwh === 0 ? `meter: ${of}` : `meter: ${of}; as evenly as time went`
  const at = ({ at: when }: Register): string => placeTimes(zone).moment(when, from)
  const seen = `${energyText(first.mwh)} at ${at(first)}, ${energyText(last.mwh)} at ${at(last)}; ${of}`
  if (how === 'metered') return `meter: ${seen}`
  if (how === 'between') return `meter: ${seen}; its share of that, as evenly as time went`
  return `meter: ${seen}; its share of what is billed, for the registers make another sum`
}

const units = { FLAT: '', ENERGY: '/kWh', TIME: '/h', PARKING_TIME: '/h' } as const

const priceText = ({ price = '0', component }: ExplainedLine, currency: string): string =>
  `${price} ${currency}${units[component?.dimension ?? 'FLAT']}`

const volumeText = ({ component }: ExplainedLine, volume: number): string =>
  component?.dimension === 'FLAT'
    ? 'once'
    : component?.dimension === 'ENERGY'
      ? energyText(volume)
      : durationText(volume)

/** `element 2, ENERGY, MONDAY 08:00-18:00` */
const sourceText = ({ component, restrictions }: ExplainedLine): string =>
  [
    `element ${(component?.element ?? 0) + 1}, ${component?.dimension ?? ''}`,
    ...(restrictions === undefined ? [] : restrictionsText(restrictions)),
  ].join(', ')

const amountText = ({ net, tax, vat }: ExplainedLine, currency: string): string =>
  `${net} ${currency}${vat === undefined ? '' : `, VAT ${vat} % ${tax}`}`

/** Lines and total under each other, their amounts at their points. */
const costs = (explanation: Explanation): readonly string[] => {
  const { lines, total, tariff } = explanation
  const rows: readonly (readonly [string, Taxed])[] = [
    ...lines.map((line, i) => [`${i + 1}  ${lineText(line, explanation)}`, line] as const),
    [`   total in ${tariff.currency}`, total],
  ]
  const wide = rows.reduce((most, [text]) => Math.max(most, text.length), 0)
  const sides = ['net', 'tax', 'gross'] as const
  const decimals = Math.max(...rows.map(([, { net }]) => (net.split('.')[1] ?? '').length))
  const atPoint = (amount: string): string => {
    const [, fraction = ''] = amount.split('.')
    const missing = decimals - fraction.length + (fraction === '' && decimals > 0 ? 1 : 0)
    return `${amount}${' '.repeat(missing)}`.padStart(12)
  }
  const head = `${' '.repeat(wide)}${sides.map((side) => side.padStart(12 - decimals - 1).padEnd(12)).join('')}`
  return [
    `  ${head}`.trimEnd(),
    ...rows.map(([text, amounts]) =>
      `  ${text.padEnd(wide)}${sides.map((s) => atPoint(amounts[s])).join('')}`.trimEnd(),
    ),
  ]
}

const lineText = (line: ExplainedLine, { tariff, rounding }: Explanation): string => {
  const { kind, volume = 0, billed = volume, stepSize, vat, exact } = line
  if (kind === 'minPrice') return `up to the lowest price, ${limitText(tariff.minPrice)}`
  if (kind === 'maxPrice') return `down to the highest price, ${limitText(tariff.maxPrice)}`
  if (kind === 'rounding') return `rounding of the total to ${rounding.totalDigits} decimals`
  const unit = line.component?.dimension === 'ENERGY' ? 'Wh' : 's'
  const stepped = stepSize === undefined ? '' : ` (${volumeText(line, volume)} in steps of ${stepSize} ${unit})`
  const product = `${volumeText(line, billed)}${stepped} x ${priceText(line, tariff.currency)} = ${exact ?? ''}`
  return `${kind}: ${product}${vat === undefined ? '' : `, VAT ${vat} %`}`
}

const limitText = (limit: { readonly beforeTaxes?: string; readonly afterTaxes?: string } = {}): string =>
  [
    ...(limit.beforeTaxes === undefined ? [] : [`${limit.beforeTaxes} before tax`]),
    ...(limit.afterTaxes === undefined ? [] : [`${limit.afterTaxes} after tax`]),
  ].join(', ')

const roundingText = ({ rounding, tariff }: Explanation): readonly string[] => {
  const half = rounding.mode === 'halfUp' ? 'halves away from zero' : 'halves to the even digit'
  const tax = {
    YES: 'The price has its tax in it: net is the product without it, and the tax the difference.',
    NO: 'Gross is the product with its VAT, and the tax the difference.',
    'N/A': 'There is no tax.',
  }[tariff.taxIncluded]
  return [`Each line is rounded once, to ${rounding.lineDigits} decimals, ${half}. ${tax}`]
}
