import type { EvseParking, Parking } from '../model.ts'
import { boolean, ciText, type FieldsOf, many, maybe, number, object, one, shape, some, text, words } from '../shape.ts'
import { image } from './basics.ts'

/** Spaces to park in while charging (OCPI 2.3.0 mod_locations; no older version has them). */
export const parking = shape(
  'Parking',
  {
    id: one(ciText(36)),
    physical_reference: maybe(text(12)),
    vehicle_types: some(
      words(
        'VehicleType',
        'MOTORCYCLE PERSONAL_VEHICLE PERSONAL_VEHICLE_WITH_TRAILER VAN SEMI_TRACTOR RIGID TRUCK_WITH_TRAILER BUS DISABLED',
        { open: true },
      ),
    ),
    max_vehicle_weight: maybe(number),
    max_vehicle_height: maybe(number),
    max_vehicle_length: maybe(number),
    max_vehicle_width: maybe(number),
    parking_space_length: maybe(number),
    parking_space_width: maybe(number),
    dangerous_goods_allowed: maybe(boolean),
    direction: maybe(words('ParkingDirection', 'PARALLEL PERPENDICULAR ANGLE')),
    drive_through: maybe(boolean),
    restricted_to_type: one(boolean),
    reservation_required: one(boolean),
    time_limit: maybe(number),
    roofed: maybe(boolean),
    images: many(object(image)),
    lighting: maybe(boolean),
    refrigeration_outlet: maybe(boolean),
    standards: many(ciText(36)),
    apds_reference: maybe(ciText(255)),
  } satisfies FieldsOf<Parking>,
  { since: '2.3.0' },
)

export const evseParking = shape(
  'EVSEParking',
  {
    parking_id: one(ciText(36)),
    evse_position: maybe(words('EVSEPosition', 'LEFT RIGHT CENTER')),
  } satisfies FieldsOf<EvseParking>,
  { since: '2.3.0' },
)
