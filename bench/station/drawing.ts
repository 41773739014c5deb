import type { MeterValueType, ReadingContextEnumType } from 'typed-ocpp/dist/ocpp21/types.js'
import { changesBetween, connectorLimit, type Situation, stationLimit } from '../charger/limits.ts'
import type { Scene } from '../charger/samples.ts'
import { powerAt } from '../power.ts'
import type { Evse } from './evse.ts'
import { isPathClosed } from './points.ts'
import { meterValues } from './samples.ts'
import type { Station } from './station.ts'

const situationOf = ({ options, time }: Station, { transaction }: Evse): Situation => ({
  outlet: options.outlet,
  began: transaction?.startedAt ?? time.now(),
})

/** What an EVSE may draw at a moment: its own limit, or its share of the station's, whichever is less. */
export const limitOf = (station: Station, evse: Evse, at: number): number => {
  const installed = station.profiles.on(evse.id)
  const situation = situationOf(station, evse)
  const busy = station.evses.filter((one) => isPathClosed(one)).length
  const share = stationLimit(installed, situation, at) / Math.max(1, busy)
  return Math.min(connectorLimit(installed, situation, at), share)
}

/** Counts the energy up to now, under every limit that there was meanwhile; answers the power of this moment. */
export const draw = (station: Station, evse: Evse): number => {
  const { meter, isFlowing, flowingSince } = evse
  const now = station.time.now()
  if (!isFlowing) {
    meter.rest(now)
    return 0
  }
  const situation = situationOf(station, evse)
  const changes = changesBetween(station.profiles.on(evse.id), situation, [meter.countedTo, now])
  let from = meter.countedTo
  let watts = 0
  for (const at of [...changes, now]) {
    watts = meter.charge(flowingSince, at, { speed: station.options.speed, limit: limitOf(station, evse, from) })
    from = at
  }
  return watts
}

/** What it draws just now, for whoever only looks. */
export const wattsOf = (station: Station, evse: Evse): number => {
  const { options, time } = station
  if (!evse.isFlowing) return 0
  const now = time.now()
  const watts = powerAt(options.outlet, (now - evse.flowingSince) / 1_000, evse.meter.soc)
  return Math.min(watts, Math.round(limitOf(station, evse, now)))
}

const sceneOf = (station: Station, evse: Evse): Scene => {
  const watts = draw(station, evse)
  const at = station.time.now()
  return { at, meter: evse.meter, outlet: station.options.outlet, watts, limit: limitOf(station, evse, at) }
}

/** What is to be seen at an EVSE just now, of what is wanted. */
export const reading = (
  station: Station,
  evse: Evse,
  wanted: readonly string[],
  context: ReadingContextEnumType,
): readonly MeterValueType[] => meterValues(sceneOf(station, evse), wanted, context)

/** A reading as a trembling meter shows it; the registers of the beginning and of the end are never touched. */
export const trembling = ({ chaos }: Station, values: readonly MeterValueType[]): readonly MeterValueType[] => {
  const off = chaos?.jitterWh() ?? 0
  if (off === 0) return values
  return values.map((value) => ({
    ...value,
    sampledValue: value.sampledValue.map((sample) =>
      sample.measurand === 'Energy.Active.Import.Register'
        ? { ...sample, value: Math.max(0, sample.value + off) }
        : sample,
    ),
  }))
}
