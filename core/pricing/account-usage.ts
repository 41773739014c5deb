import type { Cdr } from '../domain/cdr.ts'
import type { CourseEntry } from '../domain/charging-course.ts'
import type { MeterRow } from '../domain/meter.ts'
import { firstMwhOf, lastMwhOf, type Session } from '../domain/session.ts'
import type { Account } from './measured.ts'
import { price } from './price.ts'
import type { Priced } from './priced.ts'
import { stretchesOf } from './stretches.ts'
import type { Tariff } from './tariff.ts'
import type { Stretch, Usage } from './usage.ts'

/** What is known of a session beside its account, when it is priced. */
export interface Evidence {
  readonly zone: string
  readonly readings: readonly MeterRow[]
  readonly states: readonly CourseEntry[]
  /** Since when its connector had been kept for it; absent where it was not. */
  readonly reservedAt?: number
}

/** Longer than any session: a price that changes twice a day is no price of what a clock that was never set tells. */
const longestMs = 400 * 86_400_000

export const lastsTooLong = ({ startedAt, endedAt }: Pick<Cdr, 'startedAt' | 'endedAt'>): boolean =>
  endedAt - startedAt > longestMs

/** What an account costs by a tariff. Throws where it cannot be worked out. */
export const priceOfAccount = (account: Cdr, session: Session, tariff: Tariff, evidence: Evidence): Priced => {
  const days = Math.round((account.endedAt - account.startedAt) / 86_400_000)
  if (lastsTooLong(account)) throw new Error(`it lasts ${days} days`)
  return price(tariff, usageOfAccount(account, session, tariff, evidence))
}

/** Whether it matters to a tariff when a session drew its energy: not where it prices but that, and what is fixed. */
export const needsCourse = ({ elements }: Tariff): boolean =>
  elements.some(
    ({ components, restrictions: { reservation, ...others } = {} }) =>
      Object.keys(others).length > 0 ||
      (reservation === undefined &&
        components.some(({ dimension }) => dimension === 'TIME' || dimension === 'PARKING_TIME')),
  )

/**
 * What a tariff prices of an account. The time before it, when the connector was kept for it, is part of it only where
 * the tariff has a price for that.
 */
const usageOfAccount = (account: Cdr, session: Session, tariff: Tariff, evidence: Evidence): Usage => {
  const { zone, readings, states, reservedAt } = evidence
  const isReservedPriced = tariff.elements.some(({ restrictions }) => restrictions?.reservation !== undefined)
  const before: readonly Stretch[] =
    isReservedPriced && reservedAt !== undefined && reservedAt < account.startedAt
      ? [{ kind: 'reserved', from: reservedAt, until: account.startedAt, energyMwh: 0 }]
      : []
  return { zone, stretches: [...before, ...stretchesOf(meteredAccount(account, session), readings, states)] }
}

/** An account with the registers that its session is counted from and to. */
export const meteredAccount = (account: Cdr, session: Session): Account => {
  const { startedAt, endedAt, energyMwh, measured } = account
  const [firstMwh, lastMwh] = [firstMwhOf(session), lastMwhOf(session)]
  return {
    startedAt,
    endedAt,
    energyMwh,
    ...(measured !== undefined && { measured }),
    ...(firstMwh !== undefined && { firstMwh }),
    ...(lastMwh !== undefined && { lastMwh }),
  }
}
