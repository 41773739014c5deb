import { isOverlap, periodFault, periodOf } from './tenure.ts'

/**
 * What a tenant is. A CPO operates charging stations; a reseller (CSR) offers that service under its own brand and has CPOs
 * below it; the platform is the tenant in whose general ledger those are who run the installation: there is at most one.
 */
export const tenantKinds = ['cpo', 'reseller', 'platform'] as const
export type TenantKind = (typeof tenantKinds)[number]

export interface Tenant {
  /** By which it is named everywhere: `tenantFault` in charge-point.ts. */
  readonly tenant: string
  readonly name: string
  readonly kind: TenantKind
  /** Of a CPO: whom it was, is and will be below; never two on one day, the earliest first. */
  readonly parents: readonly Parent[]
  /** Ms since 1970 UTC: its stations are let in no more, and its own keys change nothing. Absent: it is open. */
  readonly closedAt?: number
}

/** That a CPO is below a reseller. */
export interface Parent {
  readonly reseller: string
  /** `2026-12-01` by the calendar of the installation; absent = ever since. */
  readonly from?: string
  /** The first day on which it is not below it any more; absent = for good. */
  readonly until?: string
}

/** The reseller that a CPO is below on a day, `2026-11-30`. */
export const resellerOn = ({ parents }: Pick<Tenant, 'parents'>, day: string): string | undefined =>
  parents.find(({ from = '', until }) => from <= day && (until === undefined || day < until))?.reseller

/** Why something about whom a CPO is below cannot be so: the field, and what is wrong with it. */
export interface ParentFault {
  readonly pointer: '/reseller' | '/from' | '/until'
  readonly refused: string
}

const fault = (pointer: ParentFault['pointer'], refused: string): ParentFault => ({ pointer, refused })

/**
 * Whether an entry may be put in place of the one that begins on the same day, or beside the others. What has been is not
 * changed: a reseller was billed for it, and looked at it. So an entry that has begun may only get another end, and that
 * not before today.
 */
export const parentFault = (parents: readonly Parent[], wanted: Parent, today: string): ParentFault | undefined => {
  const order = periodFault(wanted)
  if (order !== undefined) return fault('/until', order)
  const before = parents.find(({ from }) => from === wanted.from)
  if (before !== undefined && hasBegun(before, today)) {
    if (before.reseller !== wanted.reseller)
      return fault('/reseller', `it has been below ${before.reseller} (${periodOf(before)}): that is kept`)
    if (before.until !== wanted.until && isPast(before.until, today))
      return fault('/until', `it was below ${before.reseller} ${periodOf(before)}: that is kept`)
    if (before.until !== wanted.until && isPast(wanted.until, today))
      return fault('/until', `is before today, ${today}: what has been is kept`)
  }
  const other = parents.find((one) => one !== before && isOverlap(one, wanted))
  return (
    other &&
    fault(
      '/from',
      `${wanted.reseller} (${periodOf(wanted)}) overlaps ${other.reseller} (${periodOf(other)}): a CPO is below one reseller at a time`,
    )
  )
}

/** Whether an entry has begun: then it is history, and is not removed. */
export const hasBegun = ({ from = '' }: Parent, today: string): boolean => from <= today

const isPast = (until: string | undefined, today: string): boolean => until !== undefined && until < today

/**
 * A move on a day: whoever it is below then ends on it, and what was to come after is not any more. Undefined `reseller`:
 * below none from then on. Answers all entries as they are then; or why not.
 */
export const moved = (
  parents: readonly Parent[],
  { reseller, day, today }: { readonly reseller?: string | undefined; readonly day: string; readonly today: string },
): readonly Parent[] | ParentFault => {
  if (day < today) return fault('/from', `is before today, ${today}: what has been is kept`)
  const stays = parents
    .filter(({ from = '' }) => from < day)
    .map((one) => (one.until === undefined || one.until > day ? { ...one, until: day } : one))
  const last = stays.at(-1)
  // to where it is already: nothing ends
  if (last !== undefined && last.until === day && last.reseller === reseller) {
    const { until: _, ...open } = last
    return [...stays.slice(0, -1), open]
  }
  return reseller === undefined ? stays : [...stays, { reseller, from: day }]
}
