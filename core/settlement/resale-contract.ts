import { millionths } from '../domain/decimal.ts'
import type { PartyRole } from '../domain/party.ts'
import { type AgreementFault, commonFaults, fault } from './agreement.ts'
import type { ResaleContract } from './terms.ts'

/** Whoever runs the installation: the seller that resellers buy from, and no party of the market. */
export const platform = 'platform'

/** What is wrong with a contract of resale, by itself. */
export const resaleContractFaults = (contract: ResaleContract): readonly AgreementFault[] => [
  ...commonFaults(contract),
  ...(contract.seller === contract.buyer ? [fault('/buyer', 'is the seller')] : []),
  ...tierFaults(contract),
]

const tierFaults = ({ tiers }: ResaleContract): readonly AgreementFault[] => [
  ...(tiers.length > 0 && (tiers[0]?.from ?? 0) > 1
    ? [fault('/tiers/0/from', 'the first tier is from 0 or 1 port on: there is no price for fewer')]
    : []),
  ...tiers.flatMap(({ from }, i) => {
    const before = tiers[i - 1]
    return before === undefined || before.from < from
      ? []
      : [fault(`/tiers/${i}/from`, `is not more than ${before.from}, where the tier before it begins`)]
  }),
]

/** The roles of both, undefined where there is no such party. */
export interface Both {
  readonly seller: PartyRole | undefined
  readonly buyer: PartyRole | undefined
}

/** Why these two cannot have it, or nothing: the platform sells to resellers, a reseller to CPOs. */
export const sidesFault = (
  { seller, sharePercent = '0' }: Pick<ResaleContract, 'seller' | 'sharePercent'>,
  roles: Both,
): AgreementFault | undefined => {
  const isPlatforms = seller === platform
  if (!isPlatforms && roles.seller === undefined) return fault('/seller', 'there is no such party')
  if (!isPlatforms && roles.seller !== 'csr')
    return fault('/seller', `has the role ${roles.seller}: a seller is a csr, or ${platform}`)
  if (roles.buyer === undefined) return fault('/buyer', 'there is no such party')
  const wanted = isPlatforms ? 'csr' : 'cpo'
  if (roles.buyer !== wanted)
    return fault(
      '/buyer',
      `has the role ${roles.buyer}: ${isPlatforms ? 'the platform' : 'a reseller'} sells to a ${wanted}`,
    )
  if (isPlatforms && millionths(sharePercent) > 0n)
    return fault('/sharePercent', 'is of the turnover of a CPO: the platform sells ports')
  return undefined
}
