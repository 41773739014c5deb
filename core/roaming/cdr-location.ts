import { threeLetters } from '../domain/country.ts'
import type { CdrLocation } from './model.ts'
import { notAvailable } from './owner.ts'
import type { Spot } from './spot.ts'

/**
 * Where a session was (OCPI 2.3.0 mod_cdrs, CdrLocation). Only a reservation that nobody came for may have been at no EVSE
 * and no connector in particular.
 */
export const cdrLocationOf = ({ site, evse, outlet }: Spot): CdrLocation => {
  const { id, name, address, coordinates } = site
  return {
    id,
    name,
    address: address.street,
    city: address.city,
    ...(address.postalCode !== undefined && { postal_code: address.postalCode }),
    country: threeLetters(address.country) ?? address.country,
    coordinates: { latitude: coordinates.latitude, longitude: coordinates.longitude },
    evse_uid: evse?.uid ?? notAvailable,
    evse_id: evse?.evseId ?? notAvailable,
    connector_id: outlet?.id ?? notAvailable,
    // of a reservation that had none: to be ignored by whoever reads it
    connector_standard: outlet?.standard ?? 'IEC_62196_T2',
    connector_format: outlet?.format ?? 'SOCKET',
    connector_power_type: outlet?.powerType ?? 'AC_3_PHASE',
  }
}

/** What a partner must be told of the place of a session, and nobody knows. */
export const faultsOfSpot = ({ evse, outlet }: Spot): readonly string[] => [
  ...(evse === undefined ? ['its EVSE is not known'] : []),
  ...(outlet === undefined ? ['its connector is not known'] : []),
]
