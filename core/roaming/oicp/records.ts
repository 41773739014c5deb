import type { Accessibility, CalibrationLawDataAvailability } from './settings.ts'
import type { EvseStatus } from './status.ts'

/** What OICP 2.3 has of an EVSE (EvseDataRecordType), as far as we know it; names are the hub's. */
export interface EvseDataRecord {
  readonly EvseID: string
  readonly ChargingStationID?: string
  readonly ChargingStationNames: readonly InfoText[]
  readonly ChargingStationImage?: string
  readonly SubOperatorName?: string
  readonly Address: Address
  readonly GeoCoordinates: GeoCoordinates
  readonly Plugs: readonly Plug[]
  readonly ChargingFacilities: readonly ChargingFacility[]
  readonly RenewableEnergy: boolean
  readonly EnergySource?: readonly EnergySource[]
  readonly EnvironmentalImpact?: { readonly CO2Emission?: number; readonly NuclearWaste?: number }
  readonly CalibrationLawDataAvailability: CalibrationLawDataAvailability
  readonly AuthenticationModes: readonly AuthenticationMode[]
  readonly PaymentOptions: readonly ('No Payment' | 'Direct' | 'Contract')[]
  readonly ValueAddedServices: readonly ('Reservation' | 'ChargingPlans' | 'None')[]
  readonly Accessibility: Accessibility
  readonly AccessibilityLocation?: 'OnStreet' | 'ParkingLot' | 'ParkingGarage' | 'UndergroundParkingGarage'
  readonly HotlinePhoneNumber: string
  readonly ChargingStationLocationReference?: readonly InfoText[]
  readonly IsOpen24Hours: boolean
  readonly OpeningTimes?: readonly OpeningTimes[]
  readonly IsHubjectCompatible: boolean
  readonly DynamicInfoAvailable: 'true' | 'false' | 'auto'
}

export interface InfoText {
  readonly lang: string
  readonly value: string
}

export interface Address {
  readonly Country: string
  readonly City: string
  readonly Street: string
  readonly PostalCode: string
  readonly HouseNum: string
  readonly Floor?: string
  readonly Region?: string
}

export interface GeoCoordinates {
  readonly DecimalDegree: { readonly Longitude: string; readonly Latitude: string }
}

export interface ChargingFacility {
  readonly PowerType: 'AC_1_PHASE' | 'AC_3_PHASE' | 'DC'
  /** V between line and neutral, A, kW. */
  readonly Voltage?: number
  readonly Amperage?: number
  readonly Power: number
  readonly ChargingModes?: readonly ('Mode_1' | 'Mode_2' | 'Mode_3' | 'Mode_4' | 'CHAdeMO')[]
}

export interface EnergySource {
  readonly Energy: string
  readonly Percentage?: number
}

export const days = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const

export interface OpeningTimes {
  readonly on: (typeof days)[number]
  readonly Period: readonly { readonly begin: string; readonly end: string }[]
}

export type AuthenticationMode =
  | 'NFC RFID Classic'
  | 'NFC RFID DESFire'
  | 'PnC'
  | 'REMOTE'
  | 'Direct Payment'
  | 'No Authentication Required'

export type Plug =
  | 'Tesla Connector'
  | 'NEMA 5-20'
  | 'Type E French Standard'
  | 'Type F Schuko'
  | 'Type G British Standard'
  | 'Type J Swiss Standard'
  | 'Type 1 Connector (Cable Attached)'
  | 'Type 2 Outlet'
  | 'Type 2 Connector (Cable Attached)'
  | 'Type 3 Outlet'
  | 'IEC 60309 Single Phase'
  | 'IEC 60309 Three Phase'
  | 'CCS Combo 2 Plug (Cable Attached)'
  | 'CCS Combo 1 Plug (Cable Attached)'
  | 'CHAdeMO'

export interface EvseStatusRecord {
  readonly EvseID: string
  readonly EvseStatus: EvseStatus
}
