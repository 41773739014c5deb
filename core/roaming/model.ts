/**
 * What roaming partners exchange, as all of our code has it: the objects of OCPI 2.3.0 (edition 2), under the names that
 * the specification gives them. Other versions and other protocols are converted at the wire. Numbers that must be exact
 * are decimal texts here and JSON numbers only there. Objects may have fields that nobody here knows: they are passed on.
 */
export type * from './model/basics.ts'
export type * from './model/location.ts'
export type * from './model/parking.ts'
export type * from './model/tariff.ts'
export type * from './model/token.ts'
export type * from './model/session.ts'
export type * from './model/cdr.ts'
export type * from './model/command.ts'
export type * from './model/charging-profile.ts'
export type * from './model/credentials.ts'
export type * from './model/invoice-reconciliation.ts'
