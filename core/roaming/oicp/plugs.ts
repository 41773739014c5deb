import type { Note } from '../field.ts'
import type { Connector } from '../model.ts'
import type { ChargingFacility, Plug } from './records.ts'

/** Connectors in the words of OICP 2.3 (PlugType, ChargingFacilityType). */

const plugs: Readonly<Record<string, Plug>> = {
  CHADEMO: 'CHAdeMO',
  DOMESTIC_E: 'Type E French Standard',
  DOMESTIC_F: 'Type F Schuko',
  DOMESTIC_G: 'Type G British Standard',
  DOMESTIC_J: 'Type J Swiss Standard',
  IEC_60309_2_single_16: 'IEC 60309 Single Phase',
  IEC_60309_2_three_16: 'IEC 60309 Three Phase',
  IEC_60309_2_three_32: 'IEC 60309 Three Phase',
  IEC_60309_2_three_64: 'IEC 60309 Three Phase',
  IEC_62196_T1: 'Type 1 Connector (Cable Attached)',
  IEC_62196_T1_COMBO: 'CCS Combo 1 Plug (Cable Attached)',
  IEC_62196_T2: 'Type 2 Outlet',
  IEC_62196_T2_COMBO: 'CCS Combo 2 Plug (Cable Attached)',
  IEC_62196_T3A: 'Type 3 Outlet',
  IEC_62196_T3C: 'Type 3 Outlet',
  NEMA_5_20: 'NEMA 5-20',
  SAE_J3400: 'Tesla Connector',
  TESLA_R: 'Tesla Connector',
  TESLA_S: 'Tesla Connector',
}

export const plugOf = ({ standard, format }: Connector, note: Note): Plug | undefined => {
  if (standard === 'IEC_62196_T2' && format === 'CABLE') return 'Type 2 Connector (Cable Attached)'
  const plug = Object.hasOwn(plugs, standard) ? plugs[standard] : undefined
  if (plug === undefined) note('noValue', `OICP has no plug for ${standard}`, '/standard')
  return plug
}

/** Of what OICP has two digits for amperes and three for volts and kilowatts. */
const most = { volts: 999, amps: 99, kilowatts: 999 }
const phases: Readonly<Record<string, number>> = { AC_1_PHASE: 1, AC_3_PHASE: 3, DC: 1 }

export const facilityOf = (connector: Connector, note: Note): ChargingFacility => {
  const { power_type, max_voltage: volts, max_amperage: amps, max_electric_power } = connector
  const type = power_type === 'AC_3_PHASE' || power_type === 'DC' ? power_type : 'AC_1_PHASE'
  if (type !== power_type) note('replaced', `two phases are said as ${type}`, '/power_type')
  if (volts > most.volts) note('tooLong', `OICP has no more than ${most.volts} V`, '/max_voltage')
  if (amps > most.amps) note('tooLong', `OICP has no more than ${most.amps} A`, '/max_amperage')
  const watts = max_electric_power ?? (power_type.startsWith('AC_2') ? 2 : (phases[type] ?? 1)) * volts * amps
  const power = Math.min(Math.floor(watts / 1_000), most.kilowatts)
  if (power * 1_000 !== watts) note('rounded', `${watts} W are said as ${power} kW`, '/max_electric_power')
  const mode = modeOf(connector)
  return {
    PowerType: type,
    ...(volts <= most.volts && { Voltage: volts }),
    ...(amps <= most.amps && { Amperage: amps }),
    Power: power,
    ...(mode !== undefined && { ChargingModes: [mode] }),
  }
}

const modeOf = ({ standard, power_type }: Connector) => {
  if (standard === 'CHADEMO') return 'CHAdeMO'
  if (power_type === 'DC') return 'Mode_4'
  return standard.startsWith('IEC_62196') ? 'Mode_3' : undefined
}
