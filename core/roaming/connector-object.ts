import type { Outlet } from '../domain/outlet.ts'
import type { Connector, DateTime } from './model.ts'

/** A connector as it was built, and the tariffs that are in force at it. */
export const connectorObject = (
  { id, standard, format, powerType, maxVolts, maxAmps, maxWatts }: Outlet,
  tariffs: readonly string[],
  updatedAt: DateTime,
): Connector => ({
  id,
  standard,
  format,
  power_type: powerType,
  max_voltage: maxVolts,
  max_amperage: maxAmps,
  ...(maxWatts !== undefined && { max_electric_power: maxWatts }),
  ...(tariffs.length > 0 && { tariff_ids: tariffs }),
  last_updated: updatedAt,
})
