import type { Authorization } from '../domain/authorization.ts'
import type { ChargePointRef } from '../domain/charge-point.ts'
import type { Token, TokenType } from '../domain/token.ts'

/** A token that is none of our own, as a station has presented it. */
export interface Presentation {
  readonly ref: ChargePointRef
  readonly uid: string
  /** As the station calls it; 1.6 does not say. */
  readonly type?: TokenType
  /** Absent: nobody has told us of it. */
  readonly known?: Token
  /** What holds where nobody is asked. */
  readonly own: Authorization
  /** `start`: a session has begun with it already, and its station waits for no more than our word. */
  readonly occasion: 'authorize' | 'start'
  /** Where, as far as the station has said. */
  readonly evse?: number
  /** It was presented a while ago, and is told of only now. */
  readonly isLate: boolean
}

/**
 * Whether drivers of roaming partners may charge: asks their EMPs where these want to be asked (real-time authorization). It
 * answers within two and a half seconds whatever the partners do, and never rejects. Tokens of our own never get here.
 * Implementation: adapters/roaming/authorizer.ts.
 */
export interface RoamingAuthorizer {
  authorize(presented: Presentation): Promise<Authorization>
}
