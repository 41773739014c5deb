import type { Evse, StatusSchedule } from '../model.ts'
import { ciText, dateTime, type FieldsOf, many, maybe, object, one, shape, some, text, words } from '../shape.ts'
import { displayText, image } from './basics.ts'
import { connector } from './connector.ts'
import { geoLocation } from './geo-location.ts'
import { evseParking } from './parking.ts'

const status = words('Status', 'AVAILABLE BLOCKED CHARGING INOPERATIVE OUTOFORDER PLANNED REMOVED RESERVED UNKNOWN')

const statusSchedule = shape('StatusSchedule', {
  period_begin: one(dateTime),
  period_end: maybe(dateTime),
  status: one(status),
} satisfies FieldsOf<StatusSchedule>)

const capability = words(
  'Capability',
  'CHARGING_PROFILE_CAPABLE CREDIT_CARD_PAYABLE REMOTE_START_STOP_CAPABLE RESERVABLE RFID_READER UNLOCK_CAPABLE',
  {
    open: true,
    since: {
      '2.2.1':
        'CHARGING_PREFERENCES_CAPABLE CHIP_CARD_SUPPORT CONTACTLESS_CARD_SUPPORT DEBIT_CARD_PAYABLE PED_TERMINAL ' +
        'START_SESSION_CONNECTOR_REQUIRED TOKEN_GROUP_CAPABLE',
    },
  },
)

const parkingRestriction = words('ParkingRestriction', 'EV_ONLY PLUGGED DISABLED CUSTOMERS MOTORCYCLES', {
  open: true,
  since: { '2.3.0': 'EMPLOYEES TAXIS TENANTS' },
})

/** One spot to charge at (OCPI 2.3.0 mod_locations). */
export const evse = shape('EVSE', {
  uid: one(ciText(36, { '2.1.1': 39 })),
  evse_id: maybe(ciText(48)),
  status: one(status),
  status_schedule: many(object(statusSchedule)),
  capabilities: many(capability),
  connectors: some(object(connector)),
  floor_level: maybe(text(4)),
  coordinates: maybe(object(geoLocation)),
  physical_reference: maybe(text(16)),
  directions: many(object(displayText)),
  parking_restrictions: many(parkingRestriction),
  parking: many(object(evseParking), { since: '2.3.0' }),
  images: many(object(image)),
  accepted_service_providers: many(text(50), { since: '2.3.0' }),
  last_updated: one(dateTime),
} satisfies FieldsOf<Evse>)
