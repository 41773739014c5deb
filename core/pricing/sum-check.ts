import type { MilliWattHours } from '../domain/units.ts'
import { isReservation } from './cut.ts'
import type { Priced, PricedPeriod } from './priced.ts'
import { digitsOf, unitsOf } from './rounding.ts'

/** What an account says of a session. */
export interface AccountedFor {
  readonly energyMwh: MilliWattHours
  readonly startedAt: number
  readonly endedAt: number
}

/**
 * What does not add up about a price: its lines against its total, its periods against each other and against the account
 * they are for. A reservation comes before the account's session; one alone is its own account.
 */
export const sumFault = (priced: Priced, account: AccountedFor): string | undefined =>
  linesFault(priced) ?? gapFault(priced.periods) ?? accountFault(priced.periods, account)

const linesFault = ({ lines, total }: Priced): string | undefined => {
  const digits = [...lines, total].reduce(
    (most, { net, tax, gross }) => Math.max(most, digitsOf(net), digitsOf(tax), digitsOf(gross)),
    0,
  )
  const of = (amount: string): bigint => unitsOf(amount, digits)
  for (const side of ['net', 'tax', 'gross'] as const)
    if (lines.reduce((sum, line) => sum + of(line[side]), 0n) !== of(total[side]))
      return `the lines are not the total: ${side}`
  return [...lines, total].some(({ net, tax, gross }) => of(net) + of(tax) !== of(gross))
    ? 'a tax is not the difference of what it lies between'
    : undefined
}

const gapFault = (periods: readonly PricedPeriod[]): string | undefined => {
  if (periods.length === 0) return 'it has no periods'
  if (periods.some(({ from, until }) => until < from)) return 'a period ends before it starts'
  const isContiguous = periods.every(({ from }, i) => i === 0 || periods[i - 1]?.until === from)
  return isContiguous ? undefined : 'a period does not start where the one before ends'
}

const accountFault = (
  all: readonly PricedPeriod[],
  { energyMwh, startedAt, endedAt }: AccountedFor,
): string | undefined => {
  const ofSession = all.filter((period) => !isReservation(period))
  const periods = ofSession.length > 0 ? ofSession : all
  if (periods[0]?.from !== startedAt) return 'its periods do not start with the session'
  if (periods.at(-1)?.until !== endedAt) return 'its periods do not end with the session'
  const sum = periods.reduce((mwh, period) => mwh + period.energyMwh, 0)
  return sum === energyMwh ? undefined : `its periods have ${sum} mWh, the account ${energyMwh}`
}
