import { statusOf } from './evse.ts'
import { wattsOf } from './charging.ts'
import type { Station } from './station.ts'
import { decimal, type Definition, fixed, flag, made, option, text, watched, whole } from './variable.ts'

const states = ['Available', 'Occupied', 'Reserved', 'Unavailable', 'Faulted']
const always = fixed(flag(true))

/** What a station is made of: itself, its EVSEs and their connectors, each as it stands just now. */
export const hardwareOf = (station: Station): Readonly<Record<string, Definition>> => {
  const { options, evses } = station
  const phases = Math.max(1, options.outlet.phases)
  const ofEvses = evses.flatMap((evse): readonly (readonly [string, Definition])[] => {
    const state = watched(fixed(option(() => statusOf(station, evse), states)))
    const problem = watched(fixed(made('boolean', () => String(evse.fault !== undefined))))
    return [
      [`EVSE@${evse.id}/AllowReset`, always],
      [`EVSE@${evse.id}/Available`, always],
      [`EVSE@${evse.id}/AvailabilityState`, state],
      [`EVSE@${evse.id}/Problem`, problem],
      [
        `EVSE@${evse.id}/Power`,
        watched(fixed(decimal(() => String(wattsOf(station, evse)), { unit: 'W', maxLimit: options.outlet.watts }))),
      ],
      [`EVSE@${evse.id}/SupplyPhases`, fixed(whole(phases))],
      [`Connector@${evse.id}.1/Available`, always],
      [`Connector@${evse.id}.1/AvailabilityState`, state],
      [`Connector@${evse.id}.1/ConnectorType`, fixed(text(options.outlet.phases === 0 ? 'cCCS2' : 'sType2'))],
      [`Connector@${evse.id}.1/Problem`, problem],
      [`Connector@${evse.id}.1/SupplyPhases`, fixed(whole(phases))],
    ]
  })
  return {
    'ChargingStation/Available': always,
    'ChargingStation/AvailabilityState': watched(
      fixed(option(() => (station.isOutOfService ? 'Unavailable' : 'Available'), states)),
    ),
    'ChargingStation/Model': fixed(text(options.outlet.name)),
    'ChargingStation/Problem': watched(
      fixed(made('boolean', () => String(evses.some(({ fault }) => fault !== undefined)))),
    ),
    'ChargingStation/SerialNumber': fixed(text(options.identity.slice(-25))),
    'ChargingStation/SupplyPhases': fixed(whole(phases)),
    'ChargingStation/Temperature': watched(
      fixed(decimal(() => String(station.celsius), { unit: 'Celsius', minLimit: -40, maxLimit: 120 })),
    ),
    'ChargingStation/VendorName': fixed(text('Stationmaster')),
    'Controller/FirmwareVersion': fixed(made('string', () => station.firmware.version)),
    ...Object.fromEntries(ofEvses),
  }
}
