import type { AuthorizationStatus } from '../domain/authorization.ts'
import type { AuthorizationInfo } from './model.ts'

type Allowed = AuthorizationInfo['allowed']

const theirs: Readonly<Record<AuthorizationStatus, Allowed>> = {
  Accepted: 'ALLOWED',
  Blocked: 'BLOCKED',
  Expired: 'EXPIRED',
  Invalid: 'NOT_ALLOWED',
  ConcurrentTx: 'NOT_ALLOWED',
  NoCredit: 'NO_CREDIT',
}

const ours: Readonly<Record<Allowed, AuthorizationStatus>> = {
  ALLOWED: 'Accepted',
  BLOCKED: 'Blocked',
  EXPIRED: 'Expired',
  NO_CREDIT: 'NoCredit',
  NOT_ALLOWED: 'Invalid',
}

/** What we say of a token to a CPO that asks (OCPI 2.3.0 mod_tokens, AllowedType). */
export const allowedOf = (status: AuthorizationStatus): Allowed => theirs[status]

/** What an EMP says of a token that we ask about; a word that OCPI does not have is no leave to charge. */
export const authorizationOf = (allowed: string): AuthorizationStatus =>
  Object.hasOwn(ours, allowed) ? ours[allowed as Allowed] : 'Invalid'
