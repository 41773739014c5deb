import type { AdditionalGeoLocation, GeoLocation } from '../model.ts'
import { type FieldsOf, maybe, object, one, shape, text } from '../shape.ts'
import { displayText } from './basics.ts'

/** Decimal degrees as texts, with five to seven digits behind the point (OCPI 2.3.0 mod_locations). */
const point = {
  latitude: one(text(10, {}, /^-?\d{1,2}\.\d{5,7}$/)),
  longitude: one(text(11, {}, /^-?\d{1,3}\.\d{5,7}$/)),
} satisfies FieldsOf<GeoLocation>

export const geoLocation = shape('GeoLocation', point)

export const additionalGeoLocation = shape('AdditionalGeoLocation', {
  ...point,
  name: maybe(object(displayText)),
} satisfies FieldsOf<AdditionalGeoLocation>)
