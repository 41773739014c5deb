import { isCurrency } from '../domain/currencies.ts'
import { type Decimal, millionths } from '../domain/decimal.ts'
import { isOverlap, periodFault, periodOf } from '../domain/tenure.ts'
import { hundred } from './money.ts'
import { daysOf } from '../domain/month.ts'
import type { Period } from './terms.ts'

/** What contracts of every kind have in common. */

export const agreementKinds = ['site', 'resale', 'roaming'] as const
/** With a site's owner; between platform, reseller and CPO; what a driver pays for charging elsewhere. */
export type AgreementKind = (typeof agreementKinds)[number]

/** What is wrong with a contract although each of its fields has the right form. */
export interface AgreementFault {
  /** JSON pointer of the field. */
  readonly pointer: string
  readonly detail: string
}

export const fault = (pointer: string, detail: string): AgreementFault => ({ pointer, detail })

interface Common extends Period {
  readonly currency: string
  readonly vat?: Decimal
  readonly sharePercent?: Decimal
}

/** Of the fields that all of them have. */
export const commonFaults = (agreement: Common): readonly AgreementFault[] => {
  const { currency, sharePercent, vat } = agreement
  const period = periodFault(agreement)
  return [
    ...(period === undefined ? [] : [fault('/until', period)]),
    ...(isCurrency(currency) ? [] : [fault('/currency', `there is no currency ${currency} in use (ISO 4217)`)]),
    ...(isPercent(sharePercent) ? [] : [fault('/sharePercent', 'is more than 100 per cent')]),
    ...(isPercent(vat) ? [] : [fault('/vat', 'is more than 100 per cent')]),
  ]
}

const isPercent = (percent: Decimal | undefined): boolean => percent === undefined || millionths(percent) <= hundred

/** Why there cannot be this contract beside the others of its subject, or nothing: on each day there is one. */
export const overlapFault = (
  agreement: Period & { readonly id: string },
  others: readonly (Period & { readonly id: string })[],
): AgreementFault | undefined => {
  const other = others.find((one) => one.id !== agreement.id && isOverlap(one, agreement))
  if (other === undefined) return undefined
  return fault(
    '/from',
    `${agreement.id} (${periodOf(agreement)}) overlaps ${other.id} (${periodOf(other)}), which is of the same`,
  )
}

/** Why a contract cannot be as it is wanted because it counted in a month that is settled, or nothing. */
export interface Change {
  readonly id: string
  readonly before?: Period
  /** Absent: it is removed. */
  readonly after?: Period
  /** Whether anything but its last day changes. */
  readonly isOther: boolean
}

/**
 * What a closed month was settled with stays as it was: such a contract is ended on a day after it, and a new one begins.
 * `settled` is the last month that is closed; a contract that is new, or gone, must not have counted in it either.
 */
export const settledFault = (
  { id, before, after, isOther }: Change,
  settled: string | undefined,
): AgreementFault | undefined => {
  if (settled === undefined) return undefined
  const open = daysOf(settled).until
  const counted = before !== undefined && before.from < open
  if (!counted) {
    if (after === undefined || after.from >= open) return undefined
    return fault(
      '/from',
      `${settled} is closed: what is new begins on ${open} or later, and what is owed for before is an adjustment`,
    )
  }
  if (after === undefined)
    return fault('/from', `${id} counted in ${settled}, which is closed: end it on ${open} or later`)
  if (isOther || after.from !== before.from)
    return fault(
      '/from',
      `${id} counted in ${settled}, which is closed: end it on ${open} or later, and begin a new one`,
    )
  const [ended, ends] = [before.until ?? forGood, after.until ?? forGood]
  if (ended === ends || (ended >= open && ends >= open)) return undefined
  return fault(
    '/until',
    `${settled} is closed: it can end on ${open} or later${ended < open ? ', and this one had ended' : ''}`,
  )
}

/** After every day. */
const forGood = '9999-99-99'
