import type { Cdr } from '../../../core/roaming/model.ts'
import { toWire } from '../../../core/roaming/wire.ts'
import type { WriteCdr } from '../../../core/ports/roaming-cdrs.ts'
import { exchangeOf } from './exchange-of.ts'

/** An account in the version of a partner, to the byte as it is sent. */
export const cdrText: WriteCdr = (partner, cdr, known) => {
  const { body, losses } = toWire(cdr as unknown as Cdr, exchangeOf(partner, 'cdr', known))
  return { ...(body !== undefined && { text: JSON.stringify(body) }), losses }
}
