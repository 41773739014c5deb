import type { MeterValueType, ReadingContextEnumType, SampledValueType } from 'typed-ocpp/dist/ocpp21/types.js'
import { voltsOf } from '../charger/limits.ts'
import type { Scene } from '../charger/samples.ts'

const amperes = (watts: number, { outlet }: Scene): number =>
  Math.round((watts / voltsOf(outlet) / Math.max(1, outlet.phases)) * 10) / 10

const phases = ['L1', 'L2', 'L3'] as const

const samplers: Readonly<Record<string, (scene: Scene) => readonly SampledValueType[]>> = {
  'Energy.Active.Import.Register': ({ meter }) => [{ value: meter.wattHours, unitOfMeasure: { unit: 'Wh' } }],
  'Power.Active.Import': ({ watts }) => [{ value: watts, unitOfMeasure: { unit: 'W' } }],
  'Power.Offered': ({ limit }) => [{ value: Math.floor(limit), unitOfMeasure: { unit: 'W' } }],
  'Current.Import': (scene) => {
    const sample = { value: amperes(scene.watts, scene), unitOfMeasure: { unit: 'A' } }
    return scene.outlet.phases === 0 ? [sample] : phases.map((phase) => ({ ...sample, phase }))
  },
  'Current.Offered': (scene) => [{ value: amperes(scene.limit, scene), unitOfMeasure: { unit: 'A' } }],
  Voltage: ({ outlet }) => [{ value: voltsOf(outlet), unitOfMeasure: { unit: 'V' } }],
  SoC: ({ meter }) => [{ value: Math.round(meter.soc * 100), unitOfMeasure: { unit: 'Percent' }, location: 'EV' }],
}

/** Everything that this station can measure. */
export const measurands: readonly string[] = Object.keys(samplers)

/** One reading of an EVSE: the measurands that are wanted, all of the same moment; nothing where none is. */
export const meterValues = (
  scene: Scene,
  wanted: readonly string[],
  context: ReadingContextEnumType,
): readonly MeterValueType[] => {
  const sampledValue = wanted.flatMap((measurand) =>
    (samplers[measurand]?.(scene) ?? []).map((sample) => ({
      ...sample,
      measurand: measurand as NonNullable<SampledValueType['measurand']>,
      ...(context !== 'Sample.Periodic' && { context }),
    })),
  )
  return sampledValue.length === 0 ? [] : [{ timestamp: new Date(scene.at).toISOString(), sampledValue }]
}
