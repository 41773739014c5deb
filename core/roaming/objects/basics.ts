import type { BusinessDetails, DisplayText, EnergyMix, EnergySource, EnvironmentalImpact, Image } from '../model.ts'
import {
  boolean,
  ciText,
  type FieldsOf,
  int,
  many,
  maybe,
  number,
  object,
  one,
  shape,
  text,
  url,
  words,
} from '../shape.ts'

/** Classes that several modules use (OCPI 2.3.0 types, mod_locations). */

export const displayText = shape('DisplayText', {
  language: one(text(2)),
  text: one(text(512)),
} satisfies FieldsOf<DisplayText>)

export const image = shape('Image', {
  url: one(url),
  thumbnail: maybe(url),
  category: one(words('ImageCategory', 'CHARGER ENTRANCE LOCATION NETWORK OPERATOR OTHER OWNER', { open: true })),
  type: one(ciText(4)),
  width: maybe(int),
  height: maybe(int),
} satisfies FieldsOf<Image>)

export const businessDetails = shape('BusinessDetails', {
  name: one(text(100)),
  website: maybe(url),
  logo: maybe(object(image)),
} satisfies FieldsOf<BusinessDetails>)

const energySource = shape('EnergySource', {
  source: one(words('EnergySourceCategory', 'NUCLEAR GENERAL_FOSSIL COAL GAS GENERAL_GREEN SOLAR WIND WATER')),
  percentage: one(number),
} satisfies FieldsOf<EnergySource>)

const environmentalImpact = shape('EnvironmentalImpact', {
  category: one(words('EnvironmentalImpactCategory', 'NUCLEAR_WASTE CARBON_DIOXIDE', { open: true }), {
    as: { '2.1.1': 'source' },
  }),
  amount: one(number),
} satisfies FieldsOf<EnvironmentalImpact>)

export const energyMix = shape('EnergyMix', {
  is_green_energy: one(boolean),
  energy_sources: many(object(energySource)),
  environ_impact: many(object(environmentalImpact)),
  supplier_name: maybe(text(64)),
  energy_product_name: maybe(text(64)),
} satisfies FieldsOf<EnergyMix>)

/** HUB is of 2.2.1 alone: 2.3.0 names a hub in `hub_party_id`. */
export const role = words('Role', 'CPO EMSP NAP NSP OTHER SCSP', {
  open: true,
  only: { '2.2.1': 'HUB' },
  upward: { '2.2.1': { HUB: 'OTHER' } },
})
