import type { Turn } from '../field.ts'
import type { Connector } from '../model.ts'
import { ciText, dateTime, type FieldsOf, int, many, maybe, one, shape, url, words } from '../shape.ts'

export const connectorType = words(
  'ConnectorType',
  'CHADEMO DOMESTIC_A DOMESTIC_B DOMESTIC_C DOMESTIC_D DOMESTIC_E DOMESTIC_F DOMESTIC_G DOMESTIC_H DOMESTIC_I DOMESTIC_J ' +
    'DOMESTIC_K DOMESTIC_L IEC_60309_2_single_16 IEC_60309_2_three_16 IEC_60309_2_three_32 IEC_60309_2_three_64 ' +
    'IEC_62196_T1 IEC_62196_T1_COMBO IEC_62196_T2 IEC_62196_T2_COMBO IEC_62196_T3A IEC_62196_T3C TESLA_R TESLA_S',
  {
    open: true,
    since: {
      '2.2.1':
        'CHAOJI DOMESTIC_M DOMESTIC_N DOMESTIC_O GBT_AC GBT_DC NEMA_5_20 NEMA_6_30 NEMA_6_50 NEMA_10_30 NEMA_10_50 ' +
        'NEMA_14_30 NEMA_14_50 PANTOGRAPH_BOTTOM_UP PANTOGRAPH_TOP_DOWN',
      '2.3.0': 'MCS SAE_J3400',
    },
  },
)

export const connectorFormat = words('ConnectorFormat', 'SOCKET CABLE')

/** Two phases are at least one, where that is all that can be said. */
export const powerType = words('PowerType', 'AC_1_PHASE AC_3_PHASE DC', {
  since: { '2.2.1': 'AC_2_PHASE AC_2_PHASE_SPLIT' },
  instead: { '2.1.1': { AC_2_PHASE: 'AC_1_PHASE', AC_2_PHASE_SPLIT: 'AC_1_PHASE' } },
})

/** 2.1.1 has one tariff a connector: the first. */
const firstTariff: Turn = (value, { note }) => {
  if (!Array.isArray(value)) return value
  for (let i = 1; i < value.length; i++) note('noField', 'a connector has one tariff', `/${i}`)
  return value.length === 0 ? undefined : value[0]
}

/** A plug or a socket (OCPI 2.3.0 mod_locations). */
export const connector = shape('Connector', {
  id: one(ciText(36)),
  standard: one(connectorType),
  format: one(connectorFormat),
  power_type: one(powerType),
  max_voltage: one(int, { as: { '2.1.1': 'voltage' } }),
  max_amperage: one(int, { as: { '2.1.1': 'amperage' } }),
  max_electric_power: maybe(int, { since: '2.2.1' }),
  tariff_ids: many(ciText(36), {
    as: { '2.1.1': 'tariff_id' },
    card: { '2.1.1': '?' },
    down: { '2.1.1': firstTariff },
    up: { '2.1.1': (value) => [value] },
  }),
  terms_and_conditions: maybe(url),
  capabilities: many(
    words('ConnectorCapability', '', {
      open: true,
      since: { '2.3.0': 'ISO_15118_2_PLUG_AND_CHARGE ISO_15118_20_PLUG_AND_CHARGE' },
    }),
    { since: '2.3.0' },
  ),
  last_updated: one(dateTime),
} satisfies FieldsOf<Connector>)
