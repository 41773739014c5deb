import type { MeterValuesRequest } from 'typed-ocpp/dist/ocpp16/types.js'
import type { Meter, Outlet } from '../power.ts'
import { voltsOf } from './limits.ts'

export type MeterValue = MeterValuesRequest['meterValue'][number]
type Sample = MeterValue['sampledValue'][number]
export type Context = NonNullable<Sample['context']>

/** What there is to be seen at a connector at one moment. */
export interface Scene {
  readonly at: number
  readonly meter: Meter
  readonly outlet: Outlet
  readonly watts: number
  /** What it may draw at most, in watts. */
  readonly limit: number
}

const amperes = (watts: number, outlet: Outlet): string =>
  (watts / voltsOf(outlet) / Math.max(1, outlet.phases)).toFixed(1)

const phases = ['L1', 'L2', 'L3'] as const

const samplers: Readonly<Record<string, (scene: Scene) => readonly Sample[]>> = {
  'Energy.Active.Import.Register': ({ meter }) => [{ value: String(meter.wattHours), unit: 'Wh' }],
  'Power.Active.Import': ({ watts }) => [{ value: String(watts), unit: 'W' }],
  'Power.Offered': ({ limit }) => [{ value: String(Math.floor(limit)), unit: 'W' }],
  'Current.Import': ({ watts, outlet }) => {
    const sample = { value: amperes(watts, outlet), unit: 'A' } as const
    return outlet.phases === 0 ? [sample] : phases.map((phase) => ({ ...sample, phase }))
  },
  'Current.Offered': ({ limit, outlet }) => [{ value: amperes(limit, outlet), unit: 'A' }],
  Voltage: ({ outlet }) => [{ value: String(voltsOf(outlet)), unit: 'V' }],
  SoC: ({ meter }) => [{ value: String(Math.round(meter.soc * 100)), unit: 'Percent', location: 'EV' }],
}

/** Everything that this station can measure. */
export const measurands: readonly string[] = Object.keys(samplers)

/** One reading of a connector: the measurands that are wanted, all of the same moment. */
export const meterValue = (scene: Scene, wanted: readonly string[], context: Context): MeterValue => ({
  timestamp: new Date(scene.at).toISOString(),
  sampledValue: wanted.flatMap((measurand) =>
    (samplers[measurand]?.(scene) ?? []).map((sample) => ({
      ...sample,
      measurand: measurand as NonNullable<Sample['measurand']>,
      ...(context !== 'Sample.Periodic' && { context }),
    })),
  ),
})
