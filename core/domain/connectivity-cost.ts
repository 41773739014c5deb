import { currencyDigits } from '../pricing/currency.ts'
import type { Amount } from '../pricing/priced.ts'
import { partyAccount } from '../settlement/account.ts'
import type { Voucher } from '../settlement/voucher.ts'
import { amountText, partsOf, product, roundedTo, unitOf } from './amount.ts'
import type { Decimal } from './decimal.ts'
import { afterMonth } from './month.ts'
import { beginOf, megabytes, type UsageDay } from './usage-day.ts'

/** What a provider charges for a SIM, before tax. */
export interface DataTariff {
  /** ISO 4217 */
  readonly currency: string
  /** For each month in which it was active on some day. */
  readonly perMonth?: Decimal
  readonly perMb?: Decimal
  readonly perSms?: Decimal
}

/** What a SIM has used in a month. */
export interface MonthOfUsage {
  readonly month: string
  readonly dataMillionths: number
  readonly sms: number
  readonly wasActive: boolean
}

export const totalUsage = (
  month: string,
  days: readonly (UsageDay & { readonly wasActive: boolean })[],
): MonthOfUsage => ({
  month,
  dataMillionths: days.reduce((sum, { dataMillionths }) => sum + dataMillionths, 0),
  sms: days.reduce((sum, { sms }) => sum + sms, 0),
  wasActive: days.some(({ wasActive }) => wasActive),
})

/** The cost of a month, rounded once, to the unit of the currency. */
export const costOf = ({ dataMillionths, sms, wasActive }: MonthOfUsage, tariff: DataTariff): Amount => {
  const { currency, perMonth = '0', perMb = '0', perSms = '0' } = tariff
  const digits = currencyDigits(currency)
  const sum =
    (wasActive ? partsOf(perMonth) : 0n) +
    product(partsOf(perMb), partsOf(megabytes(dataMillionths))) +
    partsOf(perSms) * BigInt(sms)
  return amountText(roundedTo(unitOf(digits), sum), digits)
}

/** A SIM whose month is over. */
export interface SimMonth {
  readonly tenant: string
  readonly iccid: string
  readonly provider: string
  /** The charge point that it was in. */
  readonly station?: string
  readonly month: string
  readonly currency: string
  readonly net: Amount
}

/** What a month of a SIM is in the general ledger: the operator's cost, which is owed to the provider. */
export const connectivityVoucher = (
  { tenant, iccid, provider, station, month, currency, net }: SimMonth,
  /** Another month than its own, where its own has been closed. */
  postedIn = month,
): Voucher => ({
  tenant,
  source: { kind: 'connectivity', key: `${month}/${iccid}` },
  month: postedIn,
  at: beginOf(afterMonth(month)) - 1,
  text: `Connectivity ${month}, SIM ${iccid}${station === undefined ? '' : `, ${station}`}${postedIn === month ? '' : `; ${month} has been closed`}`,
  postings: [
    { account: { kind: 'operator', currency }, amount: net, purpose: 'connectivity' },
    {
      account: partyAccount('simProvider', provider, currency),
      amount: net.startsWith('-') ? net.slice(1) : `-${net}`,
      purpose: 'connectivity',
    },
  ],
})
