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
  /** A frame that is none: not JSON, no array, the wrong number of elements, an id nobody can echo. */
  | 'framework'
  /** The first element is no number of a message type. */
  | 'messageType'
  /** The payload is no object, where the frame is sound. */
  | 'payload'
  /** A message id that is in use by an unanswered CALL. */
  | 'twin'
  /** A field that must be there is not. */
  | 'missing'

const codes2: Readonly<Record<Fault, string>> = {
  notImplemented: 'NotImplemented',
  notSupported: 'NotSupported',
  internal: 'InternalError',
  protocol: 'ProtocolError',
  security: 'SecurityError',
  formation: 'FormatViolation',
  property: 'PropertyConstraintViolation',
  occurrence: 'OccurrenceConstraintViolation',
  type: 'TypeConstraintViolation',
  generic: 'GenericError',
  framework: 'RpcFrameworkError',
  messageType: 'MessageTypeNotSupported',
  payload: 'FormatViolation',
  twin: 'RpcFrameworkError',
  missing: 'OccurrenceConstraintViolation',
}

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
    framework: 'FormationViolation',
    messageType: 'NotSupported',
    payload: 'FormationViolation',
    twin: 'GenericError',
    missing: 'ProtocolError',
  },
  'ocpp2.0.1': codes2,
  'ocpp2.1': codes2,
}

/** A CALL refused: the answer is a CALLERROR. */
export interface Refusal {
  readonly fault: Fault
  /** For the station's log: which field, which rule. At most 255 characters go out. */
  readonly description: string
}

export const refusal = (fault: Fault, description: string): Refusal => ({ fault, description })
