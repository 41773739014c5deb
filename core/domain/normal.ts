import type { SampledValue } from './meter.ts'
import { scaled, shifted } from './units.ts'

/**
 * One normal form for whatever a meter measures (OCPP 1.6 §7.31, §7.42): each quantity in one unit, its value moved to
 * it digit by digit. What the station wrote is kept beside it.
 */
export interface Normal {
  /** A decimal text: nothing is lost in a double. */
  readonly value: string
  readonly unit: CanonicalUnit
}

export const canonicalUnits = ['Wh', 'varh', 'VAh', 'W', 'var', 'VA', 'A', 'V', 'Hz', '°C', '%', 'rpm', '1'] as const
export type CanonicalUnit = (typeof canonicalUnits)[number]

type Kind = 'energy' | 'power' | 'current' | 'voltage' | 'frequency' | 'temperature' | 'share' | 'speed'

interface Unit {
  readonly kind: Kind
  readonly canonical: CanonicalUnit
  /** Powers of ten to the canonical unit. */
  readonly places: number
}

const unit = (kind: Kind, canonical: CanonicalUnit, places = 0): Unit => ({ kind, canonical, places })

/** As the specification writes them, and as stations do (handbook §9.3). */
const spellings: Readonly<Record<string, Unit>> = {
  Wh: unit('energy', 'Wh'),
  kWh: unit('energy', 'Wh', 3),
  MWh: unit('energy', 'Wh', 6),
  mWh: unit('energy', 'Wh', -3),
  varh: unit('energy', 'varh'),
  kvarh: unit('energy', 'varh', 3),
  VAh: unit('energy', 'VAh'),
  kVAh: unit('energy', 'VAh', 3),
  W: unit('power', 'W'),
  kW: unit('power', 'W', 3),
  VA: unit('power', 'VA'),
  kVA: unit('power', 'VA', 3),
  var: unit('power', 'var'),
  kvar: unit('power', 'var', 3),
  A: unit('current', 'A'),
  mA: unit('current', 'A', -3),
  V: unit('voltage', 'V'),
  kV: unit('voltage', 'V', 3),
  Hz: unit('frequency', 'Hz'),
  Hertz: unit('frequency', 'Hz'),
  Celsius: unit('temperature', '°C'),
  Celcius: unit('temperature', '°C'),
  C: unit('temperature', '°C'),
  '°C': unit('temperature', '°C'),
  K: unit('temperature', '°C'),
  Fahrenheit: unit('temperature', '°C'),
  F: unit('temperature', '°C'),
  '°F': unit('temperature', '°C'),
  Percent: unit('share', '%'),
  '%': unit('share', '%'),
  rpm: unit('speed', 'rpm'),
  '1': unit('share', '1'),
}
/** Whatever the case; but a million and a thousandth differ by nothing else. */
const regardless = new Map(
  Object.entries(spellings).flatMap(([name, is]) => (/^m/i.test(name) ? [] : [[name.toLowerCase(), is]])),
)

const unitOf = (name: string): Unit | undefined =>
  Object.hasOwn(spellings, name) ? spellings[name] : regardless.get(name.trim().toLowerCase())

/** What is measured, by how the measurand's name begins; the unit is what is meant where the station names none. */
const measurands: readonly (readonly [string, Kind, string])[] = [
  ['Energy.Reactive.', 'energy', 'varh'],
  ['Energy.Apparent.', 'energy', 'VAh'],
  ['Energy.', 'energy', 'Wh'],
  ['Power.Factor', 'share', '1'],
  ['Power.Reactive.', 'power', 'var'],
  ['Power.', 'power', 'W'],
  ['Current.', 'current', 'A'],
  ['Voltage', 'voltage', 'V'],
  ['Frequency', 'frequency', 'Hz'],
  ['Temperature', 'temperature', 'Celsius'],
  ['SoC', 'share', 'Percent'],
  ['RPM', 'speed', 'rpm'],
]
const measurandOf = (name: string): (typeof measurands)[number] | undefined =>
  measurands.find(([begins]) => name.startsWith(begins))

/** The unit of a value that has none: `Wh` is the default of energies only (OCPP 1.6 §7.43), frequency has none at all. */
export const defaultUnit = (measurand: string): string => measurandOf(measurand)?.[2] ?? ''

/**
 * A sampled value in its normal form; undefined where it cannot be read: a signed blob, a unit that nobody knows or that
 * is not one of what is measured, a text that is no number. A decimal comma is none: `1,234` is read by some as a
 * thousand times what others read, and a bill must not be a guess.
 */
export const normalOf = ({ measurand, unit: name, value, signed }: SampledValue): Normal | undefined => {
  const found = signed === true ? undefined : unitOf(name)
  const [, kind, meant] = measurandOf(measurand) ?? []
  if (found === undefined || (kind !== undefined && kind !== found.kind)) return undefined
  // a power factor in percent, a state of charge as a share of one
  const canonical = found.kind === 'share' && meant !== undefined ? (meant === '1' ? '1' : '%') : found.canonical
  const places = canonical === found.canonical ? found.places : canonical === '1' ? -2 : 2
  const normal = found.kind === 'temperature' ? celsius(value, name) : shifted(value, places)
  return normal === undefined ? undefined : { value: normal, unit: canonical }
}

const absoluteZero = 273_150_000

/** Temperatures have different zeros: they are computed in millionths of a degree. */
const celsius = (value: string, name: string): string | undefined => {
  const letter = name.replace('°', '').charAt(0).toUpperCase()
  if (letter === 'C') return shifted(value, 0)
  const micro = scaled(value, 6)
  if (micro === undefined) return undefined
  const degrees = letter === 'K' ? micro - absoluteZero : Math.round(((micro - 32_000_000) * 5) / 9)
  return shifted(String(degrees), -6)
}

/** Powers of ten from an energy unit to Wh; undefined for what is no unit of active energy. */
export const placesToWh = (name: string): number | undefined => placesTo(name, 'Wh')

/** Powers of ten from a power unit to W; undefined for what is no unit of active power. */
export const placesToW = (name: string): number | undefined => placesTo(name, 'W')

const placesTo = (name: string, canonical: CanonicalUnit): number | undefined => {
  const found = unitOf(name)
  return found?.canonical === canonical ? found.places : undefined
}
