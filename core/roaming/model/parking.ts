import type { DecimalText, Image, Open } from './basics.ts'

/** A space to park in while charging, as AFIR asks for it (OCPI 2.3.0 mod_locations; new in 2.3.0). */
export interface Parking {
  readonly id: string
  readonly physical_reference?: string
  readonly vehicle_types: readonly VehicleType[]
  /** kg; the measures that follow are in cm. */
  readonly max_vehicle_weight?: DecimalText
  readonly max_vehicle_height?: DecimalText
  readonly max_vehicle_length?: DecimalText
  readonly max_vehicle_width?: DecimalText
  readonly parking_space_length?: DecimalText
  readonly parking_space_width?: DecimalText
  readonly dangerous_goods_allowed?: boolean
  readonly direction?: 'PARALLEL' | 'PERPENDICULAR' | 'ANGLE'
  readonly drive_through?: boolean
  readonly restricted_to_type: boolean
  readonly reservation_required: boolean
  /** min. */
  readonly time_limit?: DecimalText
  readonly roofed?: boolean
  readonly images?: readonly Image[]
  readonly lighting?: boolean
  readonly refrigeration_outlet?: boolean
  readonly standards?: readonly string[]
  readonly apds_reference?: string
}

/** Which of them an EVSE serves. */
export interface EvseParking {
  readonly parking_id: string
  readonly evse_position?: 'LEFT' | 'RIGHT' | 'CENTER'
}

export type VehicleType = Open<
  | 'MOTORCYCLE'
  | 'PERSONAL_VEHICLE'
  | 'PERSONAL_VEHICLE_WITH_TRAILER'
  | 'VAN'
  | 'SEMI_TRACTOR'
  | 'RIGID'
  | 'TRUCK_WITH_TRAILER'
  | 'BUS'
  | 'DISABLED'
>
