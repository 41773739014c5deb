import { millionths } from '../domain/decimal.ts'
import { evcoKey } from '../domain/evco-id.ts'
import { type AgreementFault, commonFaults, fault } from './agreement.ts'
import type { RoamingPrice } from './terms.ts'

/** What is wrong with a price for charging elsewhere, by itself. */
export const roamingPriceFaults = (price: RoamingPrice): readonly AgreementFault[] => [
  ...commonFaults(price),
  ...(millionths(price.markupPercent ?? '0') > most ? [fault('/markupPercent', 'is more than 1000 per cent')] : []),
]

/** Ten times the price: nobody means more. In millionths of a per cent. */
const most = 1_000_000_000n

/** By what names of EV contracts are equal. */
export const contractKey = (name: string): string => evcoKey(name) ?? name.toLowerCase()

/** Which prices are of one subject, and so never of one day: those for the same partner, contract and currency. */
export const roamingSubject = ({
  partner,
  contract,
  currency,
}: Pick<RoamingPrice, 'partner' | 'contract' | 'currency'>): string =>
  [partner?.toLowerCase() ?? '', contract === undefined ? '' : contractKey(contract), currency].join('\u001F')

/** What was charged, whose, and when. */
export interface Charge {
  readonly partner: string
  readonly contract: string
  readonly currency: string
  /** The day on which it began. */
  readonly day: string
}

/**
 * The price that is for it: of those in force that day, one for its contract goes before one for any, and among these one
 * for its partner before one for any. One in another currency is none: amounts are not converted.
 */
export const roamingPriceFor = (prices: readonly RoamingPrice[], charge: Charge): RoamingPrice | undefined => {
  const key = contractKey(charge.contract)
  const rank = ({ partner, contract }: RoamingPrice): number =>
    (contract === undefined ? 0 : 2) + (partner === undefined ? 0 : 1)
  return prices
    .filter(
      ({ partner, contract, currency, from, until }) =>
        currency === charge.currency &&
        (partner === undefined || partner.toLowerCase() === charge.partner.toLowerCase()) &&
        (contract === undefined || contractKey(contract) === key) &&
        from <= charge.day &&
        (until === undefined || charge.day < until),
    )
    .toSorted((a, b) => rank(b) - rank(a))[0]
}
