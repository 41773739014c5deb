/** What a connector is made of: an outlet of an EVSE as it was built, in OCPI's words (class Connector). */
export interface Outlet {
  /** Never that of another outlet of its EVSE. */
  readonly id: string
  /** As OCPP numbers it within its EVSE, from 1. */
  readonly number: number
  readonly standard: ConnectorStandard
  readonly format: OutletFormat
  readonly powerType: PowerType
  /** Between line and neutral (AC), as OCPI has it. */
  readonly maxVolts: number
  readonly maxAmps: number
  /** Where it is less than voltage and amperage make. */
  readonly maxWatts?: number
}

export const outletFormats = ['SOCKET', 'CABLE'] as const
export type OutletFormat = (typeof outletFormats)[number]

export const powerTypes = ['AC_1_PHASE', 'AC_2_PHASE', 'AC_2_PHASE_SPLIT', 'AC_3_PHASE', 'DC'] as const
export type PowerType = (typeof powerTypes)[number]

/** ConnectorType of OCPI 2.3.0. */
export const connectorStandards = [
  'CHADEMO',
  'CHAOJI',
  'DOMESTIC_A',
  'DOMESTIC_B',
  'DOMESTIC_C',
  'DOMESTIC_D',
  'DOMESTIC_E',
  'DOMESTIC_F',
  'DOMESTIC_G',
  'DOMESTIC_H',
  'DOMESTIC_I',
  'DOMESTIC_J',
  'DOMESTIC_K',
  'DOMESTIC_L',
  'DOMESTIC_M',
  'DOMESTIC_N',
  'DOMESTIC_O',
  'GBT_AC',
  'GBT_DC',
  'IEC_60309_2_single_16',
  'IEC_60309_2_three_16',
  'IEC_60309_2_three_32',
  'IEC_60309_2_three_64',
  'IEC_62196_T1',
  'IEC_62196_T1_COMBO',
  'IEC_62196_T2',
  'IEC_62196_T2_COMBO',
  'IEC_62196_T3A',
  'IEC_62196_T3C',
  'MCS',
  'NEMA_5_20',
  'NEMA_6_30',
  'NEMA_6_50',
  'NEMA_10_30',
  'NEMA_10_50',
  'NEMA_14_30',
  'NEMA_14_50',
  'PANTOGRAPH_BOTTOM_UP',
  'PANTOGRAPH_TOP_DOWN',
  'SAE_J3400',
  'TESLA_R',
  'TESLA_S',
] as const
export type ConnectorStandard = (typeof connectorStandards)[number]

const phases: Readonly<Record<PowerType, number>> = {
  AC_1_PHASE: 1,
  AC_2_PHASE: 2,
  AC_2_PHASE_SPLIT: 2,
  AC_3_PHASE: 3,
  DC: 1,
}

/** The most that an outlet delivers, in W: what was given, or what voltage, amperage and phases make. */
export const wattsOf = ({ powerType, maxVolts, maxAmps, maxWatts }: Outlet): number =>
  maxWatts ?? phases[powerType] * maxVolts * maxAmps

/** What is wrong with the outlets of one EVSE, by their place in it, or nothing. */
export const outletsFault = (
  outlets: readonly Outlet[],
): { readonly at: string; readonly detail: string } | undefined => {
  for (const [i, { id, number, powerType, maxVolts, maxAmps, maxWatts }] of outlets.entries()) {
    const before = outlets.slice(0, i)
    if (before.some((other) => other.id.toLowerCase() === id.toLowerCase()))
      return { at: `/${i}/id`, detail: 'is that of another one' }
    if (before.some((other) => other.number === number)) return { at: `/${i}/number`, detail: 'is that of another one' }
    const most = phases[powerType] * maxVolts * maxAmps
    if (maxWatts !== undefined && maxWatts > most)
      return { at: `/${i}/maxWatts`, detail: `is more than its voltage, amperage and phases make (${most})` }
  }
  return undefined
}
