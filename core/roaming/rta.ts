import type { AuthorizationStatus } from '../domain/authorization.ts'
import type { AuthorizationPolicy } from '../domain/roaming-partner.ts'
import type { TokenType, Whitelist } from '../domain/token.ts'
import { authorizationOf } from './allowed.ts'
import type { AuthorizationInfo, LocationReferences } from './model.ts'

/** Real-time authorization: when an EMP is asked whether its driver may charge, and what its answer means (OCPI 2.3.0 mod_tokens). */

/** The answer is there within this, or it counts as none. */
export const answerWithinMs = 2_500
/** After a partner has started a session at a station it is not asked about the driver's card there (mod_commands, StartSession). */
export const commandedMs = 900_000
/** From presenting a card to plugging the vehicle in: who was let in is not asked about again. */
export const presentedMs = 300_000

/** What speaks for asking, and against it. Times are how long ago something was, in ms; absent: it was not. */
export interface Circumstances {
  /** Absent: nobody has told us of the token. */
  readonly whitelist?: Whitelist
  readonly type?: TokenType
  /** Our own word: what the partner has told us of the token. */
  readonly isAccepted: boolean
  readonly occasion: 'authorize' | 'start'
  readonly isLate: boolean
  /** The partner has ordered a session with it at this station. */
  readonly commandedAgo?: number
  /** The partner has said yes to it at this station. */
  readonly allowedAgo?: number
  /** It is charging at this station: presented again it ends its own session. */
  readonly isCharging: boolean
  readonly rememberS: number
}

/** `own`: our own word holds. `allowed`: the partner has said so already. `ask`: it is asked now. */
export type Plan = 'own' | 'allowed' | 'ask'

export const planOf = (c: Circumstances): Plan => {
  const { whitelist, type, occasion, isLate, isCharging, rememberS } = c
  const { commandedAgo = Infinity, allowedAgo = Infinity } = c
  // it has let in whoever it has ordered a session for, whatever it told us of the token before (mod_commands)
  if (!c.isAccepted && commandedAgo < commandedMs) return 'allowed'
  // whoever was let in by an app was let in by its EMP
  if (type === 'APP') return 'own'
  if (whitelist === 'ALWAYS' || whitelist === 'ALLOWED') return 'own'
  if (whitelist === 'ALLOWED_OFFLINE' && !c.isAccepted) return 'own'
  if (commandedAgo < commandedMs) return 'allowed'
  if (occasion === 'authorize' && isCharging) return 'allowed'
  // its station was offline: that is what the whitelist is for
  if (whitelist === 'ALLOWED_OFFLINE' && isLate) return 'own'
  if (occasion === 'start' && allowedAgo < presentedMs) return 'allowed'
  return whitelist !== 'NEVER' && allowedAgo < rememberS * 1_000 ? 'allowed' : 'ask'
}

/** What has come of a question. `unknown`: the EMP has no such token. `silent`: no answer in time, or none that says anything. */
export type RtaAnswer =
  | { readonly type: 'said'; readonly info: AuthorizationInfo }
  | { readonly type: 'unknown' }
  | { readonly type: 'silent'; readonly reason: string }

/** What the station is told after an answer; `asked` is where the driver stands, as it was asked about. */
export const statusAfter = (
  answer: RtaAnswer,
  {
    whitelist,
    own,
    policy,
    asked,
  }: {
    readonly whitelist: Whitelist | undefined
    readonly own: AuthorizationStatus
    readonly policy: Pick<AuthorizationPolicy, 'whenUnreachable'>
    readonly asked: LocationReferences | undefined
  },
): AuthorizationStatus => {
  switch (answer.type) {
    case 'said': {
      const status = authorizationOf(answer.info.allowed)
      return status === 'Accepted' && !isAllowedHere(asked, answer.info.location) ? 'Invalid' : status
    }
    case 'unknown':
      return 'Invalid'
    case 'silent': {
      if (whitelist === 'ALLOWED_OFFLINE') return own
      // a card that nobody has told us of is nobody's: no one would pay for it
      const mayCharge = whitelist === 'NEVER' && policy.whenUnreachable === 'allow'
      return mayCharge || own !== 'Accepted' ? own : 'Invalid'
    }
  }
}

/** An EMP may allow some of the EVSEs that it was asked about; most say nothing of them, and mean all. */
const isAllowedHere = (asked: LocationReferences | undefined, allowed: LocationReferences | undefined): boolean => {
  if (asked === undefined || allowed === undefined) return true
  if (!isSame(asked.location_id, allowed.location_id)) return false
  const { evse_uids: wanted = [] } = asked
  const { evse_uids: given = [] } = allowed
  if (wanted.length === 0 || given.length === 0) return true
  return wanted.some((uid) => given.some((other) => isSame(uid, other)))
}

const isSame = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

const ranks = { said: 1, unknown: 2, silent: 3 } as const
const rankOf = (answer: RtaAnswer): number =>
  answer.type === 'said' && answer.info.allowed === 'ALLOWED' ? 0 : ranks[answer.type]

/** Of several partners that were asked about a token nobody knows: whose answer counts. Absent where nobody was asked. */
export const bestOf = <Of extends { readonly answer: RtaAnswer }>(answers: readonly Of[]): Of | undefined =>
  answers.toSorted((a, b) => rankOf(a.answer) - rankOf(b.answer))[0]

/** OCPI has 36 characters of ASCII for a token; what is none cannot be asked about. */
export const canBeAskedAbout = (uid: string): boolean =>
  /^[\u0021-\u007e](?:[\u0020-\u007e]{0,34}[\u0021-\u007e])?$/.test(uid)
