import type { RoamingPartner } from '../../../core/domain/roaming-partner.ts'
import type { RoamingModule } from '../../../core/ports/roaming.ts'
import type { Known } from '../../../core/roaming/field.ts'
import type { Kind } from '../../../core/roaming/objects/index.ts'
import type { Bounds, Exchange } from '../../../core/roaming/wire.ts'

/** What the objects of a module are. */
export const kindOf = {
  locations: 'location',
  tariffs: 'tariff',
  tokens: 'token',
  sessions: 'session',
  cdrs: 'cdr',
} as const satisfies Readonly<Record<RoamingModule, Kind>>

type Terms = Pick<RoamingPartner, 'version' | 'quirks'>

/**
 * How an object goes to a partner or comes from it, for `toWire` and `fromWire`: in its version, within what it takes.
 * `known` is what an object of 2.1.1 does not say itself: whose it is; its location and its token.
 */
export const exchangeOf = <K extends Kind>(
  { version = '2.2.1', quirks: { lengths, decimals } }: Terms,
  kind: K,
  known: Known = {},
): Exchange<K> & Bounds => ({
  kind,
  version,
  known,
  lengths,
  ...(decimals !== undefined && { decimals }),
})
