import type { ConnectorStatus } from '../core/domain/connector.ts'
import type { Payload } from '../core/ocpp/frame.ts'
import type { Quirks } from '../core/ocpp/quirks/pack.ts'
import type { Link } from './link.ts'

/** Why this is not sent to a station of such a make as it stands, in a sentence for whoever ordered it; or nothing. */
export const suppressed = (
  link: Link,
  { suppress = [] }: Quirks,
  action: string,
  payload: unknown,
): string | undefined => {
  const said = payload as Payload
  const status = statusOf(link, said['connectorId'])
  return suppress.find((rule) => rule.action === action && (rule.when?.(said, status) ?? true))?.told
}

/** Where no connector is named, that of the only one there is. */
const statusOf = (link: Link, named: unknown): ConnectorStatus | undefined => {
  const known = new Map<number, ConnectorStatus>(link.seat.connectors.map(({ evse, status }) => [evse, status]))
  for (const { report } of link.plugs.values()) if (report !== undefined) known.set(report.evse, report.status)
  known.delete(0)
  if (typeof named === 'number') return known.get(named)
  return known.size === 1 ? [...known.values()][0] : undefined
}
