import type { RoamingPartner } from '../../../core/domain/roaming-partner.ts'
import type { PublishedObject, PublishedStore } from '../../../core/ports/roaming.ts'
import { type Sent, toWire } from '../../../core/roaming/wire.ts'
import { exchangeOf, kindOf } from './exchange-of.ts'
import { knownTo } from './known.ts'

/** Objects of ours in the words of a partner. What they name is looked up once for as long as one goes on with it. */
export const wordingFor =
  (published: Pick<PublishedStore, 'find'>) =>
  (to: RoamingPartner): ((object: Worded) => Promise<Sent>) => {
    const known = knownTo(published, to)
    // what was published has the shape that its table says
    return async (object) => toWire(object.body as never, exchangeOf(to, kindOf[object.module], await known(object)))
  }

type Worded = Pick<PublishedObject, 'tenant' | 'module' | 'owner' | 'body'>
