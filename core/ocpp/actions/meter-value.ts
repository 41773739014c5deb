import { parseInstant } from '../../domain/instant.ts'
import {
  type Besides,
  besidesOf,
  type MeterRow,
  powerOf,
  type Reading,
  registerOf,
  type SampledValue,
} from '../../domain/meter.ts'
import { defaultUnit } from '../../domain/normal.ts'
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

const register = 'Energy.Active.Import.Register'

/** Values as the domain knows them; the defaults are those of the specification. */
const valuesOf = (element: MeterValue16): readonly SampledValue[] =>
  element.sampledValue.map((v) => {
    const measurand = clean(v.measurand ?? register)
    return {
      value: clean(v.value, 2500),
      measurand,
      unit: clean(v.unit === 'Celcius' ? 'Celsius' : (v.unit ?? defaultUnit(measurand))),
      context: clean(v.context ?? 'Sample.Periodic'),
      location: clean(v.location ?? 'Outlet'),
      ...(v.phase !== undefined && { phase: clean(v.phase) }),
      ...(v.format === 'SignedData' && { signed: true as const }),
    }
  })

type Sample = MeterValue16['sampledValue'][number]

const isRegister = ({ measurand, location }: Sample): boolean =>
  (measurand === undefined || measurand === register) && (location === undefined || location === 'Outlet')

/** One register as nearly every station sends it: no phase, no signature, neither the start nor the end of anything. */
const plainRegister = ({ sampledValue }: MeterValue16): number | undefined => {
  const only = sampledValue.find(isRegister)
  if (only === undefined || only.phase !== undefined || only.format === 'SignedData') return undefined
  if (only !== sampledValue.findLast(isRegister)) return undefined
  if (only.context?.startsWith('Transaction.') === true) return undefined
  const mwh =
    only.unit === undefined || only.unit === 'Wh' || only.unit === 'kWh'
      ? milliWattHours(only.value, only.unit)
      : undefined
  return mwh === undefined || mwh < 0 ? undefined : mwh
}

/** The register of an element, and what it says of energy besides. */
const energiesOf = (element: MeterValue16): Pick<Reading, 'registerMwh' | 'besides'> => {
  const registerMwh = plainRegister(element)
  if (registerMwh !== undefined || !element.sampledValue.some(isOfEnergy)) return { registerMwh }
  const values = valuesOf(element)
  const besides: Besides | undefined = besidesOf(values)
  return { registerMwh: registerOf(values), ...(besides !== undefined && { besides }) }
}

const isOfEnergy = ({ measurand }: Sample): boolean =>
  measurand === undefined || measurand.startsWith('Energy.Active.Import.')

/**
 * One `meterValue` element as a reading: its time, its energy, its own text. Its values are kept in the text. What
 * connector 0 reports in time with the clock is the meter of the whole station: never a session's (handbook §3.6).
 */
export const readingOf = (element: MeterValue16, now: number, connector?: number): Reading => {
  const at = parseInstant(element.timestamp)?.ms
  const text = JSON.stringify(element)
  const own = connector === 0 ? { ...element, sampledValue: element.sampledValue.filter(isNotAligned) } : element
  const energies = energiesOf(own)
  return at === undefined ? { at: now, atKey: clean(element.timestamp), text, ...energies } : { at, text, ...energies }
}

const isNotAligned = ({ context }: Sample): boolean => context !== 'Sample.Clock'

export const readingsOf = (
  elements: readonly MeterValue16[] | undefined,
  now: number,
  connector?: number,
): readonly Reading[] => elements?.map((e) => readingOf(e, now, connector)) ?? []

/** What the operator is told about readings that were kept, and count for nothing. */
export const flagsOfReadings = (readings: readonly Reading[]): readonly string[] =>
  readings.some(({ besides }) => besides?.unreadable === true) ? ['a register cannot be read'] : []

/** A filed reading with everything that was measured. */
export interface FullReading extends Reading {
  readonly values: readonly SampledValue[]
}

/** Reads a stored element again: the raw text is what is kept. */
export const storedReading = (text: string, at: number): FullReading => {
  const element = JSON.parse(text) as MeterValue16
  return { ...readingOf(element, at), values: valuesOf(element) }
}

/** A stored element as far as it says something about its session; its register is the one it was filed with. */
export const meterRow = (
  text: string,
  filed: { readonly at: number; readonly received: number; readonly register: number | undefined },
): MeterRow => {
  const { atKey, values } = storedReading(text, filed.at)
  const powerMw = powerOf(values)
  return {
    at: filed.at,
    receivedAt: filed.received,
    ...(atKey !== undefined && { isTimeless: true as const }),
    ...(filed.register !== undefined && { registerMwh: filed.register }),
    ...(powerMw !== undefined && { powerMw }),
  }
}
