import { parseInstant } from '../../domain/instant.ts'
import { type Reading, registerOf, type SampledValue } from '../../domain/meter.ts'
import { clean } from '../../domain/text.ts'
import { milliWattHours } from '../../domain/units.ts'

/** OCPP 1.6 §7.33 as stations send it: any field may be missing or of a value nobody has heard of. */
export interface MeterValue16 {
  readonly timestamp: string
  readonly sampledValue: readonly {
    readonly value: string
    readonly context?: string
    readonly format?: string
    readonly measurand?: string
    readonly phase?: string
    readonly location?: string
    readonly unit?: string
  }[]
}

/** Values as the domain knows them; the defaults are those of the specification. */
const valuesOf = (element: MeterValue16): readonly SampledValue[] =>
  element.sampledValue.map((v) => ({
    value: clean(v.value, 2500),
    measurand: clean(v.measurand ?? 'Energy.Active.Import.Register'),
    unit: clean(v.unit === 'Celcius' ? 'Celsius' : (v.unit ?? 'Wh')),
    context: clean(v.context ?? 'Sample.Periodic'),
    location: clean(v.location ?? 'Outlet'),
    ...(v.phase !== undefined && { phase: clean(v.phase) }),
    ...(v.format === 'SignedData' && { signed: true as const }),
  }))

const isRegister = (v: MeterValue16['sampledValue'][number]): boolean =>
  (v.measurand === undefined || v.measurand === 'Energy.Active.Import.Register') &&
  (v.location === undefined || v.location === 'Outlet')

/** The register of an element; nearly always there is one value of it, without a phase. */
const registerIn = (element: MeterValue16): number | undefined => {
  const only = element.sampledValue.find(isRegister)
  if (only === undefined) return undefined
  if (only !== element.sampledValue.findLast(isRegister) || only.phase !== undefined || only.format === 'SignedData')
    return registerOf(valuesOf(element))
  return only.unit === undefined || only.unit === 'Wh' || only.unit === 'kWh'
    ? milliWattHours(only.value, only.unit)
    : undefined
}

/** One `meterValue` element as a reading: its time, its register, its own text. Its values are kept in the text. */
export const readingOf = (element: MeterValue16, now: number): Reading => {
  const at = parseInstant(element.timestamp)?.ms
  const text = JSON.stringify(element)
  const registerMwh = registerIn(element)
  return at === undefined ? { at: now, atKey: clean(element.timestamp), text, registerMwh } : { at, text, registerMwh }
}

export const readingsOf = (elements: readonly MeterValue16[] | undefined, now: number): readonly Reading[] =>
  elements?.map((e) => readingOf(e, now)) ?? []

/** A filed reading with everything that was measured. */
export interface FullReading extends Reading {
  readonly values: readonly SampledValue[]
}

/** Reads a stored element again: the raw text is what is kept. */
export const storedReading = (text: string, at: number): FullReading => {
  const element = JSON.parse(text) as MeterValue16
  return { ...readingOf(element, at), values: valuesOf(element) }
}
