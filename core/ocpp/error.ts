import type { Protocol } from './version.ts'

/** Why we refuse a CALL, in no version's spelling. */
export type Fault =
  | 'notImplemented'
  | 'notSupported'
  | 'internal'
  | 'protocol'
  | 'security'
  | 'formation'
  | 'property'
  | 'occurrence'
  | 'type'
  | 'generic'

/**
 * The exact codes. 1.6 misspells two of them and keeps it so on purpose (OCPP-J 1.6 errata 5.1, 5.2):
 * we send these and accept every spelling.
 */
export const errorCodes: Readonly<Record<Protocol, Readonly<Record<Fault, string>>>> = {
  'ocpp1.6': {
    notImplemented: 'NotImplemented',
    notSupported: 'NotSupported',
    internal: 'InternalError',
    protocol: 'ProtocolError',
    security: 'SecurityError',
    formation: 'FormationViolation',
    property: 'PropertyConstraintViolation',
    occurrence: 'OccurenceConstraintViolation',
    type: 'TypeConstraintViolation',
    generic: 'GenericError',
  },
}

/** A CALL refused: the answer is a CALLERROR. */
export interface Refusal {
  readonly fault: Fault
  /** For the station's log: which field, which rule. At most 255 characters go out. */
  readonly description: string
}

export const refusal = (fault: Fault, description: string): Refusal => ({ fault, description })
