import { parseInstant } from '../../domain/instant.ts'
import { type Reading, registerOf, type SampledValue } from '../../domain/meter.ts'
import { clean } from '../../domain/text.ts'

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

/** One `meterValue` element as a reading; the defaults are those of the specification. */
export const readingOf = (element: MeterValue16, now: number): Reading => {
  const values = element.sampledValue.map((v): SampledValue => ({
    value: clean(v.value, 2500),
    measurand: clean(v.measurand ?? 'Energy.Active.Import.Register'),
    unit: clean(v.unit === 'Celcius' ? 'Celsius' : (v.unit ?? 'Wh')),
    context: clean(v.context ?? 'Sample.Periodic'),
    location: clean(v.location ?? 'Outlet'),
    ...(v.phase !== undefined && { phase: clean(v.phase) }),
    ...(v.format === 'SignedData' && { signed: true as const }),
  }))
  const registerMwh = registerOf(values)
  return {
    at: parseInstant(element.timestamp)?.ms ?? now,
    values,
    ...(registerMwh !== undefined && { registerMwh }),
    text: JSON.stringify(element),
  }
}

export const readingsOf = (elements: readonly MeterValue16[] | undefined, now: number): readonly Reading[] =>
  elements?.map((e) => readingOf(e, now)) ?? []

/** Reads a stored element again: the raw text is what is kept. */
export const storedReading = (text: string, at: number): Reading => readingOf(JSON.parse(text) as MeterValue16, at)
