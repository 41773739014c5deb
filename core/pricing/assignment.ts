import { evcoKey } from '../domain/evco-id.ts'
import type { TariffType } from './tariff.ts'

/** Which sessions a tariff is for: whose they are, and where. Both must hold. */
export interface Assignment {
  /** The operator's own name for it, at most 64 characters: `motorway-by-day`. */
  readonly id: string
  readonly tariff: string
  readonly drivers: Drivers
  readonly place: AssignedPlace
  /** As its operator has dated it, ms since 1970 UTC; the end is excluded. */
  readonly from?: number
  readonly until?: number
}

/**
 * Whose sessions. A contract is named by its id or its EVCO ID, an EMP by the id of its party, its code or what its tokens
 * are registered under. `adHoc`: of those who have no contract and no token that is registered.
 */
export type Drivers =
  | { readonly kind: 'contract'; readonly contract: string }
  | { readonly kind: 'emp'; readonly emp: string }
  | { readonly kind: 'tokenGroup'; readonly group: string }
  | { readonly kind: 'adHoc' }
  | { readonly kind: 'everyone' }

/** Where they are. */
export type AssignedPlace =
  | { readonly kind: 'connector'; readonly chargePoint: string; readonly evse: number; readonly connector: number }
  | { readonly kind: 'evse'; readonly chargePoint: string; readonly evse: number }
  | { readonly kind: 'chargePoint'; readonly chargePoint: string }
  | { readonly kind: 'station'; readonly station: string }
  | { readonly kind: 'site'; readonly site: string }
  | { readonly kind: 'everywhere' }

/** When something that was written counts; it is never changed, but ends when another takes its place. */
export interface Counting {
  readonly since: number
  readonly endedAt?: number
}

/** A version of a tariff, without what it says. */
export interface VersionInTime extends Counting {
  readonly version: number
  readonly type?: TariffType
  readonly startsAt?: number
  readonly endsAt?: number
}

/**
 * From when something counts that is written now: from now on. Where it names an earlier date itself it counts from
 * that, as far back as nothing else was in its place (`freeSince`): what was in force once is not displaced afterwards.
 */
export const countsSince = (now: number, dated: number | undefined, freeSince: number | undefined): number =>
  dated === undefined ? now : Math.min(now, Math.max(dated, freeSince ?? dated))

/** By what EMPs are equal, however their codes are written: `DE*ABC`, `de-abc`. */
export const empKey = (emp: string): string => emp.replaceAll(/[\s*-]/g, '').toUpperCase()

/** The EMP that a contract is with, by its EVCO ID: `DEABC`. Undefined where it is no EVCO ID. */
export const empOf = (contract: string): string | undefined => evcoKey(contract)?.slice(0, 5)

/** Under which it is looked for. Names are equal in any case. */
export const driversKey = (drivers: Drivers): string => {
  switch (drivers.kind) {
    case 'contract':
      return `contract:${evcoKey(drivers.contract) ?? drivers.contract.trim().toUpperCase()}`
    case 'emp':
      return `emp:${empKey(drivers.emp)}`
    case 'tokenGroup':
      return `tokenGroup:${drivers.group.trim().toLowerCase()}`
    case 'adHoc':
    case 'everyone':
      return drivers.kind
  }
}

export const placeKey = (place: AssignedPlace): string => {
  switch (place.kind) {
    case 'connector':
      return `connector:${place.chargePoint.toLowerCase()}/${place.evse}/${place.connector}`
    case 'evse':
      return `evse:${place.chargePoint.toLowerCase()}/${place.evse}`
    case 'chargePoint':
      return `chargePoint:${place.chargePoint.toLowerCase()}`
    case 'station':
      return `station:${place.station.toLowerCase()}`
    case 'site':
      return `site:${place.site.toLowerCase()}`
    case 'everywhere':
      return place.kind
  }
}
